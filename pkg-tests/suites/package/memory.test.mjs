/**
 * What the wasm's memory holds after each kind of operation: no key, passphrase or plaintext of one that
 * ended, but for a second the versions that it used. The packed package runs as it is; its instance is caught where WebAssembly makes it, and which
 * secrets there are, a program that has none of our code says.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { installedPackage, temporaryFolder } from "../../harness/consumer.mjs";
import { runPython } from "../../harness/samples/samples.mjs";
import { leaks, workingForms } from "../../harness/samples/secrets.mjs";

const SECRET = "correct horse battery staple";
const SPARE = "a passphrase that is added";
/** Small enough for the crates, and large enough for crypto.subtle. */
const TEXTS = { "small.srm": "a small plaintext that the crates encrypt", "large.srm": "a large plaintext. ".repeat(9000) };
const CARD = "4111 2222 3333 4444";
const FILE_NAME = "a name that nobody sees.txt";
const IMPORTED = randomBytes(32);
const WITH_SESSION = "a session's key is used";
/** Milliseconds after which a version that was used is wiped, and what a timer may be late. */
const REST = 1000 + 100;
/** A version's material, by the names that Python gives; of an imported key also by its own. */
const VERSION = /^(old )?version of |^imported:/;
/** One of WebAssembly's pages. */
const EMPTY = Buffer.alloc(65_536);

describe("the wasm's memory", () => {
  /** @type {any} The package. */
  let strongroom;
  /** @type {WebAssembly.Memory} */
  let memory;
  /** The memory after each operation, and after the second for which it may hold versions. @type {import("../../harness/samples/secrets.mjs").Found[]} */
  const snapshots = [];
  /** The memory right after those operations that leave versions there. @type {import("../../harness/samples/secrets.mjs").Found[]} */
  const atOnce = [];
  /** Those that took so long that what they used at their beginning may be wiped already. @type {Set<string>} */
  const slow = new Set();
  /** @type {import("../../harness/samples/secrets.mjs").Secrets} */
  let secrets;
  /** @type {Buffer} */
  let sessionKey;
  /** What Python reads. @type {Record<string, string | Uint8Array>} */
  const files = {};
  const contexts = Object.fromEntries(
    Object.keys(TEXTS).flatMap((name) => [name, `again-${name}`].map((file) => [file, { object: name }])),
  );

  /** Its pages that hold anything: Argon2id's 64 MiB are zeros again. */
  function pages() {
    const bytes = Buffer.from(memory.buffer);
    const nth = (/** @type {number} */ at) => bytes.subarray(at * EMPTY.length, (at + 1) * EMPTY.length);
    const all = Array.from({ length: bytes.length / EMPTY.length }, (_, at) => nth(at));
    return Buffer.concat(all.filter((page) => !page.equals(EMPTY)));
  }

  /** @template T @param {string} name @param {() => Promise<T>} operation */
  async function after(name, operation) {
    const result = await operation();
    // `close()` tells the engine, and waits for nothing.
    await pause(20);
    snapshots.push({ place: name, bytes: pages() });
    return result;
  }

  /** As `after`, of an operation that uses a version and changes nothing. @template T @param {string} name @param {() => Promise<T>} operation */
  async function afterUse(name, operation) {
    const begun = performance.now();
    const result = await operation();
    await pause(20);
    atOnce.push({ place: name, bytes: pages() });
    if (performance.now() - begun > REST - 200) slow.add(name);
    await pause(REST);
    snapshots.push({ place: name, bytes: pages() });
    return result;
  }

  before(async () => {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = /** @type {any} */ (
      async (/** @type {[WebAssembly.Module, WebAssembly.Imports]} */ ...given) => {
        const instance = await instantiate(...given);
        if ("wipeStack" in instance.exports) memory = /** @type {any} */ (instance.exports.memory);
        return instance;
      }
    );
    const entry = installedPackage();
    strongroom = { ...(await entry()), ...(await entry("strongroom/standalone")) };
    await session();
    secrets = everySecret();
  });

  async function session() {
    const { Strongroom, passphrase } = strongroom;
    const factors = [passphrase(SECRET)];
    const vault = await after("create", () => Strongroom.create({ name: "acme", factors }));
    await after("keys.create", () => vault.keys.create({ alias: "photos" }));
    for (const [name, text] of Object.entries(TEXTS)) {
      const context = contexts[name];
      const options = { key: "photos", context, metadata: { name: FILE_NAME } };
      const sealed = await afterUse(`encrypt ${name}`, async () => (await vault.encrypt(text, options)).bytes());
      await afterUse(`decrypt ${name}`, async () => (await vault.decrypt(sealed, { context })).text());
      files[name] = sealed;
      const file = new File([text], FILE_NAME);
      const token = await after(`resumeToken ${name}`, async () => (await vault.encrypt(file, options)).resumeToken());
      const again = await afterUse(`resume ${name}`, () => vault.resume(token, file, { context }));
      files[`again-${name}`] = await afterUse(`encrypt ${name} again`, () => again.bytes());
    }
    const card = await afterUse("encryptValue", () => vault.encryptValue(CARD, { key: "photos" }));
    await afterUse("decryptValue", () => vault.decryptValue(card));
    const more = await keysLive(vault);
    const spare = passphrase(SPARE);
    const { id } = await after("factors.add", () => vault.factors.add(spare, { factor: factors[0], name: "spare" }));
    await after("factors.rename", () => vault.factors.rename(id, undefined));
    const envelopes = await standalone();
    const backup = await after("backup", async () => (await vault.backup()).bytes());
    await after("rotateVaultKey", () => vault.rotateVaultKey());
    files["rotated.json"] = await after("another backup", async () => (await vault.backup()).bytes());
    await after("lock", () => vault.lock());
    const again = await after("open", () => Strongroom.open({ name: "acme" }));
    await after("unlock", () => again.unlock(passphrase(SECRET)));
    await after("a wrong passphrase", () => assert.rejects(again.unlock(passphrase("wrong")), { code: "ERR_WRONG_FACTOR" }));
    await after("close", async () => again.close());
    files["backup.json"] = backup;
    files["sample.json"] = JSON.stringify({ passphrase: SECRET, added: [SPARE], contexts, values: { card }, envelopes, ...more });
  }

  /** What keys live through. Gives what was signed, and the headers that the vault does not keep. @param {any} vault */
  async function keysLive(vault) {
    const { passphrase } = strongroom;
    await after("keys.create to sign", () => vault.keys.create({ alias: "seal", purpose: "sign" }));
    const token = await afterUse("sign", () => vault.sign("a contract", { key: "seal" }));
    await afterUse("verify", () => vault.verify(token));
    await after("keys.import", () => vault.keys.import(new Uint8Array(IMPORTED), { alias: "imported" }));
    const factor = passphrase(SECRET);
    const imported = await vault.keys.get("imported");
    await afterUse("dangerouslyExport", () => imported.dangerouslyExport({ factor }));

    const brief = await vault.keys.createSession({ ttl: "PT1H" });
    sessionKey = Buffer.from((await brief.dangerouslyExport({ factor })).k, "base64url");
    const sealed = await after(WITH_SESSION, () => vault.encryptValue(CARD, { key: brief }));
    assert.equal(await vault.decryptValue(sealed), CARD);
    await after("a session's end", () => brief.end());

    const options = { key: "photos", detached: true };
    const tracked = await vault.encrypt(TEXTS["small.srm"], options);
    await after("track", async () => [await tracked.bytes(), await tracked.track()]);
    const kept = await vault.encrypt(TEXTS["small.srm"], { key: "photos", header: "vault" });
    const body = await after("encrypt with its header in the vault", () => kept.bytes());
    await after("rotate", async () => (await vault.keys.get("photos")).rotate());
    const objects = await vault.objects.list();
    const fetchHeader = () => tracked.header;
    const moved = /** @type {any[]} */ ([]);
    await after("rewrap", () => vault.rewrap(objects, { fetchHeader }).run((/** @type {any} */ one) => moved.push(one)));
    await afterUse("decrypt by its header in the vault", async () => (await vault.decrypt(body, { object: kept.id })).text());
    await afterUse("reencrypt", async () => (await vault.reencrypt(body, { key: "imported", from: { object: kept.id } })).bytes());
    await after("revoke", async () => (await vault.keys.get("seal")).primaryVersion.revoke({ compromised: true }));
    const headers = { before: tracked.header, after: moved.find(({ header }) => header).header };
    const texts = Object.entries(headers).map(([name, header]) => [name, new TextDecoder().decode(header)]);
    return { signed: { signed: token }, headers: Object.fromEntries(texts) };
  }

  /** Keys outside any vault, all of them freed. Gives the envelopes, each with the key that opens it. */
  async function standalone() {
    const { generateKey, wrapKey, unwrapKey, encrypt, decrypt, dangerouslyExportKey } = strongroom;
    const keys = [await generateKey("A256KW"), await generateKey("P-256")];
    const [kek, pair] = keys;
    const jwks = [];
    for (const key of keys) jwks.push({ ...(await dangerouslyExportKey(key)), kid: key.kid });
    const toPair = await wrapKey(kek, [pair]);
    const toKek = await wrapKey(pair, [kek]);
    keys.push(await unwrapKey(toPair, pair), await unwrapKey(toKek, kek));
    const object = await (await encrypt("to a pair", { recipients: [pair], detached: true })).bytes();
    await assert.rejects(decrypt(object, { identities: [kek] }));
    await after("wrapKey and unwrapKey", async () => keys.forEach((key) => key.close()));
    return { pair: [toPair, jwks[1]], kek: [toKek, jwks[0]] };
  }

  /** What Python tells of a backup. @param {string} backup @returns {[string, Buffer][]} */
  function toldOf(backup) {
    const folder = temporaryFolder();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, "backup.json"), files[backup] ?? "");
    /** @type {Record<string, string>} */
    const found = JSON.parse(runPython("secrets_of.py", folder));
    return Object.entries(found).map(([name, text]) => [name, Buffer.from(text, "base64")]);
  }

  function everySecret() {
    const old = toldOf("backup.json").map(([name, secret]) => [`old ${name}`, secret]);
    const plain = Object.entries(TEXTS).map(([name, text]) => [`plaintext of ${name}`, Buffer.from(text.slice(0, 40))]);
    return {
      ...Object.fromEntries(old),
      ...Object.fromEntries(toldOf("rotated.json")),
      ...Object.fromEntries(plain),
      "session key": sessionKey,
      imported: IMPORTED,
      "file name": Buffer.from(FILE_NAME),
      value: Buffer.from(CARD),
    };
  }

  it("holds the vault key while the vault is unlocked, a session's while it lives, and nothing else of what ended", () => {
    for (const kind of ["index key", "dek of kept", "nonce of signed", "old vault key", "passphrase", "factor's kek", "identity", "dek of", "segment key of", "cek of", "kek of", "shared secret of", "nonce of", "version of", "plaintext of"]) {
      assert.ok(Object.keys(secrets).some((name) => name.startsWith(kind)), `${kind} was looked for`);
    }
    const locked = new Set(["lock", "open", "close"]);
    const unlocked = snapshots.map(({ place }) => place).filter((place) => !locked.has(place));
    assert.equal(unlocked.length, 36);
    const rotated = unlocked.indexOf("rotateVaultKey");
    const expected = unlocked.map((place, at) => `${at < rotated ? "old vault key" : "vault key"}: ${place}`);
    expected.push(`session key: ${WITH_SESSION}`);
    assert.deepEqual(leaks(secrets, snapshots, workingForms).toSorted(), expected.toSorted());
  });

  it("holds a version that was used for a second, and nothing else beside the vault key", () => {
    const found = leaks(secrets, atOnce, workingForms).filter((leak) => !/^(old )?vault key:/.test(leak));
    assert.deepEqual(found.filter((leak) => !VERSION.test(leak)), []);
    const holding = new Set(found.map((leak) => leak.slice(leak.indexOf(": ") + 2)));
    assert.ok(holding.size > 0);
    assert.deepEqual(atOnce.map(({ place }) => place).filter((place) => !holding.has(place) && !slow.has(place)), []);
  });

  it("holds a key until it is freed: the scan sees a planted one", async () => {
    const { generateKey, dangerouslyExportKey } = strongroom;
    const kept = await generateKey("A256KW");
    const key = Buffer.from((await dangerouslyExportKey(kept)).k, "base64url");
    const holding = async () => leaks({ key }, [{ place: "now", bytes: pages() }], workingForms);
    assert.deepEqual(await holding(), ["key: now"]);
    kept.close();
    await pause(20);
    assert.deepEqual(await holding(), []);
  });

  it("may run out, after which the module is not used again", async () => {
    const { importKey, generateKey, Strongroom } = strongroom;
    // All that WebAssembly allows. What Argon2id took is free, and must not do.
    memory.grow(65_536 - memory.buffer.byteLength / EMPTY.length);
    const large = "x".repeat(500_000_000);
    const stopped = { code: "ERR_WASM", message: /stopped/ };
    await assert.rejects(importKey(large), stopped);
    await assert.rejects(generateKey("A256KW"), stopped);
    await assert.rejects(Strongroom.list(), stopped);
  });
});
