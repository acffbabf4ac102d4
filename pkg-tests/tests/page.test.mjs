/** The demo page, driven by its controls as a person would. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key, logging, until } from "selenium-webdriver";
import { engines, has, startBrowser } from "../browsers.mjs";
import { temporaryFolder } from "../consumer.mjs";
import { demoPage } from "../environment.mjs";
import { startServer } from "../server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";
const PATIENCE = 60_000;

const sha256 = (/** @type {Buffer} */ bytes) => createHash("sha256").update(bytes).digest("hex");

/** A file of random bytes on disk. @param {string} name @param {number} size */
function fileOnDisk(name, size) {
  const path = join(temporaryFolder(), name);
  const bytes = randomBytes(size);
  writeFileSync(path, bytes);
  return { name, path, size, sha256: sha256(bytes) };
}

const handle = (/** @type {string} */ id) => By.css(`[data-testid="${id}"]`);
const row = (/** @type {string} */ name) => By.css(`[data-testid="object"][data-name="${name}"]`);

for (const engine of engines) {
  describe(`the demo page in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startBrowser>>} */
    let browser;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const [small, large] = [fileOnDisk("small.bin", 1000), fileOnDisk("large.bin", 20 * MiB)];

    before(async () => {
      server = await startServer(demoPage());
      browser = await startBrowser(engine);
      driver = browser.driver;
      await driver.get(server.origin);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    const find = async (/** @type {string} */ id) =>
      driver.wait(until.elementIsVisible(await driver.wait(until.elementLocated(handle(id)), PATIENCE)), PATIENCE);
    const click = async (/** @type {string} */ id) => (await find(id)).click();
    const type = async (/** @type {string} */ id, /** @type {string} */ keys) => (await find(id)).sendKeys(keys);
    const gone = (/** @type {string} */ id) =>
      driver.wait(async () => (await driver.findElements(handle(id))).length === 0, PATIENCE, `${id} stays`);
    /** An element's text, once it has any. @param {string} id */
    async function text(id) {
      const element = await find(id);
      await driver.wait(async () => (await element.getText()) !== "", PATIENCE, `${id} stays empty`);
      return element.getText();
    }
    const give = async (/** @type {string} */ path) => (await driver.findElement(handle("file-input"))).sendKeys(path);

    const listed = (/** @type {string} */ name) =>
      driver.wait(until.elementLocated(row(name)), PATIENCE, `${name} is not listed`);
    const inRow = async (/** @type {string} */ name, /** @type {string} */ id) =>
      (await listed(name)).findElement(handle(id));

    /**
     * Downloads through the page and waits for the file to be whole: WebKit writes under its last name from the start.
     *
     * @param {{ name: string, size: number }} file
     */
    async function downloaded({ name, size }) {
      const path = join(browser.downloads, name);
      await (await inRow(name, "download")).click();
      const saved = () => statSync(path, { throwIfNoEntry: false })?.size === size;
      await driver.wait(saved, PATIENCE, `${name} was not saved`);
      return sha256(readFileSync(path));
    }

    async function unlock() {
      await type("unlock-passphrase", SECRET);
      await click("unlock-submit");
      await driver.wait(until.elementLocated(By.css('[data-testid="vault-status"][data-state="unlocked"]')), PATIENCE);
    }

    it("makes a vault with the keyboard alone", async () => {
      await find("create-name");
      await driver.executeScript("document.activeElement?.blur()");
      // From the top of the page, Tab reaches the form's fields one after the other.
      const focused = () => driver.executeScript("return document.activeElement?.dataset.testid ?? ''");
      const press = (/** @type {string[]} */ ...keys) => driver.actions().sendKeys(...keys).perform();
      for (let at = 0; (await focused()) !== "create-name"; at++) {
        assert.ok(at < 20, "Tab does not reach the form");
        await press(Key.TAB);
      }
      await driver.executeScript("document.activeElement.select()");
      await press("acme", Key.TAB, SECRET);
      while ((await focused()) !== "create-repeat") await press(Key.TAB);
      await press(SECRET, Key.ENTER);
      await find("lock");
      assert.equal(await text("vault-name"), "acme");
    });

    it("encrypts and uploads a small file and one in parts", async () => {
      await driver.wait(until.elementLocated(By.css('[data-testid="drop-zone"][data-ready="true"]')), PATIENCE);
      await give(small.path);
      await give(large.path);
      await listed(small.name);
      await listed(large.name);
      await gone("transfer");
    });

    it("shows what the provider sees beside what the person sees", async () => {
      await (await inRow(small.name, "compare")).click();
      assert.match(await text("file-facts"), /small\.bin/);
      assert.match(await text("stored-bytes"), /53 52 4d 01/i);
      const provider = await text("provider-side");
      assert.match(provider, /A256KW/);
      assert.doesNotMatch(provider, /small\.bin/);
      await click("comparison-close");
      await gone("comparison");
    });

    it("cancels an upload and leaves nothing of it", async () => {
      await give(fileOnDisk("cancelled.bin", 200 * MiB).path);
      const cancel = By.css('[data-testid="transfer"][data-name="cancelled.bin"] [data-testid="transfer-cancel"]');
      await driver.wait(until.elementLocated(cancel), PATIENCE).click();
      await gone("transfer");
      await click("refresh");
      await listed(large.name);
      assert.equal((await driver.findElements(handle("object"))).length, 2);
    });

    it("asks for the passphrase after a reload, and refuses a wrong one", async () => {
      await driver.navigate().refresh();
      await type("unlock-passphrase", "wrong");
      await click("unlock-submit");
      assert.match(await text("unlock-error"), /passphrase/i);
      const field = await find("unlock-passphrase");
      await driver.executeScript("arguments[0].select()", field);
      await unlock();
    });

    it("gives back the identical files", async () => {
      assert.equal(await downloaded(small), small.sha256);
      assert.equal(await downloaded(large), large.sha256);
    });

    it("locks, and shows no names then", async () => {
      await click("lock");
      await find("unlock-passphrase");
      assert.equal((await driver.findElements(row(small.name))).length, 0);
      await unlock();
    });

    it("brings a vault back from its backup", async () => {
      await click("backup");
      const backup = await driver.wait(
        () => readdirSync(browser.downloads).find((name) => /acme/.test(name) && !/part|crdownload/.test(name)),
        PATIENCE,
        "no backup was saved",
      );
      await click("delete-vault");
      await click("confirm-yes");
      await find("create-name");
      await (await driver.findElement(handle("restore-file"))).sendKeys(join(browser.downloads, backup ?? ""));
      await unlock();
      await listed(small.name);
    });

    it("refuses an object that was changed in the store, with a sentence", async () => {
      const key = await (await listed(small.name)).getAttribute("data-key");
      const stored = readdirSync(server.data, { recursive: true }).find((path) => String(path).endsWith(String(key)));
      const path = join(server.data, String(stored));
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] ^= 1;
      writeFileSync(path, bytes);
      await (await inRow(small.name, "download")).click();
      const alert = By.css('[data-testid="notice"][data-kind="error"], [data-testid="transfer-error"]');
      const sentence = await (await driver.wait(until.elementLocated(alert), PATIENCE)).getText();
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
