/** Signatures: what callers give and get. */
import type { KeyReference, VersionState } from "../../shared/model/key-info.js";

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
