/** What goes wrong around the package: each a typed error that says what to do, and nothing is changed. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

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

    it("what a policy's connect-src refuses is named", async () => {
      await refused(driver, { policy: `${POLICY}; connect-src 'none'` }, { code: "ERR_WASM", message: /connect-src/ });
      const strict = await serveFolder(plainPage(), { policy: `${POLICY}; connect-src 'self'` });
      const from = performance.now();
      try {
        await load(driver, strict.origin);
        await story(driver, "create", "acme", SECRET);
        const told = await story(driver, "unreachable", "acme", "http://127.0.0.1:8799/object");
        const words = "this page's Content-Security-Policy does not allow requests to http://127.0.0.1:8799: add it to connect-src";
        assert.deepEqual(told, [["ERR_TRANSFER", words], ["ERR_INPUT", words]]);
        assert.ok(performance.now() - from < 10_000);
      } finally {
        await strict.stop();
      }
    });

    it("wasm of another hash than init was given is ERR_WASM, and nothing of it runs", async () => {
      await load(driver, server.origin);
      const integrity = await step("published", "strongroom_bg.wasm");
      const other = await step("published", "worker.js");
      await assert.rejects(step("initAs", { integrity: other }), { code: "ERR_WASM", message: /not the one that `integrity` says/ });
      await assert.rejects(step("list"), { code: "ERR_WASM" });
      await load(driver, server.origin);
      await step("initAs", { integrity });
      assert.deepEqual(await step("list"), []);
    });

    it("a Worker that a policy refuses, or that is not served, is ERR_WORKER", async () => {
      const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
      await refused(driver, { policy }, { code: "ERR_WORKER", message: /Worker/ });
      await refused(driver, { missing: "worker.js" }, { code: "ERR_WORKER", message: /worker\.js served/ });
    });

    it("a page that requires Trusted Types and does not allow our policy is asked for its own", async () => {
      const types = "require-trusted-types-for 'script'; trusted-types";
      const expected = { code: "ERR_WORKER", message: /trusted-types allow/ };
      await refused(driver, { policy: `${POLICY}; ${types} 'none'` }, expected);
      const strict = await serveFolder(plainPage(), { policy: `${POLICY}; ${types} default` });
      try {
        await load(driver, strict.origin);
        await driver.executeScript(
          `const worker = new URL("strongroom/dist/worker.js", location.href).href;
           const createScriptURL = (address) => (address === worker ? address : undefined);
           trustedTypes.createPolicy("default", { createScriptURL });`,
        );
        assert.deepEqual(await story(driver, "list"), []);
      } finally {
        await strict.stop();
      }
    });

    it("two copies of the package share one policy of Trusted Types, their factors and their errors", async () => {
      const types = "require-trusted-types-for 'script'; trusted-types strongroom";
      const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";
      const strict = await serveFolder(plainPage(), { policy: `${policy}; ${types}` });
      try {
        await load(driver, strict.origin);
        assert.deepEqual(await step("twoCopies"), ["ERR_WRONG_FACTOR", true]);
      } finally {
        await strict.stop();
      }
    });

    it("a service worker, which imports nothing later, is told of the one script, which works there", async () => {
      await load(driver, server.origin);
      assert.match(await step("inServiceWorker", "strongroom"), /^UnsupportedError ERR_UNSUPPORTED .*strongroom\/inline/);
      assert.equal(await step("inServiceWorker", "inline"), "kept");
    });

    it("a database deleted in mid-session locks the vault, is told, and the name is free again", async () => {
      await load(driver, server.origin);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("noteEvents", "acme");
      await step("deleteDatabase");
      await assert.rejects(step("createKey", "acme", "more"), { code: "ERR_EVICTED" });
      assert.deepEqual(await step("noted"), [{ type: "lock", elsewhere: false, code: "ERR_EVICTED" }]);
      for (const call of [["keys"], ["encryptValue", "photos", "lost"], ["unlock", SECRET]]) {
        const [name = "", ...given] = call;
        await assert.rejects(step(name, "acme", ...given), { code: "ERR_EVICTED" }, name);
      }
      await assert.rejects(step("open", "acme"), { code: "ERR_EVICTED" });
      assert.deepEqual(await step("create", "acme", SECRET), ["acme"]);
      await step("lock", "acme");
      await step("open", "acme");
      await step("deleteDatabase");
      await assert.rejects(step("unlock", "acme", SECRET), { code: "ERR_EVICTED" });
      await driver.wait(async () => (await step("liveWorkers")) === 0, 5000, "a Worker stayed");
    });

    it("a vault that the site's data went with locks at the next look, and is restored in the same page", async () => {
      await load(driver, server.origin);
      await step("deleteDatabase");
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("holdBackup", "acme");
      await step("noteEvents", "acme");
      assert.equal(await step("clearSiteData"), 204);
      await step("look", "acme");
      await driver.wait(async () => !(await step("unlocked", "acme")), 5000, "the vault stayed unlocked");
      const told = await step("noted");
      assert.deepEqual(told.at(-1), { type: "lock", elsewhere: false, code: "ERR_EVICTED" });
      await assert.rejects(step("encryptValue", "acme", "photos", "lost"), { code: "ERR_EVICTED" });
      assert.equal(await step("restoreHeld", "acme"), "acme");
      await step("unlock", "acme", SECRET);
      assert.deepEqual(await step("keys", "acme"), ["photos"]);
    });

    for (const [how, within] of /** @type {const} */ ([["clearSiteData", 10_000], ["deleteDatabase", 3000]])) {
      it(`an idle vault that vanishes by ${how} locks by itself within ${within / 1000} s`, async () => {
        await load(driver, server.origin);
        await step("deleteDatabase");
        await step("create", "acme", SECRET);
        await step("noteEvents", "acme");
        // What an unlock leaves to do is over by then; nothing is used.
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const from = performance.now();
        await step(how);
        await driver.wait(async () => !(await step("unlocked", "acme")), within + 5000, "the vault stayed unlocked");
        const took = performance.now() - from;
        assert.ok(took < within, `${took} ms`);
        assert.deepEqual(await step("noted"), [{ type: "lock", elsewhere: false, code: "ERR_EVICTED" }]);
        await driver.wait(async () => (await step("liveWorkers")) === 0, 5000, "a Worker stayed");
      });
    }

    it("a Worker that has answered and ended leaves the database free", async () => {
      await load(driver, server.origin);
      for (let round = 0; round < 10; round++) {
        await step("list");
        // It waits for every connection to be closed.
        await step("deleteDatabase");
      }
    });

    it("a tab that keeps the database from being deleted makes others ERR_BLOCKED, not wait for ever", async () => {
      await load(driver, server.origin);
      const first = await driver.getWindowHandle();
      await step("holdDatabase");
      await driver.switchTo().newWindow("tab");
      await load(driver, server.origin);
      await step("beginDelete");
      const from = performance.now();
      await assert.rejects(step("open", "acme"), { code: "ERR_BLOCKED", message: /close that tab/ });
      assert.ok(performance.now() - from < 20_000);
      const second = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      await step("letGo");
      await driver.switchTo().window(second);
      assert.ok(await step("deleted"));
      await assert.rejects(step("open", "acme"), { code: "ERR_EVICTED" });
      assert.deepEqual(await step("create", "acme", SECRET), ["acme"]);
    });

    it("a tab that keeps an older version open makes a later release ERR_BLOCKED, until it lets go", async () => {
      await step("holdDatabase");
      await assert.rejects(step("laterRelease"), { code: "ERR_BLOCKED", message: /close that tab/ });
      await step("letGo");
      assert.deepEqual(await step("laterRelease"), ["acme"]);
    });

    it("this release steps aside for a later one, says to reload, and loses nothing", async () => {
      await step("deleteDatabase");
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      // The vault is open in this very tab, and must not block the other release.
      assert.deepEqual(await step("laterRelease"), ["acme"]);
      const expected = { code: "ERR_UNSUPPORTED", message: /newer version of strongroom wrote; reload/ };
      await assert.rejects(step("createKey", "acme", "more"), expected);
      await assert.rejects(step("open", "acme"), expected);
      assert.match(await step("encryptValue", "acme", "photos", "still unlocked"), /^ey/);
      assert.deepEqual(await step("laterRelease"), ["acme"]);
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

    it("a disk that fills up is ERR_QUOTA, and keeps all that it took", { skip: without(engine, "a setting for how much pages keep") }, async () => {
      const { driver: full } = await startBrowser(engine, { quota: 300 });
      try {
        await load(full, server.origin);
        await story(full, "create", "acme", SECRET);
        const made = /** @type {string[]} */ ([]);
        const fill = async () => {
          // Each takes some KiB.
          for (let at = 100; at < 300; at++) {
            await story(full, "createKey", "acme", `key-${at}`);
            made.push(`key-${at}`);
          }
        };
        await assert.rejects(fill(), { code: "ERR_QUOTA", message: /free space/ });
        assert.deepEqual(await story(full, "keys", "acme"), made);
        await load(full, server.origin);
        assert.deepEqual(await story(full, "survived", "acme", SECRET), made);
      } finally {
        await full.quit();
      }
    });

    const windows = { skip: without(engine, "private windows beside others") };
    it("a private window keeps a vault like any other, while it is open", windows, async () => {
      const { driver: secret } = await startBrowser(engine, { private: true });
      try {
        await load(secret, server.origin);
        await story(secret, "create", "acme", SECRET);
        await story(secret, "createKey", "acme", "photos");
        await load(secret, server.origin);
        assert.deepEqual(await story(secret, "survived", "acme", SECRET), ["photos"]);
      } finally {
        await secret.quit();
      }
    });

    it("a browser without a database is ERR_STORAGE, and keeps no vault in memory", async () => {
      await load(driver, server.origin);
      await driver.executeAsyncScript("import('/no-database.js').then(arguments[0], arguments[0])");
      assert.equal(await driver.executeScript("return typeof indexedDB"), "undefined");
      await step("init", `${server.origin}/no-database-worker.js`);
      const expected = { code: "ERR_STORAGE", message: /keeps no data for this site; allow it/ };
      await assert.rejects(step("create", "forgotten", SECRET), expected);
      await assert.rejects(step("list"), expected);
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
