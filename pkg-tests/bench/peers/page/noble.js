/** @noble/ciphers: AES-256-GCM and XChaCha20-Poly1305 in JavaScript, one message for all. */
import { gcm } from "@noble/ciphers/aes.js";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";

const ways = { gcm: [gcm, 12], xchacha: [xchacha20poly1305, 24] };

/** @param {keyof typeof ways} way */
const noble = (way) => async () => {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const [cipher, length] = ways[way];
  return {
    encrypt: async (/** @type {Uint8Array} */ bytes) => {
      const nonce = crypto.getRandomValues(new Uint8Array(length));
      return { nonce, sealed: cipher(key, nonce).encrypt(bytes) };
    },
    decrypt: async ({ nonce, sealed }) => cipher(key, nonce).decrypt(sealed),
  };
};

export const aesGcm = noble("gcm");
export const xchacha = noble("xchacha");
