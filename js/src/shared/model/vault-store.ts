/** The port of a store that a caller brings. */

/** Where a stored record is. */
export interface RecordId {
  type: string;
  id: string;
  /** Empty where the type has no versions. */
  version: string;
}

/** One stored record, as the stores see it: an address and opaque bytes. */
export interface StoredRow extends RecordId {
  revision: number;
  bytes: Uint8Array;
}

/** Some of a vault's rows: those whose `[type, id, version]` begins with `prefix`, of up to three parts. */
export interface RowRange {
  prefix: string[];
  /** Only what comes after this `[type, id, version]`, which begins with the prefix too; nothing need stand there. */
  after?: [type: string, id: string, version: string];
  /** At most so many of them, the first; at least 1. */
  limit?: number;
  /** Only where they are: `revision` is 0 and `bytes` are empty, whatever is stored. */
  bare?: boolean;
}

/**
 * A store that the caller brings (inline engine only).
 *
 * `read` gives the rows of each range, one range after the other, all as they were at one moment, that
 * of the sequence. Within a range they come in the order of their types, then ids, then versions, each compared
 * by UTF-16 code units, as JavaScript's `<` does and IndexedDB's keys do. A row's address is the one that the store
 * found it under. Rows that were not asked for, or out of their order, are refused with `ERR_INTEGRITY`.
 *
 * `commit` is one atomic, durable compare-and-swap: it applies nothing and resolves to `false` unless the vault's
 * sequence equals `expect`; afterwards the sequence is `next`, a number below 2^53 that the vault chooses. A vault
 * that does not exist has sequence 0 and no rows. A new vault begins at a random sequence, so that whoever still has
 * a deleted vault open commits nothing into its successor.
 *
 * Each call may take ten seconds. One that takes longer fails with `ERR_STORAGE`. A commit that failed, for this or any
 * other reason, may have been done nevertheless: the vault reads again what is stored before anything else is done with
 * it.
 */
export interface Store {
  vaults(): Promise<string[]>;
  read(vault: string, ranges: RowRange[]): Promise<{ sequence: number; rows: StoredRow[] }>;
  commit(vault: string, expect: number, next: number, puts: StoredRow[], deletes: RecordId[]): Promise<boolean>;
  remove(vault: string): Promise<void>;
}
