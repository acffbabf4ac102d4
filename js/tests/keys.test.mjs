import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dangerouslyExportKey,
  decrypt,
  encrypt,
  exportKey,
  generateKey,
  importKey,
  unwrapKey,
  wrapKey,
} from "strongroom/standalone";
import { code, pattern } from "./support.mjs";

const context = { purpose: "test" };

test("a shared object opens for each recipient, and says that its writer is unproven", async () => {
  const kek = await generateKey("A256KW");
  const bob = await generateKey("P-256");
  const plain = pattern(500_000);
  const recipients = [kek, bob.publicKey];
  const stored = await (await encrypt(plain, { recipients, context })).bytes();
  for (const identity of [kek, bob]) {
    const opened = await decrypt(stored, { identities: [identity], context });
    assert.equal(opened.origin, "unsigned");
    assert.deepEqual(await opened.bytes(), plain);
  }
  const own = await (await encrypt("x", { recipients: [kek] })).bytes();
  assert.equal((await decrypt(own, { identities: kek })).origin, "own");
  const eve = await generateKey("P-256");
  await assert.rejects(decrypt(stored, { identities: [eve], context }), code("ERR_DECRYPT"));
});

test("a wrapped key unwraps for each recipient", async () => {
  const kek = await generateKey("A256KW");
  const bob = await generateKey("P-256");
  const dek = await generateKey("A256KW");
  const envelope = await wrapKey(dek, [kek, bob.publicKey], { context });
  assert.equal(JSON.parse(envelope).recipients.length, 2);
  for (const identity of [kek, bob]) {
    const opened = await unwrapKey(envelope, identity, { context });
    assert.deepEqual(await dangerouslyExportKey(opened), await dangerouslyExportKey(dek));
  }
  await assert.rejects(unwrapKey(envelope, kek, { context: {} }), code("ERR_CONTEXT"));
});

test("export gives public halves only, and the secret when told dangerously", async () => {
  const bob = await generateKey("P-256");
  assert.deepEqual(Object.keys(await exportKey(bob)).toSorted(), ["crv", "kty", "use", "x", "y"]);
  const jwk = await dangerouslyExportKey(bob);
  assert.equal(jwk.kty, "EC");
  const again = await importKey(jwk);
  assert.equal(again.kid, bob.kid);
  assert.deepEqual(await dangerouslyExportKey(again), jwk);
  const kek = await generateKey("A256KW");
  assert.equal(kek.publicKey, undefined);
  await assert.rejects(exportKey(kek), code("ERR_ARGUMENT"));
  const seen = await importKey(bob.publicKey);
  assert.equal(seen.secret, false);
  await assert.rejects(dangerouslyExportKey(seen), code("ERR_ARGUMENT"));
});

test("malformed keys are refused with the place", async () => {
  await assert.rejects(importKey({ kty: "oct", k: "AAAA" }), (error) => {
    assert.equal(error.code, "ERR_MALFORMED");
    assert.notEqual(error.where, "");
    return true;
  });
  await assert.rejects(generateKey("RSA"), code("ERR_ARGUMENT"));
});

test("a secret JWK is no recipient, and a closed key is of no use", async () => {
  const kek = await generateKey("A256KW");
  const jwk = await dangerouslyExportKey(kek);
  await assert.rejects(encrypt("x", { recipients: [jwk] }), code("ERR_ARGUMENT"));
  await assert.rejects(encrypt("x", { recipients: [] }), code("ERR_ARGUMENT"));
  kek.close();
  kek.close();
  await assert.rejects(encrypt("x", { recipients: [kek] }), code("ERR_CLOSED"));
});
