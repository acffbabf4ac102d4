/** Every public call refuses options that it does not know, and arguments of the wrong type, by an ArgumentError. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";
import Uppy from "@uppy/core";
import * as strongroom from "strongroom";
import { localUrl, revokeLocalUrl } from "strongroom/media";
import { abandonUpload, downloadFromS3, uploadToS3 } from "strongroom/s3";
import * as standalone from "strongroom/standalone";
import { forTus } from "strongroom/tus";
import { Encryptor } from "strongroom/uppy";
import { secret, vaultWithKey } from "./support.mjs";

const { Strongroom, StrongroomError } = strongroom;
const file = new Blob(["x"]);
/** @type {Awaited<ReturnType<typeof prepared>>} */
let at;

const never = async () => ({ url: "https://store.example/x" });
const prepare = (/** @type {any} */ one) => (typeof one === "function" ? one() : one);

/** An instance of a class that has what options have. */
class Options {
  key = "photos";
}

/** One of each thing that has calls. */
async function prepared() {
  const vault = await vaultWithKey();
  const key = await vault.keys.get("photos");
  const object = () => vault.encrypt(file, { key });
  const stored = await (await object()).blob();
  const plain = () => vault.decrypt(stored);
  const open = await vault.openObject(stored);
  const kek = await standalone.generateKey("A256KW");
  const report = await (await vault.keys.create({ alias: "old" })).version(1).revoke();
  const presigner = { put: never, create: never, part: never, complete: never, abort: never, get: never };
  return { vault, key, object, stored, plain, open, kek, report, presigner };
}

before(async () => {
  at = await prepared();
});

/** Each call that takes options, given the options; with one that it would take without the unknown one. */
const WITH_OPTIONS = {
  init: (options) => strongroom.init(options),
  "Strongroom.create": (options) => Strongroom.create({ name: "a", factors: [secret()], ...options }),
  "Strongroom.open": (options) => Strongroom.open({ name: "a", ...options }),
  "Strongroom.list": (options) => Strongroom.list(options),
  "Strongroom.exists": (options) => Strongroom.exists("a", options),
  "Strongroom.delete": (options) => Strongroom.delete("a", options),
  "Strongroom.restore": (options) => Strongroom.restore(new Uint8Array(1), options),

  wrapKey: (options) => standalone.wrapKey(at.kek, at.kek, options),
  unwrapKey: async (options) => standalone.unwrapKey(await standalone.wrapKey(at.kek, at.kek), at.kek, options),
  encrypt: (options) => standalone.encrypt("x", { recipients: at.kek, ...options }),
  decrypt: (options) => standalone.decrypt(at.stored, { identities: at.kek, ...options }),

  "vault.unlock": (options) => at.vault.unlock(secret(), options),
  "vault.merge": (options) => at.vault.merge(new Uint8Array(1), options),
  "vault.backup": (options) => at.vault.backup(options),
  "vault.rotateVaultKey": (options) => at.vault.rotateVaultKey(options),
  "vault.encrypt": (options) => at.vault.encrypt("x", { key: "photos", ...options }),
  "vault.encrypt metadata": (metadata) => at.vault.encrypt("x", { key: "photos", metadata }),
  "vault.encrypt sidecar": (options) =>
    at.vault.encrypt("x", { key: "photos", sidecar: { parent: "p", name: "n", ...options } }),
  "vault.resume": (options) => at.vault.resume("token", file, options),
  "vault.decrypt": (options) => at.vault.decrypt(at.stored, options),
  "vault.decrypt sidecar": (options) =>
    at.vault.decrypt(at.stored, { sidecar: { parent: "p", name: "n", ...options } }),
  "vault.inspect": async (options) => at.vault.inspect(await at.object(), options),
  "vault.openObject": (options) => at.vault.openObject(at.stored, options),
  "vault.openObject source": (options) => at.vault.openObject({ url: "https://store.example/x", ...options }),
  "vault.reencrypt": (options) => at.vault.reencrypt(at.stored, { key: "photos", ...options }),
  "vault.reencrypt from": (from) => at.vault.reencrypt(at.stored, { key: "photos", from }),
  "vault.encryptValue": (options) => at.vault.encryptValue(1, { key: "photos", ...options }),
  "vault.encryptValues": (options) => at.vault.encryptValues([1], { key: "photos", ...options }),
  "vault.decryptValue": async (options) =>
    at.vault.decryptValue(await at.vault.encryptValue(1, { key: "photos" }), options),
  "vault.decryptValues": async (options) =>
    at.vault.decryptValues(await at.vault.encryptValues([1], { key: "photos" }), options),
  "vault.sign": (options) => at.vault.sign("x", { key: "photos", ...options }),
  "vault.verify": (options) => at.vault.verify("a.b.c", options),
  "vault.track": (options) => at.vault.track({ header: at.open.id }, options),
  "vault.rewrap": (options) => at.vault.rewrap([], options).run(),

  "keys.create": (options) => at.vault.keys.create({ alias: "a", ...options }),
  "keys.import": (options) => at.vault.keys.import(new Uint8Array(32), { alias: "a", ...options }),
  "keys.createSession": (options) => at.vault.keys.createSession({ ttl: "PT1H", ...options }),
  "keys.list": (options) => at.vault.keys.list(options),
  "keys.page": (options) => at.vault.keys.page(options),
  "keys.due": (options) => at.vault.keys.due(0, options),
  "key.rotate": (options) => at.key.rotate(options),
  "key.update": (options) => at.key.update(options),
  "version.revoke": (options) => at.key.version(1).revoke(options),
  "key.scheduleDestroy": (options) => at.key.scheduleDestroy(options),
  "key.destroy": (options) => at.key.destroy(options),
  "key.dangerouslyExport": (options) => at.key.dangerouslyExport({ factor: secret(), ...options }),
  "report.rewrap": (options) => at.report.rewrap(options).run(),

  "objects.list": (options) => at.vault.objects.list(options),
  "objects.each": (options) => at.vault.objects.each(options).next(),
  "objects.page": (options) => at.vault.objects.page(options),
  "uploads.list": (options) => at.vault.uploads.list(options),
  "objects.untrack": (options) => at.vault.objects.untrack("x", options),

  "encrypted.stream": async (options) => (await at.object()).stream(options),
  "encrypted.parts": async (options) => (await at.object()).parts(options)[Symbol.asyncIterator]().next(),
  "encrypted.addSidecar": async (options) => (await at.object()).addSidecar("thumbnail", "x", options),
  "encrypted.track": async (options) => (await at.object()).track(options),
  "encrypted.resumeToken": async (options) => (await at.object()).resumeToken(options),
  "decrypted.blob": async (options) => (await at.plain()).blob(options),
  "open.stream": async (options) => at.open.stream(options),
  "open.read": async (options) => at.open.read(0, 1, options),

  uploadToS3: async (options) => uploadToS3(await at.object(), at.presigner, options),
  downloadFromS3: (options) => downloadFromS3(at.presigner, options),
  localUrl: (options) => localUrl(at.open, options),
  forTus: async (options) => forTus(await at.object(), options),
  Encryptor: async (options) => new Encryptor(new Uppy(), { encrypt: () => {}, ...options }),
};

/** Calls whose options are maps of any names: contexts and labels. */
const WITH_MAPS = {
  wrapKey: (context) => standalone.wrapKey(at.kek, at.kek, { context }),
  unwrapKey: (context) => standalone.unwrapKey("{}", at.kek, { context }),
  encrypt: (context) => standalone.encrypt("x", { recipients: at.kek, context }),
  decrypt: (context) => standalone.decrypt(at.stored, { identities: at.kek, context }),
  "vault.encrypt": (context) => at.vault.encrypt("x", { key: "photos", context }),
  "vault.resume": (context) => at.vault.resume("token", file, { context }),
  "vault.decrypt": (context) => at.vault.decrypt(at.stored, { context }),
  "vault.inspect": async (context) => at.vault.inspect(await at.object(), { context }),
  "vault.openObject": (context) => at.vault.openObject(at.stored, { context }),
  "vault.reencrypt": (context) => at.vault.reencrypt(at.stored, { key: "photos", context }),
  "vault.reencrypt from": (context) => at.vault.reencrypt(at.stored, { key: "photos", from: { context } }),
  "vault.encryptValue": (context) => at.vault.encryptValue(1, { key: "photos", context }),
  "vault.encryptValues": (context) => at.vault.encryptValues([1], { key: "photos", contexts: [context] }),
  "vault.decryptValue": (context) => at.vault.decryptValue("a.b.c.d.e", { context }),
  "vault.decryptValues": (context) => at.vault.decryptValues(["a.b.c.d.e"], { contexts: [context] }),
  "keys.create labels": (labels) => at.vault.keys.create({ alias: "a", labels }),
  "key.update labels": (labels) => at.key.update({ labels }),
};

/** Each call without what it needs, or with something else in its place. */
const WRONG = {
  "Strongroom.create": [[], [null], ["a"], [{}], [{ name: "a" }], [{ name: "a", factors: secret() }]],
  "Strongroom.open": [[], [null], ["a"], [{}], [{ name: 5 }], [{ name: "" }], [{ name: "a", store: {} }]],
  "Strongroom.list": [[null], ["a"]],
  "Strongroom.delete": [[], [null], [5], ["a", null]],
  "Strongroom.restore": [[], [null], ["a"], [{}], [new Uint8Array(1), null]],
  passphrase: [[], [null], [5], [""]],
  generateKey: [[], [null], ["RSA"]],
  importKey: [[], [null], [5], [""], [[]]],
  exportKey: [[], [null], ["a"]],
  dangerouslyExportKey: [[], [null], ["a"]],
  wrapKey: [[], [null], [() => at.kek], [() => at.kek, null], [() => at.kek, []], [() => at.kek, [5]]],
  unwrapKey: [[], [null], ["{}"], ["{}", null], ["{}", []], ["{}", [{}]]],
  encrypt: [[], ["x"], ["x", null], ["x", {}], ["x", { recipients: [] }]],
  decrypt: [[], [file], [file, null], [file, {}], [file, { identities: [] }]],

  "vault.unlock": [[], [null], ["a"], [{}], [secret(), null], [secret(), { signal: 5 }]],
  "vault.merge": [[], [null], ["a"], [{}], [new Uint8Array(1), null], [new Uint8Array(1), { factor: 5 }]],
  "vault.backup": [[null], ["a"], [{ signal: {} }]],
  "vault.rotateVaultKey": [[null], ["a"], [{ signal: {} }]],
  "vault.encrypt": [
    [],
    [file],
    [file, null],
    [file, {}],
    [undefined, { key: "photos" }],
    [null, { key: "photos" }],
    [5, { key: "photos" }],
    [file, { key: 5 }],
    [file, { key: "photos", header: "elsewhere" }],
    [file, { key: "photos", detached: "yes" }],
    [file, { key: "photos", signal: {} }],
    [file, { key: "photos", onProgress: 5 }],
    [file, { key: "photos", sidecar: "thumbnail" }],
    [file, { key: "photos", sidecar: {} }],
    [file, { key: "photos", metadata: { modified: "now" } }],
  ],
  "vault.resume": [[], ["a"], ["a", "b"], ["a", file, null], [5, file]],
  "vault.decrypt": [[], [null], ["x"], [5], [file, null], [file, { header: 5 }], [file, { expect: 5 }]],
  "vault.openObject": [[], [null], [5], [{}], [{ size: "x", read: () => {} }], [file, null]],
  "vault.reencrypt": [[], [file], [file, null], [file, {}], [file, { key: "photos", from: null }]],
  "vault.encryptValue": [[], [1], [1, null], [1, {}], [undefined, { key: "photos" }], [1n, { key: "photos" }]],
  "vault.encryptValues": [[], [[1]], [5, { key: "photos" }], [[1], {}], [[1], { key: "photos", contexts: {} }]],
  "vault.decryptValue": [[], [null], [5], ["x", null]],
  "vault.decryptValues": [[], [null], [5], ["x"], [[5]], [["x"], null], [["x"], { settle: "yes" }]],
  "vault.sign": [[], ["x"], ["x", null], ["x", {}], [5, { key: "photos" }], ["x", { key: "photos", typ: 5 }]],
  "vault.verify": [[], [null], [5], ["x", null], ["x", { key: 5 }]],
  "vault.track": [[], [null], [{}], ["x"], [{ header: "{}" }, null], [{ header: "{}" }, { location: 5 }]],
  "vault.shred": [[], [null], [5], [{}]],

  "keys.create": [[], [null], ["a"], [{}], [{ alias: 5 }], [{ alias: "a", labels: [] }]],
  "keys.import": [[], [new Uint8Array(32)], [new Uint8Array(31), { alias: "a" }], [5, { alias: "a" }], [null, { alias: "a" }]],
  "keys.createSession": [[], [null], [{}], [{ ttl: 5 }]],
  "keys.get": [[], [null], [5], [""]],
  "keys.list": [[null], ["a"], [{ label: 5 }], [{ signal: 5 }]],
  "keys.page": [[null], ["a"], [{ limit: "x" }]],
  "keys.due": [["x"], [NaN], [{}], [0, null], [0, { signal: 5 }]],
  "key.rotate": [[null], ["a"], [{ activate: "no" }]],
  "key.update": [[null], ["a"], [{ alias: 5 }], [{ rotateEvery: 5 }]],
  "version.revoke": [[null], ["a"], [{ reason: 5 }], [{ compromised: "yes" }]],
  "version.can": [[], [null], [5], [""], ["vanish"]],
  "key.scheduleDestroy": [[null], ["a"], [{ after: 5 }], [{ after: "soon" }], [{ force: 1 }]],
  "key.destroy": [[null], ["a"], [{ force: 1 }]],
  "key.dangerouslyExport": [[], [null], ["a"], [{}], [{ factor: "a" }]],

  "encrypted.stream": [[null], ["a"], [{ from: "x" }], [{ from: -1 }], [{ from: 1 }]],
  "encrypted.parts": [[null], ["a"], [{ size: 1 }], [{ size: "x" }], [{ from: 0 }]],
  "encrypted.addSidecar": [[], [null], ["thumbnail"], ["thumbnail", null], ["thumbnail", "x", null], ["", "x"]],
  "encrypted.track": [[null], ["a"], [{ size: "x" }]],
  "encrypted.resumeToken": [[null], ["a"], [{ location: 5 }], [{ signal: 5 }]],
  "encrypted.remember": [[], [null], [5]],
  "decrypted.blob": [[null], ["a"], [{ type: 5 }]],
  "open.read": [[], [0], ["x", 1], [0, "x"], [0, -1], [-1, 1], [0n, 1n], [0, 1, null], [0, 1, { signal: 5 }]],
  "open.stream": [[null], ["a"], [{ from: "x" }], [{ from: 1, to: 0 }], [{ signal: 5 }]],
  "rewrapping.run": [[null], ["a"]],

  "objects.list": [[null], ["a"], [{ signal: 5 }]],
  "objects.page": [[null], ["a"], [{ limit: "x" }], [{ signal: 5 }]],
  "objects.untrack": [[], [null], [5], ["a", null]],
  "uploads.list": [[null], ["a"], [{ signal: 5 }]],
  "uploads.remove": [[], [null], [5]],

  uploadToS3: [[], [null], [{}], [() => at.object()], [() => at.object(), {}], [() => at.object(), () => at.presigner, null]],
  downloadFromS3: [[], [null], [5], [{}], ["https://store.example/x", null]],
  abandonUpload: [[], [null], [{}], [() => at.object()]],
  localUrl: [[], [null], [{}], [() => at.open, null]],
  revokeLocalUrl: [[], [null], [5]],
  forTus: [[], [null], [{}], [() => at.object(), null]],
};

/** The function behind a name of the tables. @param {string} name */
async function callNamed(name) {
  const [owner, method = ""] = name.split(".");
  const owners = {
    Strongroom: () => Strongroom,
    vault: () => at.vault,
    keys: () => at.vault.keys,
    key: () => at.key,
    version: () => at.key.version(1),
    objects: () => at.vault.objects,
    uploads: () => at.vault.uploads,
    encrypted: () => at.object(),
    decrypted: () => at.plain(),
    open: () => at.open,
    rewrapping: () => at.vault.rewrap([]),
  };
  if (method) {
    const object = await owners[owner]();
    return (...given) => object[method](...given);
  }
  return { ...strongroom, ...standalone, uploadToS3, downloadFromS3, abandonUpload, localUrl, revokeLocalUrl, forTus }[owner];
}

/** @param {RegExp} message */
const refused = (message) => (/** @type {any} */ error) => {
  assert.ok(error instanceof StrongroomError, `${error?.name}: ${error?.message}`);
  assert.equal(error.code, "ERR_ARGUMENT", error.message);
  assert.match(error.message, message);
  return true;
};

const twin = (/** @type {object} */ members) => Object.defineProperty({ ...members }, "extra", { get: () => 1 });

for (const [name, call] of Object.entries(WITH_OPTIONS)) {
  test(`${name} refuses an option that it does not know, by its name`, async () => {
    await assert.rejects(async () => call({ contex: { a: "b" } }), refused(/unknown option `(\w+\.)?contex`/));
    await assert.rejects(async () => call({ [Symbol("s")]: 1 }), refused(/unknown option/));
    await assert.rejects(async () => call({ "\ud800": 1 }), refused(/unknown option|well-formed/));
  });
}

/** Calls whose options the table does not spread into others, so that they arrive as they are. */
const AS_GIVEN = Object.entries(WITH_OPTIONS).filter(([, call]) => !/\.\.\.options/.test(String(call)));

for (const [name, call] of AS_GIVEN) {
  test(`${name} takes options from plain objects alone`, async () => {
    for (const options of [null, new Map(), new Date(), new Headers(), new Options(), [], "x", 5]) {
      await assert.rejects(async () => call(options), refused(/must be a plain object|must not be null/));
    }
    await assert.rejects(async () => call(twin({})), refused(/accessors/));
  });
}

for (const [name, call] of Object.entries(WITH_MAPS)) {
  test(`${name} takes names and values from plain objects of strings alone`, async () => {
    for (const map of [null, new Map([["a", "b"]]), new Date(), new Headers(), [], "x", 5, twin({ a: "b" })]) {
      await assert.rejects(async () => call(map), refused(/must be a plain object|must not be null|accessors/));
    }
    for (const value of [undefined, null, 5, "\ud800", {}]) {
      await assert.rejects(async () => call({ a: value }), refused(/\.a must be a string|well-formed/));
    }
  });
}

for (const [name, table] of Object.entries(WRONG)) {
  test(`${name} says what is wrong with its arguments`, async () => {
    for (const given of table) {
      const args = await Promise.all(given.map(prepare));
      const call = await callNamed(name);
      await assert.rejects(
        async () => call(...args),
        refused(/./),
        `${name}(${args.map((one) => inspect(one, { depth: 0 })).join(", ")})`,
      );
    }
  });
}

test("options that are undefined are as if they were not there", async () => {
  const { vault, stored } = at;
  await vault.decrypt(stored, { context: undefined, header: undefined, signal: undefined, allowUnsigned: undefined });
  await vault.keys.list({ prefix: undefined });
  await vault.keys.list(undefined);
  assert.deepEqual(await Strongroom.list({ store: undefined }), await Strongroom.list());
});

test("options may come without a prototype, or from another realm", async () => {
  const bare = Object.assign(Object.create(null), { key: "photos" });
  await at.vault.encrypt("x", bare);
  const { runInNewContext } = await import("node:vm");
  await at.vault.encrypt("x", runInNewContext(`({ key: "photos", context: { a: "b" } })`));
});
