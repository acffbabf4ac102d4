/** panva's `jose`, which knows nothing of us, opens what we write and writes what we open. */
import assert from "node:assert/strict";
import { createDecipheriv, createHash, hkdfSync, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import {
  calculateJwkThumbprint,
  CompactEncrypt,
  CompactSign,
  compactDecrypt,
  compactVerify,
  GeneralEncrypt,
  generalDecrypt,
  generateKeyPair,
  importJWK,
  exportJWK,
} from "jose";
import { installedPackage } from "../../harness/consumer.mjs";
import { VECTORS } from "../../harness/samples/samples.mjs";

const ALGORITHMS = {
  keyManagementAlgorithms: ["A256KW", "ECDH-ES+A256KW"],
  contentEncryptionAlgorithms: ["A256GCM"],
};
const encoder = new TextEncoder();
const base64url = (/** @type {ArrayBuffer | Uint8Array} */ bytes) => Buffer.from(new Uint8Array(bytes)).toString("base64url");

/** A symmetric key of 256 bits. */
const oct = () => ({ kty: "oct", k: base64url(webcrypto.getRandomValues(new Uint8Array(32))) });
/** A P-256 pair for agreement. */
async function pair() {
  const { privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "P-256", extractable: true });
  const { kty, crv, x, y, d } = await exportJWK(privateKey);
  return { kty, crv, x, y, d };
}

/** A file of the sample whose key's version is told, since a vault tells nobody. */
const sample = (/** @type {string} */ name, /** @type {(text: string) => any} */ read) =>
  read(readFileSync(join(VECTORS, "python", name), "utf8"));

/** The `ctx` of a context whose names are given in order. @param {Record<string, string>} context */
const ctx = async (context) =>
  base64url(await webcrypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(context))));

/** jose's reading of an envelope: its protected header and the JWK inside. */
async function opened(/** @type {string} */ envelope, /** @type {object} */ key) {
  const { plaintext, protectedHeader } = await generalDecrypt(JSON.parse(envelope), key, ALGORITHMS);
  return { protectedHeader, inside: JSON.parse(new TextDecoder().decode(plaintext)) };
}

/** The public half, which is what jose encrypts to. @param {any} key */
const publicHalf = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

describe("jose from npm", () => {
  /** @type {any} the packed package, running inline */
  let strongroom;
  /** @type {any} */
  let standalone;
  const context = { album: "42" };

  before(async () => {
    const entry = installedPackage();
    strongroom = await entry();
    standalone = await entry("strongroom/standalone");
  });

  const imported = (/** @type {object} */ jwk) => standalone.importKey(jwk);

  it("opens our envelopes, by a symmetric key and by a pair", async () => {
    const [kek, bob, secret] = [oct(), await pair(), oct()];
    const envelope = await standalone.wrapKey(
      await imported(secret),
      [await imported(kek), (await imported(bob)).publicKey],
      { context },
    );
    for (const key of [kek, bob]) {
      const { protectedHeader, inside } = await opened(envelope, key);
      assert.deepEqual(inside, secret);
      assert.deepEqual(protectedHeader, {
        enc: "A256GCM",
        cty: "jwk+json",
        jkt: await calculateJwkThumbprint(secret),
        ctx: await ctx(context),
      });
    }
  });

  it("opens an object's header, and Node's own cryptography the body", async () => {
    const kek = oct();
    const object = await standalone.encrypt("two hands", { recipients: [await imported(kek)], context, detached: true });
    const { inside } = await opened(new TextDecoder().decode(object.header), kek);
    assert.equal(await calculateJwkThumbprint(inside), object.id);
    assert.deepEqual(inside.file, { type: "text/plain", size: 9 });

    const body = Buffer.from(await object.bytes());
    const dek = Buffer.from(inside.k, "base64url");
    const key = hkdfSync("sha256", dek, body.subarray(1, 33), JSON.stringify(context), 32);
    // Segment 0, which is also the last.
    const nonce = Buffer.concat([body.subarray(33, 40), Buffer.from([0, 0, 0, 0, 1])]);
    const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key), nonce);
    decipher.setAuthTag(body.subarray(-16));
    const plain = Buffer.concat([decipher.update(body.subarray(40, -16)), decipher.final()]);
    assert.equal(plain.toString(), "two hands");
  });

  it("writes envelopes that we open", async () => {
    const [kek, bob, secret] = [oct(), await pair(), oct()];
    const jkt = await calculateJwkThumbprint(secret);
    const draft = new GeneralEncrypt(encoder.encode(JSON.stringify(secret)));
    draft.setProtectedHeader({ enc: "A256GCM", cty: "jwk+json", jkt, ctx: await ctx(context) });
    draft.addRecipient(kek).setUnprotectedHeader({ alg: "A256KW", kid: await calculateJwkThumbprint(kek) });
    const agreement = { alg: "ECDH-ES+A256KW", kid: await calculateJwkThumbprint(bob) };
    draft.addRecipient(publicHalf(bob)).setUnprotectedHeader(agreement);
    const envelope = JSON.stringify(await draft.encrypt());
    for (const identity of [kek, bob]) {
      const key = await standalone.unwrapKey(envelope, await imported(identity), { context });
      assert.deepEqual(await standalone.dangerouslyExportKey(key), secret);
    }
    const refused = standalone.unwrapKey(envelope, await imported(kek), { context: { album: "43" } });
    await assert.rejects(refused, { code: "ERR_CONTEXT" });
  });

  it("writes an envelope for one pair that we refuse, because its epk is not in the recipient's header", async () => {
    const [bob, secret] = [await pair(), oct()];
    const [jkt, kid] = [await calculateJwkThumbprint(secret), await calculateJwkThumbprint(bob)];
    const draft = new GeneralEncrypt(encoder.encode(JSON.stringify(secret)));
    draft.setProtectedHeader({ enc: "A256GCM", cty: "jwk+json", jkt });
    draft.addRecipient(publicHalf(bob)).setUnprotectedHeader({ alg: "ECDH-ES+A256KW", kid });
    const envelope = JSON.stringify(await draft.encrypt());
    await assert.rejects(standalone.unwrapKey(envelope, await imported(bob)), { code: "ERR_MALFORMED" });
  });

  it("refuses an envelope of ours with one bit changed", async () => {
    const kek = oct();
    const envelope = JSON.parse(await standalone.wrapKey(await imported(oct()), [await imported(kek)]));
    const tag = Buffer.from(envelope.tag, "base64url");
    tag[0] ^= 1;
    const changed = JSON.stringify({ ...envelope, tag: base64url(tag) });
    await assert.rejects(opened(changed, kek), { code: "ERR_JWE_DECRYPTION_FAILED" });
  });

  it("opens values of a vault whose key it has, and writes ones that the vault opens", async () => {
    const { passphrase, version } = sample("sample.json", JSON.parse);
    const { kid } = version;
    const kek = { kty: "oct", k: version.k };
    const vault = await strongroom.Strongroom.restore(Buffer.from(sample("backup.json", String)));
    await vault.unlock(strongroom.passphrase(passphrase));
    const given = { card: "4111", list: [1, 2.5, null, "é🗝"] };
    const token = await vault.encryptValue(given, { key: "photos", context });
    const { plaintext, protectedHeader } = await compactDecrypt(token, kek, ALGORITHMS);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(plaintext)), given);
    const header = { alg: "A256KW", enc: "A256GCM", kid, ctx: await ctx(context) };
    assert.deepEqual(protectedHeader, header);

    const theirs = await new CompactEncrypt(encoder.encode('{"by":"jose"}')).setProtectedHeader(header).encrypt(kek);
    assert.deepEqual(await vault.decryptValue(theirs, { context }), { by: "jose" });
  });

  it("verifies what a vault signs, and signs what a vault verifies, with a secret and with a pair", async () => {
    const vault = await strongroom.Strongroom.create({ name: "signatures", factors: [strongroom.passphrase("jose and we sign")] });
    const secret = webcrypto.getRandomValues(new Uint8Array(32));
    const mac = await vault.keys.import(secret.slice(), { alias: "hooks", purpose: "mac" });
    const token = await vault.sign('{"by":"us"}', { key: mac, typ: "hook+jws" });
    const read = await compactVerify(token, secret, { algorithms: ["HS256"] });
    assert.equal(new TextDecoder().decode(read.payload), '{"by":"us"}');
    assert.deepEqual(read.protectedHeader, { alg: "HS256", kid: `${mac.id}.${mac.primary}`, typ: "hook+jws" });

    const theirs = await generateKeyPair("ES256", { extractable: true });
    const { kty, crv, x, y } = await exportJWK(theirs.publicKey);
    const partner = await vault.keys.import({ kty, crv, x, y }, { alias: "partner", purpose: "verify" });
    const signing = new CompactSign(encoder.encode('{"by":"jose"}')).setProtectedHeader({ alg: "ES256", typ: "JWT" });
    const jwt = await signing.sign(theirs.privateKey);
    const verified = await vault.verify(jwt, { key: partner, expectTyp: "JWT" });
    assert.equal(new TextDecoder().decode(verified.payload), '{"by":"jose"}');
    const file = new Blob(["a release, of any size"]);
    const ours = await vault.keys.create({ alias: "releases", purpose: "sign" });
    const signature = await vault.signFile(file, { key: ours });
    const options = { algorithms: ["ES256"] };
    const found = await compactVerify(signature, await importJWK(ours.primaryVersion.publicJwk, "ES256"), options);
    assert.equal(found.protectedHeader.typ, "sr-digest+jws");
    const digest = createHash("sha256").update(await file.text()).digest("hex");
    const said = { digest: `sha256:${digest}`, size: file.size };
    assert.deepEqual(JSON.parse(new TextDecoder().decode(found.payload)), said);
    const release = new CompactSign(encoder.encode(JSON.stringify(said))).setProtectedHeader({ alg: "ES256", typ: "sr-digest+jws" });
    const byJose = await release.sign(theirs.privateKey);
    assert.equal((await vault.verifyFile(byJose, file, { key: partner })).digest, said.digest);
    await assert.rejects(vault.verifyFile(byJose, new Blob(["another"]), { key: partner }), { code: "ERR_DECRYPT" });
    await assert.rejects(vault.verify(byJose, { key: partner }), { code: "ERR_UNSUPPORTED" });

    const other = await generateKeyPair("ES256");
    await assert.rejects(vault.verify(await signing.sign(other.privateKey), { key: partner }), { code: "ERR_DECRYPT" });
  });
});
