/**
 * A whole session is recorded: what leaves the browser, what it keeps, what it logs, what is stored. None
 * of it may hold a secret in any form; which secrets there are, a program that has none of our code says.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { listenTo } from "../../harness/browsers/bidi.mjs";
import { engines, has, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, reload, story } from "../../harness/browsers/drive.mjs";
import { pageStrings } from "../../harness/browsers/heap.mjs";
import { chromiumProcesses, writtenMemory } from "../../harness/browsers/processes.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { runPython } from "../../harness/samples/samples.mjs";
import { leaks, workingForms } from "../../harness/samples/secrets.mjs";
import { startRecorder } from "../../harness/servers/recorder.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const SECRET = "correct horse battery staple";
const OBJECTS = ["one.srm", "two.srm"];
/** Of a key, and of an object in the inventory: encrypted at rest like everything else. */
const NAMES = { alias: "an alias that nobody sees", label: "a label that nobody sees", location: "/where/nobody/looks" };
const DIARY = "a diary whose header is in the vault";
const IMPORTED = randomBytes(32);
const MINUTES = { for: "PT5M" };
/** What a tab keeps for a reload. */
const ITEM = "strongroom:reload:acme";
/** What the page itself typed and encrypted, and may go on holding. */
const TYPED = new Set(
  ["passphrase", "plaintext", "file name", "value", "diary", "imported", "version of imported 1"].concat(Object.keys(NAMES)),
);

/** @typedef {import("../../harness/samples/secrets.mjs").Found} Found */

for (const engine of engines) {
  describe(`nothing leaks in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startRecorder>>} */
    let recorder;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** What the browser tells, where its driver lets it. @type {Awaited<ReturnType<typeof listenTo>> | undefined} */
    let browser;
    const profile = temporaryFolder();
    /** @type {import("../../harness/samples/secrets.mjs").Secrets} */
    let secrets;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await startServer(plainPage());
      recorder = await startRecorder();
      const bidi = has(engine, "BiDi");
      ({ driver } = await startBrowser(engine, { proxy: recorder.address, profile, sandbox: false, bidi }));
      browser = bidi ? await listenTo(driver) : undefined;
      await load(driver, `${server.origin}/keys.html`);
    });
    after(async () => {
      await driver?.quit();
      await recorder?.stop();
      await server?.stop();
    });

    /** @returns {Found[]} */
    function storedObjects() {
      const names = readdirSync(server.data, { recursive: true, encoding: "utf8" });
      const paths = names.map((name) => join(server.data, name)).filter((path) => statSync(path).isFile());
      return paths.map((path) => ({ place: `stored ${path}`, bytes: readFileSync(path) }));
    }

    /** Everything there is to see by now. @returns {Promise<Found[]>} */
    async function seen() {
      const kept = /** @type {[string, string][]} */ (await step("kept"));
      return [
        ...recorder.requests,
        ...kept.map(([place, text]) => ({ place, bytes: Buffer.from(text, "base64") })),
        ...storedObjects(),
      ];
    }

    it("in a session from creation to lock", async () => {
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      for (const [at, name] of OBJECTS.entries()) await step("put", "acme", "photos", name, 600_000, at + 1, at === 1);
      for (const name of OBJECTS) await step("get", "acme", name);
      await step("value", "acme", "photos");
      await keysLive();
      await step("backup", "acme");
      const old = await everySecret();
      await step("vault", "acme", "rotateVaultKey");
      await step("backup", "acme");
      await step("lock", "acme");
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      secrets = { ...prefixed(old), ...(await everySecret()) };
      for (const name of ["old vault key", "vault key", "index key", "nonce of signed", "version of photos 1", "version of photos 2"]) {
        assert.ok(name in secrets, `${name} in ${Object.keys(secrets).join(", ")}`);
      }

      const haystack = await seen();
      for (const kind of ["request PUT", "request POST", "indexedDB strongroom rows", "localStorage", "stored"]) {
        assert.ok(haystack.some(({ place }) => place.startsWith(kind)), `${kind} was looked at`);
      }
      assert.deepEqual(leaks(secrets, haystack), []);
      assert.deepEqual(browser?.logged() ?? [], []);
    });

    /** What else was made in the session, of which secrets are told. @type {Record<string, Record<string, string>>} */
    const made = { signed: {}, headers: {} };

    /** Everything that keys live through. */
    async function keysLive() {
      const { alias, label, location } = NAMES;
      await step("keyring", "acme", "create", { alias, purpose: "sign", labels: { label } });
      made.signed = { signed: await step("vault", "acme", "sign", "a contract", { key: alias }) };
      await step("verify", "acme", made.signed.signed);
      await step("keyring", "acme", "create", { alias: "inbox", purpose: "share" });
      await step("import", "acme", { raw: IMPORTED.toString("base64") }, { alias: "imported" });
      await step("keyring", "acme", "createSession", { ttl: "PT1H", alias: "now" });
      const brief = await step("encryptValue", "acme", "now", "4111");
      await step("vault", "acme", "decryptValue", brief);
      await step("key", "acme", "now", "end");

      await step("seal", "acme", DIARY, { key: "photos", header: "vault" });
      const { id, header, size } = await step("seal", "acme", DIARY, { key: "photos", detached: true });
      await step("vault", "acme", "track", { id, header, size }, { location });
      await step("key", "acme", "photos", "rotate");
      const { moved } = await step("rewrapTracked", "acme", {}, { [id]: header });
      assert.equal(moved.length, 2);
      made.headers = { before: header, after: moved.find((/** @type {any} */ one) => one.header).header };
      await step("key", "acme", "inbox", "rotate");
      await step("key", "acme", "inbox", "revoke", { compromised: true });
      await step("export", "acme", "imported", SECRET);
    }

    const keys = () => Object.fromEntries(Object.entries(secrets).filter(([name]) => !TYPED.has(name)));

    it("as a string in the page's own memory", { skip: without(engine, "DevTools") }, async () => {
      const planted = randomBytes(32);
      const found = async () => leaks({ ...keys(), planted }, [await pageStrings(driver)]);
      assert.deepEqual(await found(), []);
      await driver.executeScript("window.planted = arguments[0]", planted.toString("base64"));
      assert.deepEqual(await found(), ["planted: heap"]);
    });

    const unseen = { skip: without(engine, "memory that others can read") };
    it("in the memory of the page and its Workers, but the vault key until it is locked", unseen, async () => {
      const planted = randomBytes(32);
      // What crypto.subtle is given for a body, the browser keeps copies of.
      const ours = Object.entries(keys()).filter(([name]) => !/^(old )?segment key/.test(name));
      const found = () => inRenderers({ ...Object.fromEntries(ours), planted });
      assert.deepEqual(found(), ["vault key"]);
      await driver.executeScript("window.planted = Uint8Array.from(arguments[0])", [...planted]);
      assert.deepEqual(found(), ["planted", "vault key"]);
      await step("lock", "acme");
      await driver.wait(() => found().join() === "planted", 10_000, "the vault key is still there");
    });

    /** Which secrets stand anywhere in Chromium's renderers, in live memory or freed, also as code works on them. @param {typeof secrets} wanted */
    function inRenderers(wanted) {
      const names = new Set();
      for (const pid of chromiumProcesses(profile, "renderer")) {
        for (const bytes of writtenMemory(pid)) {
          for (const leak of leaks(wanted, [{ place: "", bytes }], workingForms)) names.add(leak.replace(": ", ""));
        }
      }
      return [...names].toSorted();
    }

    /** Opens the vault in a page that never got its passphrase. */
    async function reloaded() {
      await load(driver, `${server.origin}/reload.html`);
      await driver.findElement(By.css("input")).sendKeys(SECRET);
      assert.deepEqual(await step("openByTyped", "acme", MINUTES), [true, false]);
      await driver.wait(async () => (await step("keptByTab")).length > 0, 10_000, "nothing is kept");
      await reload(driver);
      assert.deepEqual(await step("openSurviving", "acme", MINUTES), [true, true]);
      assert.equal((await step("get", "acme", OBJECTS[0])).size, 600_000);
    }

    it("in a session that survives a reload, whose tab keeps the wrapped vault key and half of what opens it", async () => {
      await reloaded();
      const haystack = await seen();
      assert.ok(haystack.some(({ place }) => place === `sessionStorage ${ITEM}`));
      assert.deepEqual(leaks(secrets, haystack), []);
      assert.deepEqual(browser?.logged() ?? [], []);

      const [[item, text], ...others] = await step("keptByTab");
      assert.deepEqual([item, others], [ITEM, []]);
      const { key, text: half, ...more } = JSON.parse(text);
      assert.match(key, /^reload [\w-]{22} \d{13} [\w-]{22}$/);
      assert.match(half, /^[\w-]{43}\{/);
      const { protected: header, aad, ...sealed } = JSON.parse(half.slice(43));
      assert.deepEqual([Object.keys(sealed).toSorted(), more], [["ciphertext", "iv", "recipients", "tag"], {}]);
      const [, id, until, name] = key.split(" ");
      const said = fromBase64Url(aad);
      const { vault, seen: head, written, period } = said;
      assert.deepEqual(Object.keys(said), ["vault", "seen", "key", "written", "period"]);
      assert.deepEqual([vault.vault, said.key, period.until], [id, name, Number(until)]);
      assert.deepEqual(Object.keys(vault), ["vault", "identity", "generation"]);
      assert.match(head, /^\d+\.[\w-]{43}$/);
      assert.ok(period.since <= written && written < period.until && period.until === period.since + 5 * 60_000);
      assert.equal(fromBase64Url(header).cty, "jwk+json");
    });

    it("of a session that survives a reload, as a string in the page's own memory", { skip: without(engine, "DevTools") }, async () => {
      // The passphrase is left out: of the page that it was typed into, the browser may still keep something.
      assert.deepEqual(leaks(keys(), [await pageStrings(driver)]), []);
    });

    it("of a session that survives a reload, in memory, but the vault key until it is locked", unseen, async () => {
      const ours = Object.entries(keys()).filter(([name]) => !/^(old )?segment key/.test(name));
      const found = () => inRenderers(Object.fromEntries(ours));
      assert.deepEqual(found(), ["vault key"]);
      await step("lock", "acme");
      assert.deepEqual(await step("keptByTab"), []);
      await driver.wait(() => found().length === 0, 10_000, "the vault key is still there");
    });

    it("and a planted leak of each kind is seen", async () => {
      const planted = secrets["vault key"]?.toString("base64");
      for (const place of ["localStorage", "sessionStorage", "cache", "request", "indexedDB"]) {
        const already = leaks(secrets, await seen()).length;
        await step("plant", place, planted);
        const found = leaks(secrets, await seen());
        assert.equal(found.length, already + 1, found.join(", "));
        assert.ok(found.some((leak) => leak.startsWith(`vault key: ${place}`)), found.join(", "));
      }
      const logs = browser ? ["log", "a Worker's log"] : [];
      for (const place of logs) {
        await step("plant", place, planted);
        await driver.wait(() => browser?.logged().length, 5000, `${place} is not seen`);
        assert.equal(browser?.logged().pop(), planted);
      }
    });

    /** By name: what Python finds in the backup and the objects, and pieces of what was encrypted. */
    async function everySecret() {
      const folder = temporaryFolder();
      const backup = (await step("kept")).find((/** @type {[string, string]} */ [place]) => place.endsWith("/backup"));
      writeFileSync(join(folder, "backup.json"), Buffer.from(backup[1], "base64"));
      const contexts = Object.fromEntries(OBJECTS.map((name) => [name, { app: "story", object: name }]));
      writeFileSync(join(folder, "sample.json"), JSON.stringify({ passphrase: SECRET, contexts, ...made }));
      for (const name of OBJECTS) {
        const stored = storedObjects().find(({ place }) => place.endsWith(name));
        assert.ok(stored, name);
        writeFileSync(join(folder, name), stored.bytes);
      }
      /** @type {Record<string, string>} */
      const found = JSON.parse(runPython("secrets_of.py", folder));
      const plain = /** @type {string} */ (await step("plaintext", 600_000, 1));
      return {
        ...Object.fromEntries(Object.entries(found).map(([name, text]) => [name, Buffer.from(text, "base64")])),
        plaintext: Buffer.from(plain, "base64"),
        "file name": Buffer.from("one.srm.png"),
        value: Buffer.from('"4111"'),
        diary: Buffer.from(DIARY),
        imported: IMPORTED,
        ...Object.fromEntries(Object.entries(NAMES).map(([name, text]) => [name, Buffer.from(text)])),
      };
    }
  });
}

/** What was secret before the vault key was rotated: most of it, such as what wraps each record, is another now. @param {import("../../harness/samples/secrets.mjs").Secrets} secrets */
function prefixed(secrets) {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [TYPED.has(name) ? name : `old ${name}`, secret]));
}

/** JSON of a part of an envelope. @param {string} part @returns {any} */
function fromBase64Url(part) {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
