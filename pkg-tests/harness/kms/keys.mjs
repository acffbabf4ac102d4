/** Key pairs of the FAKE key management services, and what such a service does with them: Node's `crypto` alone. */
import { constants, createPublicKey, diffieHellman, generateKeyPairSync, privateDecrypt } from "node:crypto";

/** @typedef {import("node:crypto").KeyObject} KeyObject */

/** A private key of so many bits, or on a curve. @param {number | string} size @returns {KeyObject} */
export function generateKey(size) {
  const { privateKey } =
    typeof size === "number" ? generateKeyPairSync("rsa", { modulusLength: size }) : generateKeyPairSync("ec", { namedCurve: size });
  return privateKey;
}

/** RSAES-OAEP with MGF1 of the same hash; nothing where it does not decrypt. @param {KeyObject} key @param {Buffer} encrypted @param {string} hash */
export function decryptOaep(key, encrypted, hash) {
  // RFC 8017 §7.1.2 step 1b. OpenSSL takes a number without the zeros in front of it.
  if (encrypted.length !== Number(key.asymmetricKeyDetails?.modulusLength) / 8) return undefined;
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, encrypted);
  } catch {
    return undefined;
  }
}

/** The public half, DER. @param {KeyObject} key */
export const spkiOf = (key) => createPublicKey(key).export({ type: "spki", format: "der" });

/** ECDH with a public key in DER; nothing where it is none of the same curve. @param {KeyObject} privateKey @param {Buffer} spki */
export function agree(privateKey, spki) {
  try {
    return diffieHellman({ privateKey, publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }) });
  } catch {
    return undefined;
  }
}
