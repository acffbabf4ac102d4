import type { WireError } from "../errors/index.js";
import type { PublicJwk } from "../model/jwk.js";
import type { VaultChange } from "../model/vault-change.js";

/** What is asked of who holds the private half of an escrow, as the core says it. */
export interface EscrowRequest {
  /** The thumbprint of the key. */
  recipient: string;
  kid?: string;
  algorithm: "RSA-OAEP-256" | "ECDH-ES+A256KW";
  /** Of `RSA-OAEP-256`: base64url. */
  encryptedKey?: string;
  /** Of `ECDH-ES+A256KW`. */
  epk?: PublicJwk;
}

/** What a passkey's PRF gave, or who holds the private half of an escrow. */
export interface PrfResult {
  /** Which of the credentials, or of the requests. */
  which: number;
  /** 32 bytes, secret. */
  output: Uint8Array<ArrayBuffer>;
}

/** What the holder of the private half of an escrow gave. */
export type EscrowAnswer = {
  /** Which of the requests. */
  which: number;
} & (
  | { /** 32 bytes, secret. */ output: Uint8Array<ArrayBuffer>; ticket?: undefined }
  | { output?: undefined; /** The number of a secret that the engine has. */ ticket: number }
);

/** What the page serves. */
export interface PageCalls {
  /** The next piece of an input, of `most` bytes at most; `undefined` at its end. */
  read(source: number, most: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The bytes of an object from one place to another, all of them. */
  readPart(source: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Starts a Worker that runs Argon2id for the holder of the port's other end. Settles once that Worker has ended:
   * rejects unless it was stopped.
   */
  startArgon2(worker: number, port: MessagePort): Promise<void>;
  stopArgon2(worker: number): void;
  /** Has an authenticator make a passkey: its credential's id. `exclude`: ids of credentials, one of which it must not have. */
  createPasskey(
    ceremony: number,
    rpId: string,
    user: Uint8Array<ArrayBuffer>,
    input: Uint8Array<ArrayBuffer>,
    exclude: Uint8Array<ArrayBuffer>[],
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Asks for one of several passkeys, each with its own input of its PRF. */
  evaluatePrf(
    ceremony: number,
    rpId: string,
    credentials: Uint8Array<ArrayBuffer>[],
    inputs: Uint8Array<ArrayBuffer>[],
  ): Promise<PrfResult>;
  /**
   * Asks a holder for one of these: `{ requests: EscrowRequest[] }`, as JSON. `undefined` where none of the keys is theirs. `question`: by
   * which the page sends requests until it answers.
   */
  askEscrow(holder: number, requests: string, question: number): Promise<EscrowAnswer | undefined>;
  /** How far a call is that the page watches by that number. */
  progress(watch: number, done: number, total: number | undefined): void;
  /** Something was changed in the vault, here or by another tab. */
  changed(change: VaultChange): void;
  /** Something failed in the background, so that the vault must be locked. */
  failed(error: WireError): void;
}
