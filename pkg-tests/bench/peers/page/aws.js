/** The AWS Encryption SDK's browser client, under a raw AES keyring: no request leaves the page. */
import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringWebCrypto,
  RawAesWrappingSuiteIdentifier,
} from "@aws-crypto/client-browser";

const { encrypt, decrypt } = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
const wrappingSuite = RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING;
/** AES-256-GCM with HKDF, without a signature: the nearest to what the others do. */
const suiteId = 0x0178;

/** @param {number} frameLength */
const framed = (frameLength) => async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const masterKey = await RawAesKeyringWebCrypto.importCryptoKey(secret, wrappingSuite);
  const keyring = new RawAesKeyringWebCrypto({ keyName: "photos", keyNamespace: "bench", masterKey, wrappingSuite });
  const options = { suiteId, frameLength, encryptionContext: { album: "42" } };
  return {
    encrypt: async (/** @type {Uint8Array} */ bytes) => (await encrypt(keyring, bytes, options)).result,
    decrypt: async (/** @type {Uint8Array} */ sealed) => (await decrypt(keyring, sealed)).plaintext,
  };
};

export const small = framed(4096);
export const large = framed(1024 * 1024);
