import assert from "node:assert/strict";
import { test } from "node:test";
import { code, gather, pattern, sharedVault, streamOf, vaultWithKey } from "./support.mjs";

const SEGMENT = 262_144;
const context = { album: "42" };

test("what was encrypted decrypts, for lengths around segments", async () => {
  const vault = await sharedVault();
  for (const length of [0, 1, SEGMENT - 56, SEGMENT - 55, 2 * SEGMENT, 1_500_000]) {
    const plain = pattern(length);
    const object = await vault.encrypt(plain, { key: "photos", context });
    const stored = await object.bytes();
    assert.equal(stored.byteLength, object.size);
    const opened = await vault.decrypt(stored, { context });
    assert.equal(opened.size, length);
    assert.equal(opened.id, object.id);
    assert.deepEqual(await opened.bytes(), plain);
  }
});

test("every kind of input gives the same plaintext back", async () => {
  const vault = await sharedVault();
  const plain = pattern(700_001);
  const around = new Uint8Array(plain.length + 20);
  around.set(plain, 7);
  const view = around.subarray(7, 7 + plain.length);
  const shared = new Uint8Array(new SharedArrayBuffer(plain.length));
  shared.set(plain);
  const inputs = [
    plain,
    view,
    plain.buffer,
    new DataView(around.buffer, 7, plain.length),
    Buffer.from(plain),
    shared,
    shared.buffer,
    new Blob([plain]),
    new File([plain], "a.bin"),
    streamOf(plain, 1000).stream,
    streamOf(plain, 700_001).stream,
  ];
  for (const input of inputs) {
    const stored = await (await vault.encrypt(input, { key: "photos" })).blob();
    assert.deepEqual(await (await vault.decrypt(stored)).bytes(), plain);
  }
  assert.equal(view.byteLength, plain.length);
  assert.equal(around.buffer.byteLength, plain.length + 20);
});

test("ciphertext comes as bytes, Blob, stream or Response", async () => {
  const vault = await sharedVault();
  const plain = pattern(600_000);
  const stored = await (await vault.encrypt(plain, { key: "photos" })).bytes();
  const inputs = [stored, new Blob([stored]), streamOf(stored, 777).stream, new Response(stored)];
  for (const input of inputs) {
    assert.deepEqual(await gather((await vault.decrypt(input)).stream()), plain);
  }
  await assert.rejects(vault.decrypt(new Response("", { status: 404 })), code("ERR_INPUT"));
});

test("a string is UTF-8 text, and text() gives it back", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt("\ufeffgrüße 🔑", { key: "photos" });
  const opened = await vault.decrypt(await object.bytes());
  assert.equal(opened.metadata.type, "text/plain");
  assert.equal(await opened.text(), "\ufeffgrüße 🔑");
  await assert.rejects(vault.encrypt("\ud800", { key: "photos" }), code("ERR_ARGUMENT"));
});

test("a file's name, type, size and date travel inside; the caller may override them", async () => {
  const vault = await sharedVault();
  const file = new File(["%PDF"], "a.pdf", { type: "application/pdf", lastModified: 1234 });
  const stored = await (await vault.encrypt(file, { key: "photos" })).blob();
  assert.deepEqual((await vault.decrypt(stored)).metadata, {
    name: "a.pdf",
    type: "application/pdf",
    size: 4,
    modified: 1234,
  });
  const metadata = { name: "b.pdf", modified: undefined };
  const renamed = await (await vault.encrypt(file, { key: "photos", metadata })).blob();
  assert.deepEqual((await vault.decrypt(renamed)).metadata, {
    name: "b.pdf",
    type: "application/pdf",
    size: 4,
  });
});

test("blob() takes a harmless type only, unless told", async () => {
  const vault = await sharedVault();
  const typeOf = async (type, options) => {
    const stored = await (await vault.encrypt(new Blob(["x"], { type }), { key: "photos" })).blob();
    return (await (await vault.decrypt(stored)).blob(options)).type;
  };
  assert.equal(await typeOf("image/png"), "image/png");
  assert.equal(await typeOf("text/plain;charset=utf-8"), "text/plain");
  assert.equal(await typeOf("image/svg+xml"), "application/octet-stream");
  assert.equal(await typeOf("text/html"), "application/octet-stream");
  assert.equal(await typeOf("text/html", { type: "text/html" }), "text/html");
});

test("a body is consumed once and can be closed twice", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt("once", { key: "photos" });
  const stored = await object.bytes();
  await assert.rejects(object.bytes(), code("ERR_CONSUMED"));
  assert.throws(() => object.stream(), code("ERR_CONSUMED"));
  const opened = await vault.decrypt(stored);
  opened.close();
  opened.close();
  await assert.rejects(opened.text(), code("ERR_CLOSED"));
});

test("a detached header is kept apart, and one that is given overrides the embedded one", async () => {
  const vault = await sharedVault();
  const plain = pattern(300_000);
  const object = await vault.encrypt(plain, { key: "photos", detached: true });
  const { header, size } = object;
  const body = await object.bytes();
  assert.equal(body.byteLength, size);
  assert.equal(body[0], 40);
  assert.deepEqual(await (await vault.decrypt(body, { header })).bytes(), plain);
  const text = new TextDecoder().decode(header);
  assert.deepEqual(await (await vault.decrypt(body, { header: text })).bytes(), plain);
  await assert.rejects(vault.decrypt(body), code("ERR_MALFORMED"));

  const other = await (await vault.encrypt(plain, { key: "photos" })).bytes();
  const mismatched = await vault.decrypt(other, { header });
  assert.equal(mismatched.id, object.id);
});

test("an abort rejects with the signal's reason, and lets go of the input", async () => {
  const vault = await sharedVault();
  const { stream, seen } = streamOf(pattern(32 * SEGMENT), 100_000);
  const abort = new AbortController();
  const object = await vault.encrypt(stream, { key: "photos", signal: abort.signal });
  const reader = object.stream().getReader();
  await reader.read();
  abort.abort("enough");
  await assert.rejects(reader.read(), (error) => {
    assert.equal(error.name, "AbortError");
    assert.equal(error.code, "ERR_ABORTED");
    assert.equal(error.cause, "enough");
    return true;
  });
  assert.equal(seen.cancelled?.code, "ERR_ABORTED");
  const signal = AbortSignal.abort();
  await assert.rejects(vault.encrypt("x", { key: "photos", signal }), code("ERR_ABORTED"));
});

test("progress counts the input's bytes up to its total", async () => {
  const vault = await vaultWithKey();
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const object = await vault.encrypt(pattern(6_000_000), { key: "photos", onProgress });
  await object.bytes();
  assert.deepEqual(seen.at(-1), { done: 6_000_000, total: 6_000_000 });
  assert.ok(seen.length >= 3);
});

test("a stream that breaks is an input error with its cause", async () => {
  const vault = await sharedVault();
  const cause = new TypeError("network down");
  const stream = new ReadableStream({ pull: (controller) => controller.error(cause) });
  const object = await vault.encrypt(stream, { key: "photos" });
  await assert.rejects(object.bytes(), (error) => {
    assert.equal(error.code, "ERR_INPUT");
    assert.equal(error.cause, cause);
    return true;
  });
});

test("tampering and truncation show in the body", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt(pattern(600_000), { key: "photos" });
  const stored = await object.bytes();
  const flipped = stored.slice();
  flipped[stored.length - 1] ^= 1;
  await assert.rejects((await vault.decrypt(flipped)).bytes(), code("ERR_DECRYPT"));
  const cut = stored.slice(0, -100_000);
  await assert.rejects((await vault.decrypt(cut)).blob(), code("ERR_DECRYPT"));
});

test("another context and another object are told from tampering", async () => {
  const vault = await sharedVault();
  const stored = await (await vault.encrypt("x", { key: "photos", context })).bytes();
  await assert.rejects(vault.decrypt(stored, { context: { album: "43" } }), code("ERR_CONTEXT"));
  await assert.rejects(vault.decrypt(stored), code("ERR_CONTEXT"));
  await assert.rejects(
    vault.decrypt(stored, { context, expect: "A".repeat(43) }),
    code("ERR_DECRYPT"),
  );
  await assert.rejects(
    vault.encrypt("x", { key: "photos", context: { a: "\udc00" } }),
    code("ERR_ARGUMENT"),
  );
  await assert.rejects(vault.encrypt("x", { key: "photos", context: { a: 1 } }), code("ERR_ARGUMENT"));
});

test("a body of a size that no plaintext has announces none, and does not open", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt(pattern(300_000), { key: "photos", detached: true });
  const { header } = object;
  const body = await object.bytes();
  // A second segment has a tag of 16 bytes, and one byte at least.
  for (let length = 262_145; length <= 262_160; length++) {
    const cut = await vault.decrypt(body.subarray(0, length), { header });
    assert.equal(cut.size, undefined, `${length} bytes`);
    await assert.rejects(cut.bytes(), code("ERR_DECRYPT"), `${length} bytes`);
  }
  const sizes = [
    [262_144, 262_088],
    [262_161, 262_089],
  ];
  for (const [length, size] of sizes) {
    const cut = await vault.decrypt(body.subarray(0, length), { header });
    assert.equal(cut.size, size);
    await assert.rejects(cut.bytes(), code("ERR_DECRYPT"));
  }
});

test("an object is read as JSON, as a File and as an ArrayBuffer", async () => {
  const vault = await sharedVault();
  const file = new File([`{"a":[1,"ü"]}`], "a.json", { type: "application/json", lastModified: 1_700_000_000_000 });
  const stored = await (await vault.encrypt(file, { key: "photos" })).arrayBuffer();
  assert.ok(stored instanceof ArrayBuffer);
  const opened = () => vault.decrypt(stored);

  assert.deepEqual(await (await opened()).json(), { a: [1, "ü"] });
  const same = await (await opened()).file();
  assert.ok(same instanceof File);
  assert.deepEqual([same.name, same.lastModified], [file.name, file.lastModified]);
  assert.equal(same.type, "application/octet-stream");
  assert.equal(await same.text(), await file.text());
  const renamed = await (await opened()).file({ name: "b.json", type: "application/json" });
  assert.deepEqual([renamed.name, renamed.type], ["b.json", "application/json"]);
  assert.deepEqual(Buffer.from(await (await opened()).arrayBuffer()), Buffer.from(await file.arrayBuffer()));

  const noJson = await vault.decrypt(await (await vault.encrypt("no", { key: "photos" })).bytes());
  await assert.rejects(noJson.json(), code("ERR_MALFORMED"));
  const plain = await opened();
  await plain.json();
  await assert.rejects(plain.json(), code("ERR_CONSUMED"));
});
