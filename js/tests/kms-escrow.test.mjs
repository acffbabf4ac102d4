import assert from "node:assert/strict";
import { inspect } from "node:util";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { escrow, escrowKey, KmsError, Strongroom, signOrganisationPolicy } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret, unlockNoted } from "./support.mjs";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";
const RSA = { name: "RSA-OAEP", hash: "SHA-256", publicExponent: Uint8Array.of(1, 0, 1) };

/** A pair of RSA, as JWKs. @param {number} [modulusLength] */
async function rsaPair(modulusLength = 2048) {
  const pair = await crypto.subtle.generateKey({ ...RSA, modulusLength }, true, ["encrypt", "decrypt"]);
  const [publicJwk, privateJwk] = await Promise.all([pair.publicKey, pair.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  return { publicJwk: /** @type {any} */ (publicJwk), privateJwk: /** @type {any} */ (privateJwk), pair };
}

/** A service of one's own: what it was asked, and its key. */
class Service {
  /** @type {any[]} */
  asked = [];
  reads = 0;
  /** @type {readonly string[] | undefined} */
  keyIds;
  /** @type {(() => unknown) | undefined} */
  instead;

  /** @param {Awaited<ReturnType<typeof rsaPair>>} keys @param {string} kid */
  constructor({ pair, publicJwk }, kid = ARN) {
    this.pair = pair;
    this.publicJwk = { kty: "RSA", n: publicJwk.n, e: publicJwk.e, kid };
  }

  async publicKey() {
    this.reads += 1;
    return this.publicJwk;
  }

  /** @param {any} request */
  async unwrap(request) {
    const { signal, ...rest } = request;
    this.asked.push(rest);
    this.signal = signal;
    if (this.instead) return /** @type {any} */ (this.instead());
    return new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", this.pair.privateKey, request.encryptedKey));
  }
}

async function serviceVault(kid = ARN) {
  const [keys, store] = [await rsaPair(), testingStore()];
  const service = new Service(keys, kid);
  const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow({ ...keys.publicJwk, kid })], store });
  return { ...keys, service, vault, store };
}

test("a private RSA key opens the vault that got its public half, and no other does", async () => {
  for (const size of [2048, 3072, 4096]) {
    const [{ publicJwk, privateJwk }, store] = [await rsaPair(size), testingStore()];
    const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow(publicJwk)], store });
    const [, held] = await vault.factors.list();
    const members = new TextEncoder().encode(JSON.stringify({ e: publicJwk.e, kty: "RSA", n: publicJwk.n }));
    assert.equal(held.key.thumbprint, Buffer.from(await crypto.subtle.digest("SHA-256", members)).toString("base64url"));
    assert.equal(held.key.kid, undefined);
    await vault.lock();
    await unlockNoted(vault, escrowKey(privateJwk));
    await vault.lock();
    await assert.rejects(unlockNoted(vault, escrowKey((await rsaPair()).privateJwk)), code("ERR_WRONG_FACTOR"));
    const shown = `${inspect(escrowKey(privateJwk), { depth: 9, showHidden: true })} ${JSON.stringify(escrowKey(privateJwk))}`;
    assert.ok(!shown.includes(privateJwk.d.slice(0, 12)));
  }
});

/** WebKitGTK takes the zeros away that a plaintext begins with: the 256th part of all keys could not be opened there. */
test("a private RSA key opens what begins with zeros, where a browser takes them away", async () => {
  const { publicJwk, privateJwk } = await rsaPair();
  const { getRandomValues } = crypto;
  const { decrypt } = crypto.subtle;
  const taken = /** @type {number[]} */ ([]);
  let vault;
  try {
    crypto.getRandomValues = (/** @type {any} */ into) => {
      getRandomValues.call(crypto, into);
      if (into.byteLength === 32) into.fill(0, 0, 2);
      return into;
    };
    vault = await Strongroom.create({ name: "zeros", factors: [secret(), escrow(publicJwk)], store: testingStore() });
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
  await vault.lock();
  try {
    crypto.subtle.decrypt = async (/** @type {any} */ ...given) => {
      const plain = new Uint8Array(await decrypt.apply(crypto.subtle, /** @type {any} */ (given)));
      const at = plain.findIndex((byte) => byte !== 0);
      taken.push(at);
      return plain.slice(at).buffer;
    };
    await unlockNoted(vault, escrowKey(privateJwk));
  } finally {
    crypto.subtle.decrypt = decrypt;
  }
  assert.deepEqual(taken.map((at) => at >= 2), [true]);
});

test("halves of RSA are not taken for each other, and odd ones are refused", async () => {
  const { publicJwk, privateJwk } = await rsaPair();
  assert.throws(() => escrow(privateJwk), code("ERR_ARGUMENT"));
  assert.throws(() => escrowKey(publicJwk), code("ERR_ARGUMENT"));
  assert.throws(() => escrowKey({ ...privateJwk, alg: "RSA-OAEP" }), code("ERR_ARGUMENT"));
  assert.throws(() => escrowKey({ kty: "RSA", n: privateJwk.n, e: privateJwk.e, d: privateJwk.d }), code("ERR_ARGUMENT"));
  assert.throws(() => escrow({ ...publicJwk, use: "sig" }), code("ERR_ARGUMENT"));
  const small = await rsaPair(1024);
  for (const odd of [small.publicJwk, { ...publicJwk, e: "AQ" }, { ...publicJwk, n: `AA${publicJwk.n}` }, { ...publicJwk, kid: "a\u202eb" }]) {
    await assert.rejects(Strongroom.create({ name: "odd", factors: [secret(), escrow(odd)], store: testingStore() }), (/** @type {any} */ error) => {
      assert.match(error.code, /^ERR_(ARGUMENT|UNSUPPORTED|MALFORMED)$/);
      return true;
    });
  }
});

test("a service is asked once for each time that it opens the vault, by the name that the vault has, and never to encrypt", async () => {
  const { service, vault } = await serviceVault();
  assert.equal((await vault.factors.list())[1].key.kid, ARN);
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  await vault.lock();
  assert.deepEqual([service.asked.length, service.reads], [0, 0]);

  const key = escrowKey(service);
  await unlockNoted(vault, key);
  assert.equal(await vault.decryptValue(token), "kept");
  const [{ algorithm, keyId, encryptedKey }] = service.asked;
  assert.deepEqual([algorithm, keyId, encryptedKey.length, service.asked.length, service.reads], ["RSA-OAEP-256", ARN, 256, 1, 1]);
  assert.equal(service.signal.aborted, true);

  // Who knows its names needs no public key.
  service.keyIds = [`${ARN}-elsewhere`, ARN];
  await vault.factors.rehearse(escrowKey(service));
  await vault.authenticate(escrowKey(service));
  await vault.factors.add(escrow((await rsaPair()).publicJwk), { factor: escrowKey(service) });
  assert.deepEqual([service.asked.length, service.reads], [4, 1]);

  const restored = await Strongroom.restore(await vault.backup(), { store: testingStore() });
  await unlockNoted(restored, escrowKey(service));
  assert.equal(service.asked.length, 5);
  const { entries } = await vault.audit.page();
  assert.equal(entries.filter(({ operation }) => operation === "askKms").length, 4);
});

test("a service that has another key is not asked, and one that fails says why", async () => {
  const { vault, service } = await serviceVault();
  await vault.lock();
  const other = new Service(await rsaPair());
  await assert.rejects(unlockNoted(vault, escrowKey(other)), code("ERR_WRONG_FACTOR"));
  assert.equal(other.asked.length, 0);
  // The same name, and another key.
  other.keyIds = [ARN];
  await assert.rejects(unlockNoted(vault, escrowKey(other)), (/** @type {any} */ error) => {
    assert.ok(error instanceof KmsError);
    return error.reason === "malformed";
  });
  service.instead = () => {
    throw new KmsError("the key is disabled", { reason: "disabled", status: 400 });
  };
  await assert.rejects(unlockNoted(vault, escrowKey(service)), (/** @type {any} */ error) => {
    assert.deepEqual([error.name, error.code, error.reason, error.status, error.message], ["KmsError", "ERR_KMS", "disabled", 400, "the key is disabled"]);
    return true;
  });
  for (const odd of [new Uint8Array(31), new Uint8Array(33), "a".repeat(32), undefined, null]) {
    service.instead = () => odd;
    await assert.rejects(unlockNoted(vault, escrowKey(service)), (/** @type {any} */ error) => error.code === "ERR_KMS" && error.reason === "malformed");
  }
  const wrong = new Uint8Array(32).fill(7);
  service.instead = () => wrong;
  await assert.rejects(unlockNoted(vault, escrowKey(service)), code("ERR_WRONG_FACTOR"));
  assert.ok(wrong.every((byte) => byte === 0), "an answer is wiped");
  service.instead = undefined;
  await unlockNoted(vault, escrowKey(service));
});

test("of keys with one name the one that the service has is asked for", async () => {
  const [first, second, none] = [new Service(await rsaPair()), new Service(await rsaPair()), new Service(await rsaPair())];
  const factors = [secret(), escrow(first.publicJwk), escrow(second.publicJwk)];
  const vault = await Strongroom.create({ name: "work", factors, store: testingStore() });
  for (const service of [first, second, none]) service.keyIds = [`${ARN}-elsewhere`, ARN];
  for (const service of [second, first]) {
    await vault.lock();
    await unlockNoted(vault, escrowKey(service));
    assert.deepEqual([service.asked.length, service.asked[0].keyId], [1, ARN]);
  }
  await vault.lock();
  await assert.rejects(unlockNoted(vault, escrowKey(none)), code("ERR_WRONG_FACTOR"));
  assert.equal(none.asked.length, 0);
});

test("an unlock that is aborted does not wait for a service", async () => {
  const { vault, service } = await serviceVault();
  await vault.lock();
  const ending = new AbortController();
  service.instead = () => {
    setTimeout(() => ending.abort(), 5);
    return new Promise(() => {});
  };
  await assert.rejects(unlockNoted(vault, escrowKey(service), { signal: ending.signal }), code("ERR_ABORTED"));
  assert.equal(service.signal.aborted, true);
});

test("what is no adapter is refused, and an adapter is not enrolled", async () => {
  const { service, store } = await serviceVault();
  for (const odd of [{ unwrap: 1 }, { unwrap() {} }, { unwrap() {}, publicKey: "a" }]) assert.throws(() => escrowKey(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.create({ name: "b", factors: [secret(), /** @type {any} */ (escrowKey(service))], store }), code("ERR_ARGUMENT"));
  assert.throws(() => escrow(/** @type {any} */ (service)), code("ERR_ARGUMENT"));
  const vault = await Strongroom.open({ name: "work", store });
  const bad = /** @type {any} */ ({ unwrap() {}, publicKey: async () => ({ kty: "oct" }) });
  await assert.rejects(unlockNoted(vault, escrowKey(bad)), code("ERR_ARGUMENT"));
});

test("a key on P-256 that is elsewhere gives the shared secret", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y } = /** @type {any} */ (await crypto.subtle.exportKey("jwk", pair.publicKey));
  const store = testingStore();
  const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow({ kty, crv, x, y, kid: ARN })], store });
  await vault.lock();
  /** @type {any} */
  const adapter = {
    keyIds: [ARN],
    async unwrap(/** @type {any} */ { algorithm, epk }) {
      assert.equal(algorithm, "ECDH-ES+A256KW");
      const theirs = await crypto.subtle.importKey("jwk", epk, { name: "ECDH", namedCurve: "P-256" }, false, []);
      return new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256));
    },
    publicKey: () => assert.fail("it is known by its name"),
  };
  await unlockNoted(vault, escrowKey(adapter));
});

test("an organisation's policy asks for an escrow of RSA, and a vault has it by that key alone", async () => {
  const signer = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const key = /** @type {any} */ (await crypto.subtle.exportKey("jwk", signer.publicKey));
  const [own, other] = [await rsaPair(), await rsaPair()];
  const policy = await signOrganisationPolicy({ sequence: 1, notAfter: Date.now() + 1e9, escrow: own.publicJwk }, signer);
  const organisation = { policy, key: { kty: key.kty, crv: key.crv, x: key.x, y: key.y } };
  const made = (/** @type {any[]} */ ...factors) => Strongroom.create({ name: "work", factors: [secret(), ...factors], organisation, store: testingStore() });
  await assert.rejects(made(), code("ERR_POLICY"));
  await assert.rejects(made(escrow(other.publicJwk)), code("ERR_POLICY"));
  const vault = await made(escrow(own.publicJwk));
  const { n, e } = own.publicJwk;
  assert.deepEqual((await vault.organisation()).escrow, { e, kty: "RSA", n });
  await assert.rejects(signOrganisationPolicy({ sequence: 2, notAfter: 9, escrow: own.privateJwk }, signer), code("ERR_ARGUMENT"));
});

test("Wycheproof's private keys open what was encrypted to their public halves", async () => {
  for (const bits of [2048, 3072, 4096]) {
    const file = new URL(`../../tests/vectors/wycheproof/rsa_oaep_${bits}_sha256_mgf1sha256_test.json`, import.meta.url);
    const { privateKeyJwk, tests } = JSON.parse(readFileSync(file, "utf8")).testGroups[0];
    const store = testingStore();
    const { n, e } = privateKeyJwk;
    const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow({ kty: "RSA", n, e })], store });
    await vault.lock();
    await unlockNoted(vault, escrowKey(privateKeyJwk));
    const key = await crypto.subtle.importKey("jwk", privateKeyJwk, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["decrypt"]);
    for (const { tcId, ct, msg, label, result } of tests) {
      const decrypted = crypto.subtle.decrypt({ name: "RSA-OAEP", label: Buffer.from(label, "hex") }, key, Buffer.from(ct, "hex"));
      if (result === "valid") assert.equal(Buffer.from(await decrypted).toString("hex"), msg, tcId);
      else await assert.rejects(decrypted, undefined, tcId);
    }
  }
});
