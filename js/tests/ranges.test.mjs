/** Objects that are read in parts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, gather, pattern, secret, vaultWithKey } from "./support.mjs";

const SEGMENT = 262_144;
const MiB = 1024 * 1024;
const context = { film: "1" };

/** An object in memory that counts what is read of it. */
function counted(bytes) {
  const reads = [];
  const read = async (offset, length) => {
    reads.push([offset, length]);
    return bytes.subarray(offset, offset + length);
  };
  return { reads, source: { size: bytes.byteLength, read } };
}

async function stored(vault, plain, options = {}) {
  const object = await vault.encrypt(plain, { key: "photos", context, ...options });
  return { object, bytes: await object.bytes() };
}

test("any part is what the plaintext has there, for lengths around segments", async () => {
  const vault = await vaultWithKey();
  for (const length of [0, 1, 1000, SEGMENT - 57, SEGMENT - 56, SEGMENT - 55, 2 * SEGMENT, 1_500_000]) {
    const plain = pattern(length);
    const { object, bytes } = await stored(vault, plain);
    for (const source of [new Blob([bytes]), counted(bytes).source]) {
      const open = await vault.openObject(source, { context, expect: object.id });
      assert.deepEqual([open.id, open.size, open.origin], [object.id, length, "own"]);
      for (let round = 0; round < 20; round++) {
        const from = Math.floor(Math.random() * (length + 1));
        const count = Math.floor(Math.random() * (length + 1));
        assert.deepEqual(await open.read(from, count), plain.subarray(from, from + count));
      }
      assert.deepEqual(await gather(open.stream()), plain);
      assert.deepEqual(await gather(open.stream({ from: length >> 1 })), plain.subarray(length >> 1));
      open.close();
    }
  }
});

test("detached bodies open by their header, and by the header that the vault keeps", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(600_000);
  const { object, bytes } = await stored(vault, plain, { detached: true, metadata: { name: "a", type: "video/webm" } });
  const open = await vault.openObject(new Blob([bytes]), { context, header: object.header });
  assert.deepEqual(open.metadata, { name: "a", type: "video/webm", size: 600_000 });
  assert.deepEqual(await open.read(300_000, 10), plain.subarray(300_000, 300_010));
  const kept = await stored(vault, plain, { header: "vault" });
  const again = await vault.openObject(new Blob([kept.bytes]), { context, object: kept.object.id });
  assert.deepEqual(await again.read(599_990, 100), plain.subarray(599_990));
  await assert.rejects(vault.openObject(new Blob([bytes]), { context }), code("ERR_MALFORMED"));
});

test("only the segments that are needed are read, and each once", async () => {
  const vault = await vaultWithKey();
  const { bytes } = await stored(vault, pattern(20 * MiB));
  const { reads, source } = counted(bytes);
  const open = await vault.openObject(source, { context });
  assert.equal(reads.length, 2, "the beginning and the end");
  assert.ok(reads.reduce((sum, [, length]) => sum + length, 0) <= 16_384 + SEGMENT);
  reads.length = 0;
  await open.read(5 * MiB, 10);
  assert.deepEqual(reads.map(([, length]) => length), [SEGMENT]);
  await open.read(5 * MiB + 100, 10);
  await open.read(open.size - 10, 10);
  assert.equal(reads.length, 1, "it is kept");
});

test("reads side by side become one", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(20 * MiB);
  const { reads, source } = counted((await stored(vault, plain)).bytes);
  const open = await vault.openObject(source, { context });
  reads.length = 0;
  const places = [8, 9, 10, 9].map((segment) => segment * SEGMENT + 500);
  const parts = await Promise.all(places.map((at) => open.read(at, 100)));
  parts.forEach((part, at) => assert.deepEqual(part, plain.subarray(places[at], places[at] + 100)));
  assert.deepEqual(reads.map(([, length]) => length), [3 * SEGMENT]);
});

test("a stream asks for about 1 MiB at a time", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(10 * MiB);
  const { reads, source } = counted((await stored(vault, plain)).bytes);
  const open = await vault.openObject(source, { context });
  reads.length = 0;
  assert.deepEqual(await gather(open.stream({ from: 1000, to: 9 * MiB })), plain.subarray(1000, 9 * MiB));
  assert.ok(reads.length <= 10, `${reads.length} reads`);
  assert.ok(reads.reduce((sum, [, length]) => sum + length, 0) < 9.5 * MiB);
  // Only one step ahead of whoever reads.
  reads.length = 0;
  const reader = open.stream({ from: 2 * MiB }).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(reads.length, 2);
  await reader.cancel();
});

test("what was cut, extended or swapped gives nothing", async () => {
  const vault = await vaultWithKey();
  const { object, bytes } = await stored(vault, pattern(3 * SEGMENT), { detached: true });
  const open = (changed) => vault.openObject(new Blob([changed]), { context, header: object.header });
  for (let end = SEGMENT; end < bytes.byteLength; end += SEGMENT) {
    for (const length of [end - 1, end, end + 1]) {
      await assert.rejects(open(bytes.subarray(0, length)), code("ERR_DECRYPT"));
    }
  }
  for (const length of [0, 10, 40, 56]) await assert.rejects(open(bytes.subarray(0, length)), code("ERR_DECRYPT"));
  await assert.rejects(open(new Uint8Array([...bytes, 0])), code("ERR_DECRYPT"));
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(SEGMENT, 2 * SEGMENT), 2 * SEGMENT);
  swapped.set(bytes.subarray(2 * SEGMENT, 3 * SEGMENT), SEGMENT);
  const part = await open(swapped);
  assert.equal((await part.read(0, 10)).byteLength, 10);
  await assert.rejects(part.read(SEGMENT, 10), code("ERR_DECRYPT"));
});

test("another context, another object and an unproven writer are refused", async () => {
  const vault = await vaultWithKey();
  const { bytes } = await stored(vault, pattern(100));
  const blob = new Blob([bytes]);
  await assert.rejects(vault.openObject(blob, { context: { film: "2" } }), code("ERR_CONTEXT"));
  await assert.rejects(vault.openObject(blob, { context, expect: "A".repeat(43) }), code("ERR_DECRYPT"));
  for (const wrong of [undefined, 5, {}, { size: -1, read: () => {} }]) {
    await assert.rejects(vault.openObject(wrong, { context }), code("ERR_ARGUMENT"));
  }
});

test("an object that was replaced meanwhile is told apart from one that was tampered with", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(5 * SEGMENT);
  const first = await stored(vault, plain);
  const second = await stored(vault, plain);
  let bytes = first.bytes;
  const read = async (offset, length) => bytes.subarray(offset, offset + length);
  const source = { size: bytes.byteLength, read };
  const open = await vault.openObject(source, { context });
  bytes = second.bytes;
  await assert.rejects(open.read(SEGMENT, 10), code("ERR_CHANGED"));
  bytes = first.bytes.slice().fill(0, SEGMENT, 3 * SEGMENT);
  await assert.rejects(open.read(SEGMENT, 10), code("ERR_DECRYPT"));
  bytes = first.bytes;
  assert.deepEqual(await open.read(SEGMENT, 10), plain.subarray(SEGMENT, SEGMENT + 10));
});

test("a reader's failure is told with its cause, and reading again may work", async () => {
  const vault = await vaultWithKey();
  const { bytes } = await stored(vault, pattern(5 * SEGMENT));
  const cause = new Error("offline");
  let [offline, short] = [false, 0];
  const read = async (offset, length) => {
    if (offline) throw cause;
    return bytes.subarray(offset, offset + length - short);
  };
  const open = await vault.openObject({ size: bytes.byteLength, read }, { context });
  offline = true;
  await assert.rejects(open.read(SEGMENT, 10), (error) => error.code === "ERR_INPUT" && error.cause === cause);
  [offline, short] = [false, 1];
  await assert.rejects(open.read(SEGMENT, 10), code("ERR_INPUT"));
  short = 0;
  assert.equal((await open.read(SEGMENT, 10)).byteLength, 10);
});

test("ranges outside the object are refused; a read beyond the end gives what there is", async () => {
  const vault = await vaultWithKey();
  const { bytes } = await stored(vault, pattern(100));
  const open = await vault.openObject(new Blob([bytes]), { context });
  assert.equal((await open.read(90, 100)).byteLength, 10);
  assert.equal((await open.read(100, 100)).byteLength, 0);
  for (const [offset, length] of [[101, 1], [-1, 1], [0, -1], [0.5, 1], [NaN, 1]]) {
    await assert.rejects(open.read(offset, length), code("ERR_ARGUMENT"));
  }
  assert.throws(() => open.stream({ from: 5, to: 4 }), code("ERR_ARGUMENT"));
  assert.throws(() => open.stream({ to: 101 }), code("ERR_ARGUMENT"));
});

test("close, abort and lock end what waits and what comes later", async () => {
  const vault = await vaultWithKey();
  const { bytes } = await stored(vault, pattern(5 * SEGMENT));
  let never = false;
  const read = (offset, length) => (never ? new Promise(() => {}) : Promise.resolve(bytes.subarray(offset, offset + length)));
  const source = { size: bytes.byteLength, read };
  const [closed, aborted, locked] = await Promise.all([1, 2, 3].map(() => vault.openObject(source, { context })));
  never = true;
  const ended = [[closed, "ERR_CLOSED"], [locked, "ERR_LOCKED"]];
  const waiting = ended.map(([open, expected]) => assert.rejects(open.read(SEGMENT, 10), code(expected)));
  const controller = new AbortController();
  const reader = aborted.stream({ signal: controller.signal }).getReader();
  const stopped = assert.rejects(reader.read(), (error) => error.code === "ERR_ABORTED" && error.cause === "enough");
  await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort("enough");
  await stopped;
  closed.close();
  closed.close();
  await vault.lock();
  await Promise.all(waiting);
  for (const [open, expected] of ended) {
    await assert.rejects(open.read(0, 10), code(expected));
    await assert.rejects(gather(open.stream({ from: 5, to: 5 })), code(expected));
  }
  await assert.rejects(vault.openObject(source, { context }), code("ERR_LOCKED"));
  await vault.unlock(secret());
  await assert.rejects(locked.read(0, 10), code("ERR_LOCKED"));
});
