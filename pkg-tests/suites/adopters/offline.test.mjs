/** A page whose server is gone: a service worker has its files, the package's Worker and wasm among them. */
import { cpSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load } from "../../harness/browsers/drive.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { begin, resume, startStore } from "./job.mjs";
import { built, project } from "./project.mjs";

/** A build with the service worker and the list of its files beside it. */
function withServiceWorker() {
  const folder = built(project("plain"));
  const names = /** @type {string[]} */ (readdirSync(folder, { recursive: true }));
  const files = names.filter((name) => statSync(join(folder, name)).isFile() && /\.(html|js|wasm)$/.test(name));
  writeFileSync(join(folder, "files.json"), JSON.stringify(["./", ...files]));
  cpSync(fileURLToPath(new URL("offline/", import.meta.url)), folder, { recursive: true });
  return folder;
}

for (const engine of engines) {
  describe(`without a network in ${engine}`, () => {
    it("the page loads, and its vault opens and decrypts", async () => {
      const server = await serveFolder(withServiceWorker());
      const store = await startStore(server.origin);
      const { driver } = await startBrowser(engine);
      try {
        await load(driver, server.origin);
        await driver.executeAsyncScript(
          `const done = arguments[0];
           navigator.serviceWorker.register("offline.js");
           navigator.serviceWorker.ready.then(() => done());`,
        );
        const object = await begin(driver, store);
        await server.stop();
        await load(driver, server.origin);
        await resume(driver, object);
      } finally {
        await driver.quit();
        await Promise.all([server.stop(), store.stop()]);
      }
    });
  });
}
