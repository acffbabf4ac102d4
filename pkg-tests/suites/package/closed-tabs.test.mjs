/** A tab that is closed while the store does what it asked for: the others are told nevertheless. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
/** Much sooner than a tab reads again by itself. */
const AT_ONCE = 5000;

for (const engine of engines) {
  describe(`a tab that is closed in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** One that stays, and one that is closed. @type {string[]} */
    const tabs = [];

    const acme = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const within = async (/** @type {number} */ tab) => driver.switchTo().window(/** @type {string} */ (tabs[tab]));
    const noted = () => driver.executeScript("return window.noted");

    /** The vault in both tabs, unlocked, the second of which runs on a machine with faults. */
    async function both() {
      for (const tab of [0, 1]) {
        await within(tab);
        await load(driver, `${server.origin}/keys.html`);
        if (tab === 1) await story(driver, "init", `${server.origin}/faulty-worker.js`);
        await acme("open");
        await acme("unlock", SECRET);
      }
      await within(0);
      await acme("noteEvents");
    }

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      tabs.push(await driver.getWindowHandle());
      await load(driver, `${server.origin}/keys.html`);
      await acme("create", SECRET);
      await driver.switchTo().newWindow("tab");
      tabs.push(await driver.getWindowHandle());
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("locks the others once it has rotated the vault key", async () => {
      await both();
      await within(1);
      assert.equal(await acme("closeInTheMiddle", "vault", "rotateVaultKey"), "ERR_CLOSED");
      await within(0);
      await driver.wait(async () => (await acme("unlocked")) === false, AT_ONCE, "the other tab was not locked");
      assert.deepEqual(await noted(), [{ type: "lock", elsewhere: true, code: "ERR_LOCKED" }]);
    });

    it("ends the use of what it has revoked", async () => {
      await both();
      await acme("createKey", "photos");
      await acme("encryptValue", "photos", 1);
      await within(1);
      assert.equal(await acme("closeInTheMiddle", "revoke", "photos"), "ERR_CLOSED");
      await within(0);
      const ends = async () => acme("encryptValue", "photos", 2).then(() => false, ({ code }) => code === "ERR_STATE");
      await driver.wait(ends, AT_ONCE, "the other tab went on");
      // The other tab's own call may have seen it before the tab looks.
      await driver.wait(async () => (await noted()).length > 1, AT_ONCE, "nothing was told");
      const [, change] = await noted();
      assert.deepEqual(change, { type: "change", noun: "keys", ids: [], elsewhere: true, code: null });
    });

    it("that stays open locks the others once, and they unlock at once", async () => {
      await both();
      await within(1);
      await acme("vault", "rotateVaultKey");
      assert.equal(await acme("unlocked"), true);
      await within(0);
      await driver.wait(async () => (await acme("unlocked")) === false, AT_ONCE, "the other tab was not locked");
      await acme("unlock", SECRET);
      assert.deepEqual(await noted(), [{ type: "lock", elsewhere: true, code: "ERR_LOCKED" }]);
      assert.equal(await acme("unlocked"), true);
    });
  });
}
