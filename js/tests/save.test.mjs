/** Saving a body through a stream: to its end, or aborted. Files of the browser's are in the browsers' suites. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, pattern, sharedVault } from "./support.mjs";

/** What a stream was given, and how it ended. */
function file() {
  const seen = { bytes: 0, closed: false, aborted: undefined };
  const stream = new WritableStream({
    write: (chunk) => void (seen.bytes += chunk.byteLength),
    close: () => void (seen.closed = true),
    abort: (reason) => void (seen.aborted = reason),
  });
  return { seen, stream };
}

/** A stream that takes nothing. */
function failing(error) {
  const write = async () => {
    throw error;
  };
  return new WritableStream({ write });
}

const plain = pattern(1_000_000);

async function stored() {
  const vault = await sharedVault();
  return { vault, bytes: await (await vault.encrypt(plain, { key: "photos" })).bytes() };
}

test("a body is written to the end of a stream, and the stream is closed", async () => {
  const { vault, bytes } = await stored();
  const object = await vault.decrypt(bytes);
  const { seen, stream } = file();
  await object.saveTo(stream);
  assert.deepEqual(seen, { bytes: plain.length, closed: true, aborted: undefined });
  const other = file();
  await assert.rejects(object.saveTo(other.stream), code("ERR_CONSUMED"));
  assert.equal(other.seen.aborted.code, "ERR_CONSUMED");
  const open = await vault.openObject(new Blob([bytes]));
  const third = file();
  await open.saveTo(third.stream);
  assert.deepEqual(third.seen, { bytes: plain.length, closed: true, aborted: undefined });
  open.close();
});

test("what is cut, changed or stopped aborts the stream, which is never closed", async () => {
  const { vault, bytes } = await stored();
  const changed = bytes.slice();
  changed[changed.length - 1] ^= 1;
  for (const bad of [changed, bytes.subarray(0, bytes.length - 300_000)]) {
    const { seen, stream } = file();
    await assert.rejects((await vault.decrypt(bad)).saveTo(stream), code("ERR_DECRYPT"));
    assert.deepEqual([seen.closed, seen.aborted.code], [false, "ERR_DECRYPT"]);
  }
  const { seen, stream } = file();
  const controller = new AbortController();
  const open = await vault.openObject(new Blob([bytes]));
  controller.abort();
  await assert.rejects(open.saveTo(stream, { signal: controller.signal }), code("ERR_ABORTED"));
  assert.deepEqual([seen.closed, seen.aborted.code], [false, "ERR_ABORTED"]);
  open.close();
});

test("a file that cannot be written is said to be one", async () => {
  const { vault, bytes } = await stored();
  const full = new DOMException("full", "QuotaExceededError");
  await assert.rejects((await vault.decrypt(bytes)).saveTo(failing(full)), code("ERR_QUOTA"));
  await assert.rejects((await vault.decrypt(bytes)).saveTo(failing(new Error("x"))), code("ERR_STORAGE"));
  const { stream } = file();
  stream.getWriter();
  await assert.rejects((await vault.decrypt(bytes)).saveTo(stream), code("ERR_STORAGE"));
  const object = await vault.decrypt(bytes);
  for (const bad of [undefined, null, "a.txt", {}]) await assert.rejects(object.saveTo(bad), code("ERR_ARGUMENT"));
  await assert.rejects(object.saveTo({ getFile: () => {} }), code("ERR_UNSUPPORTED"));
  assert.deepEqual(await object.bytes(), plain);
});
