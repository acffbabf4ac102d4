/** The demo page with passkeys: a vault that begins with one, opens by one gesture, and outlives its loss. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { has, usually, without } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow } from "../../harness/demo/access.mjs";
import { plugAuthenticator } from "../../harness/demo/authenticator.mjs";
import { handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

const NAME = "acme";

// The ceremonies are tried in every engine by suites/package/passkeys.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`passkeys in the demo page in ${engine}`, { skip: without(engine, "passkeys of a test's own") }, () => {
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

    it("makes a vault with a passkey and a recovery kit, and nothing is typed but its name and two words", async () => {
      const name = await page.find("create-name");
      await name.clear();
      await name.sendKeys(NAME);
      await choose("create-by-passkey");
      await page.click("create-submit");
      await access.enrolled("create");
      words = await access.words();
      await access.confirmKit(words);
      await page.gone("offer-kit");
      await says("status", /with a passkey and a recovery kit/);
      await access.open();
      await access.lists(2);
      for (const kind of ["passkey", "recovery-kit"]) await page.appears(factorRow(kind));
    });

    it("proposes the passkey at the next unlock, which takes one press", async () => {
      await page.driver.navigate().refresh();
      await page.find("ceremony");
      await page.click("unlock-submit");
      await page.unlocked();
    });

    it("says what to do where the passkey was not used, and counts no failed attempt", async () => {
      await access.lock();
      await authenticator.verifies(false);
      await page.click("unlock-submit");
      await says("unlock-error", /No passkey was used/);
      assert.equal(await page.driver.executeScript("return document.activeElement.dataset.testid"), "unlock-submit");
      await authenticator.verifies(true);
      await page.driver.navigate().refresh();
      await access.typeWords("unlock", words.join(" "));
      await page.click("unlock-submit");
      await page.find("recover");
      assert.doesNotMatch(await (await page.find("offer-instead")).getText(), /failed attempt/);
      await page.click("offer-instead-decline");
      await page.gone("offer-instead");
    });

    it("asks for the passkey where something that opens the vault is asked for", async () => {
      await authenticator.lose();
      await access.open();
      await access.console.press("add-factor");
      await page.type("add-factor-passphrase", SECRET);
      await page.type("add-factor-repeat", SECRET);
      await access.console.press("add-factor-form-submit");
      await says("add-factor-form-error", /No passkey was used/);
      await access.typeWords("present", words.join(" "));
      await access.console.press("add-factor-form-submit");
      await page.gone("add-factor-dialog");
      await access.lists(3);
    });

    it("puts a new passkey in the place of one that was lost", async () => {
      const lost = await idOf("passkey");
      await access.press(factorRow("passkey"), "factor-replace");
      await choose("present-by-passphrase");
      await page.type("present-passphrase", SECRET);
      await access.console.press("replace-factor-form-submit");
      await access.enrolled("replace-factor");
      await access.lists(3);
      assert.notEqual(await idOf("passkey"), lost);

      await access.lock();
      await choose("unlock-by-passkey");
      await page.click("unlock-submit");
      await page.unlocked();
    });

    it("revokes by a passkey's gesture, but never what is left beside it", async () => {
      await access.open();
      await access.press(factorRow("passphrase"), "factor-revoke");
      await choose("present-by-passkey");
      await access.console.press("revoke-factor-form-submit");
      await page.gone("revoke-factor");
      await access.lists(2);
      await access.press(factorRow("recovery-kit"), "factor-revoke");
      await access.console.press("revoke-factor-form-submit");
      // A passkey is never the only kind.
      await says("revoke-factor-form-error", /Nothing else opens this vault/);
      await access.console.press("revoke-factor-close");
    });

    it("offers a passkey in the place of the lost one, to whoever has opened the vault with the kit", async () => {
      await authenticator.lose();
      await access.lock();
      await access.typeWords("unlock", words.join(" "));
      await page.click("unlock-submit");
      await page.find("recover");
      await access.console.press("recover-submit");
      await access.enrolled("offer-instead");
      await access.lock();
      await choose("unlock-by-passkey");
      await page.click("unlock-submit");
      await page.unlocked();
      await access.open();
      await access.lists(2);
    });

    /** @param {string} id of a choice that lies over its label, unseen */
    async function choose(id) {
      await page.driver.executeScript("arguments[0].click()", await page.appears(handle(id)));
    }

    /** @param {string} kind */
    async function idOf(kind) {
      await page.appears(factorRow(kind));
      return page.driver.findElement(factorRow(kind)).findElement({ css: "code" }).getAttribute("title");
    }
  });

  describe(`the demo page where there are no passkeys in ${engine}`, () => {
    it("offers none, and says why", async () => {
      // An address is no host that a passkey can be of.
      const page = await openPage(engine);
      try {
        await page.find("create-passphrase");
        const why = String(await page.text("no-passkeys"));
        if (has(engine, "passkeys of a test's own")) assert.match(why, /has only an address/);
        else assert.match(why, /Passkeys cannot open a vault here/);
        assert.equal((await page.driver.findElements(handle("create-by-passkey"))).length, 0);
        await page.createVault();
        await page.click("lock");
        await page.appears(handle("unlock-by-recovery-kit"));
        assert.equal((await page.driver.findElements(handle("unlock-by-passkey"))).length, 0);
      } finally {
        await page.close();
      }
    });
  });
}
