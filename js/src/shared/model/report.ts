/** Consequences of revoking, destroying and shredding. */

/**
 * One thing that a report states: a sentence in English for a person, and the code and the numbers that it is made of, for
 * a page that says it in its own words or in another language. Each code is listed with the parameters that come with it;
 * later releases may add codes, for which a page falls back on `message`.
 */
export interface Statement<Code extends string, Params extends object = Record<never, never>> {
  readonly code: Code;
  /** A sentence for a person. */
  readonly message: string;
  readonly params: Readonly<Params>;
}

/** What a statement says of how many objects of the inventory. */
export interface AboutObjects {
  readonly objects: number;
}

/** What a holder of a revoked version can still read: by its key, and by objects' own keys that were kept. */
export type StillReadable =
  | Statement<"version-opens-headers", AboutObjects>
  | Statement<"object-keys-were-kept", AboutObjects>;

/** What others can have written under a version that is compromised. */
export type Forgeable = Statement<"objects-unproven"> | Statement<"values-unproven">;

/** Something that ends what a holder of a revoked key can still read: `code` is the method that does it. */
export type Remedy = Statement<"rewrap", AboutObjects> | Statement<"reencrypt", AboutObjects>;

/** Where a version may survive that was destroyed. */
export type Remains = Statement<"in-backups", { backups: number }> | Statement<"in-exports"> | Statement<"on-disk">;

/** A backup that was made. */
export interface BackupMade {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A copy that a shredding cannot reach: a header that is kept outside the vault, or a backup. */
export type Remaining = Statement<"header"> | Statement<"backup", BackupMade>;

/** What to know of a backup that was restored. */
export type RestoreWarning = Statement<"older-states-return", { created: number }>;

/** What a backup is that was restored. */
export interface RestoreReport {
  /** When the backup says that it was made, in milliseconds since 1970. */
  readonly created: number;
  /** Which vault key it is under, counted from 1. */
  readonly generation: number;
  /**
   * What a person is to be told before the vault is used. `older-states-return`: what was revoked or destroyed since is as it was;
   * not with `expect.lastSeenHead`, which refuses an older backup.
   */
  readonly warnings: readonly RestoreWarning[];
}

/** Whether an object was made unreadable, for everybody and for good. */
export interface Shredding {
  readonly shredded: boolean;
  /** Where there are copies: nothing was erased then. */
  readonly remaining: readonly Remaining[];
}
