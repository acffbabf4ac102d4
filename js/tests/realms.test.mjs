/** Inputs of another realm: as `node:vm` makes them, test runners among others; and of classes without any mark. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { passphrase, Strongroom } from "strongroom";
import * as standalone from "strongroom/standalone";
import { code, mapStore, pattern, secret, vaultWithKey } from "./support.mjs";

const realm = createContext();
const there = (/** @type {string} */ source) => runInContext(source, realm);
/** Bytes of the other realm. @param {Uint8Array} bytes */
const foreign = (bytes) => there(`(list) => Uint8Array.from(list)`)(bytes);
const key = "photos";
const plain = pattern(2_000_000);

/** @type {Awaited<ReturnType<typeof vaultWithKey>>} */
let vault;
before(async () => {
  vault = await vaultWithKey();
  assert.ok(!(foreign(plain) instanceof Uint8Array));
});

const encrypted = async (/** @type {any} */ input) => (await vault.encrypt(input, { key })).blob();
const decrypted = async (/** @type {any} */ input, options = {}) => (await vault.decrypt(input, options)).bytes();

/** What happy-dom's Blobs are: nothing says what they are but their members. @param {any} blob */
function unmarked(blob) {
  const { size, type } = blob;
  const slice = (/** @type {any[]} */ ...where) => unmarked(blob.slice(...where));
  return { size, type, slice, stream: () => blob.stream(), arrayBuffer: () => blob.arrayBuffer() };
}

const inputs = {
  bytes: () => foreign(plain),
  "a buffer": () => foreign(plain).buffer,
  "shared memory": () => {
    const shared = there(`new SharedArrayBuffer(${plain.length})`);
    new Uint8Array(shared).set(plain);
    return shared;
  },
  "a DataView": () => there("(bytes) => new DataView(bytes.buffer)")(foreign(plain)),
  "a Blob without a mark": () => unmarked(new Blob([plain])),
  "a stream of foreign bytes": () => new ReadableStream({ start: (own) => (own.enqueue(foreign(plain)), own.close()) }),
};

for (const [name, input] of Object.entries(inputs)) {
  test(`${name} of another realm is encrypted`, async () => {
    assert.deepEqual(await decrypted(await encrypted(input())), plain);
  });
}

test("ciphertext of another realm is decrypted, by a header of another realm, and read in parts", async () => {
  const object = await vault.encrypt(plain, { key, detached: true });
  const stored = await object.bytes();
  const header = foreign(object.header);
  for (const input of [foreign(stored), foreign(stored).buffer, unmarked(new Blob([stored]))]) {
    assert.deepEqual(await decrypted(input, { header }), plain);
  }
  const read = async (/** @type {number} */ at, /** @type {number} */ length) => foreign(stored.slice(at, at + length));
  for (const source of [{ size: stored.length, read }, unmarked(new Blob([stored]))]) {
    const parts = await vault.openObject(source, { header });
    assert.deepEqual(await parts.read(1000, 100), plain.slice(1000, 1100));
  }
});

test("what only claims to be a buffer is refused", async () => {
  const claimed = { length: 3, byteLength: 3, [Symbol.toStringTag]: "ArrayBuffer" };
  await assert.rejects(encrypted(claimed), code("ERR_ARGUMENT"));
  await assert.rejects(encrypted({ __proto__: Uint8Array.prototype }), code("ERR_ARGUMENT"));
});

test("backups, passphrases, payloads, keys, dates and headers of another realm are taken", async () => {
  const bytes = new Uint8Array(await (await vault.backup()).arrayBuffer());
  for (const backup of [foreign(bytes), foreign(bytes).buffer, unmarked(new Blob([bytes]))]) {
    const restored = await Strongroom.restore(backup, { name: "restored", store: mapStore() });
    await restored.unlock(passphrase(foreign(new TextEncoder().encode("correct horse battery staple"))));
    await restored.close();
  }
  await vault.keys.create({ alias: "signer", purpose: "sign" });
  const token = await vault.sign(foreign(new Uint8Array([1, 2])), { key: "signer" });
  assert.deepEqual((await vault.verify(token)).payload, new Uint8Array([1, 2]));
  await vault.keys.import(foreign(new Uint8Array(32)), { alias: "imported" });
  assert.deepEqual(await vault.keys.due(there("new Date(0)")), []);
  const { header } = await vault.encrypt("x", { key });
  const job = vault.rewrap([foreign(header)], { to: "imported" });
  for await (const { header: moved } of job) assert.ok(moved.length > 0);
});

const same = (/** @type {any} */ row) => row;

test("a store may give rows of another realm, and no rows that only look like it", async () => {
  const own = mapStore();
  /** @type {(row: any) => any} */
  let changed = same;
  const store = {
    ...own,
    read: async (/** @type {any[]} */ ...given) => {
      const { sequence, rows } = await own.read(...given);
      return { sequence, rows: rows.map(changed) };
    },
  };
  const made = await Strongroom.create({ name: "rows", factors: [secret()], store });
  changed = (row) => ({ ...row, bytes: foreign(row.bytes) });
  await made.keys.create({ alias: key });
  assert.equal(await made.decryptValue(await made.encryptValue(1, { key })), 1);
  await made.close();
  const again = await Strongroom.open({ name: "rows", factor: secret(), store });
  await again.close();
  for (const odd of [(/** @type {any} */ bytes) => new Float32Array(bytes), () => "bytes", () => new DataView(new ArrayBuffer(8))]) {
    changed = (row) => ({ ...row, bytes: odd(row.bytes) });
    await assert.rejects(Strongroom.open({ name: "rows", factor: secret(), store }), (error) => error.code !== "ERR_INTERNAL");
  }
});

test("keys and contexts of another realm are taken", async () => {
  const jwk = there(`({ kty: "oct", k: "${"A".repeat(43)}" })`);
  const kek = await standalone.importKey(jwk);
  const context = there(`({ a: "b" })`);
  const object = await standalone.encrypt("x", { recipients: there("(key) => [key]")(kek), context });
  const opened = await standalone.decrypt(await object.blob(), { identities: kek, context });
  assert.equal(await opened.text(), "x");
});
