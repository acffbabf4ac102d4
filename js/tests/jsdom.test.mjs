/** The package in a test's DOM, whose Blobs have no streams and are none of Node's. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { window } from "./jsdom.mjs";
import { passphrase, Strongroom } from "strongroom";
import { code, mapStore, pattern, secret } from "./support.mjs";

assert.equal(globalThis.window, window);
/** @type {Awaited<ReturnType<typeof Strongroom.create>>} */
let vault;
const key = "photos";
const opened = async (/** @type {any} */ stored) => vault.decrypt(stored);

before(async () => {
  vault = await Strongroom.create({ name: "acme", factors: [secret()], store: mapStore() });
  await vault.keys.create({ alias: key });
  await vault.keys.create({ alias: "signer", purpose: "sign" });
});

test("without a store, what is missing is named", async () => {
  const made = Strongroom.create({ name: "acme", factors: [secret()] });
  await assert.rejects(made, { code: "ERR_STORAGE", message: /no IndexedDB here.*jsdom.*give a store/ });
});

test("jsdom's Files go in, and come out again", async () => {
  for (const size of [0, 5, 3_000_000]) {
    const bytes = pattern(size);
    const file = new File([bytes], "a.txt", { type: "text/plain", lastModified: 5 });
    const plain = await opened(await (await vault.encrypt(file, { key })).blob());
    assert.deepEqual({ ...plain.metadata }, { name: "a.txt", type: "text/plain", size, modified: 5 });
    const back = await plain.file();
    assert.ok(back instanceof File);
    assert.deepEqual(new Uint8Array(await back.arrayBuffer()), bytes);
  }
});

test("a class of Blobs with nothing but a FileReader is read, as jsdom's was before its release 27", async () => {
  const { arrayBuffer, text, bytes } = Blob.prototype;
  Object.assign(Blob.prototype, { arrayBuffer: undefined, text: undefined, bytes: undefined });
  try {
    const plain = await opened(await (await vault.encrypt(new File([pattern(2_000_000)], "a"), { key })).bytes());
    assert.equal((await plain.bytes()).length, 2_000_000);
    const restored = await Strongroom.restore(await vault.backup(), { name: "old", store: mapStore() });
    await restored.close();
  } finally {
    Object.assign(Blob.prototype, { arrayBuffer, text, bytes });
  }
});

test("parts are read out of a Blob", async () => {
  const plain = pattern(1_000_000);
  const object = await vault.openObject(await (await vault.encrypt(plain, { key })).blob());
  assert.deepEqual(await object.read(500_000, 100), plain.slice(500_000, 500_100));
});

test("an upload is resumed with jsdom's File", async () => {
  const file = new File([pattern(1_000_000)], "a");
  const object = await vault.encrypt(file, { key });
  const token = await object.resumeToken();
  const whole = await object.bytes();
  await object.close();
  assert.deepEqual(await (await vault.resume(token, file)).bytes(), whole);
});

test("it signs, locks, unlocks, restores and aborts", async () => {
  const token = await vault.sign("text", { key: "signer" });
  assert.equal(new TextDecoder().decode((await vault.verify(token)).payload), "text");
  const backup = await vault.backup();
  await vault.lock();
  await vault.unlock(passphrase(new TextEncoder().encode("correct horse battery staple")));
  const restored = await Strongroom.restore(backup, { name: "restored", store: mapStore() });
  await restored.unlock(secret());
  assert.deepEqual((await restored.keys.list()).map(({ alias }) => alias), [key, "signer"]);
  const signal = AbortSignal.abort();
  await assert.rejects(vault.encrypt("x", { key, signal }), code("ERR_ABORTED"));
});

test("where even TextEncoder is hidden, as Jest's jsdom does, the error says so", async () => {
  const { TextEncoder } = globalThis;
  Reflect.deleteProperty(globalThis, "TextEncoder");
  try {
    const made = Strongroom.create({ name: "b", factors: [secret()], store: mapStore() });
    await assert.rejects(made, { code: "ERR_UNSUPPORTED", message: /TextEncoder.*docs\/bundlers\.md/ });
  } finally {
    globalThis.TextEncoder = TextEncoder;
  }
});
