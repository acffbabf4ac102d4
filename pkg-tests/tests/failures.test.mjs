/** What goes wrong around the package: each a typed error that says what to do, and nothing is changed. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser, without } from "../browsers.mjs";
import { plainPage } from "../consumer.mjs";
import { load, story } from "../drive.mjs";
import { serveFolder } from "../static.mjs";

const SECRET = "correct horse battery staple";
const POLICY = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

/**
 * What a page of this server gets for the first thing it does.
 *
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {Parameters<typeof serveFolder>[1]} how
 * @param {{ code: string, message: RegExp }} expected
 */
async function refused(driver, how, expected) {
  const server = await serveFolder(plainPage(), how);
  try {
    await load(driver, server.origin);
    await assert.rejects(story(driver, "list"), expected);
  } finally {
    await server.stop();
  }
}

for (const engine of engines) {
  describe(`failures in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await serveFolder(plainPage(), { policy: POLICY });
      ({ driver } = await startBrowser(engine));
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("wasm that a policy refuses, or that is not served, is ERR_WASM", async () => {
      const policy = "script-src 'self'; worker-src 'self'";
      await refused(driver, { policy }, { code: "ERR_WASM", message: /wasm-unsafe-eval/ });
      await refused(driver, { missing: ".wasm" }, { code: "ERR_WASM", message: /404/ });
    });

    it("a Worker that a policy refuses, or that is not served, is ERR_WORKER", async () => {
      const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
      await refused(driver, { policy }, { code: "ERR_WORKER", message: /Worker/ });
      await refused(driver, { missing: "worker.js" }, { code: "ERR_WORKER", message: /worker\.js served/ });
    });

    it("a database deleted in mid-session is told, and the name is free again", async () => {
      await load(driver, server.origin);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("deleteDatabase");
      await assert.rejects(step("createKey", "acme", "more"), { code: "ERR_NO_VAULT" });
      await assert.rejects(step("keys", "acme"), { code: "ERR_NO_VAULT" });
      await assert.rejects(step("open", "acme"), { code: "ERR_EVICTED" });
      assert.deepEqual(await step("create", "acme", SECRET), ["acme"]);
    });

    it("a Worker that has answered and ended leaves the database free", async () => {
      await load(driver, server.origin);
      for (let round = 0; round < 10; round++) {
        await step("list");
        // It waits for every connection to be closed.
        await step("deleteDatabase");
      }
    });

    it("a full disk is ERR_QUOTA, and changes nothing", { skip: without(engine, "DevTools") }, async () => {
      const { origin } = server;
      // A new browser: Chromium remembers for a while how much room there was.
      const { driver: full } = await startBrowser(engine);
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (full);
      const quota = (/** @type {object} */ size) =>
        chromium.sendDevToolsCommand("Storage.overrideQuotaForOrigin", { origin, ...size });
      try {
        await load(full, origin);
        await quota({ quotaSize: 1 });
        const expected = { code: "ERR_QUOTA", message: /free space/ };
        await assert.rejects(story(full, "create", "acme", SECRET), expected);
        await assert.rejects(story(full, "open", "acme"), { code: "ERR_NO_VAULT" });
        await quota({});
        assert.deepEqual(await story(full, "create", "acme", SECRET), ["acme"]);
      } finally {
        await full.quit();
      }
    });

    const settable = { skip: without(engine, "a setting by which pages keep nothing") };
    it("a browser that lets pages keep nothing is ERR_STORAGE", settable, async () => {
      const { driver: forgetful } = await startBrowser(engine, { storage: false });
      try {
        await load(forgetful, server.origin);
        const expected = { code: "ERR_STORAGE", message: /keeps no data for this site; allow it/ };
        await assert.rejects(story(forgetful, "create", "acme", SECRET), expected);
        await assert.rejects(story(forgetful, "list"), expected);
      } finally {
        await forgetful.quit();
      }
    });
  });
}
