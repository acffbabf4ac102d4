/** The packed package in a page without a bundler, under a strict CSP, against a real S3 store. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";

for (const engine of engines) {
  describe(`the story in a plain page in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {any} */
    let large;

    before(async () => {
      server = await startServer(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, server.origin);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const refused = (/** @type {string} */ code, /** @type {string} */ name, /** @type {unknown[]} */ ...given) =>
      assert.rejects(step(name, ...given), { code });

    it("creates a vault and a key", async () => {
      await refused("ERR_NO_VAULT", "open", "acme");
      assert.deepEqual(await step("create", "acme", SECRET), ["acme"]);
      await refused("ERR_VAULT_EXISTS", "create", "acme", "another one");
      await step("createKey", "acme", "photos");
      await refused("ERR_KEY_EXISTS", "createKey", "acme", "photos");
    });

    it("encrypts 64 MiB and uploads them in parts", async () => {
      large = await step("put", "acme", "photos", "large.srm", 64 * MiB, 42, true);
      assert.equal(large.parts, 9);
      assert.equal(large.progress, 64 * MiB);
      assert.ok(large.calls > 10, `${large.calls} calls of onProgress`);
      // Header of a few hundred bytes, 40 of the body's own, a tag for each 256 KiB.
      assert.ok(large.size > 64 * MiB && large.size < 64 * MiB + 8192, `${large.size}`);
    });

    it("is unlocked again after a reload, by the right passphrase alone", async () => {
      await load(driver, server.origin);
      assert.equal(await step("open", "acme"), false);
      await refused("ERR_LOCKED", "keys", "acme");
      await refused("ERR_WRONG_FACTOR", "unlock", "acme", "wrong");
      await step("unlock", "acme", SECRET);
      assert.deepEqual(await step("keys", "acme"), ["photos"]);
    });

    it("downloads the identical file", async () => {
      const back = await step("get", "acme", "large.srm", large.id);
      assert.equal(back.sha256, large.sha256);
      assert.equal(back.origin, "own");
      assert.equal(back.type, "image/png");
      assert.deepEqual(back.metadata, {
        name: "large.srm.png",
        type: "image/png",
        size: 64 * MiB,
        modified: 1_700_000_000_000,
      });
    });

    it("refuses what the provider changed, cut or swapped", async () => {
      const small = await step("put", "acme", "photos", "small.srm", 600_000, 1, false);
      assert.equal((await step("get", "acme", "small.srm")).sha256, small.sha256);
      await refused("ERR_DECRYPT", "get", "acme", "small.srm", large.id);
      await step("tamper", "small.srm", -1);
      await refused("ERR_DECRYPT", "get", "acme", "small.srm");

      await step("put", "acme", "photos", "cut.srm", 600_000, 2, false);
      await step("cut", "cut.srm", 300_000);
      await refused("ERR_DECRYPT", "get", "acme", "cut.srm");

      await step("put", "acme", "photos", "header.srm", 10, 3, false);
      await step("tamper", "header.srm", 0);
      await refused("ERR_MALFORMED", "get", "acme", "header.srm");
    });

    it("takes every input and leaves it whole", async () => {
      const { sizes, detached } = await step("inputs", "acme", "photos");
      assert.equal(detached, false);
      assert.deepEqual(
        Object.fromEntries(Object.entries(sizes).map(([kind, [, plain]]) => [kind, plain])),
        { view: 5, buffer: 3, blob: 4, text: 4, empty: 0, stream: 26 },
      );
      assert.equal(sizes.stream[0], null);
      assert.ok(sizes.empty[0] > 56);
    });

    it("encrypts values", async () => {
      assert.deepEqual(await step("value", "acme", "photos"), { parts: 5, same: true });
    });

    it("stops when told to, and when locked", async () => {
      await assert.rejects(step("abort", "acme", "photos"), { code: "ERR_ABORTED", name: "AbortError" });
      await refused("ERR_LOCKED", "lockInTheMiddle", "acme", "photos");
      await step("unlock", "acme", SECRET);
    });

    it("serves those who keep their own keys", async () => {
      const { texts, own, sameKid } = await step("standalone");
      assert.deepEqual(texts, ['to both "unsigned"', 'to both "unsigned"']);
      assert.deepEqual({ own, sameKid }, { own: "own", sameKid: true });
    });

    it("loses no key when two tabs write at once", async () => {
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await load(driver, server.origin);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      const second = await driver.getWindowHandle();
      // Started in one tab and not waited for, so that it runs while the other tab writes.
      const flood = (/** @type {string} */ prefix) =>
        driver.executeScript(
          `window.flood = (async () => {
             for (let n = 0; n < 5; n++) await window.story.createKey("acme", arguments[0] + n);
           })()`,
          prefix,
        );
      await flood("b");
      await driver.switchTo().window(first);
      await flood("a");
      for (const tab of [first, second]) {
        await driver.switchTo().window(tab);
        assert.equal(await driver.executeAsyncScript("window.flood.then(() => arguments[0](''), (e) => arguments[0](e.code))"), "");
      }
      const expected = [..."ab"].flatMap((prefix) => [0, 1, 2, 3, 4].map((n) => prefix + n));
      for (const tab of [second, first]) {
        await driver.switchTo().window(tab);
        assert.deepEqual(await step("keys", "acme"), [...expected, "photos"]);
        if (tab === second) await driver.close();
      }
      await driver.switchTo().window(first);
    });

    it("restores a backup into a free name", async () => {
      assert.ok((await step("backup", "acme")) > 1000);
      await refused("ERR_VAULT_EXISTS", "restore", "acme");
      await refused("ERR_MALFORMED", "restoreBytes", "{}");
      await step("lock", "acme");
      await step("remove", "acme");
      await refused("ERR_NO_VAULT", "open", "acme");
      await load(driver, server.origin);
      assert.equal(await step("restore", "copy"), false);
      await step("unlock", "copy", SECRET);
      assert.equal((await step("get", "copy", "large.srm", large.id)).sha256, large.sha256);
      assert.deepEqual(await step("list"), ["copy"]);
    });
  });
}
