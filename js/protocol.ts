/** What the page and the engine say to each other. Both sides are of one release. */
import type { CallerStore, WasmVault } from "./bindings.js";
import type { WireError } from "./errors.js";
import type { FileMetadata } from "./inputs.js";

/** Where vaults live. A caller's store is passed by reference, which only inline engines can. */
export type Storage = "indexeddb" | "memory" | CallerStore;

/** An input as it crosses: a Blob by reference, small bytes at once, everything else on demand. */
export type WireInput =
  | { kind: "blob"; blob: Blob }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "pull"; source: number; size: number | undefined };

/** An object whose parts are read: a Blob by reference; of anything else the page reads them. */
export type WireParts =
  | { kind: "blob"; blob: Blob }
  | { kind: "parts"; source: number; size: number; front: Uint8Array<ArrayBuffer> | undefined };

/** Bytes that are read first of an object whose parts are read: a header with a few recipients, and what follows. */
export const FRONT = 16 * 1024;

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

/** The vault's key by alias or id, or recipients for an object outside any vault. */
export type EncryptTo = { key: string; keepHeader: boolean } | { recipients: WireRecipient[] };

/** The vault, and the id of the object whose header it has; or keys outside any vault. */
export type DecryptFrom =
  | { allowUnsigned: boolean; object: string | undefined }
  | { identities: number[] };

export interface ReencryptRequest {
  to: EncryptTo;
  context: string | undefined;
  sidecar: string | undefined;
  metadata: FileMetadata;
  detached: boolean;
}

export interface EncryptRequest extends ReencryptRequest {
  /** Bytes of plaintext, where known. */
  size: number | undefined;
}

/** Another pass over an object's plaintext, from a byte of what is stored. */
export interface ResumeRequest extends Pick<ReencryptRequest, "context" | "sidecar"> {
  id: string;
  file: Blob;
  from: number;
}

export interface DecryptRequest {
  from: DecryptFrom;
  context: string | undefined;
  sidecar: string | undefined;
  header: Uint8Array | undefined;
  expect: string | undefined;
}

export interface Encrypted extends Begun {
  id: string;
  /** Empty where the vault keeps it. */
  header: Uint8Array<ArrayBuffer>;
  size: number | undefined;
}

export interface Resumed extends Encrypted {
  size: number;
  note: string | undefined;
}

export interface Decrypted extends Encrypted {
  metadata: FileMetadata | undefined;
  origin: "own" | "unsigned";
}

/** `size`: bytes of plaintext. */
export interface Opened extends Omit<Decrypted, "header"> {
  size: number;
}

export interface Reencrypted extends Encrypted {
  /** Bytes of plaintext, where known. */
  total: number | undefined;
}

/** What is said of a body when it begins. */
export interface Begun {
  /** Its first batch, of an input that came along whole. */
  first?: Batch | undefined;
}

/** A few segments of output; `processed` counts the input's bytes so far. */
export interface Batch {
  chunks: Uint8Array<ArrayBuffer>[];
  processed: number;
  done: boolean;
}

/** What the core does by a flow that ends with text or with nothing, and that the engine only passes on. */
export const FLOWS = [
  "createKey",
  "createSession",
  "endSession",
  "listKeys",
  "findKey",
  "manage",
  "sign",
  "verify",
  "untrack",
  "listObjects",
  "shred",
  "listUploads",
  "noteUpload",
  "endUpload",
  "rotateVaultKey",
  "head",
] as const;

export type FlowName = (typeof FLOWS)[number];

export type FlowCalls = { [Name in FlowName]: (...args: Parameters<WasmVault[Name]>) => Promise<string> };

/** What the engine serves. A body's number is chosen by the page, so that it can be dropped early. */
export interface EngineCalls extends FlowCalls {
  /** Takes `lock` for as long as the engine lives, where it can; whether it holds it. */
  start(
    module: WebAssembly.Module,
    storage: Storage | undefined,
    lock?: string | undefined,
  ): Promise<boolean>;

  create(name: string, passphrases: Uint8Array[]): Promise<VaultName>;
  open(name: string): Promise<VaultName>;
  unlock(passphrase: Uint8Array, lastSeenHead: string | undefined): Promise<void>;
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
  restore(backup: Uint8Array, name: string | undefined): Promise<string>;
  backup(): Promise<Uint8Array<ArrayBuffer>>;

  encryptValues(...given: Parameters<WasmVault["encryptValues"]>): Promise<string[]>;
  decryptValues(...given: Parameters<WasmVault["decryptValues"]>): Promise<string[]>;
  /** `material`: 32 bytes, or a JWK's text, or PEM. */
  importVaultKey(options: string, material: Uint8Array | string): Promise<string>;
  exportVaultKey(passphrase: Uint8Array, key: string, version: string | undefined): Promise<string>;
  /** `header`: a header, or an attached object from its beginning; or the id of an object that the vault has. */
  rewrap(header: Uint8Array | string, request: string): Promise<string>;
  track(object: string, header: Uint8Array | string): Promise<string>;

  generateKey(algorithm: "A256KW" | "P-256"): Promise<WireKey>;
  importKey(jwk: string): Promise<WireKey>;
  secretJwk(key: number): Promise<string>;
  freeKey(key: number): Promise<void>;
  wrapKey(key: number, recipients: WireRecipient[], context: string | undefined): Promise<string>;
  unwrapKey(envelope: string, identities: number[], context: string | undefined): Promise<WireKey>;

  encrypt(body: number, input: WireInput, request: EncryptRequest): Promise<Encrypted>;
  decrypt(body: number, input: WireInput, request: DecryptRequest): Promise<Decrypted>;
  reencrypt(
    body: number,
    input: WireInput,
    old: DecryptRequest,
    request: ReencryptRequest,
  ): Promise<Reencrypted>;
  pull(body: number): Promise<Batch>;
  /** Reads a body's input on, without encrypting it; at its end, the vault keeps what `resume` needs. */
  pin(body: number, about: string): Promise<Batch>;
  resume(body: number, request: ResumeRequest): Promise<Resumed>;
  /** Ends a body, or an object that `openObject` opened. */
  drop(body: number): Promise<void>;

  openObject(object: number, parts: WireParts, request: DecryptRequest): Promise<Opened>;
  /**
   * Plaintext from one place to another, or fewer bytes of it: some, unless the range is empty. `more`: another
   * such call follows at once; nothing is fetched before the last of them.
   */
  readObject(object: number, from: number, to: number, more: boolean): Promise<Uint8Array<ArrayBuffer>>;

  argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: number,
    passes: number,
    lanes: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** What the page serves. */
export interface PageCalls {
  /** The next piece of an input, of `most` bytes at most; `undefined` at its end. */
  read(source: number, most: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The bytes of an object from one place to another, all of them. */
  readPart(source: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Something failed in the background, so that the vault must be locked. */
  failed(error: WireError): void;
}
