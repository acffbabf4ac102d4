/** A key that the browser keeps, in the real ones: it opens a vault after a reload, and ends when it is revoked. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, has, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const OPENED = { value: { alias: "photos", failed: 0 } };

for (const engine of engines) {
  describe(`this device in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    let vaults = 0;

    const name = () => `vault ${vaults}`;
    const step = (/** @type {string} */ called, /** @type {unknown[]} */ ...given) => story(driver, called, ...given);
    const reload = () => load(driver, `${server.origin}/this-device.html`);
    const open = (/** @type {object} */ options = {}) => step("openByDevice", name(), options);
    const missing = async () => {
      const { code, reason, message } = await open();
      assert.deepEqual([code, reason], ["ERR_THIS_DEVICE", "missing"]);
      assert.match(message, /add this device again/);
    };
    const added = async () => {
      vaults++;
      await step("create", name(), SECRET);
      await step("createKey", name(), "photos");
      const { value, message } = await step("addDevice", name(), SECRET);
      assert.equal(value?.kind, "this-device", message);
      return value;
    };

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await reload();
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("is among what the browser can do, which leaves nothing behind", async () => {
      const { kinds, missing: absent } = await step("available");
      assert.ok(kinds.includes("this-device"), JSON.stringify(absent));
      assert.deepEqual((await step("deviceKeys")).ids, []);
    });

    it("opens the vault after a reload, and its key cannot be read", async () => {
      const { device } = await added();
      const month = 30 * 24 * 60 * 60 * 1000;
      assert.ok(Math.abs(device.expires - Date.now() - month) < 60_000);
      assert.deepEqual(await open(), OPENED);
      await reload();
      assert.deepEqual(await open(), OPENED);
      assert.deepEqual(await step("askedByPage"), [], "the Worker alone uses the key");
      assert.deepEqual(await step("deviceKeys"), { ids: [device.key], exported: "InvalidAccessError" });
    });

    it("is refused as a person", async () => {
      await added();
      for (const refused of await step("asPerson", name())) {
        assert.deepEqual([refused.code, refused.kinds], ["ERR_PERSON_NEEDED", ["passphrase"]]);
      }
    });

    it("opens it no more once it was revoked in another tab, and its key is gone", async () => {
      const { id, device } = await added();
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await reload();
      await step("open", name());
      await step("unlock", name(), SECRET);
      await step("revokeFactor", name(), id, SECRET);
      await driver.close();
      await driver.switchTo().window(first);
      assert.ok(!(await step("deviceKeys")).ids.includes(device.key));
      await missing();
    });

    it("is told of a key that the browser lost, and added again", async () => {
      await added();
      await step("dropDeviceKeys");
      await missing();
      assert.equal((await step("addDevice", name(), SECRET)).code, undefined);
      assert.deepEqual(await open(), OPENED);
    });

    it("leaves no key where it was not added, and none of a vault that is deleted", async () => {
      const { id, device } = await added();
      const { ids } = await step("deviceKeys");
      assert.equal((await step("addDevice", name(), "wrong")).code, "ERR_WRONG_FACTOR");
      assert.equal((await step("addDevice", name(), SECRET, "tomorrow")).code, "ERR_ARGUMENT");
      const [phrase] = await step("factors", name());
      assert.equal((await step("replaceByDevice", name(), phrase.id, SECRET)).code, "ERR_LAST_FACTOR");
      assert.deepEqual((await step("deviceKeys")).ids, ids);

      const { value } = await step("replaceByDevice", name(), id, SECRET);
      const replaced = (await step("deviceKeys")).ids;
      assert.ok(replaced.includes(value.device.key) && !replaced.includes(device.key));
      await step("deleteVault", name());
      assert.ok(!(await step("deviceKeys")).ids.includes(value.device.key));
    });

    it("opens a copy of the vault too, until it expires", async () => {
      await added();
      await step("restoreAs", name(), `${name()} again`);
      assert.deepEqual(await step("openByDevice", `${name()} again`), OPENED);
      vaults++;
      await step("create", name(), SECRET);
      assert.equal((await step("addDevice", name(), SECRET, "PT1S")).code, undefined);
      await driver.wait(async () => (await open()).reason === "expired", 10_000, "it still opens the vault");
    });

    if (has(engine, "private windows beside others")) {
      it("does what a private window lets it, or says why not", async () => {
        const { driver: other } = await startBrowser(engine, { private: true });
        try {
          await load(other, `${server.origin}/this-device.html`);
          const { kinds, missing: absent } = await story(other, "available");
          await story(other, "create", "private", SECRET);
          const { code, reason } = await story(other, "addDevice", "private", SECRET);
          if (kinds.includes("this-device")) {
            assert.equal(code, undefined);
          } else {
            const { reason: why } = absent.find((/** @type {any} */ { kind }) => kind === "this-device");
            assert.match(why, /\w+ \w+/);
            assert.deepEqual([code, reason], ["ERR_THIS_DEVICE", "unsupported"]);
          }
        } finally {
          await other.quit();
        }
      });
    }
  });
}
