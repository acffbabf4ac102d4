/** Objects shown in place in an application of Vite, whose service worker Vite builds, under Trusted Types. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { built, developed, project } from "./project.mjs";

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types strongroom",
].join("; ");

/** @type {readonly (readonly ["build" | "dev", readonly import("../../harness/browsers/browsers.mjs").Engine[]])[]} */
const ways = [["build", ["Chromium", "Firefox"]], ["dev", ["Chromium"]]];

for (const [mode, engines] of ways) {
  describe(`strongroom/media in Vite, ${mode}`, () => {
    /** @type {() => Promise<{ origin: string, refused?: string[], stop(): Promise<void> }>} */
    let serve;
    before(() => {
      const folder = project("vite-media");
      if (mode === "dev") serve = () => developed(folder);
      else {
        const dist = built(folder);
        serve = () => serveFolder(dist, { policy });
      }
    });

    for (const engine of engines) {
      it(`shows a picture through the application's service worker in ${engine}`, async () => {
        // Each engine has a server of its own: what one is refused on purpose may be told late.
        const server = await serve();
        const { driver } = await startBrowser(engine);
        try {
          for (let round = 0; round < 2; round++) {
            await load(driver, server.origin);
            assert.deepEqual(await story(driver, "show"), [2, 1]);
          }
          assert.deepEqual(server.refused ?? [], []);
          assert.equal(await story(driver, "elsewhere"), "ERR_WORKER");
          if (mode === "build") assert.equal(await story(driver, "withoutPolicy"), "TypeError");
        } finally {
          await driver.quit();
          await server.stop();
        }
      });
    }
  });
}
