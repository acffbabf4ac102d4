/** Keys outside any vault. */

/** A handle of the engine's, or a public JWK as text. */
export type WireRecipient = number | string;

export interface WireKey {
  handle: number;
  kid: string;
  kty: string;
  secret: boolean;
  publicJwk?: string;
}

export interface StandaloneCalls {
  generateKey(algorithm: "A256KW" | "P-256"): Promise<WireKey>;
  importKey(jwk: string): Promise<WireKey>;
  secretJwk(key: number): Promise<string>;
  freeKey(key: number): Promise<void>;
  wrapKey(key: number, recipients: WireRecipient[], context: string | undefined): Promise<string>;
  /** The words of a new recovery kit, in UTF-8. */
  newRecoveryWords(): Promise<Uint8Array<ArrayBuffer>>;
  /** The words of new recovery shares, in UTF-8: a line for each. */
  splitRecovery(threshold: number, shares: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Why this browser can keep no key that opens a vault; `undefined` where it can. */
  whyNoDeviceKeys(): Promise<string | undefined>;
  unwrapKey(envelope: string, identities: number[], context: string | undefined): Promise<WireKey>;
}
