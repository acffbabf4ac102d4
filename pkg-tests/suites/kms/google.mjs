/** What Google Cloud KMS answers to its own client, `@google-cloud/kms`, over REST: against the fake, or the real service. */
import assert from "node:assert/strict";
import { createPublicKey, randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { v1 } from "@google-cloud/kms";
import { GoogleAuth, OAuth2Client } from "google-auth-library";
import { crc32c } from "../../harness/kms/crc32c.mjs";
import { within } from "./patience.mjs";
import { shortened, unpadded, wrapped } from "./wrapping.mjs";

/** @typedef {import("@google-cloud/kms").v1.KeyManagementServiceClient} Client */
/**
 * @typedef {object} Target
 * @property {() => Promise<{ client: Client, ring: string }>} open
 * @property {() => Promise<void>} close
 * @property {number} [patience] seconds in which a change of a version's state takes effect
 * @property {(client: () => Client) => void} [more] tests of what no call brings about
 *
 * @param {string} name
 * @param {Target} target
 */
export function googleConforms(name, target) {
  describe(`Google Cloud KMS's client, against ${name}`, () => {
    /** @type {Client} */
    let client;
    /** @type {string} */
    let ring;
    /** @type {string[]} */
    const made = [];
    /** The name of a new key's first version, once it is enabled. */
    const create = async () => {
      const [{ name: key }] = await client.createCryptoKey({
        parent: ring,
        cryptoKeyId: `strongroom-conformance-${randomBytes(6).toString("hex")}`,
        cryptoKey: { purpose: "ASYMMETRIC_DECRYPT", versionTemplate: { algorithm: "RSA_DECRYPT_OAEP_2048_SHA256" } },
      });
      return enabled(`${key}/cryptoKeyVersions/1`);
    };
    const enabled = async (/** @type {string} */ version) => {
      made.push(version);
      for (;;) {
        const [{ state }] = await client.getCryptoKeyVersion({ name: version });
        if (state === "ENABLED") return version;
        assert.equal(state, "PENDING_GENERATION");
        await sleep(500);
      }
    };
    const publicKey = async (/** @type {string} */ version) => {
      const [{ pem, pemCrc32c, name: told, algorithm }] = await client.getPublicKey({ name: version });
      assert.equal(told, version);
      assert.equal(algorithm, "RSA_DECRYPT_OAEP_2048_SHA256");
      assert.equal(Number(pemCrc32c?.value), crc32c(Buffer.from(String(pem))));
      return createPublicKey(String(pem));
    };
    const decrypt = async (/** @type {string} */ version, /** @type {Buffer} */ ciphertext, sum = crc32c(ciphertext)) => {
      const [{ plaintext, plaintextCrc32c, verifiedCiphertextCrc32c }] = await client.asymmetricDecrypt({ name: version, ciphertext, ciphertextCrc32c: { value: sum } });
      assert.equal(verifiedCiphertextCrc32c, true);
      const bytes = Buffer.from(/** @type {Uint8Array} */ (plaintext));
      assert.equal(Number(plaintextCrc32c?.value), crc32c(bytes));
      return bytes;
    };
    const set = (/** @type {string} */ version, /** @type {"ENABLED" | "DISABLED"} */ state) =>
      client.updateCryptoKeyVersion({ cryptoKeyVersion: { name: version, state }, updateMask: { paths: ["state"] } });

    const eventually = (/** @type {() => Promise<void>} */ work) => within(target.patience, work);

    before(async () => {
      ({ client, ring } = await target.open());
    });
    after(async () => {
      for (const version of made) await client.destroyCryptoKeyVersion({ name: version }).catch(() => undefined);
      await client.close();
      await target.close();
    });

    it("tells a version's public half with its checksum, and decrypts what was wrapped for it elsewhere", async () => {
      const version = await create();
      const { cek, ciphertext } = wrapped(await publicKey(version));
      assert.deepEqual(await decrypt(version, ciphertext), cek);
    });

    it("refuses a ciphertext that is not the one of its checksum, and tells that it checked", async () => {
      const version = await create();
      const { cek, ciphertext } = wrapped(await publicKey(version));
      await refused(decrypt(version, ciphertext, crc32c(ciphertext) ^ 1), "INVALID_ARGUMENT", /ciphertext_crc32c/);
      const [{ plaintext, verifiedCiphertextCrc32c }] = await client.asymmetricDecrypt({ name: version, ciphertext });
      assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (plaintext)), cek);
      assert.equal(verifiedCiphertextCrc32c, false);
    });

    it("decrypts by an old version once there is a new one", async () => {
      const first = await create();
      const { cek, ciphertext } = wrapped(await publicKey(first));
      const [{ name: next }] = await client.createCryptoKeyVersion({ parent: first.replace(/\/cryptoKeyVersions\/.*$/, ""), cryptoKeyVersion: {} });
      const second = await enabled(String(next));
      assert.equal(second, first.replace(/1$/, "2"));
      assert.deepEqual(await decrypt(first, ciphertext), cek);
      await refused(decrypt(second, ciphertext), "INVALID_ARGUMENT");
    });

    it("refuses another key's ciphertext, another algorithm's and what has no padding", async () => {
      const [version, other] = [await create(), await create()];
      const key = await publicKey(version);
      await refused(decrypt(other, wrapped(key).ciphertext), "INVALID_ARGUMENT");
      await refused(decrypt(version, wrapped(key, "sha1").ciphertext), "INVALID_ARGUMENT");
      await refused(decrypt(version, unpadded(key)), "INVALID_ARGUMENT");
      await refused(decrypt(version, shortened(key)), "INVALID_ARGUMENT");
    });

    it("uses no disabled version, and uses it again once it is enabled", async () => {
      const version = await create();
      const { cek, ciphertext } = wrapped(await publicKey(version));
      await set(version, "DISABLED");
      await eventually(() => refused(decrypt(version, ciphertext), "FAILED_PRECONDITION", /DISABLED/));
      await set(version, "ENABLED");
      await eventually(async () => assert.deepEqual(await decrypt(version, ciphertext), cek));
    });

    it("uses no version that is to be destroyed, and disables it where that is taken back", async () => {
      const version = await create();
      const { ciphertext } = wrapped(await publicKey(version));
      await client.destroyCryptoKeyVersion({ name: version });
      await eventually(() => refused(decrypt(version, ciphertext), "FAILED_PRECONDITION", /DESTROY_SCHEDULED/));
      await client.restoreCryptoKeyVersion({ name: version });
      await eventually(() => refused(decrypt(version, ciphertext), "FAILED_PRECONDITION", /DISABLED/));
    });

    it("knows no other version", async () => {
      const version = await create();
      await refused(decrypt(version.replace(/1$/, "77"), Buffer.alloc(256)), "NOT_FOUND");
    });

    target.more?.(() => client);
  });
}

/** Over REST, the client's error has the HTTP status for its code, and the service's answer for its message. @param {Promise<unknown>} work @param {string} status @param {RegExp} [words] */
export const refused = (work, status, words = /./) =>
  assert.rejects(work, (/** @type {any} */ error) => {
    const { error: told } = JSON.parse(error.message);
    assert.deepEqual([told.status, told.code], [status, error.code], error.message);
    assert.match(told.message, words);
    return true;
  });

/** A client of Google's over REST, by tokens that are given. @param {() => string} token @param {object} [where] */
export function clientBy(token, where = {}) {
  const authClient = new OAuth2Client();
  authClient.refreshHandler = async () => ({ access_token: token(), expiry_date: Date.now() + 3_600_000 });
  // Its types take an older release of the same class.
  const auth = /** @type {any} */ (new GoogleAuth({ authClient, projectId: "strongroom-test" }));
  return { authClient, client: new v1.KeyManagementServiceClient({ fallback: true, auth, ...where }) };
}
