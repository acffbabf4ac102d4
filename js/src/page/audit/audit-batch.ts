/** What is sent of an audit log, and where to. */
import type { AuditTree, PrecedingLog } from "../../shared/model/audit-entry.js";
import type { AbortOptions } from "../../shared/model/progress.js";

/** Some entries of a log, and what proves them to a receiver who knows the tree of those before. */
export interface AuditBatch {
  /** What it is, and its version. */
  readonly strongroom: "audit-batch-1";
  /** The vault's id. */
  readonly vault: string;
  /** The log's id. */
  readonly log: string;
  /** The id of the device that writes it. */
  readonly device: string;
  /** The number of the first entry. */
  readonly first: number;
  /** How the entries are written. */
  readonly format: "ocsf" | "entries";
  /** Events of OCSF, or entries with their source as `export` writes them; without reasons unless they are asked for. */
  readonly entries: readonly object[];
  /** The hash of each entry's leaf (RFC 6962), in base64: the leaves themselves, which have the reasons, stay in the vault. */
  readonly leaves: readonly string[];
  /** The tree of the whole log, signed (C2SP `tlog-checkpoint`). */
  readonly note: string;
  /** The public key that verifies the note, as C2SP `signed-note` writes one. */
  readonly verifier: string;
  /** A JWS (`typ`: `sr-audit+jws`) in which the vault's identity says whose key that is. */
  readonly certificate: string;
  /**
   * That the tree up to the last of these leaves is in that of the note: a consistency proof of RFC 6962, in base64. Empty where these
   * are the last entries, whose tree is that of the note.
   */
  readonly proof: readonly string[];
  /**
   * The tree of the entries before these, where those were cut from the log: a receiver that has none of the log begins with it. Its root
   * leads to that of the note, together with `leaves` and `proof`.
   */
  readonly cut?: AuditTree;
  /** The log that the vault had before, in the first batch of one that came after another. */
  readonly after?: PrecedingLog;
}

/**
 * Takes a batch. What it resolves to is of no account, unless it is a `Response`: then its status counts. What it rejects with is tried
 * again, unless it has a `status` from 400 to 499.
 */
export type AuditSend = (batch: AuditBatch, options: { signal: AbortSignal }) => Promise<unknown>;

/** How a log is shipped. */
export interface AuditShipOptions extends AbortOptions {
  /** How entries are written: `ocsf` unless given. */
  format?: "ocsf" | "entries" | undefined;
  /** `true`: with the reasons that were given, up to 4,096 characters of each. Those are texts of people, and can say more than is meant for others. */
  reasons?: boolean | undefined;
  /** Names the destination, whose place in the log is kept by it: the SHA-256 of its URL unless given, and `send` of a function. */
  name?: string | undefined;
  /** Headers of each request to a URL, such as `Authorization`. */
  headers?: Record<string, string> | undefined;
  /** At most so many entries in a batch, 64 to 1,000: 256 unless given. One with more than 1 MiB has 64 of them. */
  limit?: number | undefined;
  /** Milliseconds between two looks for new entries, 1,000 to 86,400,000: 5,000 unless given. */
  every?: number | undefined;
}
