/** What the demo page puts on paper: recovery kits and shares as sheets, and vaults that are opened by them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { usually, without } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow } from "../../harness/demo/access.mjs";
import { handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";
import { catchPrints, printedBy } from "../../harness/demo/printed.mjs";

const NEXT = "purple kettle orbit mosaic";
/** In inches. */
const PAPERS = { A4: [8.27, 11.69], Letter: [8.5, 11] };

// Only Chromium prints for a test; the rest is the page's own code.
for (const engine of usually("Chromium")) {
  describe(`paper in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Access} */
    let access;
    /** @type {readonly string[]} */
    let words;
    /** @type {string[]} */
    const sheets = [];
    /** @type {string[]} */
    const shares = [];

    before(async () => {
      page = await openPage(engine);
      access = new Access(page);
    });
    after(() => page?.close());

    const says = (/** @type {string} */ id, /** @type {RegExp} */ sentence) =>
      page.driver.wait(async () => sentence.test(String(await page.text(id))), PATIENCE, `${id} does not say ${sentence}`);

    it("prints the kit of a new vault as a sheet with its code, and the vault has the kit from then on", async () => {
      await page.beginVault();
      await catchPrints(page.driver);
      words = await access.words();
      await page.click("kit-print");
      sheets.push(await printed(1));
      for (const part of [/Recovery kit/, />acme</, /<svg/, new RegExp(words.map((word) => `<li>${word}</li>`).join(""))]) {
        assert.match(sheets[0] ?? "", part);
      }
      assert.equal((await page.driver.findElements(handle("printed"))).length, 0, "the sheet stays in the page");
      // Whoever goes on now has a kit.
      await access.console.press("kit-decline");
      await page.gone("offer-kit");
      await says("status", /opens with the passphrase, and with the words that were shown/);
      await access.open();
      await access.lists(2);
      await access.press(factorRow("recovery-kit"), "factor-rehearse");
      await access.typeWords("present", words.join(" "));
      await access.console.press("rehearse-form-submit");
      await page.gone("rehearse-factor");
    });

    it("splits recovery shares between three people, and prints a sheet for each", async () => {
      await access.console.press("add-factor");
      await choose("kind-recovery-shares");
      await page.type("add-factor-name", "the family");
      await (await page.find("split-threshold")).clear();
      await page.type("split-threshold", "4");
      await page.type("present-passphrase", SECRET);
      await access.console.press("add-factor-form-submit");
      await says("add-factor-form-error", /more shares than there are/);
      await (await page.find("split-threshold")).clear();
      await page.type("split-threshold", "2");
      await access.console.press("add-factor-form-submit");
      for (const number of [1, 2, 3]) {
        await says("share-steps", new RegExp(`Share ${number} of 3`));
        const share = await access.words();
        assert.equal(share.length, 33);
        shares.push(share.join(" "));
        await access.console.press("share-print");
        sheets.push(await printed(number + 1));
        assert.match(sheets.at(-1) ?? "", new RegExp(`${number} of 3.*${share.map((word) => `<li>${word}</li>`).join("")}`, "s"));
        await access.console.press("share-next");
      }
      await page.gone("share-steps");
      assert.equal(new Set(shares).size, 3);
      await page.appears(factorRow("recovery-shares", { name: "the family" }));
    });

    it("fits each sheet on one page, of A4 and of Letter", { skip: without(engine, "DevTools") }, async () => {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver);
      const here = await page.driver.getWindowHandle();
      await page.driver.switchTo().newWindow("tab");
      for (const sheet of sheets) {
        await page.driver.get(`data:text/html;charset=utf-8;base64,${Buffer.from(sheet).toString("base64")}`);
        for (const [paper, [paperWidth, paperHeight]] of Object.entries(PAPERS)) {
          const given = { paperWidth, paperHeight, preferCSSPageSize: true };
          const { data } = /** @type {{ data: string }} */ (
            /** @type {unknown} */ (await chromium.sendAndGetDevToolsCommand("Page.printToPDF", given))
          );
          const pages = Buffer.from(data, "base64").toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
          assert.equal(pages?.length, 1, `on ${paper}`);
        }
      }
      await page.driver.close();
      await page.driver.switchTo().window(here);
    });

    it("says what is wrong with which share, and how many are missing", async () => {
      await access.lock();
      await choose("unlock-by-recovery-shares");
      const [first = "", second = ""] = shares;
      await fill(1, first);
      await page.click("unlock-submit");
      await says("unlock-error", /^One more share is needed\.$/);
      await fill(2, first);
      await page.click("unlock-submit");
      await says("unlock-error", /here twice/);
      await fill(2, second.split(" ").with(4, "zzzz").join(" "));
      await page.click("unlock-submit");
      await says("unlock-error", /^Word 5 of share 2 /);
      const selected = await page.driver.executeScript(
        "const { value, selectionStart, selectionEnd } = document.activeElement; return value.slice(selectionStart, selectionEnd)",
      );
      assert.equal(selected, "zzzz");
      await fill(2, second.split(" ").slice(1).join(" "));
      await page.click("unlock-submit");
      await says("unlock-error", /Share 2 has 32 here/);
    });

    it("opens by two shares in any order, and puts another passphrase in the place of the lost one", async () => {
      await fill(1, String(shares[2]));
      await fill(2, String(shares[0]).toUpperCase());
      await page.click("unlock-submit");
      await page.find("recover-passphrase");
      await page.type("recover-passphrase", NEXT);
      await page.type("recover-repeat", NEXT);
      await access.console.press("recover-submit");
      await page.gone("offer-instead");
    });

    it("changes the shares, by shares; the old ones open nothing then", async () => {
      await access.open();
      await access.press(factorRow("recovery-shares"), "factor-replace");
      await choose("present-by-recovery-shares");
      await fill(1, String(shares[0]), "present");
      await fill(2, String(shares[1]), "present");
      await access.console.press("replace-factor-form-submit");
      await says("share-steps", /Share 1 of 3/);
      assert.ok(!shares.includes((await access.words()).join(" ")));
      await access.console.press("replace-factor-close");
      await page.gone("replace-factor");
      await access.lock();
      await choose("unlock-by-recovery-shares");
      await fill(1, String(shares[0]));
      await fill(2, String(shares[1]));
      await page.click("unlock-submit");
      await says("unlock-error", /were replaced on/);
    });

    /** The document that was printed as the one of this number. @param {number} count */
    async function printed(count) {
      await page.driver.wait(async () => (await printedBy(page.driver)).length === count, PATIENCE, "nothing was printed");
      return String((await printedBy(page.driver)).at(-1));
    }

    /** @param {string} id of a choice that lies over its label, unseen */
    async function choose(id) {
      await page.driver.executeScript("arguments[0].click()", await page.appears(handle(id)));
    }

    /** @param {number} number @param {string} share @param {string} [form] */
    async function fill(number, share, form = "unlock") {
      const field = await page.find(`${form}-share-${number}`);
      await page.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", field);
      await field.clear();
      await field.sendKeys(share);
    }
  });
}
