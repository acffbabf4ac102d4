/** The Worker's end: by a lock, by somebody who kills it, by running out of memory. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listenTo } from "../../harness/browsers/bidi.mjs";
import { engines, has, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
/** Milliseconds in which whoever waits must be told. */
const BOUND = 5000;

for (const engine of engines) {
  const told = { skip: without(engine, "BiDi") };
  describe(`the Worker in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** Only where the driver has BiDi. @type {Awaited<ReturnType<typeof listenTo>>} */
    let browser;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await serveFolder(plainPage());
      const bidi = has(engine, "BiDi");
      ({ driver } = await startBrowser(engine, { bidi }));
      if (bidi) browser = await listenTo(driver);
      await load(driver, server.origin);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    /** A fresh page with the vault unlocked. @param {() => Promise<unknown>} prepare */
    async function unlocked(prepare) {
      await load(driver, server.origin);
      await prepare();
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      await step("countLocks", "acme");
    }

    /** That the vault is locked, said so once, and opens again with everything in it. */
    async function opensAgain() {
      const locked = async () => !(await step("unlocked", "acme"));
      await driver.wait(locked, BOUND, "the vault counts as unlocked");
      await assert.rejects(step("keys", "acme"), { code: "ERR_LOCKED", message: /unlock it first/ });
      assert.equal(await driver.executeScript("return window.locks"), 1);
      await step("unlock", "acme", SECRET);
      assert.deepEqual(await step("keys", "acme"), ["photos"]);
    }

    it("ends with a lock", told, async () => {
      const running = (/** @type {number} */ count) =>
        driver.wait(async () => (await browser.workers()).length === count, BOUND, `not ${count}`);
      await unlocked(async () => {});
      // Argon2id's ends by itself.
      await running(1);
      assert.deepEqual(await browser.workers(), [`${server.origin}/strongroom/dist/worker.js`]);
      await step("lock", "acme");
      await running(0);
    });

    it("is missed when it is killed: what is under way rejects, and the vault opens again", async () => {
      await unlocked(() => step("keepWorkers"));
      const from = performance.now();
      const failures = await step("killInTheMiddle", "acme", "photos");
      assert.ok(performance.now() - from < BOUND);
      for (const failure of failures) assert.match(failure, /^ERR_WORKER: .*unlock or open again/);
      await opensAgain();
    });

    it("is missed when it is killed while nothing is under way", async () => {
      await unlocked(() => step("keepWorkers"));
      await step("killWorkers");
      await opensAgain();
    });

    // A timer, for which one browser will do.
    it("is given up when it is killed before it has started", { skip: without(engine, "DevTools") }, async () => {
      await load(driver, server.origin);
      await step("keepWorkers", true);
      await assert.rejects(step("open", "acme"), { code: "ERR_WORKER", message: /again/ });
    });

    it("does without the Worker of Argon2id when that is killed", told, async () => {
      await unlocked(async () => {});
      await step("lock", "acme");
      await step("open", "acme");
      browser.logged().length = 0;
      await step("killNextWorker");
      await step("unlock", "acme", SECRET);
      assert.deepEqual(browser.logged(), ["killed"]);
      assert.deepEqual(await step("keys", "acme"), ["photos"]);
    });

    /** @param {number} left see meddling.js */
    async function meddle(left) {
      await step("meddle", left);
      await driver.wait(() => browser.logged().includes(`told: ${left}`), BOUND, "the Worker was not told");
      browser.logged().length = 0;
    }

    for (const left of [0, 16]) {
      it(`is replaced when wasm's memory ends ${left} pages from now`, told, async () => {
        await unlocked(() => step("init", `${server.origin}/own-worker.js`));
        await meddle(left);
        const large = "a large value. ".repeat(50_000);
        await assert.rejects(step("encryptValue", "acme", "photos", large), { code: "ERR_WASM" });
        await opensAgain();
        assert.match(await step("encryptValue", "acme", "photos", large), /^ey/);
      });
    }
  });
}
