/** The programs in `examples`, used as a person uses them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { By, until } from "selenium-webdriver";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { demoPage } from "../../harness/environment.mjs";
import { fileOnDisk, sha256 } from "../../harness/demo/page.mjs";
import { example, startExample, startPresigner } from "../../harness/examples.mjs";
import { png } from "../../harness/samples/png.mjs";
import { listen } from "../../harness/servers/listen.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const PATIENCE = 20_000;
const SECRET = "correct horse battery staple";

for (const engine of engines.filter((one) => one === "Chromium")) {
  describe(`the examples in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startBrowser>>} */
    let browser;
    before(async () => {
      browser = await startBrowser(engine);
    });
    after(() => browser?.driver.quit());

    const find = (/** @type {string} */ css) => browser.driver.wait(until.elementLocated(By.css(css)), PATIENCE, css);

    /** Waits for what the page says. @param {RegExp} words */
    async function says(words) {
      const status = await find("[role=status]");
      const last = { text: "" };
      const said = async () => words.test((last.text = await status.getText()));
      await browser.driver.wait(said, PATIENCE).catch(() => assert.match(last.text, words));
    }

    /** What the page saved. @param {string} name */
    async function saved(name) {
      await browser.driver.wait(() => readdirSync(browser.downloads).includes(name), PATIENCE, name);
      return join(browser.downloads, name);
    }

    async function unlock() {
      await submit(SECRET);
      await says(/^Unlocked/);
    }

    /** @param {string} path @param {string} action */
    async function act(path, action) {
      await (await find("[name=file]")).sendKeys(path);
      await (await find(`[value=${action}]`)).click();
    }

    /** Clicks a button of the stored files. @param {string} label */
    async function press(label) {
      for (const button of await browser.driver.findElements(By.css("#stored button"))) {
        if ((await button.getText()) === label) return button.click();
      }
      throw new Error(`no button ${label}`);
    }

    /** @param {string} secret */
    async function submit(secret) {
      const field = await find("[name=passphrase]");
      await field.clear();
      await field.sendKeys(secret);
      await field.submit();
    }

    it("plain encrypts a file and decrypts it, again after a reload, and says what it cannot open", async () => {
      const server = await startExample(example("plain"), ["server.mjs"]);
      try {
        const file = fileOnDisk("letter.bin", 100_000);
        await browser.driver.get(server.origin);
        await unlock();
        await act(file, "encrypt");
        await says(/^Encrypted letter.bin/);
        await browser.driver.wait(() => readdirSync(browser.downloads).some(isEncrypted), PATIENCE);
        const encrypted = join(browser.downloads, readdirSync(browser.downloads).find(isEncrypted) ?? "");

        await browser.driver.navigate().refresh();
        await submit("another one");
        await says(/^That is not the passphrase/);
        await unlock();
        await act(encrypted, "decrypt");
        await says(/^Decrypted letter.bin/);
        assert.equal(await sha256(await saved("letter.bin")), await sha256(file));
        await act(file, "decrypt");
        await says(/^That file was not encrypted here/);
        await (await find("#backup")).click();
        await saved("plain.backup");
      } finally {
        await server.stop();
      }
    });

    it("plain stores files as one thing, lists them after a reload, opens and deletes them", async () => {
      const folder = example("plain");
      const server = await startExample(folder, ["server.mjs"]);
      const kept = () => readdirSync(join(folder, "stored"));
      try {
        const files = /** @type {const} */ ([["note.bin", 1000], ["film.bin", 12 * MiB]]).map(([name, size]) => fileOnDisk(name, size));
        await browser.driver.get(server.origin);
        await unlock();
        for (const file of files) {
          await act(file, "store");
          await says(new RegExp(`^Stored ${basename(file)}`));
        }
        assert.equal(kept().length, 2);
        for (const name of kept()) {
          assert.match(name, /^[\w-]{30}\.srm$/);
          assert.ok(!files.some((file) => readFileSync(join(folder, "stored", name)).includes(basename(file))));
        }
        await browser.driver.navigate().refresh();
        await unlock();
        for (const file of files) {
          const name = basename(file);
          await press(`Open ${name}`);
          await says(new RegExp(`^Opened ${name}`));
          assert.equal(await sha256(await saved(name)), await sha256(file));
          await press(`Delete ${name}`);
          await says(new RegExp(`^Deleted ${name}`));
        }
        assert.deepEqual(kept(), []);
        assert.deepEqual(await browser.driver.findElements(By.css("#stored li")), []);
      } finally {
        await server.stop();
      }
    });

    it("react shows pictures from their ciphertext, mounted twice by StrictMode, also after a reload, and locks", async () => {
      const adopters = fileURLToPath(new URL("../adopters", import.meta.url));
      const folder = example("react", adopters);
      execFileSync(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
      const server = await startExample(folder, ["node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", "0"]);
      const { driver } = browser;
      /** The picture is shown when it has a width. */
      const shown = () =>
        driver.wait(() => driver.executeScript("return document.querySelector('img')?.naturalWidth === 3"), PATIENCE);
      try {
        await driver.get(server.origin);
        await submit(SECRET);
        await (await find("[type=file]")).sendKeys(fileOnDisk("cat.png", png(3, 2)));
        await shown();
        await driver.navigate().refresh();
        await shown();
        const src = await driver.findElement(By.css("img")).getAttribute("src");
        await driver.findElement(By.css("button")).click();
        await find("[name=passphrase]");
        assert.deepEqual(await driver.findElements(By.css("img")), []);
        const fetched = "const [at, done] = arguments; fetch(at).then(() => done('there'), () => done('revoked'))";
        assert.equal(await driver.executeAsyncScript(fetched, src), "revoked");
        await driver.navigate().refresh();
        await submit("another one");
        await says(/^That is not the passphrase/);
        await submit(SECRET);
        await shown();
      } finally {
        await server.stop();
      }
    });

    for (const module of ["./presign.mjs", "./presign-aws-sdk.mjs"]) {
      it(`presign-node uploads to S3 and downloads again, signed by ${module}`, async () => {
        const port = await freePort();
        const page = `http://127.0.0.1:${port}`;
        const store = await startServer(demoPage(), { origins: [page] });
        const signer = await startPresigner(store, { module, port });
        try {
          const bucket = join(store.data, "strongroom");
          await browser.driver.get(page);
          await unlock();
          const files = /** @type {const} */ ([["small.bin", 1000], ["large.bin", 12 * MiB]]).map(([name, size]) => {
            return fileOnDisk(`${port}-${name}`, size);
          });
          for (const file of files) {
            await (await find("[name=file]")).sendKeys(file);
            await (await find("#upload button")).click();
            await says(/^Uploaded \d+ bytes/);
          }
          for (const button of await browser.driver.findElements(By.css("#files button"))) {
            await button.click();
            await says(/^Opened/);
          }
          for (const file of files) {
            const name = basename(file);
            assert.equal(await sha256(await saved(name)), await sha256(file));
            const stored = readdirSync(bucket).map((at) => readFileSync(join(bucket, at)));
            assert.ok(!stored.some((bytes) => bytes.includes(name)));
          }
          assert.deepEqual(await refusals(signer.origin), [403, 200, 412, 403]);
        } finally {
          await Promise.all([signer.stop(), store.stop()]);
        }
      });
    }
  });
}

/**
 * How the store answers an object of another size than was signed for, one of that size, and a second one; and how the
 * server answers one who would sign for a name of another kind.
 *
 * @param {string} server
 */
async function refusals(server) {
  const sign = (/** @type {string} */ key) =>
    fetch(`${server}/presign`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ action: "PutObject", key, size: 10 }),
    });
  const { url, ...request } = /** @type {any} */ (await (await sign("a.srm")).json());
  const put = async (/** @type {number} */ size) => (await fetch(url, { ...request, body: new Uint8Array(size) })).status;
  return [await put(5), await put(10), await put(10), (await sign("../a.srm")).status];
}

const isEncrypted = (/** @type {string} */ name) => name.endsWith(".srm");

/** A port that nothing listens at. */
async function freePort() {
  const { origin, stop } = await listen(createServer());
  await stop();
  return Number(new URL(origin).port);
}
