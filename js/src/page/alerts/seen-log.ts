/** What the rules know of a vault: entries of its log, its keys, and what it has noted. */
import type { AuditEntry } from "../../shared/model/audit-entry.js";
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { LogPlace } from "./log-pages.js";

/** What the rules need of an entry. Its reason is not kept. */
export interface SeenEntry
  extends Pick<AuditEntry, "sequence" | "at" | "operation" | "error" | "rule" | "keys" | "factor" | "failed" | "lost" | "begins"> {
  /** The id of its log. */
  readonly log: string;
}

/** Entries in the order in which they were written, of one log after the other. */
export interface SeenLog {
  readonly log: "written" | "stopped" | "none";
  /** The id of the log that is written, or was last. */
  readonly id: string | undefined;
  /** How many entries that has. */
  readonly size: number;
  readonly entries: readonly SeenEntry[];
  /** How many of them were read just now. */
  readonly read: number;
  /** Whether older entries, which were asked for, are too many. */
  readonly cut: boolean;
  /** The oldest entry that is there, where those before it were cut by a retention. */
  readonly left?: SeenEntry | undefined;
  /** The entry after the last one that does not open: those before it were not read. */
  readonly brokenBefore: LogPlace | undefined;
}

/** A recovery factor, and when its rehearsal is due; `undefined` where nobody knows since when it is there. */
export interface DueRehearsal {
  readonly id: string;
  readonly at: number | undefined;
  readonly due: number | undefined;
}

/** What the vault has noted of itself. */
export interface SeenState {
  readonly backup: { readonly at: number; readonly changes: number } | undefined;
  /** The latest time that the vault has noted. */
  readonly latest: number | undefined;
  readonly rehearsals: readonly DueRehearsal[];
  readonly keys: readonly KeyInfo[];
  /** When the vault's own policy is to be reviewed. */
  readonly reviewDue?: number | undefined;
}

export interface AlertFacts extends SeenState {
  readonly now: number;
  /** What had ended by then is not told. */
  readonly from: number;
  readonly seen: SeenLog;
}
