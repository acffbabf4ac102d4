/** Uploads and downloads over a bad network: each ends with the identical file, or with a typed error. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { seeded, startProxy } from "../../harness/faults/proxy.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
/** How many uploads; what is stored is downloaded as often. */
const TRANSFERS = Number(process.env.STRONGROOM_TRANSFERS ?? 20);
const SEED = Number(process.env.STRONGROOM_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** At the same time. */
const TOGETHER = 4;

/** What a bad network may end in. */
const ENDS = new Set(["ERR_TRANSFER", "ERR_ABORTED"]);

// When to try again is the package's own code; a network that fails is one everywhere.
for (const engine of usually("Chromium").filter((one) => one !== "WebKit")) {
  describe(`${TRANSFERS} transfers over a bad network in ${engine}, STRONGROOM_SEED=${SEED}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startProxy>>} */
    let proxy;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** What came of each upload, by its key. @type {Map<string, any>} */
    const uploads = new Map();
    /** @type {string[]} */
    let listed;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await startServer(plainPage());
      proxy = await startProxy(server.store, SEED);
      ({ driver } = await startBrowser(engine, { proxy: proxy.address }));
      await load(driver, `${server.origin}/transfers.html`);
      await step("init", `${server.origin}/recording-worker.js`);
      await step("create", "acme", "correct horse battery staple");
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await proxy?.stop();
      await server?.stop();
    });

    it("ends every upload well, or with a typed error", async () => {
      for (const batch of batches(drawn())) {
        const outcomes = await step("upload", batch);
        batch.forEach((one, at) => uploads.set(one.key, { ...one, ...outcomes[at] }));
      }
      for (const { key, code, message } of uploads.values()) {
        if (code !== undefined) assert.ok(ENDS.has(code), `${key}: ${code}: ${message}`);
      }
      const well = [...uploads.values()].filter(({ code }) => code === undefined);
      assert.ok(well.length >= TRANSFERS / 2, `only ${well.length} of ${TRANSFERS} were stored`);
      listed = await stored(server.origin);
      for (const { key } of well) assert.ok(listed.includes(key), `${key} is not stored`);
    });

    it("goes on with those that can, once the network is there", async () => {
      proxy.mend();
      const seeds = Object.fromEntries([...uploads.values()].map(({ key, seed }) => [key, seed]));
      const went = await step("goOn", seeds);
      const failed = [...uploads.values()].filter(({ code, resumable }) => code !== undefined && resumable);
      assert.deepEqual(went.toSorted(), failed.map(({ key }) => key).toSorted());
      assert.ok(went.length > 0, "none was to go on");
      listed = await stored(server.origin);
      for (const key of went) assert.ok(listed.includes(key), `${key} is not stored`);
      proxy.spoil();
    });

    it("ends every download with the identical file, or with a typed error", async () => {
      let well = 0;
      for (const keys of batches(listed)) {
        const outcomes = await step("hashesOfStored", keys);
        for (const [at, key] of keys.entries()) {
          const { value, code, cause, message } = outcomes[at];
          // What fails once the first bytes were there is the input's failure, for the store's reason.
          if (value === undefined) assert.equal(cause ?? code, "ERR_TRANSFER", `${key}: ${code}: ${message}`);
          else well += await same(key, value);
        }
      }
      assert.ok(well >= listed.length / 2, `only ${well} of ${listed.length} came back`);
    });

    it("lists nothing that is half-written", async () => {
      proxy.mend();
      for (const keys of batches(listed)) {
        const outcomes = await step("hashesOfStored", keys);
        for (const [at, key] of keys.entries()) await same(key, outcomes[at].value);
      }
    });

    it("goes on with a download where it broke off", async () => {
      const [key = ""] = listed;
      proxy.resumed.length = 0;
      proxy.forced.set("GET", "cut the answer");
      const [{ value }] = await step("hashesOfStored", [key]);
      await same(key, value);
      const [{ range, "if-match": etag }] = /** @type {[any]} */ (proxy.resumed);
      assert.match(range, /^bytes=[1-9]\d*-$/);
      assert.match(etag, /^".+"$/);
    });

    it("gives up what is aborted half-way", async () => {
      const [{ code }] = await step("upload", [{ key: "never.srm", size: 40 * MiB, seed: 1, abortAt: 12 * MiB }]);
      assert.equal(code, "ERR_ABORTED");
      assert.ok(!(await stored(server.origin)).includes("never.srm"));
    });

    it("leaves no parts at the store but those that nobody can give up", () => {
      const { untold, givenUp } = proxy;
      const excused = (/** @type {string} */ name) =>
        [...untold].some((id) => name.includes(id)) || [...givenUp].some(([id, told]) => !told && name.includes(id));
      const left = readdirSync(server.data, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("upload"));
      assert.deepEqual(left.filter((name) => !excused(name)), []);
    });

    it("sends the same bytes each time, and uses no nonce for two plaintexts", async (t) => {
      assert.ok(proxy.sent.size >= TRANSFERS / 2);
      for (const [part, hashes] of proxy.sent) assert.equal(hashes.size, 1, `${part} was sent with different bytes`);
      const { segments, nonces } = await step("recorded");
      assert.ok(segments > TRANSFERS, `only ${segments} segments were seen`);
      assert.equal(nonces, segments);
      t.diagnostic(`seed ${SEED}: ${JSON.stringify(proxy.counts)}`);
    });

    /** @param {string} key @param {string} hash */
    async function same(key, hash) {
      assert.equal(hash, await step("hashOf", uploads.get(key)), `${key} is another file`);
      return 1;
    }
  });
}

/** Some fit into one request, every fifth is given up on the way, every other one can go on. */
function drawn() {
  const random = seeded(SEED);
  return Array.from({ length: TRANSFERS }, (_, at) => {
    const size = Math.floor(random() * 16 * MiB) + 1;
    const abortAt = at % 5 === 4 ? Math.floor(random() * size) : null;
    return { key: `file-${at}.srm`, size, seed: at + 1, abortAt, resumable: at % 2 === 0 };
  });
}

/** @template T @param {T[]} all @returns {T[][]} */
function batches(all) {
  const count = Math.ceil(all.length / TOGETHER);
  return Array.from({ length: count }, (_, at) => all.slice(at * TOGETHER, (at + 1) * TOGETHER));
}

/** The keys of all objects. @param {string} origin @returns {Promise<string[]>} */
async function stored(origin) {
  const { objects } = /** @type {any} */ (await (await fetch(`${origin}/api/objects`)).json());
  return objects.map((/** @type {{ key: string }} */ { key }) => key);
}
