/** A report for auditors in the demo page: asked for by the keyboard, looked at, saved and printed. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Console } from "../../harness/demo/console.mjs";
import { handle, openPage, PATIENCE } from "../../harness/demo/page.mjs";
import { catchPrints, printedBy } from "../../harness/demo/printed.mjs";

const today = () => new Date().toISOString().slice(0, 10);

// What reads the vault is the package's, and only Chromium prints for a test.
for (const engine of usually("Chromium")) {
  describe(`a report in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Console} */
    let keys;

    before(async () => {
      page = await openPage(engine);
      keys = new Console(page);
      await page.createVault();
      await keys.make("<b>ledgers</b>", { every: "P90D" });
      await keys.openList();
      await page.click("to-report");
      await page.find("report-form");
    });
    after(() => page?.close());

    /** The frame's document, as the script is given it. @param {string} script @returns {Promise<any>} */
    const inFrame = (script) =>
      page.driver.executeScript(`const { contentDocument } = document.querySelector('[data-testid="report-sheet"]'); ${script}`);

    it("is written by pressing Enter, and says that all was looked at", async () => {
      await (await page.find("report-names")).sendKeys(Key.ENTER);
      assert.equal(await page.text("report-status"), "All of the 34 lines were looked at whole.");
      assert.equal((await page.driver.findElements(handle("report-limit"))).length, 0);
      assert.equal(await (await page.find("report-to")).getAttribute("value"), today());
    });

    it("is shown in a frame, with its style, and hostile names are text in it", async () => {
      assert.equal(await inFrame("return contentDocument.querySelector('h1').textContent"), "Key management report");
      assert.equal(await inFrame("return getComputedStyle(contentDocument.querySelector('caption')).position"), "absolute");
      assert.equal(await inFrame("return contentDocument.querySelectorAll('tbody b').length"), 0);
      assert.match(await inFrame("return contentDocument.body.textContent"), /<b>ledgers<\/b>/);
    });

    it("follows its links within itself", async () => {
      const address = await page.driver.getCurrentUrl();
      const scrolled = await inFrame(
        "contentDocument.querySelector('a[href=\"#checkpoint\"]').click(); return contentDocument.scrollingElement.scrollTop",
      );
      assert.ok(Number(scrolled) > 500, `scrolled to ${scrolled}`);
      assert.equal(await inFrame("return contentDocument.querySelectorAll('h1').length"), 1);
      assert.equal(await page.driver.getCurrentUrl(), address);
    });

    it("is saved as a page and as JSON, and printed", async () => {
      const from = await (await page.find("report-from")).getAttribute("value");
      const name = `acme-keys-${from}-to-${today()}`;
      await page.click("report-json");
      const { format, vault, limits } = JSON.parse(await saved(`${name}.json`));
      assert.deepEqual([format, vault.name, limits], ["strongroom-report-1", "acme", []]);
      await page.click("report-page");
      assert.match(await saved(`${name}.html`), /^<!doctype html>\n<html lang="en".*&#60;b&#62;ledgers/s);
      await catchPrints(page.driver);
      await page.click("report-print");
      const [printed = ""] = await printedBy(page.driver);
      assert.match(printed, /@page.*<h1>Key management report<\/h1>/s);
      assert.equal((await page.driver.findElements(handle("printed"))).length, 0, "the sheets stay in the page");
    });

    it("leaves names out, says what was not looked at, and refuses days that make no sense", async () => {
      await page.click("report-names");
      await setDay("report-to", "2099-01-01");
      await page.click("report-form-submit");
      await page.text("report-status");
      assert.doesNotMatch(await inFrame("return contentDocument.body.textContent"), /ledgers|acme/);
      assert.equal(await (await page.find("report-names")).isSelected(), false, "the form keeps what was asked for");
      await setDay("report-from", "2098-01-01");
      await setDay("report-to", "2097-01-01");
      await page.click("report-form-submit");
      const says = async () => (await page.driver.findElement(By.id("report-form-error")).getText()) === "The last day is before the first one.";
      await page.driver.wait(says, PATIENCE);
      assert.equal(await page.driver.executeScript("return document.activeElement.name"), "to");
    });

    it("is gone when the vault is locked", async () => {
      await page.click("lock");
      await page.gone("report-form");
      assert.equal((await page.driver.findElements(handle("report-sheet"))).length, 0);
    });

    /** Sets a field for dates, which each browser has its own keys for. @param {string} id @param {string} day */
    async function setDay(id, day) {
      const field = await page.find(id);
      await page.driver.executeScript("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))", field, day);
    }

    /** @param {string} name */
    async function saved(name) {
      const path = join(page.downloads, name);
      await page.driver.wait(() => existsSync(path) && readFileSync(path, "utf8").length > 0, PATIENCE, `${name} is not saved`);
      return readFileSync(path, "utf8");
    }
  });
}
