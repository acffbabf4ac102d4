/** Calls about vaults and what they hold. */
import type { Store } from "../model/vault-store.js";

/** Where vaults live. A caller's store is passed by reference, which only inline engines can. */
export type Storage = "indexeddb" | "memory" | Store;

export interface VaultName {
  name: string;
  id: string;
}

/**
 * Calls that the engine forwards to the core unchanged. Keys are named by alias or id; what they return is JSON text of
 * the types in `model/`, unless it says otherwise.
 */
export interface ForwardedCalls {
  /** `options`: `KeyOptions`. Returns `KeyInfo`. */
  createKey(options: string): Promise<string>;
  /** `options`: `SessionOptions`. Returns `KeyInfo`. */
  createSession(options: string): Promise<string>;
  /** Returns nothing. */
  endSession(key: string): Promise<string>;
  /** `query`: `KeyFilter` (a label as an array) and `PageOptions`. Returns `{ keys: KeyInfo[], next? }`. */
  listKeys(query: string): Promise<string>;
  /** Returns `KeyInfo`. */
  findKey(key: string): Promise<string>;
  /** `request`: `{ do, … }`. Returns `{ key: KeyInfo, report? }`. */
  manage(key: string, request: string): Promise<string>;
  /** Returns a compact JWS. */
  sign(key: string, payload: Uint8Array, typ: string | undefined): Promise<string>;
  /** Returns `{ key, version, state, typ? }`. */
  verify(token: string, key: string | undefined): Promise<string>;
  /** Returns nothing. */
  untrack(object: string, force: boolean): Promise<string>;
  /** `query`: `{ parent?, key?, version?, after?, limit? }`. Returns `ObjectPage`. */
  listObjects(query: string): Promise<string>;
  /** Returns `Shredding`. */
  shred(object: string): Promise<string>;
  /** Returns `{ uploads: Upload[] }`. */
  listUploads(): Promise<string>;
  /** Returns nothing. */
  noteUpload(object: string, note: string): Promise<string>;
  /** Returns nothing. */
  endUpload(object: string): Promise<string>;
  /** Returns `{ generation, records }`. */
  rotateVaultKey(): Promise<string>;
  /** Returns text for `unlock`. */
  head(): Promise<string>;
}

/** The names of the calls that are forwarded. */
export const FORWARDED = [
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
] as const satisfies readonly (keyof ForwardedCalls)[];

/** Calls about vaults; an engine holds at most one that is open. */
export interface VaultCalls extends ForwardedCalls {
  create(name: string, passphrases: Uint8Array[]): Promise<VaultName>;
  open(name: string): Promise<VaultName>;
  unlock(passphrase: Uint8Array, lastSeenHead: string | undefined): Promise<void>;
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
  restore(backup: Uint8Array, name: string | undefined): Promise<string>;
  backup(): Promise<Uint8Array<ArrayBuffer>>;

  /** `values`: JSON texts; returns compact JWEs. There is one context for all, or one for each. */
  encryptValues(key: string, values: string[], contexts: (string | undefined)[]): Promise<string[]>;
  /** Returns the values' JSON texts. */
  decryptValues(tokens: string[], contexts: (string | undefined)[]): Promise<string[]>;
  /** `material`: 32 bytes, or a JWK's text, or PEM. */
  importVaultKey(options: string, material: Uint8Array | string): Promise<string>;
  exportVaultKey(passphrase: Uint8Array, key: string, version: string | undefined): Promise<string>;
  /** `header`: a header, or an attached object from its beginning; or the id of an object that the vault has. */
  rewrap(header: Uint8Array | string, request: string): Promise<string>;
  track(object: string, header: Uint8Array | string): Promise<string>;
}
