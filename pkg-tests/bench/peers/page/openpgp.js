/** OpenPGP.js with a session key and AEAD (RFC 9580's version 2 of encrypted data), without a signature. */
import * as openpgp from "openpgp";

const config = { aeadProtect: true, preferredAEADAlgorithm: openpgp.enums.aead.gcm, aeadChunkSizeByte: 12 };

export async function pgp() {
  const sessionKey = { data: crypto.getRandomValues(new Uint8Array(32)), algorithm: "aes256", aeadAlgorithm: "gcm" };
  const packet = (message) => openpgp.encrypt({ message, sessionKey, passwords: undefined, format: "binary", config });
  const sealed = async (binary) => packet(await openpgp.createMessage({ binary }));
  const opened = async (binaryMessage) => {
    const message = await openpgp.readMessage({ binaryMessage, config });
    const { data } = await openpgp.decrypt({ message, sessionKeys: sessionKey, format: "binary", config });
    return data;
  };
  return { encrypt: sealed, decrypt: opened, encryptStream: sealed, decryptStream: opened };
}
