/** Databases of earlier releases: opened, used, lived on with, backed up and restored. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { fixtureFolder, releases } from "../../harness/samples/release.mjs";
import { readSample } from "../../harness/samples/samples.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

/** What a version's state does to what it protected, by the version's number: before a life, and after it. */
const OUTCOMES = {
  before: { 1: "ERR_STATE destroyed", 2: "ERR_STATE destroy-scheduled", 5: "ERR_STATE suspended" },
  after: { 1: "ERR_STATE destroyed" },
};

// What earlier releases wrote is read by the core, which takes the same bytes from every engine.
for (const engine of usually("Chromium")) {
  describe(`databases of earlier releases in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    for (const release of releases()) {
      it(`opens, uses, rotates, backs up and restores one of ${release}`, async () => {
        const files = readSample(fixtureFolder(release));
        const read = (/** @type {string} */ name) => JSON.parse(Buffer.from(files[name] ?? "", "base64").toString());
        const manifest = read("manifest.json");
        await load(driver, `${server.origin}/release.html`);
        await story(driver, "loadOrigin", read("dump.json"));
        const found = await story(driver, "openRelease", files);

        assert.deepEqual([found.vaults, found.id], [[manifest.name], manifest.vault]);
        assert.deepEqual(found.keys, manifest.keys);
        assert.deepEqual(found.used, aliases(manifest, "active"));
        // A version that is resumed, and not the primary one, only opens.
        const opening = ["deactivated", "deactivated", "deactivated", "deactivated"];
        const states = ["destroyed", "deactivated", "compromised", ...opening, "active"];
        assert.deepEqual(found.life, { generation: 3, states });
        const [first, second, lived] = found.passes;
        assertPass(first, manifest, OUTCOMES.before);
        assert.deepEqual(second, first);
        assertPass(lived, manifest, OUTCOMES.after);
        const [ofNow, ofThen] = found.restored;
        assert.deepEqual([ofNow, ofThen], [lived, first]);
        assert.deepEqual(found.left, []);
      });
    }
  });
}

/** @param {any} found @param {any} manifest @param {Record<number, string>} outcomes */
function assertPass(found, manifest, outcomes) {
  assert.deepEqual(found.inventory, manifest.inventory);
  for (const [name, { id, metadata, sha256 }] of Object.entries(manifest.objects)) {
    assert.deepEqual(found.objects[name], { id, metadata, sha256, origin: "own" }, name);
  }
  assert.deepEqual(found.values, json(manifest.values));
  for (const [purpose, all] of Object.entries(manifest.protectedBy)) {
    const expected = all.map((/** @type {any} */ { number, text }) => outcomes[number] ?? text);
    assert.deepEqual(found.protectedBy[purpose], expected, purpose);
  }
  assert.deepEqual(found.signed, [manifest.signed.payload, manifest.signed.typ]);
  for (const [at, { listed, note = null, bytes, sha256 }] of manifest.uploads.entries()) {
    assert.deepEqual(found.uploads[at], { listed, note, bytes, sha256, same: true });
  }
  const { id, text } = manifest.standalone;
  assert.deepEqual(found.standalone, { texts: [[id, text], [id, text]], kid: true });
}

/** @param {any[]} values */
const json = (values) => values.map((value) => value.json);

/** @param {any} manifest @param {string} state */
const aliases = (manifest, state) =>
  manifest.keys.flatMap((/** @type {any} */ key) => (key.state === state ? [key.alias] : []));
