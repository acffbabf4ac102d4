/** Which passkey a factor is. */
export interface PasskeyInfo {
  /** The credential's id, base64url. */
  readonly credential: string;
  /** Whose it is. */
  readonly rpId: string;
}

/** A set of recovery shares. */
export interface SharesInfo {
  /** How many of them open the vault. */
  readonly threshold: number;
  /** How many there are. */
  readonly shares: number;
}

/** Which browser's key a device is. */
export interface DeviceInfo {
  /** The name by which that browser has the key: no secret. */
  readonly key: string;
  /** From when on it opens nothing, in milliseconds since 1970, by that device's clock. */
  readonly expires: number;
}

/** A key that somebody else holds, and that opens a factor: of an escrow, or at a key management service (KMS). */
export interface FactorKeyInfo {
  /** 43 characters: the thumbprint of the public key. */
  readonly thumbprint: string;
  /** What the key called itself when it was enrolled (`kid`), as the name of a key at a KMS. */
  readonly kid: string | undefined;
}

/** What is known of a KMS as a gate. */
export interface GateInfo {
  /**
   * Whether each new vault key enrols it anew, to the same public key, so that no answer that somebody kept opens the vault any more. `false` of one
   * that was added before 0.2 was released: `factors.replace` it once.
   */
  readonly renews: boolean;
  /** For how long a device that asked the KMS opens the vault without it, where it cannot be reached: an ISO 8601 duration. `undefined` for not at all. */
  readonly offlineGrace: string | undefined;
}

/** What is known of a factor. */
export interface FactorInfo {
  /** 43 characters: the thumbprint of its public key. Of a KMS (`"kms"`) it is another one with each new vault key. */
  readonly id: string;
  /** `"passphrase"`, `"recovery-kit"`, `"recovery-shares"`, `"passkey"`, `"this-device"`, `"escrow"` or `"kms"`, or what a later release calls it. */
  readonly kind: string;
  /** What people call it. */
  readonly name: string | undefined;
  /** When it was added, in milliseconds since 1970; `undefined` for those that a vault of an earlier release was created with. */
  readonly added: number | undefined;
  /** Whether this release can open it. One that it does not know is kept as it is. */
  readonly known: boolean;
  /**
   * Whether it knows the identity that signs for the vault now. Not since another factor was revoked as compromised: until it is
   * presented once, while the vault is unlocked or with `identity`.
   */
  readonly pinned: boolean;
  /** Of a passkey alone: which one it is. */
  readonly passkey: PasskeyInfo | undefined;
  /** Of recovery shares alone: how many there are, and how many it takes. */
  readonly shares: SharesInfo | undefined;
  /** Of a device alone: which one it is, and how long. */
  readonly device: DeviceInfo | undefined;
  /** Of an escrow and of a KMS: the key that opens it. */
  readonly key: FactorKeyInfo | undefined;
  /** Of a KMS alone: what else is known of the gate. */
  readonly gate: GateInfo | undefined;
  /** When it last proved that it opens the vault (`factors.rehearse`), in milliseconds since 1970; `undefined` before the first time. */
  readonly rehearsedAt: number | undefined;
}

/** What became of a vault, a factor of which was revoked as compromised. */
export interface CompromisedFactorReport {
  /** What `vault.identity()` gives from now on: keep it outside this browser. */
  readonly identity: string;
  /** Which vault key it is, counted from 1. */
  readonly generation: number;
  /** How many keys have a new primary version. */
  readonly keys: number;
  /** How many versions are compromised that were not. */
  readonly versions: number;
  /** The factors that do not know the new identity yet: `vault.unlock(factor)`, with each of them once, tells them now. */
  readonly remaining: readonly FactorInfo[];
}
