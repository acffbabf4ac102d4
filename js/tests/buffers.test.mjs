/** Buffers that are not what they were while they are read: the reading ends, with an error that says so. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as standalone from "strongroom/standalone";
import { passphrase } from "strongroom";
import { code, pattern, vaultWithKey } from "./support.mjs";

/** More than what comes along with a call, so that it is read piece by piece. */
const SIZE = 6_000_000;
const LIMIT = { timeout: 20_000 };
const plain = pattern(SIZE);
/** @type {Awaited<ReturnType<typeof vaultWithKey>>} */
let vault;
before(async () => {
  vault = await vaultWithKey();
});

const sameBytes = (/** @type {Uint8Array} */ one, /** @type {Uint8Array} */ other) => Buffer.compare(one, other) === 0;

function resizable(Kind = ArrayBuffer) {
  const options = { maxByteLength: 2 * SIZE };
  const buffer = new /** @type {any} */ (Kind)(SIZE, options);
  new Uint8Array(buffer).set(plain);
  return buffer;
}

/** Reads the first bytes of the object, does that, and reads on. @param {any} input @param {() => void} meanwhile */
async function encryptedWhile(input, meanwhile) {
  const object = await vault.encrypt(input, { key: "photos" });
  const reader = object.stream().getReader();
  await reader.read();
  meanwhile();
  for (;;) if ((await reader.read()).done) return;
}

/** @type {[string, (buffer: any) => any][]} */
const VIEWS = [
  ["the buffer", (buffer) => buffer],
  ["a view of what there is", (buffer) => new Uint8Array(buffer)],
  ["a view of so many bytes", (buffer) => new Uint8Array(buffer, 0, SIZE)],
  ["a DataView", (buffer) => new DataView(buffer)],
  ["numbers of four bytes", (buffer) => new Float32Array(buffer, 0, SIZE / 4)],
];

for (const [what, view] of VIEWS) {
  test(`${what}, shrunk while it is read, is an error`, LIMIT, async () => {
    for (const left of [0, 1000, SIZE - 1]) {
      const buffer = resizable();
      await assert.rejects(encryptedWhile(view(buffer), () => buffer.resize(left)), code("ERR_CHANGED"), `to ${left}`);
    }
  });

  test(`${what}, moved elsewhere while it is read, is an error`, LIMIT, async () => {
    for (const buffer of [resizable(), plain.slice().buffer]) {
      const move = () => structuredClone(buffer, { transfer: [buffer] });
      await assert.rejects(encryptedWhile(view(buffer), move), code("ERR_CHANGED"));
    }
  });

  test(`${what}, moved elsewhere before, is refused`, async () => {
      const buffer = plain.slice().buffer;
    const input = view(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    await assert.rejects(vault.encrypt(input, { key: "photos" }), code("ERR_ARGUMENT"));
    await assert.rejects(vault.decrypt(input), code("ERR_ARGUMENT"));
  });
}

for (const [what, view] of VIEWS.filter(([name]) => !/so many|numbers/.test(name))) {
  test(`${what}, grown while it is read, is an error`, LIMIT, async () => {
    for (const Kind of [ArrayBuffer, SharedArrayBuffer]) {
      const buffer = resizable(Kind);
      const grow = () => (Kind === ArrayBuffer ? buffer.resize(SIZE + 1) : buffer.grow(SIZE + 1));
      await assert.rejects(encryptedWhile(view(buffer), grow), code("ERR_CHANGED"), Kind.name);
    }
  });
}

test("a view of so many bytes reads these, however its buffer grows", LIMIT, async () => {
  const buffer = resizable();
  const object = await vault.encrypt(new Uint8Array(buffer, 0, SIZE), { key: "photos" });
  buffer.resize(2 * SIZE);
  const opened = await vault.decrypt(await object.blob());
  assert.ok(sameBytes(await opened.bytes(), plain));
});

test("a view that its buffer no longer reaches is refused, not read as empty", async () => {
  for (const Kind of [Uint8Array, DataView, Float32Array]) {
    const buffer = resizable();
    const view = new Kind(buffer, SIZE / 2, 4);
    buffer.resize(1000);
    await assert.rejects(vault.encrypt(view, { key: "photos" }), code("ERR_ARGUMENT"), Kind.name);
  }
});

test("shared memory that another thread writes to is read once: what is encrypted decrypts", LIMIT, async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(SIZE));
  shared.set(plain);
  const object = await vault.encrypt(shared, { key: "photos" });
  const reader = object.stream().getReader();
  const chunks = [];
  for (let at = 1; ; at++) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    shared.fill(at);
  }
  const opened = await (await vault.decrypt(new Blob(chunks))).bytes();
  assert.equal(opened.length, SIZE);
  assert.deepEqual(opened.subarray(0, 1000), pattern(1000));
});

/** A small array whose buffer was moved elsewhere: it has no bytes any more, and is not meant to be empty. */
function moved() {
  const bytes = pattern(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

test("bytes that were moved elsewhere are refused wherever bytes are taken", async () => {
  await vault.keys.create({ alias: "signer", purpose: "sign" });
  const stored = await (await vault.encrypt("x", { key: "photos", detached: true })).blob();
  const { Strongroom } = await import("strongroom");
  /** @type {Record<string, () => unknown>} */
  const calls = {
    passphrase: () => passphrase(moved()),
    restore: () => Strongroom.restore(moved()),
    "restore of a buffer": () => Strongroom.restore(moved().buffer),
    import: () => vault.keys.import(moved(), { alias: "a" }),
    sign: () => vault.sign(moved(), { key: "signer" }),
    header: () => vault.decrypt(stored, { header: moved() }),
    track: () => vault.track({ header: moved() }),
    sidecar: async () => (await vault.encrypt("x", { key: "photos" })).addSidecar("thumbnail", moved()),
    standalone: async () => standalone.encrypt(moved(), { recipients: await standalone.generateKey("A256KW") }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(async () => call(), code("ERR_ARGUMENT"), name);
  }
});
