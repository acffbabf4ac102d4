/** Arguments that say one thing when they are checked and another when they are used, and stores that do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as strongroom from "strongroom";
import * as standalone from "strongroom/standalone";
import { secret, sharedVault, vaultWithKey } from "./support.mjs";

const { Strongroom, passphrase } = strongroom;
const refused = { code: "ERR_ARGUMENT" };

/** A list whose second item is a hole. */
function holed(/** @type {any} */ first) {
  const list = [first];
  list.length = 2;
  return list;
}

test("a hole in a list is refused as an item, and nothing is stored", async () => {
  const vault = await vaultWithKey();
  await assert.rejects(Strongroom.create({ name: "holes", factors: holed(secret()) }), refused);
  assert.equal(await Strongroom.exists("holes"), false);
  await assert.rejects(vault.encryptValues(holed("a"), { key: "photos" }), refused);
  await assert.rejects(vault.decryptValues(holed("a")), refused);
  const key = await standalone.generateKey("A256KW");
  await assert.rejects(standalone.wrapKey(key, holed(key)), refused);
  assert.ok(vault.unlocked);
});

test("a passphrase whose buffer was emptied is none", async () => {
  const buffer = Reflect.construct(ArrayBuffer, [4, { maxByteLength: 4 }]);
  const emptied = passphrase(new Uint8Array(buffer));
  buffer.resize(0);
  await assert.rejects(Strongroom.create({ name: "emptied", factors: [emptied] }), refused);
  assert.equal(await Strongroom.exists("emptied"), false);
});

test("options that are changed after the call change nothing of it", async () => {
  const vault = await vaultWithKey();
  const options = { alias: "a" };
  const first = vault.keys.ensure(options);
  options.alias = "b";
  assert.equal((await first).alias, "a");

  const key = await standalone.generateKey("A256KW");
  const [context, recipients] = [{ file: "a" }, [key]];
  const encrypting = standalone.encrypt("x", { recipients, context });
  context.file = "b";
  recipients.pop();
  const stored = await (await encrypting).blob();
  const opened = await standalone.decrypt(stored, { identities: key, context: { file: "a" } });
  assert.equal(await opened.text(), "x");
});

test("options that inherit members are no plain object", async () => {
  const vault = await sharedVault();
  const base = Object.assign(Object.create(null), { context: { a: "b" } });
  const inheriting = Object.assign(Object.create(base), { key: "photos" });
  await assert.rejects(vault.encrypt("x", inheriting), refused);
});

test("what has no JSON form is an argument's error", async () => {
  const vault = await vaultWithKey();
  const jwk = /** @type {any} */ ({ kty: "oct", k: 1n });
  await assert.rejects(vault.keys.import(jwk, { alias: "a" }), refused);
  await assert.rejects(vault.keys.due(/** @type {any} */ (Symbol("now"))), refused);
});
