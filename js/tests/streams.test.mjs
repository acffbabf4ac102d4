/** Only its end ends a stream, and only bytes are bytes: nothing that a caller gives is cut without an error. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, gather, pattern, vaultWithKey } from "./support.mjs";

/** A stream that gives these, one after the other. @param {unknown[]} chunks */
function streamOfAny(chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const encrypted = async (/** @type {any} */ vault, /** @type {any} */ input) =>
  (await vault.encrypt(input, { key: "photos" })).blob();

for (const odd of [undefined, null, 0, "", "bytes", [1, 2], {}, new ArrayBuffer(2)]) {
  const name = odd instanceof ArrayBuffer ? "an ArrayBuffer" : String(JSON.stringify(odd));

  test(`a stream that gives ${name} between its bytes is refused, wherever it stands`, async () => {
    const vault = await vaultWithKey();
    const bytes = pattern(100_000);
    for (const chunks of [[odd], [odd, bytes], [bytes, odd], [bytes, odd, bytes]]) {
      await assert.rejects(encrypted(vault, streamOfAny(chunks)), code("ERR_ARGUMENT"));
    }
  });

  test(`ciphertext from a stream that gives ${name} is refused`, async () => {
    const vault = await vaultWithKey();
    const stored = new Uint8Array(await (await encrypted(vault, pattern(100_000))).arrayBuffer());
    for (const at of [0, 10, 500, 60_000, stored.length]) {
      const opening = async () => {
        const stream = streamOfAny([stored.slice(0, at), odd, stored.slice(at)]);
        await (await vault.decrypt(stream)).bytes();
      };
      await assert.rejects(opening, code("ERR_ARGUMENT"), `at ${at}`);
    }
  });
}

test("empty chunks end nothing", async () => {
  const vault = await vaultWithKey();
  const empty = new Uint8Array(0);
  const chunks = [empty, pattern(10), empty, empty, pattern(20), empty];
  const stored = await encrypted(vault, streamOfAny(chunks));
  const opened = await gather((await vault.decrypt(stored)).stream());
  assert.deepEqual(opened, new Uint8Array([...pattern(10), ...pattern(20)]));
});

test("a Blob whose stream gives no bytes between its bytes is refused", async () => {
  const vault = await vaultWithKey();
  class Odd extends Blob {
    /** @returns {any} */
    stream() {
      const chunks = [{ value: pattern(10) }, { value: undefined }, { value: pattern(10) }];
      const read = async () => ({ done: chunks.length === 0, ...chunks.shift() });
      const getReader = (/** @type {any} */ options) => {
        if (options) throw new TypeError("no byte stream");
        return { read, cancel: async () => {} };
      };
      return { getReader };
    }
  }
  await assert.rejects(encrypted(vault, new Odd([pattern(20)])), code("ERR_INPUT"));
});

test("a caller's reader that gives no bytes is refused", async () => {
  const vault = await vaultWithKey();
  const { size } = await encrypted(vault, pattern(1000));
  for (const given of [undefined, null, "", [], {}, new Uint8Array(0), new ArrayBuffer(size)]) {
    const read = async () => /** @type {any} */ (given);
    await assert.rejects(vault.openObject({ size, read }), code("ERR_INPUT"));
  }
});
