/** What pages put in: files that change on disk, are gone or are folders; and inputs of another frame. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { By } from "selenium-webdriver";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const TEXT = "of another frame";
const SIZE = 40_000_000;
/** Milliseconds; WebKit looks at whole seconds. */
const LATER = 1100;

for (const engine of engines) {
  describe(`inputs in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const folder = temporaryFolder();
    let page = "";
    let made = 0;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      page = plainPage();
      copyFileSync(fileURLToPath(import.meta.resolve("web-streams-polyfill/polyfill")), join(page, "polyfill.js"));
      server = await serveFolder(page);
      ({ driver } = await startBrowser(engine));
      await load(driver, `${server.origin}/inputs.html`);
      await driver.wait(() => driver.executeScript("return 'foreign' in window.story"), 20_000);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    /** Chooses a file; what is done to it later is done a second later. @param {string | Buffer} content */
    async function choose(content) {
      const path = join(folder, `${++made}.bin`);
      writeFileSync(path, content);
      await driver.findElement(By.css("#file")).sendKeys(path);
      await step("choose");
      await new Promise((done) => setTimeout(done, LATER));
      return path;
    }

    it("encrypts a file that stays as it was", async () => {
      await choose("as it was");
      assert.equal(await step("encryptChosen"), "as it was");
    });

    it("says of a file that was changed before it was read that it changed", async () => {
      for (const content of ["short", "longer than it was"]) {
        const path = await choose("as it was");
        writeFileSync(path, content);
        assert.match(await step("encryptChosen"), /^ERR_CHANGED: .*choose it again/);
      }
      const path = await choose("as it was");
      writeFileSync(path, "otherwise");
      // See below.
      const expected = engine === "Firefox" ? /^otherwise$/ : /^ERR_CHANGED: .*choose it again/;
      assert.match(await step("encryptChosen"), expected);
    });

    it("signs a file that stays as it was, and none that changed before it was read", async () => {
      const content = Buffer.alloc(5_000_000, "as it was ");
      const path = await choose(content);
      assert.equal(await step("signChosen"), `sha256:${createHash("sha256").update(content).digest("hex")}`);
      writeFileSync(path, content.subarray(1));
      assert.match(await step("signChosen"), /^ERR_CHANGED: .*choose it again/);
    });

    it("says of a file that is gone that it is", async () => {
      for (const content of ["something", ""]) {
        const path = await choose(content);
        rmSync(path);
        assert.match(await step("encryptChosen"), /^ERR_CHANGED: .*removed/, `"${content}"`);
      }
      const path = await choose("something");
      rmSync(path);
      assert.match(await step("openChosen"), /^ERR_CHANGED: .*removed/);
    });

    it("says of a file that is changed while it is read that it changed", async () => {
      const path = await choose(Buffer.alloc(SIZE, 1));
      assert.equal(await step("encryptFront"), false);
      writeFileSync(path, "shorter");
      assert.match(await step("encryptRest"), /^ERR_CHANGED: /);
    });

    it("says of a file that grows while it is read that it grew or changed", async () => {
      const path = await choose(Buffer.alloc(SIZE, 1));
      assert.equal(await step("encryptFront"), false);
      writeFileSync(path, Buffer.alloc(SIZE + 100, 1));
      assert.match(await step("encryptRest"), /^ERR_CHANGED: /);
    });

    it("says of a file that is rewritten at its size while it is read that it changed, where the browser does", async () => {
      const path = await choose(Buffer.alloc(SIZE, 1));
      assert.equal(await step("encryptFront"), false);
      writeFileSync(path, Buffer.alloc(SIZE, 2));
      // Firefox keeps the size and date that a file had when it was chosen, and looks at neither again.
      const expected = engine === "Firefox" ? /^done$/ : /^ERR_CHANGED: /;
      assert.match(await step("encryptRest"), expected);
    });

    const folders = { skip: engine === "Firefox" && "Firefox's driver chooses no folders" };

    it("names the folder where a folder is given for a file", folders, async () => {
      const path = join(folder, "a folder");
      mkdirSync(path);
      writeFileSync(join(path, "file"), "content");
      await chooseFolder(path);
      await step("choose");
      assert.match(await step("encryptChosen"), /^ERR_CHANGED: .*a folder/);
    });

    /** As a drop gives it. @param {string} path */
    async function chooseFolder(path) {
      if (engine !== "Chromium") return driver.findElement(By.css("#file")).sendKeys(path);
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (driver);
      const ask = (/** @type {string} */ name, /** @type {object} */ given) =>
        /** @type {Promise<any>} */ (chromium.sendAndGetDevToolsCommand(name, given));
      const { root } = await ask("DOM.getDocument", {});
      const { nodeId } = await ask("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
      await ask("DOM.setFileInputFiles", { nodeId, files: [path] });
    }

    it("takes every kind of input of another frame", async () => {
      const all = await step("foreign");
      for (const [kind, came] of Object.entries(all)) assert.equal(came, TEXT, kind);
      assert.equal(Object.keys(all).length, 8);
    });

    it("takes ciphertext, headers and addresses of another frame", async () => {
      const { name, url, ...all } = await step("foreignCiphertext");
      assert.equal(name, "f.txt");
      // A blob: address gives no ranges in every browser: what counts is that it is taken for an address.
      assert.doesNotMatch(String(url), /ERR_ARGUMENT/);
      for (const [kind, came] of Object.entries(all)) assert.equal(came, TEXT, kind);
    });

    it("takes backups, passphrases, payloads, keys, dates and options of another frame", async () => {
      assert.deepEqual(await step("foreignOthers"), {
        "backup as a Blob": "restored",
        "backup as bytes": "restored",
        "backup as a buffer": "restored",
        passphrase: "passphrase",
        payload: 3,
        key: "foreign",
        date: 0,
        options: 43,
      });
    });

    it("takes a PKCS#8 key without its public half, or says what is missing", async () => {
      // openssl ec -no_public | openssl pkcs8 -topk8 -nocrypt
      const der =
        "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCAZnshNzKrZOnKTXBUwp/jSJ9IqCC3a4Ju+YQnfEBzOoA==";
      const came = await step("importPem", "half", `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`);
      assert.match(came, engine === "Chromium" ? /^half$/ : /^half$|^ERR_UNSUPPORTED: .*needs a key with its public half$/);
    });

    it("works on a page whose globals cannot be replaced, and whose storage manager is a stub", async () => {
      await load(driver, `${server.origin}/hardened.html`);
      await driver.wait(() => driver.executeScript("return 'foreign' in window.story"), 20_000);
      const replaced = "try { (() => { 'use strict'; globalThis.Worker = 1; })() } catch (error) { return error.name }";
      assert.equal(await driver.executeScript(replaced), "TypeError");
      assert.ok((await step("create", "hardened", SECRET)).includes("hardened"));
      await step("createKey", "hardened", "photos");
      assert.deepEqual(await step("value", "hardened", "photos"), { parts: 5, same: true });
      await step("lock", "hardened");
      await step("unlock", "hardened", SECRET);
      await step("remove", "hardened");
    });

    it("takes native streams on a page that replaced the class, and downloads", async () => {
      await load(driver, `${server.origin}/polyfilled.html`);
      await driver.wait(() => driver.executeScript("return 'foreign' in window.story"), 20_000);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      const all = await step("polyfilled");
      for (const [kind, came] of Object.entries(all)) assert.equal(came, "a stream", kind);
      assert.equal(Object.keys(all).length, 4);
      writeFileSync(join(page, "stored.bin"), Buffer.from(await step("storedText", "downloaded"), "base64"));
      assert.equal(await step("download", "stored.bin"), "downloaded");
    });
  });
}
