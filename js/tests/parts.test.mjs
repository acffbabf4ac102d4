import assert from "node:assert/strict";
import { test } from "node:test";
import { code, pattern, sharedVault, streamOf } from "./support.mjs";

const MiB = 1024 * 1024;

async function all(parts) {
  const made = [];
  for await (const part of parts) made.push(part);
  return made;
}

test("parts are the object, cut", async () => {
  const vault = await sharedVault();
  const plain = pattern(17 * MiB);
  for (const input of [plain, streamOf(plain, 100_000).stream]) {
    const object = await vault.encrypt(input, { key: "photos" });
    const parts = await all(object.parts());
    assert.deepEqual(
      parts.map(({ number, offset, last }) => ({ number, offset, last })),
      [
        { number: 1, offset: 0, last: false },
        { number: 2, offset: 8 * MiB, last: false },
        { number: 3, offset: 16 * MiB, last: true },
      ],
    );
    const stored = new Blob(parts.map(({ blob }) => blob));
    assert.deepEqual(await (await vault.decrypt(stored)).bytes(), plain);
  }
});

test("a full part is the last when nothing follows", async () => {
  const vault = await sharedVault();
  const encrypted = (plain) => vault.encrypt(new Uint8Array(plain), { key: "photos" });
  let plain = 10 * MiB;
  // What is added grows with the plaintext: the second guess is right.
  for (let guess = 0; guess < 2; guess++) plain -= (await encrypted(plain)).size - 10 * MiB;
  const object = await encrypted(plain);
  const parts = await all(object.parts({ size: 5 * MiB }));
  assert.deepEqual(parts.map(({ blob, last }) => [blob.size, last]), [[5 * MiB, false], [5 * MiB, true]]);
});

test("parts are made once, and end with their object", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt(pattern(12 * MiB), { key: "photos" });
  for (const size of [5 * MiB - 1, 5 * 1024 * MiB + 1, NaN]) {
    assert.throws(() => object.parts({ size }), code("ERR_ARGUMENT"));
  }
  for await (const { blob } of object.parts({ size: 5 * MiB + 1 })) {
    assert.equal(blob.size, 6 * MiB);
    break;
  }
  assert.throws(() => object.parts(), code("ERR_CONSUMED"));
  const closed = await vault.encrypt(pattern(12 * MiB), { key: "photos" });
  const parts = closed.parts();
  closed.close();
  await assert.rejects(all(parts), code("ERR_CLOSED"));
});
