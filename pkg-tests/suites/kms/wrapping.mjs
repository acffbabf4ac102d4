/** What a client of a key management service does before it asks: wrap a content key for a public key. */
import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";

/** @typedef {import("node:crypto").KeyObject} KeyObject */

/** The public half of a key that a fake made. @param {{ privateKey: KeyObject }} key */
export const publicHalf = ({ privateKey }) => createPublicKey(privateKey);
export const spki = (/** @type {Uint8Array} */ der) => createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });

/** A new content key, and the same wrapped by RSA-OAEP. @param {KeyObject} key @param {string} [hash] */
export function wrapped(key, hash = "sha256") {
  const cek = randomBytes(32);
  return { cek, ciphertext: publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, cek) };
}

/** What RSA decrypts to bytes that have no padding. @param {KeyObject} key */
export function unpadded(key) {
  const size = Number(key.asymmetricKeyDetails?.modulusLength) / 8;
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.concat([Buffer.of(0), randomBytes(size - 1)]));
}

/** A ciphertext whose number begins with a zero, without it: the number is right, and the length is not. @param {KeyObject} key */
export function shortened(key) {
  for (;;) {
    const { ciphertext } = wrapped(key);
    if (ciphertext[0] === 0) return ciphertext.subarray(1);
  }
}
