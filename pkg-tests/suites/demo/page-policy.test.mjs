/** A key's policy in the demo page: set by its form, and the factors that it asks for, wherever that is. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { By, Key } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Access } from "../../harness/demo/access.mjs";
import { versionRow } from "../../harness/demo/console.mjs";
import { ALL_RULES, small, violations } from "../../harness/demo/judge.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

// The page's own forms over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`a key's policy, in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Access} */
    let access;
    /** @type {import("../../harness/demo/console.mjs").Console} */
    let keys;
    /** @type {string[]} */
    let words;
    const [one, two] = ["first letter", "second letter, which is longer"];

    before(async () => {
      page = await openPage(engine);
      access = new Access(page);
      keys = access.console;
      await page.beginVault();
      words = await access.words();
      await access.confirmKit(words);
      await page.gone("offer-kit");
      await page.give(fileOnDisk("one.txt", one), fileOnDisk("two.txt", two));
      await page.listed("one.txt");
      await page.listed("two.txt");
      // What was presented to add the kit counts no more.
      await access.lock();
      await access.typeWords("unlock", words.join(" "));
      await page.click("unlock-submit");
      await page.click("offer-instead-decline");
    });
    after(() => page?.close());

    /** Waits until a part of the page says so. @param {string} id @param {RegExp} sentence */
    const says = (id, sentence) => {
      const read = () => page.driver.executeScript("return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent", id);
      return page.driver.wait(async () => sentence.test(String(await read())), PATIENCE, `${id} does not say ${sentence}`);
    };
    const edit = async () => {
      await keys.press("edit-policy");
      await page.find("policy-form");
    };
    const set = async () => {
      await keys.press("policy-form-submit");
      await page.gone("policy-dialog");
    };
    /** How many dialogs ask for a factor. */
    const asked = async () => (await page.driver.findElements(handle("factor-asked"))).length;
    /** Waits until a factor is asked for, and presents none. */
    const cancel = async () => {
      await page.find("factor-asked");
      await page.driver.actions().sendKeys(Key.ESCAPE).perform();
      await page.gone("factor-asked");
    };
    /** Waits until a factor is asked for, and presents one of another kind than unlocked the vault. */
    const present = async () => {
      await page.find("factor-asked");
      await access.typeWords("asked", words.join(" "));
      await page.click("factor-asked-form-submit");
      await page.gone("factor-asked");
    };
    /** What was presented before counts no more. */
    const again = async () => {
      await access.lock();
      await page.unlock();
    };
    /** A violation, a control that is too small, and what is wider than a phone, in what is open. */
    const fits = async () => {
      assert.deepEqual(await violations(page.driver, ALL_RULES), []);
      await page.driver.executeScript("document.documentElement.style.width = '360px'; document.querySelector('dialog').style.width = '328px'");
      assert.deepEqual(await small(page.driver), []);
      const wide = await page.driver.executeScript(`
        const edge = document.querySelector("dialog").getBoundingClientRect().right + 0.5;
        return [...document.querySelectorAll("dialog *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge).map((one) => one.outerHTML.slice(0, 90));
      `);
      assert.deepEqual(wide, []);
      await page.driver.executeScript("document.documentElement.style.width = ''; document.querySelector('dialog').style.width = ''");
    };

    it("is set by a form, and told in sentences", async () => {
      await keys.openKey("files");
      await says("no-policy", /each operation is allowed/);
      await edit();
      await fits();
      await keys.press("operations-export");
      await keys.press("requireReason-destroy");
      await page.type("policy-maximum-uses", "1000");
      await page.type("policy-required", "tenant");
      await keys.press("policy-form-submit");
      await says("policy-form-error", /a name, a colon and a value/);
      assert.equal(await page.driver.executeScript("return document.activeElement.id"), "policy-required");
      await (await page.find("policy-required")).clear();
      await set();
      await says("policy-rules", /Allowed: encrypt files, open files[^.]*change the policy\. Nothing else\./);
      await says("policy-rules", /Only with a reason: destroy now\./);
      await says("policy-rules", /Used 1,000 times at the most\. So far: \d+\./);
      assert.doesNotMatch(String(await page.text("policy-rules")), /export/);
      await keys.press("key-activity");
      await says("console", /Changed the policy of “.files.”/);
    });

    it("says what cannot be taken back, and gives back what it was", async () => {
      await keys.openKey("files");
      await edit();
      assert.equal(await (await page.find("operations-export")).isSelected(), false);
      assert.equal(await (await page.find("policy-maximum-uses")).getAttribute("value"), "1000");
      assert.equal((await page.driver.findElements(handle("policy-lasts"))).length, 0);
      await keys.press("operations-setPolicy");
      await says("policy-lasts", /Nobody can change this policy any more/);
      await keys.press("operations-setPolicy");
      await page.gone("policy-lasts");
      await keys.press("operations-export");
      await keys.press("requireReason-destroy");
      await (await page.find("policy-maximum-uses")).clear();
      await set();
      await says("no-policy", /each operation is allowed/);
    });

    it("says what a draft would refuse, and keeps what was typed meanwhile", async () => {
      await edit();
      await page.type("policy-maximum-uses", "1");
      await keys.press("operations-setPolicy");
      await keys.press("requireReason-encrypt");
      assert.equal(await (await page.find("policy-maximum-uses")).getAttribute("value"), "1");
      await keys.press("try-policy");
      const trial = await page.find("trial");
      // Two files were encrypted without a reason, and the policy was set twice.
      await says("trial", /4 of \d+ operations would have been refused|All 4 operations would have been refused/);
      assert.equal(await trial.getAttribute("data-undecided"), "0");
      const rules = await page.driver.executeScript(
        "return [...document.querySelectorAll('[data-testid=trial-rule]')].map(({ dataset: { rule, count } }) => `${rule} ${count}`).sort()",
      );
      assert.deepEqual(rules, ["operations 2", "requireReason 2"]);
      await fits();
      // The sentence is about this draft, and no other.
      await keys.press("operations-setPolicy");
      await page.gone("trial");
      await keys.press("requireReason-encrypt");
      await keys.press("try-policy");
      await page.appears(By.css('[data-testid="trial"][data-refused="1"]'));
      await says("trial-rule", /More often than allowed: 1 operation/);
      await (await page.find("policy-maximum-uses")).clear();
      await page.type("policy-required", "tenant: 42");
      await keys.press("try-policy");
      await says("trial-undecided", /2 operations it is not known/);
      await says("trial", /^None of \d+ operations would have been refused, and 2 cannot be told\./);
      await page.type("policy-required", ", ");
      await keys.press("requireReason-decrypt");
      await (await page.find("policy-required")).clear();
      await page.type("policy-required", "none");
      await keys.press("try-policy");
      await says("trial-problem", /a name, a colon and a value/);
      await page.click("policy-dialog-close");
      await page.gone("policy-dialog");
      await says("no-policy", /each operation is allowed/);
    });

    it("asks for a factor where it is refused, and goes on with all that was begun", async () => {
      await edit();
      for (const box of ["secondFactor-decrypt", "secondFactor-rotate", "secondFactor-revoke"]) await keys.press(box);
      await keys.choose("policy-second-within", "PT1H");
      await set();
      await says("policy-rules", /within 1 hour after factors of two kinds were presented: open files, rotate, revoke a version/);
      await keys.openFiles();
      await keys.pressInRow("one.txt", "download");
      await page.find("factor-asked");
      assert.match(String(await page.text("factor-asked-why")), /two kinds/);
      await fits();
      // Another one that is begun meanwhile asks for nothing of its own.
      await page.driver.executeScript(`document.querySelector('[data-testid="object"][data-name="two.txt"] [data-testid="download"]').click()`);
      await page.type("asked-passphrase", "wrong horse");
      await page.click("factor-asked-form-submit");
      await says("factor-asked-form-error", /does not open this vault/);
      await (await page.find("asked-passphrase")).clear();
      await page.type("asked-passphrase", SECRET + Key.ENTER);
      await page.gone("factor-asked");
      await page.gone("transfer");
      // A browser may keep a page from saving two files after one click.
      const saved = () => readdirSync(page.downloads).filter((name) => ["one.txt", "two.txt"].includes(name)).length;
      await page.driver.wait(() => saved() > 0, PATIENCE, "nothing is saved");
      await keys.openKey("files");
      await keys.consider("key-rotate");
      await keys.decide();
      assert.equal((await page.driver.findElements(handle("factor-asked"))).length, 0, "it asks again within the time");
    });

    it("does nothing where nobody presents a factor, and says why", async () => {
      await access.lock();
      await page.unlock();
      await keys.openKey("files");
      await keys.consider("key-rotate");
      await page.click("action-form-submit");
      await page.find("factor-asked");
      await page.driver.actions().sendKeys(Key.ESCAPE).perform();
      await page.gone("factor-asked");
      await says("action-form-error", /factors of two kinds\. They were not presented, and nothing was done/);
      await page.click("action-close");
      const rows = await page.driver.findElements(By.css("[data-testid=version-row]"));
      assert.equal(rows.length, 2);
      // The words are the other kind.
      await keys.consider("key-rotate");
      await page.click("action-form-submit");
      await access.typeWords("asked", words.join(" "));
      await page.click("factor-asked-form-submit");
      await page.gone("action");
      await page.appears(By.css('[data-testid="version-row"][data-number="3"]'));
    });

    it("is gone with the vault, and what it asked for is not done", async () => {
      await access.lock();
      await page.unlock();
      await keys.openKey("files");
      await keys.consider("key-rotate");
      await page.click("action-form-submit");
      await page.find("factor-asked");
      await page.driver.executeScript("document.getElementById('lock').click()");
      await page.find("unlock-submit");
      assert.equal((await page.driver.findElements(handle("factor-asked"))).length, 0);
      await page.unlock();
      await keys.openKey("files");
      await page.appears(By.css('[data-testid="version-row"][data-number="3"]'));
      assert.equal((await page.driver.findElements(By.css("[data-testid=version-row]"))).length, 3);
    });

    it("asks once for all that was begun, and refuses all of it where nobody presents a factor", async () => {
      const more = ["three.txt", "four.txt", "five.txt", "six.txt"];
      await keys.openFiles();
      await page.give(...more.map((name) => fileOnDisk(name, name)));
      for (const name of more) await page.listed(name);
      await page.gone("transfer");
      // Four run at once: the others wait.
      const all = "for (const one of document.querySelectorAll('[data-testid=object] [data-testid=download]')) one.click()";
      await page.driver.executeScript(all);
      await cancel();
      const refused = async () => (await page.driver.findElements(By.css('[data-testid="transfer"][data-state="failed"]'))).length;
      await page.driver.wait(async () => (await refused()) === 6, PATIENCE, "some were not refused");
      assert.equal(await asked(), 0, "it asks again for those that waited");
      await says("transfers-alert", /^6 files are not transferred\. The first: .*They were not presented, and nothing was done\.$/);
      // To try again is another answer.
      await keys.press("retry-all");
      await present();
      await page.gone("transfer");
    });

    it("ends moving files where nobody presents a factor, and says so", async () => {
      await again();
      await keys.openKey("files");
      await edit();
      await keys.press("secondFactor-rewrap");
      await set();
      await keys.openVersion(1);
      await page.appears(By.css('[data-testid="dependents"][data-total="2"]'));
      await keys.press("move-files");
      await cancel();
      await keys.moved(/^Stopped after 0 of 2 files\. A policy asks for a factor, and none was presented\. All of them open as before\.$/);
      assert.equal(await asked(), 0, "it asks again for the next file");
      await keys.pressUntil("move-files", async () => (await asked()) > 0);
      await present();
      await keys.moved(/^2 files moved\./);
    });

    it("reports a revocation that is done, where nobody presents a factor for the version in its place", async () => {
      await again();
      await keys.openKey("files");
      await edit();
      await keys.press("secondFactor-revoke");
      await set();
      await keys.openVersion(3);
      await keys.consider("version-revoke");
      await page.click("action-form-submit");
      await cancel();
      await page.find("report");
      await says("report-unreplaced", /^The version is revoked, but no new version was created\. A policy asks for a factor, and none was presented\./);
      await says("report-sentences", /Anyone who has this version's key/);
      assert.equal(await asked(), 0, "it asks again");
      assert.equal((await page.driver.findElements(handle("action"))).length, 0, "it can be revoked twice");
      await fits();
      await keys.closeReport();
      await page.appears(versionRow(3, { state: "deactivated" }));
      assert.equal((await page.driver.findElements(By.css("[data-testid=version-row]"))).length, 3);
      await keys.consider("key-rotate");
      await page.click("action-form-submit");
      await present();
      await page.gone("action");
      await page.appears(versionRow(4, { state: "active" }));
    });

    it("says of a draft that it cannot be told what it would refuse", async () => {
      await keys.make("letters");
      await keys.openFiles();
      await page.give(fileOnDisk("seven.txt", "seven"));
      await page.listed("seven.txt");
      await page.gone("transfer");
      await keys.openKey("letters");
      await edit();
      await page.type("policy-required", "tenant: 42");
      await keys.press("try-policy");
      await says("trial", /^It cannot be told whether 1 operation would have been refused\./);
      const trial = await page.find("trial");
      assert.deepEqual([await trial.getAttribute("data-entries"), await trial.getAttribute("data-undecided")], ["1", "1"]);
      await fits();
      await page.click("policy-dialog-close");
    });
  });
}
