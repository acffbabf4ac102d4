/** What Azure Key Vault answers to its own client, `@azure/keyvault-keys`: against the fake, or the real service. */
import assert from "node:assert/strict";
import { createPublicKey, randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { shortened, unpadded, wrapped } from "./wrapping.mjs";

const OAEP = /** @type {const} */ ("RSA-OAEP-256");

/**
 * @typedef {object} Clients
 * @property {import("@azure/keyvault-keys").KeyClient} keys
 * @property {(id: string) => import("@azure/keyvault-keys").CryptographyClient} cryptography
 *
 * @typedef {object} Target
 * @property {() => Promise<Clients>} open
 * @property {() => Promise<void>} close
 * @property {(clients: () => Clients) => void} [more] tests of what no call brings about
 *
 * @param {string} name
 * @param {Target} target
 */
export function azureConforms(name, target) {
  describe(`Azure Key Vault's client, against ${name}`, () => {
    /** @type {Clients} */
    let clients;
    /** @type {Set<string>} */
    const made = new Set();
    /** A new version of a key, as the service tells it. */
    const create = async (called = `strongroom-conformance-${randomBytes(6).toString("hex")}`) => {
      made.add(called);
      const { id = "", key: jwk } = await clients.keys.createRsaKey(called, { keySize: 2048 });
      return { called, id, version: id.replace(/^.*\//, ""), key: publicKey(jwk) };
    };
    const unwrap = async (/** @type {string} */ id, /** @type {Uint8Array} */ ciphertext, /** @type {any} */ algorithm = OAEP) => {
      const { result, keyID } = await clients.cryptography(id).unwrapKey(algorithm, ciphertext);
      return { cek: Buffer.from(result), keyID };
    };

    before(async () => {
      clients = await target.open();
    });
    after(async () => {
      for (const called of made) await clients.keys.beginDeleteKey(called, { intervalInMs: 200 }).catch(() => undefined);
      await target.close();
    });

    it("tells a key's public half, and unwraps what was wrapped for it elsewhere", async () => {
      const { called, id, version, key } = await create();
      const { id: told, key: jwk } = await clients.keys.getKey(called, { version });
      assert.equal(told, id);
      assert.ok(publicKey(jwk).equals(key));
      const { cek, ciphertext } = wrapped(key);
      assert.deepEqual(await unwrap(id, ciphertext), { cek, keyID: id });
    });

    it("unwraps by an old version once there is a new one", async () => {
      const old = await create();
      const latest = await create(old.called);
      assert.notEqual(latest.version, old.version);
      const { cek, ciphertext } = wrapped(old.key);
      assert.deepEqual(await unwrap(old.id, ciphertext), { cek, keyID: old.id });
      assert.equal((await clients.keys.getKey(old.called)).id, latest.id);
      await refused(unwrap(latest.id, ciphertext), 400, "BadParameter");
    });

    it("refuses another key's ciphertext, another algorithm and what has no padding", async () => {
      const [{ id, key }, other] = [await create(), await create()];
      const { ciphertext } = wrapped(key);
      await refused(unwrap(other.id, ciphertext), 400, "BadParameter");
      await refused(unwrap(id, ciphertext, "RSA-OAEP"), 400, "BadParameter");
      await refused(unwrap(id, ciphertext, "A256KW"), 400, "BadParameter");
      await refused(unwrap(id, unpadded(key)), 400, "BadParameter");
      await refused(unwrap(id, shortened(key)), 400, "BadParameter");
    });

    it("uses no disabled version, and uses it again once it is enabled", async () => {
      const { called, id, version, key } = await create();
      const { cek, ciphertext } = wrapped(key);
      await clients.keys.updateKeyProperties(called, version, { enabled: false });
      await refused(unwrap(id, ciphertext), 403, "Forbidden", "KeyDisabled");
      await refused(clients.keys.getKey(called, { version }), 403, "Forbidden", "KeyDisabled");
      await clients.keys.updateKeyProperties(called, version, { enabled: true });
      assert.deepEqual((await unwrap(id, ciphertext)).cek, cek);
    });

    it("knows no deleted key and no other", async () => {
      const { called, id, key } = await create();
      const { ciphertext } = wrapped(key);
      await (await clients.keys.beginDeleteKey(called, { intervalInMs: 200 })).pollUntilDone();
      made.delete(called);
      await refused(unwrap(id, ciphertext), 404, "KeyNotFound");
      await refused(unwrap(id.replace(called, "strongroom-no-such-key"), ciphertext), 404, "KeyNotFound");
    });

    target.more?.(() => clients);
  });
}

/** @param {import("@azure/keyvault-keys").JsonWebKey | undefined} jwk */
const publicKey = (jwk) => createPublicKey({ key: { kty: "RSA", n: text(jwk?.n), e: text(jwk?.e) }, format: "jwk" });
const text = (/** @type {Uint8Array | undefined} */ bytes) => Buffer.from(bytes ?? []).toString("base64url");

/** @param {Promise<unknown>} work @param {number} status @param {string} code @param {string} [inner] */
export const refused = (work, status, code, inner) =>
  assert.rejects(work, (/** @type {any} */ error) => {
    assert.deepEqual([error.statusCode, error.code], [status, code], String(error));
    if (inner !== undefined) assert.equal(error.details?.error?.innerError?.code, inner);
    return true;
  });
