/** The fake of Google Cloud KMS, with tests of what no call of the client's brings about. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { crc32c } from "../../harness/kms/crc32c.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { clientBy, refused } from "./google.mjs";
import { PAGE, preflight } from "./preflight.mjs";
import { publicHalf, wrapped } from "./wrapping.mjs";

/** @returns {import("./google.mjs").Target} */
export function googleFake() {
  /** @type {Awaited<ReturnType<typeof fakeGoogleKms>>} */
  let fake;
  let token = "";
  /** @type {import("google-auth-library").OAuth2Client} */
  let authClient;
  return {
    async open() {
      fake = await fakeGoogleKms();
      token = fake.token();
      const { hostname, port } = new URL(fake.origin);
      const made = clientBy(() => token, { protocol: "http", apiEndpoint: hostname, port: Number(port) });
      ({ authClient } = made);
      return { client: made.client, ring: fake.ring };
    },
    close: () => fake.stop(),
    more(client) {
      const decrypt = async (/** @type {string} */ name, /** @type {Buffer} */ ciphertext, /** @type {object} */ options = {}) => {
        const [answer] = await client().asymmetricDecrypt({ name, ciphertext, ciphertextCrc32c: { value: crc32c(ciphertext) } }, options);
        return answer;
      };
      const algorithm = "RSA_DECRYPT_OAEP_2048_SHA256";

      it("sends numbers of 64 bits as strings", async () => {
        const key = fake.addKey("numbers", { algorithm });
        const { ciphertext } = wrapped(publicHalf(key));
        const headers = { authorization: `Bearer ${token}` };
        const body = JSON.stringify({ ciphertext: ciphertext.toString("base64"), ciphertextCrc32c: String(crc32c(ciphertext)) });
        const decrypted = await (await fetch(`${fake.origin}/v1/${key.name}:asymmetricDecrypt`, { method: "POST", headers, body })).json();
        assert.match(decrypted.plaintextCrc32c, /^\d+$/);
        assert.equal(decrypted.protectionLevel, "SOFTWARE");
        const told = await (await fetch(`${fake.origin}/v1/${key.name}/publicKey`, { headers })).json();
        assert.deepEqual([told.algorithm, told.pemCrc32c], [algorithm, String(crc32c(Buffer.from(told.pem)))]);
      });

      it("lists a key's versions with their states, as an adapter that looks for the newest asks for them", async () => {
        const versions = [fake.addKey("listed", { algorithm }), fake.addKey("listed", { algorithm })];
        fake.disable(versions[0]?.name ?? "");
        const parent = `${fake.ring}/cryptoKeys/listed`;
        const [listed] = await client().listCryptoKeyVersions({ parent, pageSize: 1000 });
        assert.deepEqual(listed.map(({ name, state }) => [name, state]), [[`${parent}/cryptoKeyVersions/1`, "DISABLED"], [`${parent}/cryptoKeyVersions/2`, "ENABLED"]]);
        const headers = { authorization: `Bearer ${token}` };
        const answer = await (await fetch(`${fake.origin}/v1/${parent}/cryptoKeyVersions?pageSize=1000`, { headers })).json();
        assert.deepEqual(answer.cryptoKeyVersions.map((/** @type {any} */ { state }) => state), ["DISABLED", "ENABLED"]);
        await refused(client().listCryptoKeyVersions({ parent: `${parent}-not` }), "NOT_FOUND");
      });

      it("checks what arrives by its checksum, and answers with a wrong one when told", async () => {
        const key = fake.addKey("checksums", { algorithm });
        const { cek, ciphertext } = wrapped(publicHalf(key));
        fake.state.corruptRequests = 1;
        await refused(decrypt(key.name, ciphertext), "INVALID_ARGUMENT", /ciphertext_crc32c/);
        fake.faults.tamper = (answer) => ({ ...answer, plaintextCrc32c: "1" });
        const { plaintext, plaintextCrc32c } = await decrypt(key.name, ciphertext);
        fake.faults.tamper = undefined;
        assert.deepEqual([Buffer.from(/** @type {Uint8Array} */ (plaintext)), Number(plaintextCrc32c?.value)], [cek, 1]);
      });

      it("refuses too many requests", async () => {
        const key = fake.addKey("throttled", { algorithm });
        fake.faults.throttle = 1;
        await refused(decrypt(key.name, wrapped(publicHalf(key)).ciphertext), "RESOURCE_EXHAUSTED", /Quota exceeded/);
      });

      it("refuses who may not, and an expired token until there is the next one", async () => {
        const key = fake.addKey("callers", { algorithm });
        const { ciphertext } = wrapped(publicHalf(key));
        fake.faults.denied = true;
        await refused(decrypt(key.name, ciphertext), "PERMISSION_DENIED", /useToDecrypt.*may not exist/);
        fake.faults.denied = false;
        fake.expire(token);
        await refused(decrypt(key.name, ciphertext), "UNAUTHENTICATED");
        token = fake.token();
        authClient.credentials = {};
        await decrypt(key.name, ciphertext);
      });

      it("lets pages of every origin in, and says that it is a fake", async () => {
        const { origin, headers } = await preflight(`${fake.origin}/v1/${fake.ring}`, "authorization,content-type");
        assert.deepEqual([origin, headers], [PAGE, "authorization,content-type"]);
      });
    },
  };
}
