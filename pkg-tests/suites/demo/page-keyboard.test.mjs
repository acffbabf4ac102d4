/** The demo page's whole story with a keyboard: every step by pressed keys, the focus always in sight. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import { engines } from "../../harness/browsers/browsers.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET, sha256 } from "../../harness/demo/page.mjs";

for (const engine of engines) {
  describe(`the demo page with a keyboard in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    const letter = "Dear Ada,";
    const path = fileOnDisk("letter.txt", letter);

    before(async () => {
      page = await openPage(engine);
      await page.find("create-name");
    });
    after(() => page?.close());

    const press = (/** @type {string[]} */ ...keys) => page.driver.actions().sendKeys(...keys).perform();
    /** The handle of what has the focus, otherwise its id. @returns {Promise<string>} */
    const focused = () =>
      page.driver.executeScript("const { dataset, id } = document.activeElement; return dataset.testid ?? id;");
    /** What hides that it has the focus: no outline, or something above it. @returns {Promise<string>} */
    const hidden = () =>
      page.driver.executeScript(`
        const shown = [document.activeElement, document.activeElement.parentElement].some((one) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        });
        const { x, y, width, height } = document.activeElement.getBoundingClientRect();
        const top = document.elementFromPoint(x + width / 2, y + height / 2);
        if (!shown) return "no outline";
        const above = top && !document.activeElement.contains(top) && !top.contains(document.activeElement);
        return above ? "below " + top.outerHTML.slice(0, 80) : "";
      `);

    /** Presses Tab, or Shift and Tab, until a control has the focus; each on the way is in sight. @param {string} id */
    async function tabTo(id, back = false) {
      const way = [];
      for (let at = 0; at < 40; at++) {
        const here = await focused();
        if (here === id) return;
        if (here) assert.equal(await hidden(), "", `the focus on ${here}`);
        way.push(here);
        if (back) await page.driver.actions().keyDown(Key.SHIFT).sendKeys(Key.TAB).keyUp(Key.SHIFT).perform();
        else await press(Key.TAB);
      }
      assert.fail(`Tab does not reach ${id}, only ${way.join(", ")}`);
    }
    const focusComes = (/** @type {string} */ id) =>
      page.driver.wait(async () => (await focused()) === id, PATIENCE, `the focus does not come to ${id}`);

    it("makes a vault, and a passphrase that differs is pointed to", async () => {
      await tabTo("create-name");
      await tabTo("create-passphrase");
      await press(SECRET, Key.TAB);
      await tabTo("create-repeat");
      await press("another", Key.ENTER);
      assert.match(String(await page.text("create-error")), /differ/);
      await focusComes("create-repeat");
      await press(SECRET, Key.ENTER);
      await page.unlocked();
      await page.find("kit-words");
      await tabTo("kit-decline");
      await press(Key.ENTER);
      await page.gone("offer-kit");
      // The form is gone: the focus stands at the keys that took its place.
      await focusComes("keys");
    });

    it("adds a key", async () => {
      await tabTo("new-key");
      await press(Key.ENTER);
      await tabTo("create-key-alias");
      await press("letters", Key.ENTER);
      await page.appears(handle("key"));
      await page.driver.wait(async () => (await page.driver.findElements(handle("key"))).length === 2, PATIENCE);
    });

    it("adds a file, and says so", async () => {
      await tabTo("file-input");
      // The system's own window cannot be driven: its answer is given to the control that has the focus.
      await (await page.driver.switchTo().activeElement()).sendKeys(path);
      await page.listed("letter.txt");
      await page.driver.wait(async () => /letter\.txt.*stored/.test(String(await page.text("status"))), PATIENCE);
    });

    it("opens the provider's view, keeps the focus inside, and gives it back on Escape", async () => {
      await tabTo("compare");
      await press(Key.ENTER);
      await page.text("stored-bytes");
      await page.find("preview-text");
      for (let at = 0; at < 12; at++) {
        await press(Key.TAB);
        const outside = await page.driver.executeScript(
          "const { activeElement: at } = document; return at !== document.body && !at.closest('dialog') && at.tagName",
        );
        assert.equal(outside, false, "the focus left the dialog");
      }
      // On its way round the focus also comes by the browser's own controls, where the page has none.
      const inside = () => page.driver.executeScript("return document.hasFocus() && !!document.activeElement.closest('dialog')");
      for (let at = 0; at < 12 && !(await inside()); at++) await press(Key.TAB);
      assert.ok(await inside(), "the focus does not come back into the dialog");
      await press(Key.ESCAPE);
      await page.gone("comparison");
      await focusComes("compare");
    });

    it("saves the file", async () => {
      await tabTo("download", true);
      await press(Key.ENTER);
      assert.equal(await sha256(await page.saved("letter.txt", letter.length)), await sha256(path));
    });

    it("rotates a key, after its consequences", async () => {
      await tabTo("to-keys", true);
      await press(Key.ENTER);
      await focusComes("console");
      await tabTo("key-link");
      await press(Key.ENTER);
      await page.find("key-page");
      await focusComes("console");
      await tabTo("key-rotate");
      await press(Key.ENTER);
      await page.text("consequences");
      await press(Key.ESCAPE);
      await page.gone("action");
      await focusComes("key-rotate");
      await press(Key.ENTER);
      await page.text("consequences");
      await tabTo("action-form-submit");
      await press(Key.ENTER);
      await page.gone("action");
      await focusComes("key-rotate");
      await tabTo("version-link");
      await press(Key.ENTER);
      await page.find("version");
      await focusComes("version-link");
      await tabTo("to-files", true);
      await press(Key.ENTER);
      await focusComes("files");
    });

    it("is asked before it deletes; Escape keeps, and the focus outlives the row", async () => {
      await tabTo("delete-object");
      await press(Key.ENTER);
      await page.find("confirm-yes");
      await press(Key.ESCAPE);
      await page.gone("confirm");
      await focusComes("delete-object");
      await press(Key.ENTER);
      await page.find("confirm-yes");
      await tabTo("confirm-yes");
      await press(Key.ENTER);
      await page.find("empty");
      await focusComes("files");
    });

    it("locks and unlocks, and a wrong passphrase is ready to be typed over", async () => {
      await tabTo("lock", true);
      await press(Key.ENTER);
      await page.find("unlock-passphrase");
      await tabTo("unlock-passphrase");
      await press("wrong", Key.ENTER);
      assert.match(String(await page.text("unlock-error")), /does not open this vault/);
      await focusComes("unlock-passphrase");
      await press(SECRET, Key.ENTER);
      await page.unlocked();
    });
  });
}
