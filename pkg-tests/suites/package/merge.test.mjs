/** A backup that is united with the vault that it is of. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

// What is taken over is the core's choice, the same in every engine.
for (const engine of usually("Chromium")) {
  describe(`merging in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const states = async (/** @type {string} */ key) =>
      (await step("keyring", "acme", "get", key)).versions.map((/** @type {any} */ { state }) => state);

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("createKey", "acme", "doomed");
      await step("holdBackup", "acme");
      const { warnings } = await step("restoreHeldAs", "copy");
      assert.equal(warnings[0].code, "older-states-return");
      await step("unlock", "copy", SECRET);
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("has what both copies made, and nothing of what was destroyed, in the next session too", async () => {
      await step("createKey", "copy", "letters");
      await step("key", "copy", "photos", "rotate");
      const token = await step("encryptValue", "copy", "letters", "from there");
      await step("key", "acme", "doomed", "destroy");
      await step("holdBackup", "copy");
      const report = await step("mergeHeld", "acme");
      assert.deepEqual([report.proven, report.keys.length, report.versions.length], [true, 1, 2]);
      assert.deepEqual([report.tombstones, report.skipped], [1, []]);
      const again = await step("mergeHeld", "acme");
      assert.deepEqual([again.keys, again.versions, again.changed], [[], [], []]);

      await load(driver, `${page.origin}/keys.html`);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      assert.equal(await step("vault", "acme", "decryptValue", token), "from there");
      assert.deepEqual(await states("photos"), ["deactivated", "active"]);
      const records = await step("records");
      const keys = records.filter((/** @type {any} */ { type }) => type === "key");
      assert.equal(keys.length, 6, "three of each copy");
    });

    it("takes only what is missing from a backup of an earlier vault key, and believes nothing of it", async () => {
      await step("open", "copy");
      await step("unlock", "copy", SECRET);
      await step("createKey", "copy", "later");
      const token = await step("encryptValue", "copy", "later", "from there");
      await step("holdBackup", "copy");
      await step("vault", "acme", "rotateVaultKey");
      await assert.rejects(step("mergeHeld", "acme"), { code: "ERR_ARGUMENT" });
      await assert.rejects(step("mergeHeld", "acme", "another passphrase"), { code: "ERR_WRONG_FACTOR" });
      const report = await step("mergeHeld", "acme", SECRET);
      assert.deepEqual([report.proven, report.keys.length], [false, 1]);
      assert.deepEqual(await states("later"), ["deactivated"]);
      await assert.rejects(step("vault", "acme", "decryptValue", token), { code: "ERR_UNSIGNED" });
      await assert.rejects(step("encryptValue", "acme", "later", 1), { code: "ERR_STATE" });
    });
  });
}
