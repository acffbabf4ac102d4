/** Uploaders that others wrote, against servers that others wrote: what they store decrypts. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { engines, startBrowser } from "../browsers.mjs";
import { plainPage } from "../consumer.mjs";
import { load, story } from "../drive.mjs";
import { startFront } from "../front.mjs";
import { startServer, STORE_CREDENTIALS } from "../server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";

for (const engine of engines.filter((one) => one !== "WebKit")) {
  describe(`other uploaders in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startFront>>} */
    let front;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await startServer(await adaptersPage());
      front = await startFront(server.store);
      ({ driver } = await startBrowser(engine, { proxy: front.address }));
      await load(driver, `${server.origin}/adapters.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await front?.stop();
      await server?.stop();
    });

    for (const [what, size] of /** @type {const} */ ([["one request", MiB], ["parts", 12 * MiB]])) {
      it(`uploads a stream by @aws-sdk/lib-storage, in ${what}`, async () => {
        const key = `aws-${size}.srm`;
        const { bucket } = /** @type {any} */ (await (await fetch(`${server.origin}/api/store`)).json());
        const where = { endpoint: server.store, bucket, credentials: STORE_CREDENTIALS };
        assert.equal(await step("awsSdk", where, key, size, 1), true);
        assert.equal(await step("stored", key), await step("hashOf", key, size, 1));
      });
    }

    it("uploads a stream by tus-js-client", async () => {
      const url = await step("tus", front.tus, "tus.srm", 12 * MiB, 2);
      assert.equal(await step("openUrl", "tus.srm", url), await step("hashOf", "tus.srm", 12 * MiB, 2));
    });

    for (const [what, size] of /** @type {const} */ ([["one request", MiB], ["parts", 12 * MiB]])) {
      it(`encrypts on the way through Uppy to S3, in ${what}`, async () => {
        const { id, encryptions, name, thumbnail, sha256 } = await step("uppyS3", size, 0);
        assert.deepEqual({ encryptions, name, thumbnail }, { encryptions: 1, name: `${id}.srm`, thumbnail: 200 });
        assert.equal(await step("stored", name, "picture"), sha256);
      });
    }

    it("encrypts once, however often Uppy tries", async () => {
      const { encryptions, name, sha256 } = await step("uppyS3", MiB, 2);
      assert.equal(encryptions, 1);
      assert.equal(await step("stored", name, "picture"), sha256);
    });

    it("encrypts on the way through Uppy to tus, which learns neither name nor type", async () => {
      const { url, sha256 } = await step("uppyTus", front.tus, 12 * MiB);
      assert.equal(await step("openUrl", "picture", url), sha256);
      for (const name of readdirSync(front.folder).filter((one) => one.endsWith(".json"))) {
        assert.doesNotMatch(readFileSync(join(front.folder, name), "utf8"), /secret|png|image/);
      }
    });

    it("begins anew what an earlier page left half-way: it is another ciphertext", async () => {
      await step("uppyTusHalf", front.tus, 13 * MiB);
      await load(driver, `${server.origin}/adapters.html`);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      const { url, sha256 } = await step("uppyTus", front.tus, 13 * MiB);
      assert.equal(await step("openUrl", "picture", url), sha256);
    });

    it("uploads nothing when Uppy's files cannot be encrypted", async () => {
      const { length } = readdirSync(front.folder);
      assert.deepEqual(await step("uppyFails", front.tus), { outcome: "no", errors: [null, "no"] });
      assert.equal(readdirSync(front.folder).length, length);
    });
  });
}

/** The plain page, with what the adapters import bundled. */
async function adaptersPage() {
  const folder = plainPage();
  await build({
    entryPoints: [fileURLToPath(new URL("../plain/adapters.js", import.meta.url))],
    outfile: join(folder, "adapters.js"),
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    external: ["./story.js", "./strongroom/*"],
    alias: { "strongroom/uppy": join(folder, "strongroom/dist/uppy.js") },
    nodePaths: [fileURLToPath(new URL("../node_modules", import.meta.url))],
  });
  return folder;
}
