/** A device that computes wrongly: noticed before what it made takes the place of a file. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { code, pattern, vaultWithKey } from "./support.mjs";

const wrong = code("ERR_INTERNAL");
const { encrypt, decrypt } = SubtleCrypto.prototype;
let lied = 0;

/** Flips a bit of what one method of `crypto.subtle` gives, from its `first` call on. */
function lieIn(method, first = 0) {
  const honest = SubtleCrypto.prototype[method];
  let calls = 0;
  SubtleCrypto.prototype[method] = async function (...given) {
    const output = await honest.apply(this, given);
    if (calls++ >= first) {
      new Uint8Array(output)[output.byteLength >> 1] ^= 1;
      lied++;
    }
    return output;
  };
}

afterEach(() => {
  Object.assign(SubtleCrypto.prototype, { encrypt, decrypt });
  lied = 0;
});

test("a body that crypto.subtle encrypts wrongly is not given out", async () => {
  const vault = await vaultWithKey();
  lieIn("encrypt");
  for (const size of [4096, 300_000, 3_000_000]) {
    const object = await vault.encrypt(pattern(size), { key: "photos" });
    await assert.rejects(object.bytes(), wrong, `${size} bytes`);
  }
  const blob = new Blob([pattern(3_000_000)]);
  await assert.rejects((await vault.encrypt(blob, { key: "photos" })).blob(), wrong);
  assert.ok(lied >= 4);
  await vault.close();
});

test("a body that the crates encrypt is opened by crypto.subtle", async () => {
  const vault = await vaultWithKey();
  lieIn("decrypt");
  for (const size of [2049, 4095]) {
    const object = await vault.encrypt(pattern(size), { key: "photos" });
    await assert.rejects(object.bytes(), wrong, `${size} bytes`);
  }
  assert.equal(lied, 2);
  // What is smaller is opened by nobody else.
  const small = await vault.encrypt(pattern(2048), { key: "photos" });
  const bytes = await small.bytes();
  assert.equal(lied, 2);
  Object.assign(SubtleCrypto.prototype, { decrypt });
  assert.deepEqual(await (await vault.decrypt(bytes)).bytes(), pattern(2048));
  await vault.close();
});

test("what is computed rightly is opened once", async () => {
  const vault = await vaultWithKey();
  lieIn("decrypt", Infinity);
  for (const size of [0, 1, 2049, 4096, 3_000_000]) {
    const bytes = await (await vault.encrypt(pattern(size), { key: "photos" })).bytes();
    assert.deepEqual(await (await vault.decrypt(bytes)).bytes(), pattern(size));
  }
  await vault.close();
});
