/** What a vault's operations take and give. */
import type { DecryptOptions, EncryptOptions } from "./contents.js";
import type { Context } from "./context.js";
import type { KeyReference, VersionState } from "./key-info.js";
import type { Watch } from "./pump.js";

/** Anything that JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface VaultEncryptOptions extends EncryptOptions {
  key: KeyReference;
  /**
   * `"vault"`: keeps the header in the vault, and the object in its inventory; the body is detached. Only such
   * an object can be shredded. Decrypt it by `{ object: id }`.
   */
  header?: "vault" | undefined;
}

export interface VaultDecryptOptions extends DecryptOptions {
  /** The id of an object whose header is in the vault. */
  object?: string | undefined;
  /** Opens also what nothing proves the writer of; look at `origin`. */
  allowUnsigned?: boolean | undefined;
}

export type OpenObjectOptions = Omit<VaultDecryptOptions, keyof Watch>;

export interface ReencryptOptions extends VaultEncryptOptions {
  /** How the old object is decrypted. Its context and what it is a sidecar of are the new one's, unless given. */
  from?: Omit<VaultDecryptOptions, keyof Watch> | undefined;
}

export interface ValueOptions {
  context?: Context | undefined;
}

export interface ValuesOptions {
  /** One for all values, or as many as there are, each for the value in its place. */
  contexts?: readonly (Context | undefined)[] | undefined;
}

export interface SignOptions {
  /** A key whose purpose is `sign`. */
  key: KeyReference;
  /** The JWS's `typ`; none that begins with `sr-`. */
  typ?: string | undefined;
}

export interface VerifyOptions {
  /** The key that it must be by. Otherwise any `sign` key of the vault will do. */
  key?: KeyReference | undefined;
}

/** What a signature that is right says. */
export interface Verified {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The id of the key. */
  readonly key: string;
  /** The id of the version. */
  readonly version: string;
  /** Of the version, now: after `compromised`, somebody else may have signed. */
  readonly state: VersionState;
  readonly typ: string | undefined;
}
