/** What the page and the engine say to each other. Both sides are of one release. */
import type { CallerStore } from "./bindings.js";
import type { FileMetadata } from "./inputs.js";

/** Where vaults live. A caller's store is passed by reference, which only inline engines can. */
export type Storage = "indexeddb" | "memory" | CallerStore;

/** An input as it crosses: a Blob by reference, small bytes at once, everything else on demand. */
export type WireInput =
  | { kind: "blob"; blob: Blob }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "pull"; source: number; size: number | undefined };

/** A handle of the engine's, or a public JWK as text. */
export type WireRecipient = number | string;

export interface VaultName {
  name: string;
  id: string;
}

export interface WireKey {
  handle: number;
  kid: string;
  kty: string;
  secret: boolean;
  publicJwk?: string;
}

export interface EncryptRequest {
  /** The vault's key by alias or id, or recipients for an object outside any vault. */
  to: { key: string } | { recipients: WireRecipient[] };
  context: string | undefined;
  file: string | undefined;
  /** Bytes of plaintext, where known. */
  size: number | undefined;
  detached: boolean;
}

export interface DecryptRequest {
  from: { allowUnsigned: boolean } | { identities: number[] };
  context: string | undefined;
  header: Uint8Array | undefined;
  expect: string | undefined;
}

export interface Encrypted {
  id: string;
  header: Uint8Array<ArrayBuffer>;
  size: number | undefined;
}

export interface Decrypted extends Encrypted {
  metadata: FileMetadata | undefined;
  origin: "own" | "unsigned";
}

/** A few segments of output; `processed` counts the input's bytes so far. */
export interface Batch {
  chunks: Uint8Array<ArrayBuffer>[];
  processed: number;
  done: boolean;
}

/** What the engine serves. A body's number is chosen by the page, so that it can be dropped early. */
export interface EngineCalls {
  /** Takes `lock` for as long as the engine lives, where it can; whether it holds it. */
  start(
    module: WebAssembly.Module,
    storage: Storage | undefined,
    lock?: string | undefined,
  ): Promise<boolean>;

  create(name: string, passphrases: Uint8Array[]): Promise<VaultName>;
  open(name: string): Promise<VaultName>;
  unlock(passphrase: Uint8Array): Promise<void>;
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
  restore(backup: Uint8Array, name: string | undefined): Promise<string>;
  backup(): Promise<Uint8Array<ArrayBuffer>>;

  createKey(alias: string): Promise<string>;
  listKeys(): Promise<string>;
  findKey(aliasOrId: string): Promise<string>;
  encryptValue(key: string, value: string, context: string | undefined): Promise<string>;
  decryptValue(token: string, context: string | undefined): Promise<string>;

  generateKey(algorithm: "A256KW" | "P-256"): Promise<WireKey>;
  importKey(jwk: string): Promise<WireKey>;
  secretJwk(key: number): Promise<string>;
  freeKey(key: number): Promise<void>;
  wrapKey(key: number, recipients: WireRecipient[], context: string | undefined): Promise<string>;
  unwrapKey(envelope: string, identities: number[], context: string | undefined): Promise<WireKey>;

  encrypt(body: number, input: WireInput, request: EncryptRequest): Promise<Encrypted>;
  decrypt(body: number, input: WireInput, request: DecryptRequest): Promise<Decrypted>;
  pull(body: number): Promise<Batch>;
  drop(body: number): Promise<void>;

  argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: number,
    passes: number,
    lanes: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** What the page serves: the next piece of an input, at most 1 MiB; `undefined` at its end. */
export interface PageCalls {
  read(source: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
}
