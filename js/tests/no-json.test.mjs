/** What has no form of its own is refused, and never taken for nothing: maps, dates, cycles, what callbacks return. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import Uppy from "@uppy/core";
import * as standalone from "strongroom/standalone";
import { Encryptor } from "strongroom/uppy";
import { code, mapStore, secret, vaultWithKey } from "./support.mjs";
import { Strongroom } from "strongroom";

const key = "photos";
const refused = (/** @type {any} */ error) => error.code === "ERR_MALFORMED" || code("ERR_ARGUMENT")(error);
/** @type {Awaited<ReturnType<typeof vaultWithKey>>} */
let vault;
before(async () => {
  vault = await vaultWithKey();
});

class Context {
  a = "b";
}
const cycle = () => {
  /** @type {any} */
  const own = {};
  return Object.assign(own, { own, list: [own] });
};

/** Each holds something, and JSON makes nothing of it, or something else. @type {[string, () => any][]} */
const FORMLESS = [
  ["a Map", () => new Map([["a", "b"]])],
  ["a Set", () => new Set(["a"])],
  ["a Headers", () => new Headers({ a: "b" })],
  ["a FormData", () => new FormData()],
  ["a URLSearchParams", () => new URLSearchParams("a=b")],
  ["a RegExp", () => /a/],
  ["a Blob", () => new Blob(["a"])],
  ["a buffer", () => new ArrayBuffer(3)],
  ["bytes", () => new Uint8Array([1, 2])],
  ["a promise", () => Promise.resolve(1)],
];

for (const [name, make] of [...FORMLESS, ["a Date", () => new Date()], ["an instance of a class", () => new Context()], ["a cycle", cycle]]) {
  test(`${name} is no context, no label, no metadata and no filter`, async () => {
    const odd = /** @type {any} */ (make());
    const kek = await standalone.generateKey("A256KW");
    /** @type {Record<string, () => Promise<unknown>>} */
    const calls = {
      context: () => vault.encrypt("x", { key, context: odd }),
      "a context's member": () => vault.encrypt("x", { key, context: { a: odd } }),
      contexts: () => vault.encryptValues([1], { key, contexts: [odd] }),
      "all contexts": () => vault.encryptValues([1], { key, contexts: odd }),
      "contexts of tokens": () => vault.decryptValues(["a.b.c.d.e"], { contexts: [odd] }),
      labels: () => vault.keys.create({ alias: "a", labels: odd }),
      "a label": () => vault.keys.create({ alias: "a", labels: { a: odd } }),
      metadata: () => vault.encrypt("x", { key, metadata: odd }),
      "metadata's member": () => vault.encrypt("x", { key, metadata: { name: odd } }),
      "a sidecar": () => vault.encrypt("x", { key, sidecar: odd }),
      "a sidecar's metadata": async () => (await vault.encrypt("x", { key })).addSidecar("t", "x", { metadata: odd }),
      "a filter": () => vault.keys.list({ label: odd }),
      "a filter's member": () => vault.keys.list({ label: [odd] }),
      "a JWK": () => standalone.importKey(odd),
      "a JWK's member": () => standalone.importKey({ kty: "oct", k: odd }),
      "a recipient": () => standalone.encrypt("x", { recipients: odd }),
      "a location": async () => (await vault.encrypt("x", { key })).track({ location: odd }),
      "a wrapped key's context": () => standalone.wrapKey(kek, kek, { context: odd }),
    };
    for (const [what, call] of Object.entries(calls)) {
      await assert.rejects(async () => call(), refused, what);
    }
  });
}

for (const [name, make] of FORMLESS) {
  test(`${name} is no value, wherever it stands in one`, async () => {
    for (const value of [make(), { deep: [{ value: make() }] }]) {
      const formless = { code: "ERR_ARGUMENT", message: /no JSON form: there is a / };
      await assert.rejects(vault.encryptValue(/** @type {any} */ (value), { key }), formless);
      await assert.rejects(vault.encryptValues([1, /** @type {any} */ (value)], { key }), { ...formless, index: 1 });
    }
  });
}

test("a value that contains itself, and one that holds a bigint, say so", async () => {
  for (const value of [cycle(), { a: 1n }]) {
    const cyclic = { code: "ERR_ARGUMENT", message: /no JSON form: it contains itself, or a bigint/ };
    await assert.rejects(vault.encryptValue(value, { key }), cyclic);
    await assert.rejects(vault.encryptValues([1, 2, value], { key }), { ...cyclic, index: 2 });
  }
});

const back = async (/** @type {any} */ value) => vault.decryptValue(await vault.encryptValue(value, { key }));

test("what JSON gives back as it says is a value: class instances, what has toJSON, nothing at all", async () => {
  assert.deepEqual(await back(new Context()), { a: "b" });
  assert.equal(await back(new Date(0)), "1970-01-01T00:00:00.000Z");
  assert.deepEqual(await back(Object.create(null)), {});
  for (const value of [{}, [], null, "", 0, false, { a: undefined, b: [{}] }]) {
    assert.deepEqual(await back(value), JSON.parse(JSON.stringify(value)));
  }
});

/** Uploads a file that these options encrypt. @param {any} options */
function upload(options) {
  const uppy = new Uppy({ logger: { debug() {}, warn() {}, error() {} } }).use(Encryptor, options);
  uppy.addFile({ name: "a.txt", data: new Blob(["x"]), source: "test" });
  return uppy.upload();
}

/** Text whose JSON has so many bytes. @param {number} bytes */
const text = (bytes) => "a".repeat(bytes - 2);

test("the limit of a value is its token's, and the error says how much JSON that is", async () => {
  assert.equal((await back(text(785_000))).length, 784_998);
  const tooLarge = { code: "ERR_TOO_LARGE", message: /1 MiB of token, about 767 KiB of JSON.*as an object/ };
  await assert.rejects(vault.encryptValue(text(786_500), { key }), tooLarge);
});

test("callbacks that return something else are told so, by name", async () => {
  for (const returned of [undefined, null, new Map(), new Blob(["x"]), {}, "x"]) {
    const message = /what encrypt gives must be an object/;
    await assert.rejects(upload({ encrypt: async () => returned }), { code: "ERR_ARGUMENT", message }, String(returned));
  }
  const encrypt = (/** @type {any} */ data) => vault.encrypt(data, { key });
  for (const returned of [5, {}, new Map(), "", "\ud800"]) {
    const message = /what storedName gives/;
    const uploaded = upload({ encrypt, storedName: () => returned });
    await assert.rejects(uploaded, { code: "ERR_ARGUMENT", message }, String(returned));
  }
  const object = await vault.encrypt("x", { key });
  for (const returned of [undefined, new Map(), 5, {}]) {
    const fetchHeader = async () => /** @type {any} */ (returned);
    const { failures } = await vault.rewrap([{ id: object.id, header: "elsewhere" }], { fetchHeader }).run();
    assert.match(String(failures[0]?.error.cause), /header must be bytes or text/, String(returned));
  }
});

test("a store that returns something else is refused", async () => {
  for (const read of [undefined, null, new Map(), { sequence: "1", rows: [] }, { sequence: 1, rows: new Map() }]) {
    const store = { ...mapStore(), read: async () => /** @type {any} */ (read) };
    await assert.rejects(Strongroom.create({ name: "a", factors: [secret()], store }), (error) => /^ERR_(?!INTERNAL)/.test(error.code));
  }
});
