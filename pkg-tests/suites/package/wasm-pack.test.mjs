/** The module that `wasm-pack build --target web` writes, in a page without a bundler. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { wasmPackModule } from "../../harness/environment.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

describe("the module that wasm-pack builds", () => {
  for (const engine of engines) {
    it(`wraps a key in ${engine}`, async () => {
      const folder = temporaryFolder();
      cpSync(fileURLToPath(new URL("../../pages/wasm-pack/", import.meta.url)), folder, { recursive: true });
      cpSync(wasmPackModule(), join(folder, "pkg"), { recursive: true });
      const server = await serveFolder(folder);
      const { driver } = await startBrowser(engine);
      try {
        await load(driver, server.origin);
        assert.deepEqual(await story(driver, "roundTrip"), { recipients: 1, same: true });
      } finally {
        await driver.quit();
        await server.stop();
      }
    });
  }
});
