/** age-encryption, to an X25519 recipient. */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

export async function age() {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return {
    encrypt: (/** @type {Uint8Array} */ bytes) => encrypter.encrypt(bytes),
    decrypt: (/** @type {Uint8Array} */ sealed) => decrypter.decrypt(sealed),
    encryptStream: (/** @type {ReadableStream} */ stream) => encrypter.encrypt(stream),
    decryptStream: (/** @type {ReadableStream} */ stream) => decrypter.decrypt(stream),
  };
}
