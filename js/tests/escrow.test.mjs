import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { escrow, escrowKey, passphrase, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret, unlockNoted } from "./support.mjs";

/** An organisation's pair, as JWKs. */
async function organisation() {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const [publicJwk, privateJwk] = await Promise.all([pair.publicKey, pair.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  return { publicJwk, privateJwk };
}

async function escrowedVault() {
  const [keys, store] = [await organisation(), testingStore()];
  const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow(keys.publicJwk)], store });
  return { ...keys, vault, store };
}

test("the organisation opens a vault whose owner is gone, and gives it a passphrase", async () => {
  const { vault, publicJwk, privateJwk } = await escrowedVault();
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [lost, held] = await vault.factors.list();
  assert.deepEqual([lost.kind, lost.key, held.kind, held.known], ["passphrase", undefined, "escrow", true]);
  const { x, y } = publicJwk;
  const members = new TextEncoder().encode(JSON.stringify({ crv: "P-256", kty: "EC", x, y }));
  assert.equal(held.key.thumbprint, Buffer.from(await crypto.subtle.digest("SHA-256", members)).toString("base64url"));
  const backup = await vault.backup();
  await vault.lock();

  const restored = await Strongroom.restore(backup, { store: testingStore() });
  await unlockNoted(restored, escrowKey(privateJwk));
  assert.equal(await restored.decryptValue(token), "kept");
  await restored.factors.replace(lost.id, passphrase("another passphrase"), { factor: escrowKey(JSON.stringify(privateJwk)) });
  await restored.lock();
  await restored.unlock(passphrase("another passphrase"));
});

test("whoever knows the public key makes a vault that it opens, and by the noted identity it is told", async () => {
  const [{ vault, privateJwk, publicJwk }, store] = [await escrowedVault(), testingStore()];
  const identity = await vault.identity();
  const forged = await Strongroom.create({ name: "forged", factors: [passphrase("another passphrase"), escrow(publicJwk)], store });
  const claimed = await forged.identity();
  const restored = await Strongroom.restore(await forged.backup(), { store: testingStore() });
  await assert.rejects(restored.unlock(escrowKey(privateJwk)), (/** @type {any} */ error) => {
    assert.deepEqual([error.code, error.pinned, error.identity], ["ERR_IDENTITY_CHANGED", undefined, claimed]);
    return true;
  });
  await assert.rejects(restored.unlock(escrowKey(privateJwk), { identity }), code("ERR_INTEGRITY"));
  const genuine = await Strongroom.restore(await vault.backup(), { store: testingStore() });
  await genuine.unlock(escrowKey(privateJwk), { identity });
});

test("another organisation's key opens nothing, and a vault without escrow says so", async () => {
  const { vault } = await escrowedVault();
  await vault.lock();
  const other = await organisation();
  await assert.rejects(unlockNoted(vault, escrowKey(other.privateJwk)), code("ERR_WRONG_FACTOR"));
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await without.lock();
  await assert.rejects(unlockNoted(without, escrowKey(other.privateJwk)), code("ERR_NO_FACTOR"));
});

test("the halves are not taken for each other", async () => {
  const { vault, store, publicJwk, privateJwk } = await escrowedVault();
  assert.throws(() => escrow(/** @type {any} */ (privateJwk)), code("ERR_ARGUMENT"));
  assert.throws(() => escrowKey(publicJwk), code("ERR_ARGUMENT"));
  const [owned] = await vault.factors.list();
  const key = /** @type {any} */ (escrowKey(privateJwk));
  const half = /** @type {any} */ (escrow(publicJwk));
  await assert.rejects(vault.factors.add(key, { factor: secret() }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.revoke(owned.id, { factor: half }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.unlock(half), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.create({ name: "none", factors: [key], store }), code("ERR_ARGUMENT"));
  // Its owner alone makes a vault.
  await assert.rejects(Strongroom.openOrCreate({ name: "none", factor: key, store }), code("ERR_NO_VAULT"));
  assert.equal(await Strongroom.exists("none", { store }), false);
  assert.equal((await vault.factors.list()).length, 2);
});

test("what is no key for agreement on P-256 is refused", async () => {
  const { vault, publicJwk } = await escrowedVault();
  for (const odd of [undefined, null, 7, "", {}, { kty: "oct", k: "AAAA" }, { ...publicJwk, crv: "P-384" }]) {
    assert.throws(() => escrow(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
    assert.throws(() => escrowKey(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  }
  const { publicJwk: other } = await organisation();
  assert.throws(() => escrow({ ...other, use: "sig" }), code("ERR_ARGUMENT"));
  const refused = [{ ...other, x: publicJwk.x }, { ...other, alg: "ES256" }];
  for (const odd of refused) {
    await assert.rejects(vault.factors.add(escrow(/** @type {any} */ (odd)), { factor: secret() }), (error) => {
      assert.match(/** @type {any} */ (error).code, /^ERR_(ARGUMENT|UNSUPPORTED|MALFORMED)$/);
      return true;
    });
  }
  await assert.rejects(vault.factors.add(escrow(publicJwk), { factor: secret() }), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.create({ name: "alone", factors: [escrow(other)], store: testingStore() }), code("ERR_LAST_FACTOR"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("a key that signs is no escrow's, and nothing of a key is in the error", async () => {
  const signing = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const [publicJwk, privateJwk] = await Promise.all([signing.publicKey, signing.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  assert.throws(() => escrow(publicJwk), code("ERR_ARGUMENT"));
  assert.throws(() => escrowKey(privateJwk), code("ERR_ARGUMENT"));
  const { d } = /** @type {{ d: string }} */ (privateJwk);
  const pem = `-----BEGIN PRIVATE KEY-----\n${d}`;
  for (const text of [d, pem, `{"d":"${d}"`, "null", "7"]) {
    for (const take of [escrowKey, escrow]) {
      assert.throws(() => take(/** @type {any} */ (text)), (/** @type {any} */ error) => {
        assert.equal(error.code, "ERR_ARGUMENT");
        assert.ok(!inspect(error, { depth: 9 }).includes(d.slice(0, 6)));
        return true;
      });
    }
  }
});

test("a private half shows nothing where it is printed", async () => {
  const { privateJwk } = await organisation();
  const key = escrowKey(privateJwk);
  const shown = `${inspect(key, { depth: 9, showHidden: true })} ${JSON.stringify(key)} ${String(key)}`;
  assert.ok(!shown.includes(/** @type {string} */ (privateJwk.d)));
});
