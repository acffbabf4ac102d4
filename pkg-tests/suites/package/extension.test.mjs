/** `examples/extension` in Chromium, as a person uses it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, until } from "selenium-webdriver";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { example } from "../../harness/examples.mjs";

const PATIENCE = 30_000;
const SECRET = "correct horse battery staple";
const NOTE = "milk, and a birthday present";

/** An unpacked extension is called by its folder: the first half of its hash, in the letters a to p. @param {string} folder */
function idOf(folder) {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return hash.replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}

for (const engine of engines.filter((one) => one === "Chromium")) {
  describe(`an extension in ${engine}`, () => {
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    let page = "";
    before(async () => {
      const folder = example("extension");
      execFileSync("npm", ["run", "--silent", "build"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
      const extension = join(folder, "dist");
      ({ driver } = await startBrowser(engine, { extension }));
      page = `chrome-extension://${idOf(extension)}/popup.html`;
    });
    after(() => driver?.quit());

    const find = (/** @type {string} */ css) => driver.wait(until.elementLocated(By.css(css)), PATIENCE, css);

    /** @param {string} words */
    async function says(words) {
      const status = await find("[role=status]");
      await driver.wait(until.elementTextIs(status, words), PATIENCE).catch(async () => {
        assert.equal(await status.getText(), words);
      });
    }

    /** @param {string} secret */
    async function unlock(secret) {
      const field = await find("[name=passphrase]");
      await driver.wait(until.elementIsVisible(field), PATIENCE);
      await field.clear();
      await field.sendKeys(secret);
      await field.submit();
    }

    const noted = async () => (await find("[name=text]")).getAttribute("value");
    const stored = () =>
      driver.executeAsyncScript("const done = arguments[0]; chrome.storage.local.get().then((all) => done(JSON.stringify(all)))");

    it("encrypts a note in its background, and opens it when its page is opened again", async () => {
      await driver.get(page);
      await unlock(SECRET);
      await says("Unlocked.");
      await (await find("[name=text]")).sendKeys(NOTE);
      await (await find("#note button")).click();
      await says("Saved.");
      assert.match(await stored(), /^\{"note":"ey/);
      assert.ok(!(await stored()).includes("milk"));
      // The background still has the vault.
      await driver.get(page);
      await driver.wait(async () => (await noted()) === NOTE, PATIENCE, "the note did not come back");
    });

    it("asks for the passphrase once the vault is locked, and refuses another", async () => {
      await (await find("[name=lock]")).click();
      await says("Locked.");
      await driver.get(page);
      await unlock("another");
      await says("That is not the passphrase.");
      await unlock(SECRET);
      await says("Unlocked.");
      assert.equal(await noted(), NOTE);
    });

    it("is locked when the browser has ended its background", async () => {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (driver);
      await chromium.sendDevToolsCommand("ServiceWorker.enable", {});
      await chromium.sendDevToolsCommand("ServiceWorker.stopAllWorkers", {});
      await driver.get(page);
      await unlock(SECRET);
      await says("Unlocked.");
      assert.equal(await noted(), NOTE);
    });
  });
}
