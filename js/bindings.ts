/**
 * The narrow interface between the TypeScript face and the generated wasm module.
 *
 * Every class and function here is exported by `src/web/`, one file per thing bound. Conventions:
 * structured values cross as JSON text (a context, a JWK, key information); bytes cross as
 * `Uint8Array`; sizes are numbers of bytes; every failure is an `Error` with a `code` property from
 * the union in `errors.ts`. Methods that return a promise may run at the same time as others on the
 * same object. `free()` drops the Rust value; calling it twice is an error of the caller, which the
 * face never makes.
 */

/** Something that lives in wasm memory until it is freed. */
export interface Freeable {
  free(): void;
  [Symbol.dispose](): void;
}

/** A key outside any vault: `oct` (a KEK) or `EC` P-256, private or public. */
export interface WasmKey extends Freeable {
  /** The JWK's own `kid`, otherwise its RFC 7638 thumbprint. */
  readonly kid: string;
  /** `oct` or `EC`. */
  readonly kty: string;
  readonly secret: boolean;
  /** The public half as JWK text; `undefined` for `oct`. */
  publicJwk(): string | undefined;
  /** The secret JWK as text. EXPOSE: only for `dangerouslyExportKey`. */
  secretJwk(): string;
}

/** A list of keys; `add` copies, the key stays with its owner. */
export interface WasmKeys extends Freeable {
  add(key: WasmKey): void;
}

/** Encrypts one body. Pieces of any size go in, whole segments come out. */
export interface WasmSealer extends Freeable {
  /** The object's id: the thumbprint of its DEK. */
  readonly id: string;
  /** The header (the DEK's Encrypted JWK) as the bytes that are stored. */
  header(): Uint8Array;
  /** Magic, length and header: what an attached object begins with. */
  attachedPrefix(): Uint8Array;
  /** Ciphertext bytes of the body, when the plaintext's size was given. */
  readonly bodySize: number | undefined;
  push(plain: Uint8Array): Promise<Uint8Array[]>;
  /** Seals what is left as the last segment. Nothing may follow. */
  finish(): Promise<Uint8Array[]>;
}

/** Decrypts one body. Releases nothing that was not authenticated. */
export interface WasmOpener extends Freeable {
  readonly id: string;
  header(): Uint8Array;
  /** JSON text of `{ name?, type?, size?, modified? }`; `undefined` when there is none. */
  metadata(): string | undefined;
  /** JSON text of the origin: `"own"` or `"unsigned"`. */
  origin(): string;
  push(cipher: Uint8Array): Promise<Uint8Array[]>;
  finish(): Promise<Uint8Array[]>;
}

/** A vault: locked after `open` and `restore`, unlocked after `create` and `unlock`. */
export interface WasmVault extends Freeable {
  readonly name: string;
  readonly id: string;
  readonly unlocked: boolean;
  /** The passphrase's bytes; UTF-8 of the NFC form where the caller gave a string. */
  unlock(passphrase: Uint8Array): Promise<void>;
  lock(): void;
  /** JSON text of `KeyInfo`. */
  createKey(alias: string): Promise<string>;
  /** JSON text of `KeyInfo[]`, by alias. */
  listKeys(): Promise<string>;
  /** JSON text of `KeyInfo`, by alias or id. */
  findKey(aliasOrId: string): Promise<string>;
  /** `file`: JSON text of `{ name?, type?, size?, modified? }`. */
  encrypt(key: string, context: string | undefined, file: string | undefined): Promise<WasmSealer>;
  decrypt(
    header: Uint8Array,
    context: string | undefined,
    expect: string | undefined,
    allowUnsigned: boolean,
  ): Promise<WasmOpener>;
  /** `value`: JSON text; returns a compact JWE. */
  encryptValue(key: string, value: string, context: string | undefined): Promise<string>;
  /** Returns JSON text. */
  decryptValue(token: string, context: string | undefined): Promise<string>;
  /** The backup's bytes. */
  backup(): Promise<Uint8Array>;
}

/**
 * Runs Argon2id somewhere else (a Worker that ends with it) and gives back 32 bytes.
 * `memory` in KiB. The core has checked the parameters before it asks.
 */
export type Stretch = (
  passphrase: Uint8Array,
  salt: Uint8Array,
  memory: number,
  passes: number,
  lanes: number,
) => Promise<Uint8Array>;

/** One stored record, as the stores see it: an address and opaque bytes. */
export interface StoredRow {
  type: string;
  id: string;
  /** Empty where the type has no versions. */
  version: string;
  revision: number;
  bytes: Uint8Array;
}

/**
 * A store that the caller brings (inline engine only). `commit` is one atomic, durable
 * compare-and-swap: it applies nothing and resolves to `false` unless the vault's sequence equals
 * `expect`; afterwards the sequence is `expect + 1`. A vault that does not exist has sequence 0.
 */
export interface CallerStore {
  vaults(): Promise<string[]>;
  read(vault: string): Promise<{ sequence: number; rows: StoredRow[] }>;
  commit(
    vault: string,
    expect: number,
    puts: StoredRow[],
    deletes: Omit<StoredRow, "revision" | "bytes">[],
  ): Promise<boolean>;
  remove(vault: string): Promise<void>;
}

/** Where vaults live. */
export interface WasmHost extends Freeable {
  create(name: string, passphrases: Uint8Array[]): Promise<WasmVault>;
  open(name: string): Promise<WasmVault>;
  /** Writes a backup into a free name (its own when `name` is absent); the name it took. */
  restore(backup: Uint8Array, name: string | undefined): Promise<string>;
}

/** The generated module, after its wasm was instantiated. */
export interface Bindings {
  Keys: new () => WasmKeys;
  Host: new (store: CallerStore, stretch: Stretch) => WasmHost;

  generateKey(algorithm: "A256KW" | "P-256"): WasmKey;
  importKey(jwk: string): WasmKey;
  /** General JSON serialization. */
  wrapKey(key: WasmKey, recipients: WasmKeys, context: string | undefined): string;
  unwrapKey(envelope: string, identities: WasmKeys, context: string | undefined): WasmKey;
  encrypt(
    recipients: WasmKeys,
    context: string | undefined,
    file: string | undefined,
  ): Promise<WasmSealer>;
  decrypt(
    header: Uint8Array,
    identities: WasmKeys,
    context: string | undefined,
    expect: string | undefined,
  ): Promise<WasmOpener>;

  /** The header's length, from an attached object's first 8 bytes; refuses what is not ours. */
  attachedHeaderLength(prefix: Uint8Array): number;
  /** The synchronous derivation, for the short-lived Worker that `Stretch` starts. */
  argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: number,
    passes: number,
    lanes: number,
  ): Uint8Array;

  /** Overwrites what calls left on wasm's stack: once each is done, between two others. */
  wipeStack(): void;
}
