/** Consequences of revoking, destroying and shredding. */

/** Something that ends what a holder of a revoked key can still read. */
export interface Remedy {
  readonly do: "rewrap" | "reencrypt";
  readonly text: string;
}

/** A backup that was made. */
export interface BackupMade {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A copy that a shredding cannot reach. */
export interface Remaining {
  readonly kind: "backup" | "header";
  /** A backup's id, and when it was made, in milliseconds since 1970. */
  readonly id?: string | undefined;
  readonly at?: number | undefined;
  /** A sentence for a person. */
  readonly text: string;
}

/** Whether an object was made unreadable, for everybody and for good. */
export interface Shredding {
  readonly shredded: boolean;
  /** Where there are copies: nothing was erased then. */
  readonly remaining: readonly Remaining[];
}
