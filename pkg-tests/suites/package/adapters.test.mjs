/** Uploaders that others wrote, against servers that others wrote: what they store decrypts. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { startFront } from "../../harness/servers/front.mjs";
import { startServer, STORE_CREDENTIALS } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";

// Protocols of uploaders that others wrote: what they send hangs on no engine.
for (const engine of usually("Chromium").filter((one) => one !== "WebKit")) {
  describe(`other uploaders in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startFront>>} */
    let front;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    const reload = async () => {
      await load(driver, `${server.origin}/adapters.html`);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
    };

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

    for (const [what, name] of /** @type {const} */ ([["an object", "tus"], ["a stream", "tusStream"]])) {
      it(`uploads ${what} by tus-js-client`, async () => {
        const url = await step(name, front.tus, name, 12 * MiB, 2);
        assert.equal(await step("openUrl", name, url), await step("hashOf", name, 12 * MiB, 2));
      });
    }

    it("goes on within a tus chunk that was cut, and after one whose answer was lost", async () => {
      const { length } = front.offsets;
      front.cuts.push(0.5, 1);
      const url = await step("tus", front.tus, "cut", 12 * MiB, 3);
      assert.deepEqual(front.offsets.slice(length), [0, 2.5 * MiB, 7.5 * MiB]);
      assert.equal(await step("openUrl", "cut", url), await step("hashOf", "cut", 12 * MiB, 3));
    });

    it("goes on with a tus upload after a reload, given the file, and sends nothing twice", async () => {
      const { length } = front.offsets;
      const token = await step("tusHalf", front.tus, "again", 12 * MiB, 4);
      for (const [place, base64] of await step("kept")) {
        assert.ok(!Buffer.from(base64, "base64").includes(front.tus), place);
      }
      await reload();
      const { url, uploads } = await step("tusResumed", front.tus, "again", 12 * MiB, 4, token);
      assert.deepEqual(front.offsets.slice(length), [0, 5 * MiB, 10 * MiB]);
      assert.equal(await step("openUrl", "again", url), await step("hashOf", "again", 12 * MiB, 4));
      assert.deepEqual(uploads, []);
    });

    it("sends no byte of a file that changed meanwhile to tus", async () => {
      const token = await step("tusHalf", front.tus, "changed", 12 * MiB, 5);
      await reload();
      const { length } = front.offsets;
      const resumed = step("tusResumed", front.tus, "changed", 12 * MiB, 5, token, 6 * MiB);
      await assert.rejects(resumed, { code: "ERR_CHANGED" });
      assert.equal(front.offsets.length, length);
      const { url } = await step("tusResumed", front.tus, "changed", 12 * MiB, 5, token);
      assert.equal(await step("openUrl", "changed", url), await step("hashOf", "changed", 12 * MiB, 5));
    });

    it("ends a tus upload that is removed", async () => {
      const { length } = readdirSync(front.folder);
      assert.deepEqual(await step("tusRemoved", front.tus, "removed", 12 * MiB, 6), [true, false]);
      assert.equal(readdirSync(front.folder).length, length);
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
      await reload();
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
    entryPoints: [fileURLToPath(new URL("../../pages/plain/adapters.js", import.meta.url))],
    outfile: join(folder, "adapters.js"),
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    external: ["./story.js", "./strongroom/*"],
    alias: {
      "strongroom/tus": join(folder, "strongroom/dist/tus.js"),
      "strongroom/uppy": join(folder, "strongroom/dist/uppy.js"),
    },
    nodePaths: [fileURLToPath(new URL("../../node_modules", import.meta.url))],
  });
  return folder;
}
