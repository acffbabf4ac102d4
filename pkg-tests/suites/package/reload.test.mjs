/** Unlocks that survive a reload, in real browsers: both halves are kept over it, and end with the lock, the vault key and the tab's use. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, reload, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const MINUTES = { for: "PT5M" };
const [BY_RELOAD, BY_FACTOR, LOCKED] = [[true, true], [true, false], [false, false]];

for (const engine of engines) {
  describe(`a reload in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    let vaults = 0;

    const name = () => `vault ${vaults}`;
    const step = (/** @type {string} */ called, /** @type {unknown[]} */ ...given) => story(driver, called, ...given);
    const open = (/** @type {unknown[]} */ ...given) => step("openSurviving", name(), MINUTES, ...given);
    const keys = async () => (await step("deviceKeys")).ids;
    const hasNoKey = () => driver.wait(async () => (await keys()).length === 0, 10_000, "a key stays");
    const create = async () => {
      vaults++;
      await step("createSurviving", name(), SECRET, MINUTES);
      await step("createKey", name(), "photos");
    };

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${server.origin}/reload.html`);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("opens the vault, as often as the page is reloaded, and the page never uses the key", async () => {
      await create();
      for (let times = 0; times < 3; times++) {
        await reload(driver);
        assert.deepEqual(await open(), BY_RELOAD);
        assert.equal((await keys()).length, 1, "each is of one use");
        assert.equal((await step("deviceKeys")).exported, "InvalidAccessError");
        assert.deepEqual(await step("askedByPage"), []);
      }
      await driver.executeScript("sessionStorage.clear()");
      await reload(driver);
      assert.deepEqual(await open(), LOCKED);
      await step("dropDeviceKeys");
    });

    it("opens nothing after the vault was locked", async () => {
      await create();
      const planted = await step("keptByTab");
      assert.equal(planted.length, 1);
      await step("lock", name());
      assert.deepEqual(await step("keptByTab"), []);
      await hasNoKey();
      await reload(driver);
      await step("plantInTab", planted);
      assert.deepEqual(await open(), LOCKED);
      assert.deepEqual(await step("keptByTab"), []);
      assert.deepEqual(await open(SECRET), BY_FACTOR);
      await reload(driver);
      assert.deepEqual(await open(), BY_RELOAD);
      await step("lock", name());
      await hasNoKey();
    });

    it("opens nothing once another tab has locked the vault, or given it another vault key", async () => {
      for (const change of ["lock", "rotateVaultKey"]) {
        await create();
        const planted = await step("keptByTab");
        const first = await driver.getWindowHandle();
        await driver.switchTo().newWindow("tab");
        await load(driver, `${server.origin}/reload.html`);
        assert.deepEqual(await open(), LOCKED, "another tab has no half");
        await step("unlock", name(), SECRET);
        await step("vault", name(), change);
        await hasNoKey();
        await driver.close();
        await driver.switchTo().window(first);
        await driver.wait(async () => !(await step("unlocked", name())), 20_000, "it stays open");
        assert.deepEqual(await step("keptByTab"), []);
        await reload(driver);
        await step("plantInTab", planted);
        assert.deepEqual(await open(), LOCKED);
      }
    });

    it("opens the vault in a tab that was duplicated, once", async () => {
      await create();
      const first = await driver.getWindowHandle();
      const copied = await step("keptByTab");
      await driver.switchTo().newWindow("tab");
      await load(driver, `${server.origin}/reload.html`);
      // Not every driver duplicates a tab, or lets a page open a window: the copy of its storage is what that makes.
      await step("plantInTab", copied);
      assert.deepEqual(await open(), BY_RELOAD);
      await step("vault", name(), "close");
      await driver.close();
      await driver.switchTo().window(first);
      await reload(driver);
      assert.deepEqual(await open(), LOCKED);
    });

    it("opens nothing of a vault that was deleted and restored", async () => {
      await create();
      const planted = await step("keptByTab");
      await step("restoreAs", name(), `${name()} again`);
      await step("deleteVault", name());
      assert.deepEqual(await step("keptByTab"), []);
      await hasNoKey();
      await step("plantInTab", planted.map((/** @type {[string, string]} */ [item, half]) => [`${item} again`, half]));
      assert.deepEqual(await step("openSurviving", `${name()} again`, MINUTES), LOCKED);
    });
  });
}
