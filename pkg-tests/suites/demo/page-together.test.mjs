/** The demo page with a vault that takes a passphrase and a passkey together. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { usually, without } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow } from "../../harness/demo/access.mjs";
import { plugAuthenticator } from "../../harness/demo/authenticator.mjs";
import { handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

const NAME = "acme";
const NEXT = "purple kettle orbit mosaic";

// The ceremonies are tried in every engine by suites/package/passkeys.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`two factors together in the demo page in ${engine}`, { skip: without(engine, "passkeys of a test's own") }, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Access} */
    let access;
    /** @type {Awaited<ReturnType<typeof plugAuthenticator>>} */
    let authenticator;
    /** @type {readonly string[]} */
    let words;

    before(async () => {
      page = await openPage(engine, { passkeys: true });
      access = new Access(page);
      authenticator = await plugAuthenticator(engine, page.driver);
    });
    after(() => page?.close());

    const says = (/** @type {string} */ id, /** @type {RegExp} */ sentence) =>
      page.driver.wait(async () => sentence.test(String(await page.text(id))), PATIENCE, `${id} does not say ${sentence}`);
    const takes = (/** @type {"one" | "both"} */ what) => page.appears(handle("required")).then(() =>
      page.driver.wait(async () => (await page.driver.findElements({ css: `[data-testid="required"][data-takes="${what}"]` })).length === 1, PATIENCE));

    it("says what a vault lacks before it can take both", async () => {
      await page.beginVault(NAME);
      words = await access.words();
      await access.confirmKit(words);
      await page.gone("offer-kit");
      await access.open();
      await takes("one");
      await says("required-missing", /^Add a passkey\.$/);
      assert.equal(await count("require-both"), 0);
      await access.console.press("add-factor");
      await choose("kind-passkey");
      await page.type("present-passphrase", SECRET);
      await access.console.press("add-factor-form-submit");
      await access.enrolled("add-factor-dialog");
      await access.lists(3);
      assert.equal(await count("required-missing"), 0);
    });

    it("has it take both from then on, once both were given", async () => {
      await access.console.press("require-both");
      assert.equal(await count("present-by-recovery-kit"), 0, "the kit is no proof of both");
      await page.type("present-passphrase", SECRET);
      await access.console.press("require-both-form-submit");
      await page.gone("require-both-dialog");
      await takes("both");
      await access.console.press("add-factor");
      await page.find("add-factor-form");
      assert.equal(await count("kind-this-device"), 0);
      await page.click("add-factor-dialog-close");
    });

    it("asks for both at the next unlock, by one press", async () => {
      await access.lock();
      await page.find("two-needed");
      await page.type("unlock-passphrase", SECRET);
      await page.click("unlock-submit");
      await page.unlocked();
    });

    it("learns from the vault that it takes both, and keeps what was typed", async () => {
      await page.driver.executeScript("localStorage.clear()");
      await page.driver.navigate().refresh();
      await page.type("unlock-passphrase", SECRET);
      assert.equal(await count("two-needed"), 0);
      await page.click("unlock-submit");
      await says("unlock-error", /takes the passkey, too\. Press the button again/);
      await page.find("two-needed");
      assert.equal(await focused(), "unlock-submit");
      await page.click("unlock-submit");
      await page.unlocked();

      await access.lock();
      await page.driver.executeScript("localStorage.clear()");
      await page.driver.navigate().refresh();
      await choose("unlock-by-passkey");
      await page.click("unlock-submit");
      await says("unlock-error", /takes the passphrase, too/);
      assert.equal(await focused(), "unlock-passphrase");
    });

    it("says what went wrong: one of both, a passkey that was not used, none that is there", async () => {
      await page.type("unlock-passphrase", "wrong horse");
      await page.click("unlock-submit");
      await says("unlock-error", /which of them is not told/);
      assert.equal(await focused(), "unlock-passphrase");
      await retype("unlock-passphrase", SECRET);
      await authenticator.verifies(false);
      await page.click("unlock-submit");
      await says("unlock-error", /No passkey was used.*with what is on paper/);
      assert.equal(await focused(), "unlock-submit");
      await authenticator.lose();
      // Firefox's stays the same one.
      await authenticator.verifies(true);
      await page.click("unlock-submit");
      await page.driver.wait(async () => (await page.driver.findElement(handle("unlock-submit")).getText()) === "Unlock", PATIENCE);
      await says("unlock-error", /No passkey was used/);
    });

    it("opens by the kit alone, which puts a new passkey in the place of the lost one", async () => {
      await access.typeWords("unlock", words.join(" "));
      await page.click("unlock-submit");
      await page.find("recover");
      assert.match(await (await page.find("offer-instead")).getText(), /1 failed attempt/);
      await page.driver.executeScript(
        `const which = document.querySelector("[data-testid=recover-which]");
         which.value = [...which.options].find(({ text }) => text === "Passkey").value;
         which.dispatchEvent(new Event("change", { bubbles: true }));`,
      );
      // Neither can be replaced by the other kind.
      assert.equal(await count("recover-by-passphrase"), 0);
      await page.gone("recover-passphrase");
      await access.console.press("recover-submit");
      await access.enrolled("offer-instead");
    });

    it("takes both where something that opens the vault is asked for", async () => {
      await access.open();
      await access.press(factorRow("passkey"), "factor-revoke");
      await says("last-factor", /last of its kind. Add another passkey first/);
      await page.click("revoke-factor-close");
      await access.press(factorRow("passphrase"), "factor-replace");
      await page.type("present-passphrase", SECRET);
      await page.type("replace-factor-passphrase", NEXT);
      await page.type("replace-factor-repeat", NEXT);
      await access.console.press("replace-factor-form-submit");
      await page.gone("replace-factor");
    });

    it("takes one again, by what opens it then", async () => {
      await access.console.press("require-one");
      await page.type("present-passphrase", NEXT);
      await access.console.press("require-one-form-submit");
      await page.gone("require-one-dialog");
      await takes("one");
      // What this page remembers of it may be out of date: the vault decides.
      await page.driver.executeScript("localStorage.setItem(arguments[0], 'both')", `strongroom-demo:last-way:${NAME}`);
      await access.lock();
      await page.type("unlock-passphrase", NEXT);
      await page.click("unlock-submit");
      await says("unlock-error", /takes one way in again/);
      await page.gone("two-needed");
      await retype("unlock-passphrase", NEXT);
      await page.click("unlock-submit");
      await page.unlocked();
    });

    /** @param {string} id of a choice that lies over its label, unseen */
    async function choose(id) {
      await page.driver.executeScript("arguments[0].click()", await page.appears(handle(id)));
    }

    /** @param {string} id @param {string} text */
    async function retype(id, text) {
      await (await page.find(id)).clear();
      await page.type(id, text);
    }

    const count = async (/** @type {string} */ id) => (await page.driver.findElements(handle(id))).length;
    const focused = () => page.driver.executeScript("return document.activeElement.dataset.testid");
  });
}
