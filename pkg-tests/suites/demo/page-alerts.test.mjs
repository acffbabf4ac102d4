/** The demo page's alerts: what the rules find, what it rests on, and what was seen. */
import assert from "node:assert/strict";
import { cpSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { Activity } from "../../harness/demo/activity.mjs";
import { ALL_RULES, small, violations } from "../../harness/demo/judge.mjs";
import { handle, openPage, PATIENCE } from "../../harness/demo/page.mjs";
import { demoPage } from "../../harness/environment.mjs";

/** One that the page shows. @param {string} rule */
const alert = (rule) => By.css(`[data-testid="alert-found"][data-rule="${rule}"]`);

// The page's own view over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`alerts, in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Activity} */
    let activity;

    before(async () => {
      page = await openPage(engine);
      activity = new Activity(page);
      await page.createVault();
    });
    after(() => page?.close());

    /** Those that nobody has dealt with, from top to bottom. @returns {Promise<string[]>} */
    const open = () =>
      page.driver.executeScript(
        "return [...document.querySelectorAll('#console > ul [data-testid=alert-found]')].map(({ dataset }) => `${dataset.severity} ${dataset.rule}`)",
      );
    const opens = async (/** @type {string[]} */ ...expected) => {
      /** @type {string[]} */
      let last = [];
      const same = async () => (last = await open()).join() === expected.join();
      await page.driver.wait(same, PATIENCE).catch(() => assert.deepEqual(last, expected));
    };
    /** What the badge in the navigation says; empty without one. @returns {Promise<string>} */
    const badge = (of = page) => of.driver.executeScript('return document.querySelector("[data-testid=alert-badge]")?.textContent ?? ""');
    const badgeSays = (/** @type {string} */ text, of = page) =>
      of.driver.wait(async () => (await badge(of)) === text, PATIENCE, `the badge does not say “${text}”`);
    const press = async (/** @type {By} */ where, /** @type {string} */ id) => {
      await page.appears(where);
      await (await page.driver.findElement(where).findElement(handle(id))).click();
    };

    it("finds something while nobody looks for it, and says how much", async () => {
      await badgeSays("1 not seen");
      await activity.console.press("to-alerts");
      await opens("Low backup");
      assert.match(String(await page.text("alerts-looked")), /Looked at \d+ entries of the log/);
      await press(alert("backup"), "alert-evidence");
      await page.find("keys-table");
    });

    it("puts the most severe first, and leads to the entries that it rests on", async () => {
      await activity.open();
      await activity.console.press("stop-log");
      await page.click("stop-log-form-submit");
      await page.find("log-stopped");
      await activity.console.press("to-alerts");
      await opens("Medium logOff", "Low backup");
      assert.match(String(await page.text("alerts-looked")), /The log is off/);
      await activity.open();
      await activity.console.press("start-log");
      await page.driver.wait(() => activity.lacks("log-stopped"), PATIENCE);
      await activity.console.press("to-alerts");
      await opens("Medium logOff", "Low backup");
      await badgeSays("2 not seen");
      const link = await page.driver.findElement(alert("logOff")).findElement(handle("alert-evidence"));
      assert.equal(await link.getText(), "Show 1 entry");
      await link.click();
      await activity.shows((all) => all.join() === "stopAudit", "it leads to other entries");
      assert.match(String(await page.text("chosen-entries")), /1 entry that an alert rests on/);
      await page.driver.navigate().back();
      await opens("Medium logOff", "Low backup");
    });

    it("keeps what was seen apart, after a reload too, with a keyboard", async () => {
      await page.driver.executeScript("document.querySelector('[data-rule=logOff] [data-testid=alert-seen]').focus()");
      await page.driver.actions().sendKeys(Key.ENTER).perform();
      await opens("Low backup");
      await badgeSays("1 not seen");
      assert.notEqual(await page.driver.executeScript("return document.activeElement.tagName"), "BODY", "the focus is lost");
      await press(alert("backup"), "alert-seen");
      assert.equal(String(await page.text("no-alerts")), "Nothing new was found.");
      await badgeSays("");
      await page.driver.navigate().refresh();
      await page.unlock();
      assert.match(String(await page.text("seen-alerts")), /2 alerts were seen before/);
      await opens();
      assert.equal(await badge(), "");
      await page.click("seen-alerts");
      await press(alert("logOff"), "alert-reopen");
      await opens("Medium logOff");
      await badgeSays("1 not seen");
    });

    it("fits a phone, and has no violation of WCAG 2.2 AA", async () => {
      await page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
      assert.deepEqual(await violations(page.driver, ALL_RULES), []);
      await page.driver.executeScript("document.documentElement.style.width = '360px'");
      assert.deepEqual(await small(page.driver), []);
      const wide = await page.driver.executeScript(
        "return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > 360.5).map((one) => one.outerHTML.slice(0, 90))",
      );
      assert.deepEqual(wide, []);
      const lines = await page.driver.executeScript("return document.querySelector('[data-testid=alert-badge]').getClientRects().length");
      assert.equal(lines, 1, "the badge is broken into lines");
      await page.driver.executeScript("document.documentElement.style.width = ''");
    });

    it("says nothing of them once the vault is locked, and forgets them with the vault", async () => {
      await activity.console.press("lock");
      await page.find("unlock-submit");
      const text = String(await page.driver.executeScript("return document.body.textContent"));
      assert.doesNotMatch(text, /The audit log was stopped|not seen/);
      const kept = () => page.driver.executeScript("return Object.keys(localStorage).filter((name) => name.includes('seen-alerts')).length");
      assert.equal(await kept(), 1);
      await page.unlock();
      await activity.console.openFiles();
      await activity.console.press("delete-vault");
      await page.click("confirm-yes");
      await page.find("create-submit");
      assert.equal(await kept(), 0);
    });

    it("says that the rules could not look, and not that they found nothing", async () => {
      const folder = temporaryFolder();
      cpSync(demoPage(), folder, { recursive: true });
      // The rules' own script, which a server has lost.
      const script = readdirSync(join(folder, "assets")).find((name) => name.startsWith("alert-checks-"));
      assert.ok(script, "the page has no script of the rules");
      const [place, away] = [join(folder, "assets", script), join(folder, "away")];
      renameSync(place, away);
      const poor = await openPage(engine, { folder });
      try {
        await poor.createVault();
        await badgeSays("! the rules could not look", poor);
        // The types of the driver do not know it.
        const link = /** @type {any} */ (await poor.find("to-alerts"));
        assert.match(await link.getAccessibleName(), /^Alerts\s+the rules could not look$/);
        await new Activity(poor).console.press("to-alerts");
        assert.match(String(await poor.text("alerts-failed")), /The rules could not look\./);
        assert.equal((await poor.driver.findElements(handle("no-alerts"))).length, 0);
        await poor.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
        assert.deepEqual(await violations(poor.driver, ALL_RULES), []);
        renameSync(away, place);
        await poor.driver.navigate().refresh();
        await poor.unlock();
        await badgeSays("1 not seen", poor);
      } finally {
        await poor.close();
      }
    });
  });
}
