/** The demo page's console: keys are made, rotated, suspended, revoked and destroyed, and what that does to files. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Console, keyRow, versionRow } from "../../harness/demo/console.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, sha256 } from "../../harness/demo/page.mjs";

/** @param {string} name */
const downloadOf = (name) => By.css(`[data-testid="object"][data-name="${name}"] [data-testid="download"]`);

// The console is the page's own code, over calls that the package's tests make.
for (const engine of usually("Chromium")) {
  describe(`the demo page's console in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Console} */
    let keys;
    const paths = ["one.txt", "two.txt", "three.txt"].map((name) => fileOnDisk(name, `the contents of ${name}`));
    const names = ["one.txt", "two.txt", "three.txt"];

    before(async () => {
      page = await openPage(engine);
      keys = new Console(page);
      await page.createVault();
      await page.give(...paths);
      for (const name of names) await page.listed(name);
      await page.gone("transfer");
    });
    after(() => page?.close());

    /** What the store has, by name: a hash of each. */
    function stored() {
      const bucket = join(page.server.data, "strongroom");
      const hash = (/** @type {string} */ name) =>
        createHash("sha256").update(readFileSync(join(bucket, name))).digest("hex");
      return new Map(readdirSync(bucket).toSorted().map((name) => [name, hash(name)]));
    }
    const bodies = () => [...stored()].filter(([name]) => name.endsWith(".srm"));
    const headers = () => [...stored()].filter(([name]) => name.endsWith(".srh"));

    /** @param {string} name */
    async function downloaded(name) {
      await keys.openFiles();
      await keys.pressInRow(name, "download");
      const path = paths[names.indexOf(name)] ?? "";
      // The browser would number a second one of that name.
      const saved = await page.saved(name, readFileSync(path).length);
      assert.equal(await sha256(saved), await sha256(path));
    }

    it("lists keys, and finds them by name, state and purpose", async () => {
      await keys.make("photos", { every: "P30D", labels: "team: press, region: eu" });
      await keys.make("releases", { purpose: "sign", every: "" });
      await keys.openList();
      await keys.lists(3);
      const photos = await (await page.appears(keyRow("photos", "active"))).getText();
      for (const part of ["encrypt", "team: press", "region: eu", "in 30 days"]) assert.ok(photos.includes(part), photos);
      await page.type("key-search", "ph");
      await keys.lists(1);
      await page.appears(keyRow("photos"));
      await page.type("key-search", Key.BACK_SPACE.repeat(2));
      await keys.choose("key-purpose", "sign");
      await keys.lists(1);
      await page.appears(keyRow("releases"));
      await keys.choose("key-state", "suspended");
      assert.match(String(await page.text("no-keys")), /No matching keys/);
      await keys.choose("key-state", "");
      await keys.choose("key-purpose", "");
      await keys.lists(3);
    });

    it("says in words that a name is taken, and changes one", async () => {
      await keys.press("make-key");
      await page.type("new-key-alias", "photos");
      await page.click("new-key-form-submit");
      assert.match(String(await page.text("new-key-form-error")), /A key with this name already exists/);
      await page.click("new-key-dialog-close");
      await keys.openKey("photos");
      await keys.press("key-edit");
      await page.type("edit-labels", ", audited");
      await keys.choose("edit-every", "");
      await page.click("edit-key-form-submit");
      await page.gone("edit-key");
      const facts = await (await page.find("key-page")).getText();
      assert.match(facts, /audited/);
      assert.match(facts, /manual/);
    });

    it("rotates, and what was encrypted before stays readable", async () => {
      await keys.openKey("files");
      await page.appears(versionRow(1, { state: "active", files: 3 }));
      const consequences = await keys.consider("key-rotate");
      assert.match(consequences, /Version 2 is created/);
      assert.match(consequences, /Version 1 is deactivated\. It still opens/);
      assert.match(consequences, /The 3 files under it stay as they are/);
      await keys.decide();
      await page.appears(versionRow(1, { state: "deactivated", files: 3 }));
      await page.appears(versionRow(2, { state: "active", files: 0 }));
      const lanes = await page.driver.findElements(By.css('[data-testid="time-line"] [data-version]'));
      assert.equal(lanes.length, 2);
      await downloaded("one.txt");
    });

    it("stops moving files when told, and leaves them readable", async () => {
      await keys.openKey("files");
      await keys.openVersion(1);
      page.server.pause();
      await keys.press("move-files");
      await keys.press("stop-moving");
      await keys.moved(/Stopped after 0 of 3 files/).finally(() => page.server.goOn());
      await page.appears(versionRow(1, { files: 3 }));
    });

    it("moves files to the new version without touching a body", async () => {
      const old = { bodies: bodies(), headers: headers() };
      await keys.openVersion(1);
      // Until the run before, which was stopped, is not what is told of any more.
      await keys.pressUntil("move-files", async () => !(await keys.moving()).startsWith("Stopped"));
      await keys.moved(/3 files moved/);
      await page.appears(versionRow(1, { files: 0 }));
      await page.appears(versionRow(2, { files: 3 }));
      assert.deepEqual(bodies(), old.bodies);
      const changed = headers().filter(([name, hash]) => new Map(old.headers).get(name) !== hash);
      assert.equal(changed.length, 3);
      assert.equal(headers().length, 3, "the old headers are gone");
      // The old version is not needed any more: nothing holds its destruction up.
      await keys.consider("version-scheduleDestroy");
      await keys.decide({ report: true });
      await keys.closeReport();
      await page.appears(versionRow(1, { state: "destroy-scheduled" }));
      await downloaded("two.txt");
    });

    it("cancels a destruction, and destroys only once the name is typed", async () => {
      await keys.openKey("files");
      await keys.openVersion(1);
      await keys.consider("version-cancelDestroy");
      await keys.decide();
      await page.appears(versionRow(1, { state: "deactivated" }));
      await keys.consider("version-scheduleDestroy");
      await keys.decide({ report: true });
      await keys.closeReport();
      const consequences = await keys.consider("version-destroy");
      assert.match(consequences, /cannot be recovered/);
      await page.type("action-name", "photos");
      await page.click("action-form-submit");
      assert.match(String(await page.text("action-form-error")), /not the key's name/);
      const field = await page.find("action-name");
      await page.driver.executeScript("arguments[0].select()", field);
      await page.type("action-name", "files");
      await keys.decide({ report: true });
      assert.match(String(await page.text("report")), /Deleted database pages/);
      await keys.closeReport();
      await page.appears(versionRow(1, { state: "destroyed" }));
    });

    it("says what a key protects and when it was used last, on its page and before it is destroyed", async () => {
      await keys.openKey("photos");
      assert.equal(await page.text("key-last-used"), "never");
      assert.match(String(await page.text("protected")), /^No file in the vault's inventory\..*The key was never used\.$/s);
      await keys.openKey("files");
      assert.notEqual(await page.text("key-last-used"), "never");
      const ofKey = String(await page.text("protected"));
      assert.match(ofKey, /^3 files in the vault's inventory:/);
      for (const name of names) assert.ok(ofKey.includes(name), ofKey);
      assert.match(ofKey, /The key was used \d+ times, the last time \d+ (seconds?|minutes?) ago, on .*\.$/s);
      await keys.consider("key-scheduleDestroy");
      const dialog = await page.driver.findElement(By.css('[data-testid="action-form"] [data-testid="protected"]'));
      assert.match(await dialog.getText(), /^3 files[^]*one\.txt[^]*The key was used \d+ times, the last time/);
      await page.click("action-close");
      await page.gone("action");
      // What is only looked at says nothing of it.
      await keys.consider("key-rotate");
      assert.equal((await page.driver.findElements(By.css('[data-testid="action-form"] [data-testid="protected"]'))).length, 0);
      await page.click("action-close");
      await page.gone("action");
    });

    it("suspends and resumes, and says why a file does not open meanwhile", async () => {
      await keys.openVersion(2);
      assert.match(await keys.consider("version-suspend"), /The 3 files under it do not open/);
      await keys.decide();
      await page.appears(versionRow(2, { state: "suspended" }));
      await keys.openFiles();
      const closed = async () => /suspended\. Resume it/.test(await (await page.find("objects")).getText());
      await page.driver.wait(closed, PATIENCE, "the list does not say so");
      assert.equal((await page.driver.findElements(handle("download"))).length, 0);
      await page.appears(By.css('[data-testid="drop-zone"][data-ready="true"]'));
      await keys.openKey("files");
      await keys.consider("version-resume");
      await keys.decide();
      await keys.openFiles();
      for (const name of names) await page.appears(downloadOf(name));
    });

    it("revokes, reports what can still be read, and re-encrypts it", async () => {
      const old = stored();
      await keys.openKey("files");
      await page.type("version-revoke", Key.ENTER);
      await page.find("action-form");
      assert.match(String(await page.text("consequences")), /anyone else who has the key/);
      await page.type("action-reason", "a laptop was stolen");
      await page.click("action-compromised");
      await keys.decide({ report: true });
      assert.match(String(await page.text("report-sentences")), /Anyone who has this version's key/);
      await page.appears(By.css('[data-testid="dependents"][data-total="3"]'));
      await keys.press("reencrypt");
      await page.gone("report");
      await page.appears(versionRow(2, { state: "compromised", files: 0 }));
      await page.appears(versionRow(3, { state: "active", files: 3 }));
      assert.match(String(await page.text("history")), /a laptop was stolen/);
      await page.driver.wait(() => stored().size === old.size, PATIENCE, "old objects stay");
      assert.ok([...stored().keys()].every((name) => !old.has(name)), "the old objects are gone");
      await downloaded("three.txt");
      assert.equal(await page.count(), 3);
    });

    it("rotates the vault key, and everything opens as before", async () => {
      await keys.openList();
      await keys.press("rotate-vault-key");
      await page.click("vault-key-yes");
      await page.gone("vault-key-dialog");
      await page.driver.wait(async () => /generation 2/.test(String(await page.text("status"))), PATIENCE);
      await keys.press("lock");
      await page.unlock();
      await keys.openKey("files");
      await page.appears(versionRow(3, { state: "active", files: 3 }));
      await keys.openFiles();
      for (const name of names) await page.listed(name);
    });

    it("keeps its place over a reload, and leads back by the browser's own button", async () => {
      await keys.openKey("photos");
      await page.driver.navigate().refresh();
      await page.unlock();
      await page.appears(By.css('[data-testid="key-page"][data-alias="photos"]'));
      await keys.press("all-keys");
      await page.find("keys-table");
      await page.driver.navigate().back();
      await page.appears(By.css('[data-testid="key-page"][data-alias="photos"]'));
    });

    it("destroys a key with all that needs it, and the files say so", async () => {
      await keys.openKey("files");
      await keys.consider("key-scheduleDestroy");
      await keys.decide({ report: true });
      assert.match(String(await page.text("report-objects")), /3 files/);
      await keys.closeReport();
      assert.match(await keys.consider("key-destroy"), /The 3 files under it can never be opened again/);
      await page.type("action-name", "files");
      await keys.decide({ report: true });
      await keys.closeReport();
      await page.appears(versionRow(3, { state: "destroyed" }));
      await keys.openFiles();
      const gone = async () => /destroyed\. It is gone for good/.test(await (await page.find("objects")).getText());
      await page.driver.wait(gone, PATIENCE, "the list does not say so");
      // The vault knows what is lost, and nobody opens it.
      for (const name of names) await page.listed(name);
      assert.equal((await page.driver.findElements(handle("download"))).length, 0);
      await keys.pressInRow("one.txt", "compare");
      await page.text("stored-bytes");
      assert.match(String(await page.text("comparison")), /destroyed\. It is gone for good/);
      await page.click("comparison-close");
      // It can still be removed, there and here.
      await keys.pressInRow("one.txt", "delete-object");
      await page.click("confirm-yes");
      await page.driver.wait(async () => (await page.count()) === 2, PATIENCE, "it stays in the list");
      assert.equal(stored().size, 4);
    });

    it("turns the pages of a long list", async () => {
      await keys.press("new-key");
      for (let at = 0; at < 30; at++) {
        await page.type("create-key-alias", `many ${String(at).padStart(2, "0")}`);
        const empty = async () => (await (await page.find("create-key-alias")).getAttribute("value")) === "";
        await keys.pressUntil("create-key-submit", empty).catch(async () => {
          const said = await page.driver.findElement(handle("create-key-error")).getText();
          assert.fail(`key ${at} is not made: ${said}`);
        });
      }
      await keys.openList();
      await keys.lists(25);
      await keys.press("keys-forward");
      await keys.lists(8);
      await keys.press("keys-back");
      await keys.lists(25);
    });

    it("says nothing of keys once the vault is locked", async () => {
      await keys.press("lock");
      await page.find("unlock-passphrase");
      assert.equal((await page.driver.findElements(handle("console"))).length, 0);
      const text = String(await page.driver.executeScript("return document.body.textContent"));
      assert.doesNotMatch(text, /many 0|photos/);
    });
  });
}
