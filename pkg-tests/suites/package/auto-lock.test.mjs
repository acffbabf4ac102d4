/** Vaults that lock themselves, in real browsers: by time, when their page is hidden, and when it is left. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

for (const engine of engines) {
  describe(`locking by itself in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ called, /** @type {unknown[]} */ ...given) => story(driver, called, ...given);
    const open = (/** @type {object} */ autoLock) => step("openLocking", "acme", SECRET, autoLock);
    const locks = async (/** @type {string} */ cause) => {
      const told = async () => (await step("lockedFor", "acme")) !== null;
      await driver.wait(told, 15_000, "it did not lock itself");
      assert.deepEqual(await step("lockedFor", "acme"), [cause, "ERR_LOCKED", false]);
      assert.equal(await step("unlocked", "acme"), false);
    };

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${server.origin}/auto-lock.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("locks what is not used, and another handle stays", async () => {
      await open({ idle: "PT2S" });
      await locks("idle");
      assert.equal(await step("opensBy", "acme", SECRET), true);
    });

    it("counts what a person types", async () => {
      await open({ idle: "PT8S", activity: true });
      const field = await driver.findElement(By.id("field"));
      const until = Date.now() + 10_000;
      while (Date.now() < until) await field.sendKeys("a");
      assert.equal(await step("lockedFor", "acme"), null);
      await locks("idle");
    });

    it("waits for what is encrypted, and locks then", async () => {
      await open({ after: "PT2S" });
      assert.equal(await step("encryptSlowly", "acme", 5000), true);
      await locks("after");
    });

    it("locks when the page is left, though it may be shown again", async () => {
      await open({ leave: true });
      await driver.get(`${server.origin}/passkeys.html`);
      await driver.navigate().back();
      await driver.wait(() => driver.executeScript("return 'story' in window"), 20_000);
      const told = await step("lockedFor", "acme");
      // A browser that has not kept the page has loaded it anew.
      if (told) assert.deepEqual(told, ["leave", "ERR_LOCKED", false]);
      else await assert.rejects(step("unlocked", "acme"));
    });

    it("locks when the page is hidden behind another tab", async () => {
      await load(driver, `${server.origin}/auto-lock.html`);
      await open({ hidden: "PT1S" });
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      const other = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      // Not every driver hides a tab that is not in front, so that the page says what a person would have it see.
      await driver.executeScript(
        `Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
         document.dispatchEvent(new Event("visibilitychange"));`,
      );
      await locks("hidden");
      await driver.switchTo().window(other);
      await driver.close();
      await driver.switchTo().window(first);
    });
  });
}
