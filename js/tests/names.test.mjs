/** Names are compared as they are: what looks alike is not the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { code, mapStore, secret } from "./support.mjs";

const composed = "caf\u00e9";
const decomposed = "cafe\u0301";

test("a vault's name in NFD is another than the same in NFC, and normalize() makes them one", async () => {
  assert.equal(decomposed.normalize(), composed);
  const store = mapStore();
  await (await Strongroom.create({ name: decomposed, factors: [secret()], store })).close();
  await assert.rejects(Strongroom.open({ name: composed, store }), code("ERR_NO_VAULT"));
  assert.equal(await Strongroom.exists(composed, { store }), false);
  assert.equal(await Strongroom.exists(decomposed, { store }), true);
  await (await Strongroom.create({ name: composed, factors: [secret()], store })).close();
  assert.deepEqual(new Set(await Strongroom.list({ store })), new Set([composed, decomposed]));
  const vault = await Strongroom.open({ name: decomposed.normalize(), factor: secret(), store });
  assert.equal(vault.name, composed);
});

test("aliases and contexts likewise, and passphrases not", async () => {
  const store = mapStore();
  const vault = await Strongroom.create({ name: "a", factors: [passphrase(`two ${composed}s`)], store });
  await vault.keys.create({ alias: decomposed });
  await assert.rejects(vault.keys.get(composed), code("ERR_NO_KEY"));
  const stored = await (await vault.encrypt("x", { key: decomposed, context: { a: composed } })).blob();
  await assert.rejects(vault.decrypt(stored, { context: { a: decomposed } }), code("ERR_CONTEXT"));
  await vault.lock();
  await vault.unlock(passphrase(`two ${decomposed}s`));
  assert.ok(vault.unlocked);
});
