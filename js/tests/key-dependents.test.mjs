/** What depends on a key of a KMS: which factors, and where the documents for auditors say so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { escrow, kmsGate, newRecoveryKit, Strongroom } from "strongroom";
import { awsKms } from "strongroom/kms";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";
const GATE = "https://keys.example/gate";
const RSA = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };

async function publicJwk() {
  const { publicKey } = await crypto.subtle.generateKey(RSA, true, ["encrypt", "decrypt"]);
  const { kty, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
  return /** @type {{ kty: "RSA", n: string, e: string }} */ ({ kty, n, e });
}

const [old, next, gate, bare] = await Promise.all([publicJwk(), publicJwk(), publicJwk(), publicJwk()]);

async function keptVault() {
  const vault = await Strongroom.create({ name: "work", factors: [secret(), await newRecoveryKit(), escrow({ ...old, kid: ARN })], store: testingStore() });
  await vault.factors.add(kmsGate({ ...gate, kid: GATE }), { factor: secret() });
  await vault.factors.add(escrow(bare), { factor: secret() });
  const factors = await vault.factors.list();
  const of = (/** @type {string} */ kind, /** @type {string | undefined} */ kid) => /** @type {any} */ (factors.find((factor) => factor.kind === kind && factor.key?.kid === kid));
  return { vault, escrowed: of("escrow", ARN), gated: of("kms", GATE), other: of("escrow", undefined) };
}
const words = (/** @type {any} */ its) => its.properties.map((/** @type {any} */ { name, value }) => `${name}=${value}`);
const idsOf = (/** @type {readonly any[]} */ factors) => factors.map(({ id }) => id);

test("a key is found by its thumbprint, its public half and its adapter, and another one is not", async () => {
  const { vault, escrowed, gated, other } = await keptVault();
  const dependents = async (/** @type {any} */ key) => idsOf(await vault.factors.dependents(key));
  const asked = [];
  const transport = async (/** @type {any} */ request) => (asked.push(request), { status: 500, headers: {}, body: "{}" });
  for (const key of [escrowed.key.thumbprint, old, { ...old, kid: "another name" }, awsKms({ key: ARN, publicKey: old, transport })]) {
    assert.deepEqual(await dependents(key), [escrowed.id]);
  }
  for (const key of [gated.key.thumbprint, gate]) assert.deepEqual(await dependents(key), [gated.id]);
  for (const key of [other.key.thumbprint, bare]) assert.deepEqual(await dependents(key), [other.id]);
  for (const key of [next, { ...next, kid: ARN }, escrowed.id, "A".repeat(43)]) assert.deepEqual(await dependents(key), []);
  // The vault has the key under another name than the adapter.
  assert.deepEqual(await dependents(awsKms({ key: ARN.replace("mrk-1", "mrk-2"), publicKey: old, transport })), [escrowed.id]);
  assert.deepEqual(asked, []);
  await assert.rejects(dependents(awsKms({ key: ARN, transport, retries: 0 })), code("ERR_KMS"));
  // A name finds what was enrolled under it alone: "none" would be no answer.
  const { thumbprint } = escrowed.key;
  const names = [ARN, GATE, ARN.slice(0, -1), "undefined", `${thumbprint}A`, thumbprint.slice(1), `${thumbprint.slice(1)}B`, ` ${thumbprint}`];
  // Keys that are cut, or written in another way, whose thumbprints are another's.
  const numbers = [{ kty: "RSA" }, { ...old, n: `${old.n}=` }, { ...old, n: Buffer.concat([Buffer.alloc(1), Buffer.from(old.n, "base64url")]).toString("base64url") }, { ...old, e: 65_537 }];
  const points = [{ kty: "EC", crv: "P-256" }, { kty: "EC", crv: "P-256", x: "AA", y: "AA" }, { kty: "EC", crv: "P-384", x: thumbprint, y: thumbprint }];
  for (const odd of ["", 7, undefined, null, {}, { kty: "oct", k: "AA" }, ...names, ...numbers, ...points]) await assert.rejects(dependents(odd), code("ERR_ARGUMENT"), String(odd));
  await assert.rejects(vault.factors.dependents(old, /** @type {any} */ ({ sinal: 1 })), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.dependents(old, { signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  await vault.lock();
  await assert.rejects(dependents(old), code("ERR_LOCKED"));
});

test("once each factor is replaced, nothing depends on the old key", async () => {
  const { vault } = await keptVault();
  for (const { id } of await vault.factors.dependents(old)) await vault.factors.replace(id, escrow({ ...next, kid: `${ARN}0` }), { factor: secret() });
  assert.deepEqual(await vault.factors.dependents(old), []);
  assert.deepEqual((await vault.factors.dependents(next)).map(({ key }) => key?.kid), [`${ARN}0`]);
  vault.close();
});

test("the bill of materials and the report name the keys, and leave their names out where they are to", async () => {
  const { vault, escrowed, gated, other } = await keptVault();
  const cbomOf = async (/** @type {any} */ options) => JSON.parse(await (await vault.inventory.cbom(options)).text()).components.filter((/** @type {any} */ its) => its["bom-ref"].startsWith("factor/"));
  const listed = await cbomOf({});
  assert.equal(listed.length, 3);
  const [one, two, three] = [escrowed, gated, other].map(({ id }) => listed.find((/** @type {any} */ its) => its["bom-ref"] === `factor/${id}`));
  assert.deepEqual([one.name, two.name, three.name], [ARN, GATE, other.key.thumbprint]);
  assert.deepEqual(one.cryptoProperties, { assetType: "related-crypto-material", relatedCryptoMaterialProperties: { type: "public-key", id: escrowed.key.thumbprint } });
  assert.deepEqual(words(one), [`strongroom:factor=${escrowed.id}`, "strongroom:opens=alone", `strongroom:kid=${ARN}`]);
  assert.ok(words(two).includes("strongroom:opens=beside another factor"));
  assert.doesNotMatch(JSON.stringify(await cbomOf({ names: false })), /arn:aws|keys\.example/);
  const factorsOf = async (/** @type {any} */ options) => {
    const { document } = await vault.report({ from: 0, ...options });
    return document;
  };
  const told = JSON.stringify(await factorsOf({}));
  for (const mark of [ARN, GATE, escrowed.key.thumbprint, gated.key.thumbprint, other.key.thumbprint]) assert.ok(told.includes(mark), mark);
  const nameless = JSON.stringify(await factorsOf({ names: false }));
  assert.ok(nameless.includes(escrowed.key.thumbprint));
  assert.doesNotMatch(nameless, /arn:aws|keys\.example/);
  vault.close();
});
