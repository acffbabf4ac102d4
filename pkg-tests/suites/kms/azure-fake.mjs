/** The fake of Azure Key Vault, with tests of what no call of the client's brings about. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { fakeKeyVault } from "../../harness/kms/azure.mjs";
import { refused } from "./azure.mjs";
import { PAGE, preflight } from "./preflight.mjs";
import { publicHalf, wrapped } from "./wrapping.mjs";

/** @returns {import("./azure.mjs").Target} */
export function azureFake() {
  /** @type {Awaited<ReturnType<typeof fakeKeyVault>>} */
  let fake;
  let token = "";
  const options = { allowInsecureConnection: true, disableChallengeResourceVerification: true };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const cryptography = (/** @type {string} */ id) => new CryptographyClient(id, credential, options);
  const unwrap = async (/** @type {string} */ id, /** @type {Uint8Array} */ ciphertext) => Buffer.from((await cryptography(id).unwrapKey("RSA-OAEP-256", ciphertext)).result);
  return {
    async open() {
      fake = await fakeKeyVault();
      token = fake.token();
      return { keys: new KeyClient(fake.origin, credential, options), cryptography };
    },
    close: () => fake.stop(),
    more() {
      it("asks who calls, and needs leave to unwrap alone", async () => {
        const key = fake.addKey("least-privilege", { size: 2048 });
        const { cek, ciphertext } = wrapped(publicHalf(key));
        for (const permission of ["get", "create", "update", "delete"]) fake.permissions.delete(permission);
        fake.asked();
        assert.deepEqual(await unwrap(key.id, ciphertext), cek);
        const asked = fake.asked().map(({ method, headers, body }) => [method, headers.authorization !== undefined, body.length > 0]);
        // The client reads the key first, to wrap by itself, and goes on where it may not.
        assert.deepEqual(asked, [["GET", false, false], ["GET", true, false], ["POST", true, true]]);
        fake.permissions.delete("unwrapKey");
        await refused(unwrap(key.id, ciphertext), 403, "Forbidden", "ForbiddenByRbac");
        for (const permission of ["get", "create", "update", "delete", "unwrapKey"]) fake.permissions.add(permission);
        fake.faults.denied = true;
        await refused(unwrap(key.id, ciphertext), 403, "Forbidden", "ForbiddenByRbac");
        fake.faults.denied = false;
      });

      it("refuses too many requests with Retry-After, which the client obeys", async () => {
        const key = fake.addKey("throttled", { size: 2048 });
        const { cek, ciphertext } = wrapped(publicHalf(key));
        Object.assign(fake.faults, { throttle: 1, retryAfter: 1 });
        const begun = performance.now();
        assert.deepEqual(await unwrap(key.id, ciphertext), cek);
        assert.ok(performance.now() - begun > 990);
        Object.assign(fake.faults, { throttle: 9, retryAfter: 0 });
        await refused(unwrap(key.id, ciphertext), 429, "Throttled");
        fake.faults.throttle = 0;
      });

      it("refuses an expired token, and takes the next one", async () => {
        const key = fake.addKey("expiring", { size: 2048 });
        const { cek, ciphertext } = wrapped(publicHalf(key));
        fake.expire(token);
        await refused(unwrap(key.id, ciphertext), 401, "Unauthorized");
        token = fake.token();
        assert.deepEqual(await unwrap(key.id, ciphertext), cek);
      });

      it("lets no page of another origin in, and says that it is a fake", async () => {
        const { origin, headers } = await preflight(`${fake.origin}/keys/a/b/unwrapkey?api-version=2025-07-01`, "authorization,content-type");
        assert.deepEqual([origin, headers], [null, undefined]);
        const answer = await fetch(`${fake.origin}/keys/a?api-version=2025-07-01`, { headers: { origin: PAGE } });
        assert.deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [401, null]);
      });
    },
  };
}
