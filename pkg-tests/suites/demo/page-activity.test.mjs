/** The demo page's view of the audit log: what it tells, what narrows it, whether it is whole, and what is saved of it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Activity } from "../../harness/demo/activity.mjs";
import { Console } from "../../harness/demo/console.mjs";
import { ALL_RULES, overflowing, small, violations } from "../../harness/demo/judge.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

// The page's own view over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`what was done, in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Activity} */
    let activity;
    /** @type {Console} */
    let keys;
    /** @type {string} */
    let checkpoint;

    before(async () => {
      page = await openPage(engine);
      activity = new Activity(page);
      keys = new Console(page);
      await page.createVault();
    });
    after(() => page?.close());

    const said = (/** @type {string} */ id) => page.text(id).then(String);
    /** Waits until a part of the page, which may be drawn again meanwhile, says so. @param {string} id @param {RegExp} sentence */
    const says = (id, sentence) => {
      const read = () => page.driver.executeScript("return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent", id);
      return page.driver.wait(async () => sentence.test(String(await read())), PATIENCE, `${id} does not say ${sentence}`);
    };
    const press = (/** @type {string[]} */ ...pressed) => page.driver.actions().sendKeys(...pressed).perform();
    const focused = () => page.driver.executeScript("const { dataset, id } = document.activeElement; return dataset.testid ?? id;");
    const focusComes = (/** @type {string} */ id) =>
      page.driver.wait(async () => (await focused()) === id, PATIENCE, `the focus does not come to ${id}`);

    /** A file that the page saved, once it is whole. @param {RegExp} name @param {RegExp} end what its text matches */
    async function savedFile(name, end) {
      let path = "";
      const whole = () => {
        const found = readdirSync(page.downloads).find((file) => name.test(file) && !/part|crdownload/.test(file));
        path = found ? join(page.downloads, found) : "";
        return path !== "" && end.test(readFileSync(path, "utf8"));
      };
      await page.driver.wait(whole, PATIENCE, `${name} is not saved`);
      return path;
    }

    it("tells in sentences what was done and what failed, the latest first", async () => {
      await keys.make("photos");
      await keys.openFiles();
      await page.give(fileOnDisk("one.txt", "hello"));
      await page.listed("one.txt");
      await keys.press("to-factors");
      await keys.press("add-factor");
      await page.type("present-passphrase", "wrong horse");
      await page.click("add-factor-form-submit");
      await said("add-factor-form-error");
      await page.click("add-factor-dialog-close");
      await activity.open();
      await activity.shows((all) => all[0] === "unlock", "what failed is not there");
      const sentences = await activity.sentences();
      for (const sentence of [
        "Encrypted “one.txt” with “photos”.",
        "Created the key “photos”.",
        "Created the key “files”.",
        "Created the vault.",
        "Could not unlock the vault, because what was presented does not open the vault.",
      ]) {
        assert.ok(sentences.includes(sentence), `${sentence} is not in ${sentences.join("\n")}`);
      }
      assert.equal(sentences.at(-1), "The log began.");
      const entries = await activity.entries();
      assert.deepEqual(
        entries.map(({ sequence }) => sequence),
        entries.map((_, at) => entries.length - 1 - at),
      );
      assert.deepEqual(entries.filter(({ outcome }) => outcome !== "done").map(({ operation }) => operation), ["unlock"]);
    });

    it("narrows the log by what stands in the address", async () => {
      await activity.chooseText("activity-operation", "Create a key");
      await activity.shows((all) => all.join() === "createKey,createKey", "other operations are there");
      await activity.chooseText("activity-key", "photos");
      await activity.shows((all) => all.join() === "createKey", "other keys are there");
      assert.match(await activity.address(), /^#\/activity\?operation=createKey&key=[\w-]+$|^#\/activity\?key=[\w-]+&operation=createKey$/);
      await page.driver.navigate().refresh();
      await page.unlock();
      await activity.shows((all) => all.join() === "createKey", "a reload forgets it");
      await page.driver.navigate().back();
      await activity.shows((all) => all.join() === "createKey,createKey", "the way back does not lead there");
      await keys.press("all-activity");
      await activity.shows((all) => all.at(-1) === "beginAudit", "the whole log does not come back");

      await activity.chooseText("activity-outcome", "wrong factor");
      await activity.shows((all) => all.join() === "unlock", "what failed is not found");
      await activity.chooseText("activity-outcome", "done");
      await activity.shows((all) => all.length > 3 && all.filter((one) => one === "unlock").length === 1, "what failed is there");
      await activity.goTo("#/activity");
      await activity.day("activity-from", "2001-01-01");
      await activity.day("activity-to", "2001-01-02");
      await says("no-entries", /^No matching entries\.$/);
      await activity.day("activity-to", "2101-01-01");
      await activity.shows((all) => all.at(-1) === "beginAudit", "today is not in it");
      await keys.openKey("photos");
      await keys.press("key-activity");
      await activity.shows((all) => all.join() === "encrypt,createKey", "the key's page does not lead to what was done with it");
      await activity.goTo("#/activity?key=none&operation=%3Cscript%3E&outcome=teleport&from=today");
      await says("no-entries", /no key with this ID/);
      // To ask for a key that is gone would be an entry by itself.
      await activity.goTo("#/activity?operation=findKey");
      await says("no-entries", /No matching/);
      await activity.goTo("#/activity");
      await activity.shows((all) => all.at(-1) === "beginAudit", "it does not come back");
    });

    it("turns pages", async () => {
      // Each press is an entry, and the next one waits for it.
      await page.driver.executeAsyncScript(
        `const [presses, done] = arguments;
         const card = document.querySelector("[data-testid=log-card]");
         let left = presses;
         const press = () => left-- > 0 ? document.querySelector("[data-testid=fail-closed]").click() : done();
         new MutationObserver(() => setTimeout(press)).observe(card, { attributeFilter: ["data-fail-closed"] });
         press();`,
        44,
      );
      await activity.shows((all) => all.length === 50, "it is no full page");
      const [{ sequence: last = 0 } = {}] = await activity.entries();
      await keys.press("older");
      await activity.shows((all) => all.at(-1) === "beginAudit", "the next page does not come");
      assert.equal((await activity.entries())[0]?.sequence, last - 50);
      assert.equal(await focused(), "console", "the focus stays where the link was");
      await keys.press("newest");
      await activity.shows((all) => all.length === 50, "the first page does not come back");
    });

    it("says that it is whole, and that it continues a checkpoint", async () => {
      const { fault, text } = await activity.verify();
      assert.equal(fault, "none");
      assert.match(text, /The log is whole\.\s+\d+ entries were read\. Each is as it was written[^]+does not tell whether the vault was set back/);
      await page.click("save-checkpoint");
      checkpoint = await savedFile(/^acme-log-\d+.*checkpoint/, /\n— .+\n$/);
      await activity.closeVerified();
      const held = await activity.verify(checkpoint);
      assert.equal(held.fault, "none");
      assert.match(held.text, /has each entry of the checkpoint that you kept/);
      await activity.closeVerified();

      await keys.press("verify-log");
      for (const [contents, sentence] of /** @type {const} */ ([
        [readFileSync(checkpoint, "utf8").replace(/\n\d+\n/, "\n1\n"), /was changed, or is of another vault/],
        ["nothing", /is no checkpoint/],
        ["x".repeat(70_000), /is no checkpoint/],
      ])) {
        await (await page.find("verify-checkpoint")).sendKeys(fileOnDisk(`${contents.length}.txt`, contents));
        await page.click("verify-form-submit");
        await says("verify-form-error", sentence);
      }
      await page.click("verify-dialog-close");
      await page.gone("verify-dialog");
    });

    it("is turned off with a reason, says so, and goes on", async () => {
      await keys.press("stop-log");
      assert.match(await said("stop-log-consequences"), /No use, change or refusal is written/);
      await page.type("stop-log-reason", "a long import");
      await page.click("stop-log-form-submit");
      await page.find("log-stopped");
      await activity.shows((all) => all[0] === "stopAudit", "that is no entry");
      assert.ok((await activity.sentences()).includes("Reason: a long import"));
      await keys.make("unseen");
      await activity.open();
      await page.find("log-stopped");
      await activity.shows((all) => all[0] === "stopAudit", "it goes on");
      await keys.press("start-log");
      await activity.shows((all) => all[0] === "startAudit", "it does not go on");
      await page.driver.wait(() => activity.lacks("log-stopped"), PATIENCE, "it still says that it is off");
    });

    it("saves what the filters show, and reasons only where they are asked for", async () => {
      await activity.goTo("#/activity?operation=stopAudit");
      await activity.shows((all) => all.join() === "stopAudit", "it is not found");
      await keys.press("export-log");
      await page.click("format-csv");
      await page.click("export-form-submit");
      const plain = readFileSync(await savedFile(/^acme-log\.csv$/, /stopAudit.*\r\n$/), "utf8");
      assert.equal(plain.split("\r\n").length, 3, "a line of names, and one entry");
      assert.doesNotMatch(plain, /a long import/);
      await page.gone("export-dialog");
      await keys.press("export-log");
      await page.click("export-filtered");
      await page.click("export-reasons");
      await page.click("export-form-submit");
      const lines = readFileSync(await savedFile(/^acme-log\.jsonl$/, /"startAudit"[^\n]*\n$/), "utf8").trimEnd().split("\n");
      const entries = lines.map((line) => JSON.parse(line));
      assert.deepEqual(entries.map(({ sequence }) => sequence), entries.map((_, at) => at));
      assert.ok(entries.some(({ reason }) => reason === "a long import"));
      await page.gone("export-dialog");
      await activity.goTo("#/activity");
    });

    it("is reached, narrowed and verified with a keyboard", async () => {
      await activity.open();
      await page.driver.executeScript('document.querySelector("[data-testid=verify-log]").focus()');
      await press(Key.ENTER);
      await focusComes("verify-dialog-close");
      await press(Key.TAB, Key.TAB, Key.ENTER);
      await page.find("verified");
      await focusComes("verified");
      await press(Key.ESCAPE);
      await page.gone("verify-dialog");
      await focusComes("verify-log");
      await press(Key.TAB, Key.TAB);
      await focusComes("activity-key");
      await press(Key.TAB, "Turn the log off");
      await activity.shows((all) => all.join() === "stopAudit", "a choice by typing does nothing");
      await focusComes("activity-operation");
      await activity.goTo("#/activity");
    });

    it("fits a phone, and has no violation of WCAG 2.2 AA", async () => {
      await activity.open();
      await page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
      assert.deepEqual(await violations(page.driver, ALL_RULES), []);
      await page.driver.executeScript("document.documentElement.style.width = '360px'");
      assert.deepEqual(await small(page.driver), []);
      const wide = await page.driver.executeScript(
        "return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > 360.5).map((one) => one.outerHTML.slice(0, 90))",
      );
      assert.deepEqual(wide, []);
      assert.deepEqual(await violations(page.driver, ALL_RULES), []);
      await page.driver.executeScript("document.documentElement.style.width = ''");
      assert.deepEqual(await overflowing(page.driver, Number(await page.driver.executeScript("return innerWidth"))), []);
    });

    it("does not show a log that was harmed, and says how much of it is intact", async () => {
      await keys.press("lock");
      await page.find("unlock-submit");
      await activity.harm();
      await page.unlock(SECRET);
      await activity.goTo("#/activity?operation=create");
      await page.find("log-damaged");
      await keys.press("verify-damaged");
      await page.click("verify-form-submit");
      const result = await page.find("verified");
      assert.equal(await result.getAttribute("data-fault"), "entries");
      const intact = Number(await result.getAttribute("data-intact"));
      assert.ok(intact > 0 && intact < 50, `${intact} are intact`);
      assert.match(await result.getText(), /not whole[^]+were changed, moved or taken away[^]+beside the vault/);
      await page.click("show-intact");
      await activity.shows((all) => all.length === intact && all.at(-1) === "beginAudit", "what is intact is not shown");
      assert.equal((await page.driver.findElements(handle("log-damaged"))).length, 0);
    });
  });
}
