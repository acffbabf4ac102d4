/** What AWS KMS answers, by its own client. That finds region and credentials where it always does; AWS_ENDPOINT_URL_KMS is another address. */
import { createPublicKey } from "node:crypto";
import { DecryptCommand, DeriveSharedSecretCommand, KMSClient } from "@aws-sdk/client-kms";

/**
 * The 32 bytes that a key opens, or agrees on; and the name of the key that did.
 *
 * @param {string} arn
 * @param {{ encrypted?: Uint8Array, epk?: import("node:crypto").JsonWebKey }} of an entry: of RSA-OAEP-256, or of ECDH-ES+A256KW
 * @returns {Promise<{ named: string | undefined, secret: Uint8Array | undefined }>}
 */
export async function ask(arn, { encrypted, epk }) {
  const kms = new KMSClient();
  if (encrypted) {
    const { KeyId, Plaintext } = await kms.send(new DecryptCommand({ KeyId: arn, CiphertextBlob: encrypted, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" }));
    return { named: KeyId, secret: Plaintext };
  }
  const spki = createPublicKey({ key: epk ?? {}, format: "jwk" }).export({ type: "spki", format: "der" });
  const { KeyId, SharedSecret } = await kms.send(new DeriveSharedSecretCommand({ KeyId: arn, KeyAgreementAlgorithm: "ECDH", PublicKey: spki }));
  return { named: KeyId, secret: SharedSecret };
}
