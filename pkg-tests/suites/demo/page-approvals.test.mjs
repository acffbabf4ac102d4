/** Dual control in the demo page: one vault asks, the other approves, and what was approved is done once. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { temporaryFolder, unpack } from "../../harness/consumer.mjs";
import { Console } from "../../harness/demo/console.mjs";
import { ALL_RULES, overflowing, small, violations } from "../../harness/demo/judge.mjs";
import { demoPage } from "../../harness/environment.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

/** A text that turns round what follows it, with characters that nobody sees. */
const TURNED = "\u202Egpj.\u3164\u{E0041}";

// The page's own forms over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`approvals, in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Console} */
    let keys;
    /** @type {Record<"asks" | "approves", string>} */
    let tabs;
    let approver = "";
    let first = "";

    before(async () => {
      // The package beside the page: another program of the same origin, which asks for what the page does not offer.
      const folder = temporaryFolder();
      cpSync(demoPage(), folder, { recursive: true });
      unpack(folder);
      page = await openPage(engine, { folder });
      keys = new Console(page);
      await page.createVault("acme");
      const asks = await page.driver.getWindowHandle();
      await page.driver.switchTo().newWindow("tab");
      await page.driver.get(page.server.origin);
      await page.click("switch-entrance");
      await page.createVault("grace");
      tabs = { asks, approves: await page.driver.getWindowHandle() };
    });
    after(() => page?.close());

    const inTab = (/** @type {"asks" | "approves"} */ name) => page.driver.switchTo().window(tabs[name]);
    /** Waits until a part of the page says so. @param {string} id @param {RegExp} sentence */
    const says = async (id, sentence) => {
      let last = "";
      const read = () => page.driver.executeScript("return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent", id);
      const said = async () => sentence.test((last = String(await read())));
      await page.driver.wait(said, PATIENCE).catch(() => assert.match(last, sentence));
    };
    const fill = async (/** @type {string} */ id, /** @type {string} */ text) => {
      const field = await page.find(id);
      await page.driver.executeScript("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))", field, text);
    };
    const source = async () => String(await (await page.appears(handle("request-source"))).getAttribute("textContent"));
    const focused = () => page.driver.executeScript("return document.activeElement.id");
    const count = async (/** @type {string} */ id) => (await page.driver.findElements(handle(id))).length;
    /** Nothing that axe-core finds, too small or too wide, in the view or the dialog that is open. */
    const fits = async () => {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver);
      await page.driver.executeScript("for (const one of document.querySelectorAll('dialog details, #console details')) one.open = true");
      assert.deepEqual(await violations(page.driver, ALL_RULES), []);
      // No other driver makes a window that narrow.
      if (engine !== "Chromium") return;
      await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width: 360, height: 740, deviceScaleFactor: 1, mobile: true });
      await page.driver.wait(() => page.driver.executeScript("return innerWidth === 360"), PATIENCE);
      assert.deepEqual([...(await overflowing(page.driver, 360)), ...(await small(page.driver))], []);
      const wide = await page.driver.executeScript(`
        const edge = document.querySelector("dialog")?.getBoundingClientRect().right + 0.5;
        return [...document.querySelectorAll("dialog *")].filter((one) => one.getBoundingClientRect().right > edge).map((one) => one.outerHTML.slice(0, 90));
      `);
      assert.deepEqual(wide, []);
      await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
    };
    /** Reads a request in the other vault. @param {string} text */
    const read = async (text) => {
      await inTab("approves");
      await keys.press("approve-request");
      await fill("request-text", text);
      await page.click("read-request-submit");
    };
    /** Signs what is shown, and gives the approval. */
    const sign = async () => {
      await page.click("approve-form-submit");
      const asked = async () => (await count("approval-text")) + (await count("factor-asked-form")) > 0;
      await page.driver.wait(asked, PATIENCE);
      if ((await count("factor-asked-form")) > 0) {
        await page.type("asked-passphrase", SECRET);
        await page.click("factor-asked-form-submit");
      }
      const approval = String(await (await page.find("approval-text")).getAttribute("value"));
      await page.click("approve-done");
      await page.gone("approve");
      await inTab("asks");
      return approval;
    };
    const carryOut = async (/** @type {string} */ approval) => {
      await keys.press("carry-out-request");
      await fill("carry-out-approval", approval);
      await page.click("carry-out-form-submit");
    };
    const schedule = async () => {
      await keys.consider("key-scheduleDestroy");
      await page.type("action-reason", "the tenant has left");
      await page.click("action-form-submit");
      await says("action-form-error", /asks for the approval of somebody else\. Nothing was done\./);
      assert.equal(await focused(), "action-form-ask");
      await page.click("action-form-ask");
      await page.find("approval-request");
    };

    it("has a key that approves, and its thumbprint", async () => {
      await inTab("approves");
      await keys.press("to-approvals");
      await says("no-requests", /Nothing is waiting/);
      await keys.press("make-approver");
      await says("approver", /^[\w-]{43}$/);
      approver = String(await page.text("approver"));
    });

    it("names those who approve in a policy", async () => {
      await inTab("asks");
      await keys.openKey("files");
      await keys.press("edit-policy");
      for (const box of ["approval-destroy", "approval-scheduleDestroy"]) await keys.press(box);
      await says("approval-removable", /take the rule away alone/);
      await keys.press("approval-setPolicy");
      await page.gone("approval-removable");
      await fill("policy-approvers", "grace");
      await keys.press("policy-form-submit");
      await says("policy-form-error", /“grace” is no thumbprint/);
      assert.equal(await focused(), "policy-approvers");
      await fill("policy-approvers", approver);
      await says("approval-alone", /Name two at least/);
      await keys.press("policy-form-submit");
      await page.gone("policy-dialog");
      await says("policy-rules", /approval of 1 person out of 1 approver: destroy now, schedule a destruction, change the policy\./);
      await says("policy-rules", new RegExp(approver));
    });

    it("asks for an approval of exactly what was refused", async () => {
      await schedule();
      await says("request-sentence", /^Schedule the destruction of the key “files” in 30 days\.$/);
      await says("request-facts", /the tenant has left/);
      await says("approval-badge", /^1 open$/);
      await read(await source());
      await says("request-sentence", /^Schedule the destruction of the key “files” in 30 days\.$/);
      await says("request-facts", /the tenant has left.*called “files” there/);
      await fits();
      first = await sign();
    });

    it("does it with the approval, once", async () => {
      await carryOut("no approval");
      await says("carry-out-form-error", /This is no approval/);
      assert.equal(await focused(), "carry-out-approval");
      await fill("carry-out-approval", ` ${first}\n`);
      await page.click("carry-out-form-submit");
      await page.find("report");
      await keys.closeReport();
      await page.appears(By.css('[data-testid="key-page"][data-alias="files"]'));
      await keys.consider("key-cancelDestroy");
      await keys.decide();
      await page.gone("approval-badge");
      await schedule();
      await carryOut(first);
      await says("carry-out-form-error", /not open any more/);
      await page.click("carry-out-close");
      await keys.press("cancel-request");
      await says("no-requests", /Nothing is waiting/);
    });

    it("shows all of what somebody sends, and what it cannot put into words", async () => {
      await keys.openKey("files");
      await keys.press("edit-policy");
      await page.type("policy-maximum-uses", "9");
      await keys.press("policy-form-submit");
      await keys.press("policy-form-ask");
      await says("request-rules", /Used 9 times at the most/);
      const text = await source();
      await inTab("approves");
      await keys.make("other", { purpose: "sign" });
      await keys.press("to-approvals");
      const forged = JSON.parse(text);
      forged.subject.arguments.policy.later = `<img src=x>${TURNED}`;
      await read(JSON.stringify(forged));
      await says("request-unknown", /more than this page can put into words/);
      const exactly = await page.driver.executeScript("return document.querySelector('#approve pre').textContent");
      assert.match(String(exactly), /"later": "<img src=x>\\u202Egpj\.\\u3164\\uDB40\\uDC41"/);
      assert.doesNotMatch(String(await page.text("approve")), /[\u202E\u3164]/);
      await page.click("another-request");
      await page.find("request-text");
      assert.equal(await focused(), "request-text");
      await fill("request-text", `${text}.`);
      await page.click("read-request-submit");
      await says("read-request-error", /This is no request/);
      // From a file, as it was saved.
      const field = await page.driver.findElement(handle("request-text-file"));
      await field.sendKeys(fileOnDisk("request.txt", `${text}\n`));
      await page.driver.wait(async () => (await (await page.find("request-text")).getAttribute("value"))?.trim() === text, PATIENCE);
      await page.click("read-request-submit");
      await says("request-rules", /Used 9 times at the most/);
      assert.equal(await count("request-unknown"), 0);
      // By another key than the policy names.
      await page.driver.executeScript("const keys = document.getElementById('approve-key'); keys.value = [...keys.options].find(({ text }) => text === 'other').value");
      await carryOut(await sign());
      await says("carry-out-form-error", /asks for another person’s/);
      await page.click("carry-out-close");
      await read(text);
      await says("request-rules", /Used 9 times at the most/);
      await carryOutIn(await sign());
      await says("policy-rules", /Used 9 times at the most/);
      await keys.press("key-activity");
      await says("entry-approvers", new RegExp(`Approved by the key ${approver}$`));
    });

    it("has a policy of the vault by the same form", async () => {
      await keys.openList();
      await says("no-policy", /whoever unlocks the vault/);
      await keys.press("edit-vault-policy");
      await page.find("policy-form");
      assert.equal((await count("policy-maximum-uses")) + (await count("try-policy")), 0);
      await keys.press("requireReason-rotateVaultKey");
      await keys.press("approval-setVaultPolicy");
      await fill("policy-approvers", approver);
      await keys.press("policy-form-submit");
      await page.gone("policy-dialog");
      await says("policy-rules", /Only with a reason: rotate the vault key\./);
      await keys.press("edit-vault-policy");
      await keys.press("approval-setVaultPolicy");
      await fill("policy-approvers", "");
      await keys.press("requireReason-rotateVaultKey");
      await keys.press("policy-form-submit");
      await says("policy-form-error", /The vault’s policy asks for the approval/);
      await keys.press("policy-form-ask");
      await says("request-sentence", /^Take the policy of the vault away\.$/);
      await read(await source());
      await says("request-sentence", /^Take the policy of the vault away\.$/);
      await carryOutIn(await sign());
      await says("no-policy", /whoever unlocks the vault/);
    });

    it("carries out an export that another program of the origin has asked for", async () => {
      const asked = await page.driver.executeAsyncScript(
        `const [secret, done] = arguments;
         import("/strongroom/dist/index.js").then(async ({ Strongroom, passphrase }) => {
           const vault = await Strongroom.open({ name: "acme" });
           await vault.unlock(passphrase(secret));
           await vault.setPolicy({ approval: { operations: ["export"], approvers: ["${approver}"] } });
           await vault.approvals.request({ operation: "export", key: "files" }, { reason: "a move to another program" });
           await vault.close();
         }).then(() => done("done"), (error) => done(String(error)));`,
        SECRET,
      );
      assert.equal(asked, "done");
      await keys.press("to-approvals");
      await says("request-sentence", /^Export version 1 of the key “files”: give out its secret\.$/);
      await read(await source());
      const approval = await sign();
      await keys.press("carry-out-request");
      await fill("carry-out-approval", approval);
      await page.type("carry-out-passphrase", "wrong horse");
      await page.click("carry-out-form-submit");
      await says("carry-out-form-error", /does not open this vault/);
      await fill("carry-out-passphrase", SECRET);
      await page.click("carry-out-form-submit");
      await page.gone("carry-out");
      const path = join(page.downloads, "files.secret.jwk.json");
      await page.driver.wait(() => existsSync(path) && readFileSync(path, "utf8") !== "", PATIENCE, "nothing is exported");
      assert.equal(JSON.parse(readFileSync(path, "utf8")).kty, "oct");
      await page.gone("approval-badge");
    });

    /** @param {string} approval */
    async function carryOutIn(approval) {
      await carryOut(approval);
      await page.gone("carry-out");
    }
  });
}
