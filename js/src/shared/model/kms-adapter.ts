/** Keys that are elsewhere: at a key management service (KMS), or in a hardware module. */
import type { PublicJwk, RsaPublicJwk } from "./jwk.js";
import type { KmsSend } from "./kms-request.js";
import type { KmsSecret } from "./kms-secret.js";

/** A public key that an escrow is made of, with the name of the key there. */
export type KmsPublicJwk = (PublicJwk | RsaPublicJwk) & { readonly kid: string };

/** What is asked of a private key that is elsewhere. */
export type KmsUnwrapRequest = {
  /** The key's own name, as the vault has it (`kid`), or else as `publicKey` gives it. Hold it against what is configured. */
  readonly keyId: string;
  /** Aborted once nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Sends the request so that what is unwrapped stays in the vault's Worker. Not there where no vault asks. */
  readonly send?: KmsSend | undefined;
} & (
  | {
      readonly algorithm: "RSA-OAEP-256";
      /** What is to be decrypted: RSAES-OAEP with SHA-256, MGF1 with SHA-256 and no label. As many bytes as the modulus has. */
      readonly encryptedKey: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly algorithm: "ECDH-ES+A256KW";
      /** With which the shared secret is derived (ECDH); its x-coordinate is the answer. */
      readonly epk: PublicJwk;
    }
);

/**
 * A key whose private half is elsewhere, as `escrowKey` takes it: those of `strongroom/kms`, or one of your own. It is asked once for
 * each time that the vault is opened by it, and never where something is encrypted.
 */
export interface KmsAdapter {
  /** The names of the key, where it is known by several. One is asked for by the first that the vault knows. */
  readonly keyIds?: readonly string[] | undefined;
  /** The public half, whose `kid` is the name of the key. One that is configured takes no request. */
  publicKey(options?: { readonly signal?: AbortSignal | undefined }): Promise<KmsPublicJwk>;
  /** The answer: the ticket that `request.send` gave, or 32 bytes, which are wiped once they were used. Rejects with `KmsError` as a rule. */
  unwrap(request: KmsUnwrapRequest): Promise<Uint8Array<ArrayBuffer> | KmsSecret>;
}
