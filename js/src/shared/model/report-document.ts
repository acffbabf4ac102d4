/** Evidence of how a vault's keys are managed: what `vault.report()` writes. */
import type { AlertRules } from "./vault-alert.js";

/**
 * The verbs of Commission Delegated Regulation (EU) 2024/1774, Article 7(1); then `protecting` (Article 7(2)), and `recording`, the audit
 * log that the others rest on.
 */
export type ReportSectionId =
  | "generating"
  | "renewing"
  | "storing"
  | "backing-up"
  | "archiving"
  | "retrieving"
  | "transmitting"
  | "retiring"
  | "revoking"
  | "destroying"
  | "protecting"
  | "recording";

/**
 * `found`: there is something, and all of it was looked at. `none`: there is nothing, and all of it was looked at. `partial`: not all of it was
 * looked at, and the figures are of the rest. `not-examined`: nothing was looked at. What was left is named by the line's `limits`.
 */
export type ReportStatus = "found" | "none" | "partial" | "not-examined";

/** What stands in a table. Times are in milliseconds since 1970; `null`: not known, or there is none. */
export type ReportCell = string | number | boolean | null;

export interface ReportColumn {
  /** The member of each row. */
  readonly name: string;
  /** For a person. */
  readonly title: string;
  readonly kind: "text" | "id" | "time" | "number" | "flag";
}

/** Something that was not looked at, and why. */
export interface ReportLimit {
  /** By which lines name it: `limit-1`, … */
  readonly id: string;
  /** The kind of it; docs/report.md lists them. */
  readonly code: string;
  /** A sentence for a person, without names. */
  readonly message: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One thing that the report tells. */
export interface ReportLine {
  /** Stays in later releases; docs/report.md lists them. */
  readonly id: string;
  readonly title: string;
  readonly status: ReportStatus;
  /** What was found, in a sentence. */
  readonly statement: string;
  /** `state`: from the keys and the vault as they stand; `log`: from the audit log; `both`. */
  readonly source: "state" | "log" | "both";
  /** `now`: as of the report's time, or of while it was made; `period`: from `from` to `to`. */
  readonly covers: "now" | "period";
  readonly figures: Readonly<Record<string, number>>;
  /** Empty, and so are the rows, for a line without a table. */
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly Readonly<Record<string, ReportCell>>[];
  /** The ids of what was not looked at. */
  readonly limits: readonly string[];
  /** The ids of the citations that it speaks to. */
  readonly cites: readonly string[];
}

export interface ReportSection {
  readonly id: ReportSectionId;
  readonly title: string;
  readonly lines: readonly ReportLine[];
}

/** A text that lines speak to. */
export interface ReportCitation {
  readonly id: string;
  /** The document. */
  readonly source: string;
  /** Where in it. */
  readonly place: string;
  /** What it says, in half a sentence. */
  readonly says: string;
}

/** The report's JSON. Sections, lines, rows and members are in the same order whenever the same is reported. */
export interface ReportDocument {
  readonly format: "strongroom-report-1";
  /** That this is evidence, and no certification. */
  readonly disclaimer: string;
  /** What it is about and what it cannot show, in sentences. */
  readonly scope: readonly string[];
  /** The release that wrote it. */
  readonly release: string;
  /** `name` is absent where names are left out. */
  readonly vault: { readonly id: string; readonly name?: string };
  /** When it was begun, by this device's clock, before anything was read: states are as of then, or of the time until it was written. */
  readonly at: number;
  /** What happened from `from` on and before `to`. */
  readonly period: { readonly from: number; readonly to: number };
  /** Whether aliases of keys and names of factors are in it. */
  readonly names: boolean;
  /** Whether reasons that were given are in it. */
  readonly reasons: boolean;
  /** What was said of the rules for alerts; empty: all looked, with their usual thresholds. */
  readonly rules: AlertRules;
  /** What was not looked at. Where it is empty, all was. */
  readonly limits: readonly ReportLimit[];
  readonly sections: readonly ReportSection[];
  /** What lines speak to. */
  readonly citations: readonly ReportCitation[];
}
