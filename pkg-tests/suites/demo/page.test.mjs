/** The demo page, driven by its controls as a person would. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key, logging } from "selenium-webdriver";
import { engines, has } from "../../harness/browsers/browsers.mjs";
import { Console } from "../../harness/demo/console.mjs";
import { fileOnDisk, handle, openPage, row, SECRET, sha256 } from "../../harness/demo/page.mjs";

const MiB = 1024 * 1024;

for (const engine of engines) {
  describe(`the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const small = { name: "small.bin", path: fileOnDisk("small.bin", 1000), size: 1000 };
    const large = { name: "large.bin", path: fileOnDisk("large.bin", 20 * MiB), size: 20 * MiB };

    before(async () => {
      page = await openPage(engine, { named: true });
      driver = page.driver;
    });
    after(() => page?.close());

    /** Downloads through the page. @param {typeof small} file */
    async function downloaded({ name, size }) {
      await (await page.inRow(name, "download")).click();
      return sha256(await page.saved(name, size));
    }

    it("makes a vault with the keyboard alone", async () => {
      await page.find("create-name");
      await driver.executeScript("document.activeElement?.blur()");
      // From the top of the page, Tab reaches the form's fields one after the other.
      const focused = () => driver.executeScript("return document.activeElement?.dataset.testid ?? ''");
      const press = (/** @type {string[]} */ ...keys) => driver.actions().sendKeys(...keys).perform();
      for (let at = 0; (await focused()) !== "create-name"; at++) {
        assert.ok(at < 20, "Tab does not reach the form");
        await press(Key.TAB);
      }
      await driver.executeScript("document.activeElement.select()");
      await press("acme");
      // Between them is the choice of a passkey, where the browser has any.
      while ((await focused()) !== "create-passphrase") await press(Key.TAB);
      await press(SECRET);
      while ((await focused()) !== "create-repeat") await press(Key.TAB);
      await press(SECRET, Key.ENTER);
      await page.find("kit-words");
      while ((await focused()) !== "kit-decline") await press(Key.TAB);
      await press(Key.ENTER);
      await page.gone("offer-kit");
      await page.find("lock");
      assert.equal(String(await page.text("vault-name")), "acme");
    });

    it("encrypts and uploads a small file and one in parts", async () => {
      await page.give(small.path);
      await page.give(large.path);
      await page.listed(small.name);
      await page.listed(large.name);
      await page.gone("transfer");
    });

    it("shows what the provider sees beside what the person sees", async () => {
      await (await page.inRow(small.name, "compare")).click();
      assert.match(String(await page.text("file-facts")), /small\.bin/);
      assert.match(String(await page.text("stored-bytes")), / 28 /);
      const provider = String(await page.text("provider-side"));
      assert.match(provider, /A256KW/);
      assert.doesNotMatch(provider, /small\.bin/);
      await page.click("comparison-close");
      await page.gone("comparison");
    });

    it("cancels an upload and leaves nothing of it", async () => {
      await page.give(fileOnDisk("cancelled.bin", 200 * MiB));
      const cancel = By.css('[data-testid="transfer"][data-name="cancelled.bin"] [data-testid="transfer-cancel"]');
      await (await page.appears(cancel)).click();
      await page.gone("transfer");
      await page.click("refresh");
      await page.listed(large.name);
      assert.equal(await page.count(), 2);
    });

    it("asks for the passphrase after a reload, refuses a wrong one, and tells of that", async () => {
      await driver.navigate().refresh();
      await page.type("unlock-passphrase", "wrong");
      await page.click("unlock-submit");
      assert.match(String(await page.text("unlock-error")), /passphrase/i);
      const field = await page.find("unlock-passphrase");
      await driver.executeScript("arguments[0].select()", field);
      await page.unlock();
      assert.match(String(await page.text("status")), /1 failed attempt since the last unlock, at /);
    });

    it("gives back the identical files", async () => {
      assert.equal(await downloaded(small), await sha256(small.path));
      assert.equal(await downloaded(large), await sha256(large.path));
    });

    it("locks, and shows no names then", async () => {
      await page.click("lock");
      await page.find("unlock-passphrase");
      assert.equal((await driver.findElements(row(small.name))).length, 0);
      await page.unlock();
    });

    it("brings a vault back from its backup", async () => {
      await page.click("backup");
      const backup = await page.savedBackup("acme");
      await page.click("delete-vault");
      await page.click("confirm-yes");
      await page.find("create-name");
      await (await driver.findElement(handle("restore-file"))).sendKeys(backup);
      await page.unlock();
      await page.listed(small.name);
    });

    it("refuses an object that was changed in the store, with a sentence", async () => {
      const key = await (await page.listed(small.name)).getAttribute("data-key");
      const stored = readdirSync(page.server.data, { recursive: true }).find((path) => String(path).endsWith(String(key)));
      const path = join(page.server.data, String(stored));
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] ^= 1;
      writeFileSync(path, bytes);
      // The message at the foot of the page may lie over the row.
      await new Console(page).pressInRow(small.name, "download");
      const alert = By.css('[data-testid="notice"][data-kind="error"], [data-testid="transfer-error"]');
      const sentence = await (await page.appears(alert)).getText();
      assert.match(sentence, /changed|tampered|damaged/i);
    });

    it("fits a phone, and says nothing in the console", async () => {
      await driver.manage().window().setRect({ width: 360, height: 740 });
      const overflow = await driver.executeScript(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      assert.equal(overflow, 0);
      const readable = has(engine, "a console to read");
      const entries = readable ? await driver.manage().logs().get(logging.Type.BROWSER) : [];
      const errors = entries.filter((entry) => entry.level.value >= logging.Level.WARNING.value);
      assert.deepEqual(errors.map((entry) => entry.message), []);
    });
  });
}
