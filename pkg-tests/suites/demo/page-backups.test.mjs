/** The demo page's backups: one that is merged into the vault that it is of. */
import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow } from "../../harness/demo/access.mjs";
import { Console, keyRow } from "../../harness/demo/console.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

const noBackup = () => fileOnDisk("no backup.txt", "nothing");

/** @param {string} backup */
const cut = (backup) => fileOnDisk("cut", readFileSync(backup, "utf8").slice(0, -100));

/**
 * A backup still, of the same shape, with one character of a record that is another one: which error it is
 * must not hang on where the middle of a file of random texts happens to be.
 * @param {string} backup
 */
function changed(backup) {
  const text = readFileSync(backup, "utf8");
  const sealed = 'ciphertext\\":\\"';
  const inRecord = text.indexOf(sealed) + sealed.length;
  assert.ok(inRecord > sealed.length, "no record of the backup is encrypted");
  const other = text[inRecord] === "A" ? "B" : "A";
  return fileOnDisk("changed", `${text.slice(0, inRecord)}${other}${text.slice(inRecord + 1)}`);
}

// What the page does with a file that was chosen, and what it says: its own code.
for (const engine of usually("Chromium")) {
  describe(`backups in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Console} */
    let keys;
    /** @type {Record<"before" | "after" | "foreign", string>} */
    const backups = { before: "", after: "", foreign: "" };

    before(async () => {
      page = await openPage(engine);
      keys = new Console(page);
      await page.createVault("other");
      backups.foreign = await save("other", "foreign");
      await page.click("lock");
      await page.click("switch-entrance");
      await page.createVault();
      backups.before = await save("acme", "before");
      await keys.make("letters", {});
      await keys.openFiles();
      backups.after = await save("acme", "after");
      await page.click("delete-vault");
      await page.click("confirm-yes");
      await says("status", /is deleted/);
    });
    after(() => page?.close());

    const says = (/** @type {string} */ id, /** @type {RegExp} */ sentence) =>
      page.driver.wait(async () => sentence.test(String(await page.text(id))), PATIENCE, `${id} does not say ${sentence}`);

    it("restores no file that is damaged or no backup, and says so", async () => {
      for (const bad of [noBackup(), changed(backups.before), cut(backups.before)]) {
        await (await page.appears(handle("restore-file"))).sendKeys(bad);
        await says("alert", /not a backup, or it is damaged\. Nothing was restored/);
        await page.click("notice-dismiss");
        await page.driver.wait(async () => (await (await page.find("alert")).getText().catch(() => "")) === "", PATIENCE);
        assert.deepEqual(await vaults(), ["other"]);
      }
    });

    it("restores a backup, and says before it is used what works again", async () => {
      await restore(backups.before);
      const warning = await page.find("restore-warning");
      assert.match(await warning.getText(), /revoked.* since works again.* Factors that were revoked since open the vault again/s);
      assert.deepEqual(await vaults(), ["acme", "other"]);
    });

    it("leaves a vault whose name is taken as it is", async () => {
      await (await page.appears(handle("restore-file"))).sendKeys(backups.after);
      await says("alert", /with this name is here already, and stays as it is/);
      await page.gone("restore-warning");
      assert.deepEqual(await vaults(), ["acme", "other"]);
    });

    it("cancels a merge, and the vault is open and as it was", async () => {
      await pick("acme");
      await page.unlock();
      await keys.openList();
      await page.driver.executeScript(`
        new MutationObserver((_, observer) => {
          const stop = document.querySelector("[data-testid=merge-stop]");
          if (!stop) return;
          observer.disconnect();
          stop.click();
        }).observe(document.body, { childList: true, subtree: true });
      `);
      await keys.press("merge");
      await (await page.find("merge-file")).sendKeys(backups.after);
      await page.click("merge-form-submit");
      await says("merge-form-error", /^Cancelled\.$/);
      await keys.press("merge-backup-close");
      await page.gone("merge-backup");
      await page.find("lock");
      assert.equal((await page.driver.findElements(keyRow("letters"))).length, 0);
    });

    it("has what the backup has more, and says so", async () => {
      await merge(backups.after);
      await says("merge-report", /Both copies are united.*Added: 1 key\..*Added: 1 version of keys/s);
      await keys.press("merge-done");
      await page.gone("merge-backup");
      await page.appears(keyRow("letters"));
    });

    it("says that there is nothing more in it, the second time", async () => {
      await merge(backups.after);
      await says("merge-report", /nothing that this vault lacks/);
      await keys.press("merge-done");
    });

    it("refuses another vault's, and a file that is no backup", async () => {
      await keys.press("merge");
      await (await page.find("merge-file")).sendKeys(backups.foreign);
      await page.click("merge-form-submit");
      await says("merge-form-error", /another vault/);
      await (await page.find("merge-file")).sendKeys(noBackup());
      await page.click("merge-form-submit");
      await says("merge-form-error", /not a strongroom file/);
      await (await page.find("merge-file")).sendKeys(changed(backups.after));
      await page.click("merge-form-submit");
      await says("merge-form-error", /or it was changed/);
      await keys.press("merge-backup-close");
      await page.gone("merge-backup");
    });

    it("asks what opened the vault then, of a backup from before the vault key was changed", async () => {
      await keys.press("rotate-vault-key");
      await keys.press("vault-key-yes");
      await page.gone("vault-key-dialog");
      await keys.press("merge");
      await (await page.find("merge-file")).sendKeys(backups.after);
      await page.click("merge-form-submit");
      await page.type("merge-passphrase", "wrong horse");
      await page.click("merge-form-submit");
      await says("merge-form-error", /does not open this vault/);
      await (await page.find("merge-passphrase")).clear();
      await page.type("merge-passphrase", SECRET);
      await page.click("merge-form-submit");
      await page.appears(handle("merge-report"));
      await says("merge-report", /earlier vault key/);
      assert.equal(await (await page.find("merge-report")).getAttribute("data-proven"), "false");
      await keys.press("merge-done");
    });

    it("brings a vault from elsewhere, but nothing of it with a passphrase that does not open it", async () => {
      await keys.press("to-files");
      await page.click("delete-vault");
      await page.click("confirm-yes");
      await says("status", /is deleted/);
      await page.click("bring");
      const brings = async (/** @type {string} */ backup, /** @type {string} */ name, /** @type {string} */ passphrase) => {
        await (await page.find("bring-file")).sendKeys(backup);
        await (await page.find("bring-name")).clear();
        await page.type("bring-name", name);
        await (await page.find("bring-passphrase")).clear();
        await page.type("bring-passphrase", passphrase);
        await page.click("bring-form-submit");
      };
      await brings(cut(backups.after), "travels", SECRET);
      await says("bring-form-error", /it is damaged\. Nothing was restored/);
      await brings(backups.after, "other", SECRET);
      await says("bring-form-error", /already exists/);
      await brings(changed(backups.after), "travels", SECRET);
      await says("bring-form-error", /it is damaged\. Nothing was restored/);
      assert.deepEqual(await vaults(), ["other"]);
      await brings(backups.after, "travels", "wrong horse");
      await says("bring-form-error", /does not open this vault/);
      assert.deepEqual(await vaults(), ["other"]);
      await (await page.find("bring-passphrase")).clear();
      await page.type("bring-passphrase", SECRET);
      await page.click("bring-form-submit");
      await page.unlocked();
      assert.match(await (await page.find("restore-warning")).getText(), /backup/);
      assert.equal(String(await page.text("vault-name")), "travels");
    });

    it("opens it on this device without typing then, until the device is revoked", async () => {
      await choose("kind-this-device");
      assert.match(await (await page.find("device-warning")).getText(), /does not protect/);
      await page.type("add-factor-name", "my laptop");
      await keys.press("add-factor-form-submit");
      await page.gone("offer-device");
      await page.driver.navigate().refresh();
      await pick("travels");
      await keys.press("unlock-by-device");
      await page.unlocked();

      const access = new Access(page);
      await access.open();
      await access.press(factorRow("this-device", { name: "my laptop" }), "factor-revoke");
      await page.type("present-passphrase", SECRET);
      await keys.press("revoke-factor-form-submit");
      await page.gone("revoke-factor");
      await access.lists(1);
      await access.lock();
      await pick("travels");
      await keys.press("unlock-by-device");
      await says("alert", /no key to the vault any more/);
    });

    /** @param {string} id of a choice that lies over its label, unseen */
    async function choose(id) {
      await page.driver.executeScript("arguments[0].click()", await page.appears(handle(id)));
    }

    /** @returns {Promise<string[]>} */
    function vaults() {
      return page.driver.executeScript("return [...document.querySelectorAll('#unlock-name option')].map(({ value }) => value)");
    }

    /** Saves a backup of the open vault, under a name of its own. @param {string} vault @param {string} as */
    async function save(vault, as) {
      await page.click("backup");
      const path = join(page.downloads, as);
      renameSync(await page.savedBackup(vault), path);
      return path;
    }

    /** @param {string} backup */
    async function restore(backup) {
      await (await page.appears(handle("restore-file"))).sendKeys(backup);
      await page.driver.wait(async () => /is restored/.test(String(await page.text("status"))), PATIENCE);
    }

    /** @param {string} backup */
    async function merge(backup) {
      await keys.press("merge");
      await (await page.find("merge-file")).sendKeys(backup);
      await page.click("merge-form-submit");
      await page.find("merge-report");
    }

    /** Which vault is unlocked. @param {string} vault */
    async function pick(vault) {
      const options = await (await page.find("unlock-name")).findElements({ css: "option" });
      for (const option of options) if ((await option.getText()) === vault) await option.click();
    }
  });
}
