/** What a File says of itself never makes encryption fail; what a caller says of it may. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as standalone from "strongroom/standalone";
import { code, sharedVault, vaultWithKey } from "./support.mjs";

/** A File that says what no browser of today says, and what some said. @param {object} facts */
function odd(facts) {
  const file = new File(["x"], "a.txt", { type: "text/plain", lastModified: 1234 });
  const described = Object.entries(facts).map(([name, value]) => [name, { value }]);
  return Object.defineProperties(file, Object.fromEntries(described));
}

const plain = { name: "a.txt", type: "text/plain", size: 1, modified: 1234 };
const without = (/** @type {string} */ name) =>
  Object.fromEntries(Object.entries(plain).filter(([member]) => member !== name));

/** @type {[string, object, object][]} */
const ODD = [
  ["a date before 1970", { lastModified: -2_082_844_800_000 }, without("modified")],
  ["a date of part of a millisecond", { lastModified: 1234.75 }, plain],
  ["no date", { lastModified: NaN }, without("modified")],
  ["a date without end", { lastModified: Infinity }, without("modified")],
  ["a date that no Date can hold", { lastModified: 8_640_000_000_000_001 }, without("modified")],
  ["a date of another kind", { lastModified: "yesterday" }, without("modified")],
  ["a date that is missing", { lastModified: undefined }, without("modified")],
  ["a name with half a character", { name: "a\ud800.txt" }, { ...plain, name: "a\ufffd.txt" }],
  ["a name of another kind", { name: 5 }, without("name")],
  ["a name that is missing", { name: undefined }, without("name")],
  ["an empty name", { name: "" }, { ...plain, name: "" }],
  ["a name without end", { name: "a".repeat(2_000_000) }, { ...plain, name: "a".repeat(1024) }],
  ["a name that is too long by half a character", { name: `${"a".repeat(1023)}😀` }, { ...plain, name: "a".repeat(1023) }],
  ["a type with half a character", { type: "text/\udc00" }, without("type")],
  ["a type of another kind", { type: 5 }, without("type")],
  ["a type without end", { type: "a".repeat(2_000_000) }, without("type")],
];

for (const [what, facts, expected] of ODD) {
  test(`a file of ${what} is encrypted`, async () => {
    const vault = await sharedVault();
    const object = await vault.encrypt(odd(facts), { key: "photos" });
    const opened = await vault.decrypt(await object.blob());
    assert.deepEqual({ ...opened.metadata }, expected);
    assert.equal(await opened.text(), "x");
  });
}

test("a file of an odd date and name has a resumable upload, a sidecar, and goes to recipients without a vault", async () => {
  const vault = await vaultWithKey();
  const file = odd({ lastModified: -1, name: "\ud800" });
  const object = await vault.encrypt(file, { key: "photos" });
  const token = await object.resumeToken();
  const [upload] = await vault.uploads.list();
  assert.equal(upload?.name, "\ufffd");
  await (await vault.resume(token, file)).close();
  const sidecar = await (await vault.encrypt("x", { key: "photos" })).addSidecar("thumbnail", file);
  await sidecar.close();
  const key = await standalone.generateKey("A256KW");
  await (await standalone.encrypt(file, { recipients: key })).close();
});

test("what the caller says in place of the file holds", async () => {
  const vault = await sharedVault();
  const metadata = { name: "b.txt", modified: 5 };
  const object = await vault.encrypt(odd({ lastModified: -1, name: 5 }), { key: "photos", metadata });
  const opened = await vault.decrypt(await object.blob());
  assert.deepEqual({ ...opened.metadata }, { ...plain, name: "b.txt", modified: 5 });
});

/** @type {[object, RegExp][]} */
const REFUSED = [
  [{ modified: -1 }, /metadata\.modified must be whole milliseconds since 1970/],
  [{ modified: 1.5 }, /metadata\.modified/],
  [{ modified: NaN }, /metadata\.modified/],
  [{ modified: 8_640_000_000_000_001 }, /metadata\.modified/],
  [{ modified: new Date(5) }, /metadata\.modified/],
  [{ name: "\ud800" }, /metadata\.name is not well-formed/],
  [{ name: 5 }, /metadata\.name must be a string/],
];

test("what the caller says, and is wrong, is refused by its name", async () => {
  const vault = await vaultWithKey();
  const stored = await (await vault.encrypt("x", { key: "photos" })).blob();
  for (const [metadata, message] of REFUSED) {
    for (const call of [
      () => vault.encrypt("x", { key: "photos", metadata }),
      () => vault.reencrypt(stored, { key: "photos", metadata }),
    ]) {
      await assert.rejects(call, (error) => code("ERR_ARGUMENT")(error) && message.test(error.message));
    }
  }
});

test("a name that the caller gives is not cut: one that no header has room for is refused", async () => {
  const vault = await sharedVault();
  const long = "a".repeat(5000);
  const object = await vault.encrypt("x", { key: "photos", metadata: { name: long } });
  assert.equal((await vault.decrypt(await object.blob())).metadata?.name, long);
  const metadata = { name: "a".repeat(2_000_000) };
  await assert.rejects(vault.encrypt("x", { key: "photos", metadata }), code("ERR_TOO_LARGE"));
});
