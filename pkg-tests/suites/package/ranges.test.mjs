/** Objects that are read in parts, from servers that do it right and from servers that do not. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveRanges } from "../../harness/servers/range-server.mjs";
import { startServer } from "../../harness/servers/server.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SEGMENT = 262_144;
const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";
/** What is asked for first. */
const FRONT = 16 * 1024;

const refused = (/** @type {string} */ code, /** @type {Promise<unknown>} */ call) => assert.rejects(call, { code });

// Which parts are asked for, and what is made of the answers, is the package's own code.
for (const engine of usually("Chromium")) {
  describe(`parts of objects in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof serveRanges>>} */
    let files;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const at = (/** @type {string} */ name) => `${files.origin}/${name}`;
    const open = (/** @type {string} */ name, kind = "url") => step("openObject", name, kind, at(name));

    before(async () => {
      page = await serveFolder(plainPage());
      files = await serveRanges();
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/ranges.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("store", "film", at("film"), 20 * MiB);
      await step("store", "film", at("another"), 20 * MiB);
    });
    afterEach(() => {
      files.state.how = "right";
      files.asked();
    });
    after(async () => {
      await driver?.quit();
      await files?.stop();
      await page?.stop();
    });

    it("reads any part of an object, wherever it comes from", async () => {
      await step("store", "small", at("small"), 700_000);
      for (const kind of ["url", "init", "blob", "parts"]) {
        assert.equal((await open("small", kind)).size, 700_000);
        const ranges = [[0, 1], [262_000, 200], [699_990, 100], [0, 700_000], [5, 0]];
        const lengths = [1, 200, 10, 700_000, 0];
        assert.deepEqual(await step("readObject", "small", ...ranges), lengths.map((length) => [length, true]), kind);
        assert.deepEqual(await step("streamObject", "small", 1000, 650_000), [649_000, true], kind);
        await step("closeObject", "small");
      }
    });

    it("fetches the beginning, the end, and then only what is needed, in one request where it can", async () => {
      await open("film");
      const [first, last, ...others] = files.asked();
      assert.deepEqual([first?.range, first?.tag, first?.sent], [`bytes=0-${FRONT - 1}`, undefined, FRONT]);
      assert.ok(last && last.sent <= SEGMENT && last.tag?.startsWith('"'));
      assert.deepEqual(others, []);

      assert.deepEqual(await step("readObject", "film", [5 * MiB, 100]), [[100, true]]);
      assert.deepEqual(files.asked().map(({ sent }) => sent), [SEGMENT]);
      // Two neighbours, the second of them twice; and one that is kept.
      const near = [[8, 10], [9, 10], [9, 50]].map(([segment, length]) => [(segment ?? 0) * SEGMENT + 500, length]);
      assert.deepEqual(await step("readObject", "film", ...near, [5 * MiB + 50, 10]), [[10, true], [10, true], [50, true], [10, true]]);
      assert.deepEqual(files.asked().map(({ sent }) => sent), [2 * SEGMENT]);

      assert.deepEqual(await step("streamObject", "film", 10 * MiB, 15 * MiB), [5 * MiB, true]);
      const streamed = files.asked();
      assert.ok(streamed.length <= 6, `${streamed.length} requests`);
      assert.ok(streamed.reduce((sum, { sent }) => sum + sent, 0) < 5.6 * MiB);
      await step("closeObject", "film");
    });

    it("opens a detached body by its header", async () => {
      const { header, id } = await step("store", "detached", at("detached"), MiB, { detached: true });
      await refused("ERR_MALFORMED", open("detached"));
      await step("openObject", "detached", "url", at("detached"), { header, expect: id });
      assert.deepEqual(await step("readObject", "detached", [MiB / 2, 1000]), [[1000, true]]);
      const kept = await step("store", "kept", at("kept"), MiB, { header: "vault" });
      await step("openObject", "kept", "url", at("kept"), { object: kept.id });
      assert.deepEqual(await step("readObject", "kept", [MiB / 2, 1000]), [[1000, true]]);
    });

    it("refuses a body that was cut or goes on before it gives anything", async () => {
      const whole = /** @type {Buffer} */ (files.objects.get("/film"));
      const changes = [-1, -SEGMENT, -5 * SEGMENT].map((count) => whole.subarray(0, count));
      for (const changed of [...changes, Buffer.concat([whole, Buffer.alloc(1)])]) {
        files.objects.set("/cut", changed);
        await refused("ERR_DECRYPT", step("openObject", "film", "url", at("cut")));
      }
    });

    it("tells when the object is replaced, by its ETag, or by its first bytes where there is none", async () => {
      const [film, another] = ["/film", "/another"].map((path) => /** @type {Buffer} */ (files.objects.get(path)));
      assert.ok(film && another);
      for (const how of /** @type {const} */ (["right", "weak", "untagged"])) {
        files.state.how = how;
        files.objects.set("/film", film);
        files.asked();
        await open("film");
        assert.equal(files.asked().some(({ tag }) => tag !== undefined), how === "right");
        files.objects.set("/film", another);
        await refused("ERR_CHANGED", step("readObject", "film", [MiB, 10]));
        files.objects.set("/film", another.subarray(0, MiB));
        await refused("ERR_CHANGED", step("readObject", "film", [10 * MiB, 10]));
        files.objects.set("/film", film);
        assert.deepEqual(await step("readObject", "film", [MiB, 10]), [[10, true]], how);
      }
    });

    it("tells a server that gives no parts, or the wrong ones, from one that fails", async () => {
      for (const how of /** @type {const} */ (["whole", "unsaid", "elsewhere", "short", "hidden", 416])) {
        files.state.how = "right";
        await open("film");
        files.state.how = how;
        await refused("ERR_NO_RANGES", open("another"));
        // 416: of an object that was longer before.
        await refused(how === 416 ? "ERR_CHANGED" : "ERR_NO_RANGES", step("readObject", "film", [MiB, 10]));
      }
      files.state.how = 403;
      await refused("ERR_INPUT", open("film"));
      await refused("ERR_INPUT", step("openObject", "film", "url", "http://127.0.0.1:9/"));
    });

    it("goes on after a failure that passes", async () => {
      await open("film");
      files.state.how = 503;
      await refused("ERR_INPUT", step("readObject", "film", [MiB, 10]));
      files.state.how = "right";
      assert.deepEqual(await step("readObject", "film", [MiB, 10]), [[10, true]]);
    });

    it("ends when it is closed, and when the vault is locked", async () => {
      await open("film");
      await step("closeObject", "film");
      await refused("ERR_CLOSED", step("readObject", "film", [0, 10]));
      await open("film");
      files.state.how = "silent";
      await step("beginReading", "film");
      await step("lock", "acme");
      assert.equal(await step("ended", "film"), "ERR_LOCKED");
      files.state.how = "right";
      await refused("ERR_LOCKED", step("readObject", "film", [0, 10]));
      await refused("ERR_LOCKED", open("film"));
      await step("unlock", "acme", SECRET);
      await open("film");
      assert.deepEqual(await step("readObject", "film", [0, 10]), [[10, true]]);
    });

    it("reads from a store that speaks S3, by a presigned address", async () => {
      const server = await startServer(plainPage());
      try {
        await load(driver, `${server.origin}/ranges.html`);
        await step("create", "acme", SECRET);
        await step("createKey", "acme", "photos");
        assert.equal(await step("storeInS3", "stored.srm", 3 * MiB), true);
        assert.equal((await step("openObject", "stored.srm", "presigned", "stored.srm")).size, 3 * MiB);
        assert.deepEqual(await step("readObject", "stored.srm", [MiB, 1000], [3 * MiB - 5, 10]), [[1000, true], [5, true]]);
        assert.deepEqual(await step("streamObject", "stored.srm", 0, 3 * MiB), [3 * MiB, true]);
      } finally {
        await server.stop();
      }
    });
  });
}
