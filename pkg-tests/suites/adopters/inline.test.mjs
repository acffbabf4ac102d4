/** `strongroom/inline`: one script has everything, for pages and bundlers that carry no other file along. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { nodeProject, temporaryFolder, unpack } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { mainJob, startStore } from "./job.mjs";

const POLICY = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*";

/** Two files: a page with the application's script in it, and the package's one. */
function onePage() {
  const folder = temporaryFolder();
  const packed = temporaryFolder();
  unpack(packed);
  copyFileSync(join(packed, "strongroom/dist/inline.js"), join(folder, "inline.js"));
  const job = readFileSync(fileURLToPath(new URL("shared/main-job.js", import.meta.url)), "utf8");
  const page = `<!doctype html>
    <meta charset="utf-8" />
    <link rel="icon" href="data:," />
    <script>
      window.workers = [];
      window.Worker = class extends Worker {
        constructor(...given) {
          super(...given);
          window.workers.push(String(given[0]));
        }
      };
    </script>
    <script type="importmap">{ "imports": { "strongroom": "./inline.js" } }</script>
    <script type="module">${job} window.story = { ...story, workers: () => window.workers };</script>`;
  writeFileSync(join(folder, "index.html"), page);
  return folder;
}

/** @param {string} policy @param {(server: Awaited<ReturnType<typeof serveFolder>>) => Promise<void>} work */
async function served(policy, work) {
  const server = await serveFolder(onePage(), { policy });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

for (const engine of engines) {
  describe(`strongroom/inline in ${engine}`, () => {
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    before(async () => void ({ driver } = await startBrowser(engine)));
    after(() => driver?.quit());

    it("does the main job in a Worker, and downloads nothing but itself", () =>
      served(`${POLICY}; worker-src blob:`, async (server) => {
        const store = await startStore(server.origin);
        try {
          await mainJob(driver, server.origin, store);
        } finally {
          await store.stop();
        }
        assert.match((await story(driver, "workers")).join(), /^blob:/);
        assert.deepEqual([...new Set(server.requests)], ["/", "/inline.js"]);
        // Neither the Worker nor its own one for Argon2id.
        assert.deepEqual(server.refused, []);
      }));

    it("runs in a page that is a file, in a Worker", async () => {
      const folder = nodeProject('export * from "strongroom/inline";');
      const bundle = { entryPoints: ["main.mjs"], bundle: true, format: /** @type {const} */ ("iife") };
      const outfile = join(folder, "page.js");
      await build({ ...bundle, absWorkingDir: folder, globalName: "strongroom", outfile, logLevel: "error" });
      writeFileSync(join(folder, "page.html"), "<!doctype html><title>a file</title><script src='page.js'></script>");
      await driver.get(pathToFileURL(join(folder, "page.html")).href);
      const opened = await driver.executeAsyncScript(`const done = arguments[0];
        (async () => {
          const factor = strongroom.passphrase("correct horse");
          const vault = await strongroom.Strongroom.create({ name: "acme", factors: [factor] });
          await vault.keys.create({ alias: "photos" });
          const token = await vault.encryptValue("kept", { key: "photos" });
          await vault.lock();
          await vault.unlock(factor);
          return vault.decryptValue(token);
        })().then(done, (error) => done(error.code + ": " + error.message));`);
      assert.equal(opened, "kept");
    });

    it("says what to allow where a policy refuses its Worker", () =>
      served(`${POLICY}; worker-src 'none'`, async (server) => {
        await load(driver, server.origin);
        await assert.rejects(story(driver, "begin", {}), { code: "ERR_WORKER", message: /worker-src blob:/ });
      }));
  });
}
