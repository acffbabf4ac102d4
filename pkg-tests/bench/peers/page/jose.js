/** jose: compact JWE, A256KW and A256GCM, the content's key wrapped by a CryptoKey. */
import { compactDecrypt, CompactEncrypt, generateSecret } from "jose";

export async function jwe() {
  const key = await generateSecret("A256KW");
  return {
    encrypt: (/** @type {Uint8Array} */ bytes) =>
      new CompactEncrypt(bytes).setProtectedHeader({ alg: "A256KW", enc: "A256GCM", kid: "photos" }).encrypt(key),
    decrypt: async (/** @type {string} */ token) => (await compactDecrypt(token, key)).plaintext,
  };
}
