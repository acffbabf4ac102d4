/** The module that `wasm-pack build --target web` writes, in a page without a bundler. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { wasmPackModule } from "../../harness/environment.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

for (const engine of engines) {
  describe(`the module that wasm-pack builds in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    before(async () => {
      const folder = temporaryFolder();
      cpSync(fileURLToPath(new URL("../../pages/wasm-pack/", import.meta.url)), folder, { recursive: true });
      cpSync(wasmPackModule(), join(folder, "pkg"), { recursive: true });
      server = await serveFolder(folder);
      ({ driver } = await startBrowser(engine));
      await load(driver, server.origin);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("wraps a key, and opens it again", async () => {
      assert.deepEqual(await story(driver, "roundTrip"), { recipients: 1, same: true });
    });
  });
}
