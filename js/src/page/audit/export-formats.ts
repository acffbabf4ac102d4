/** How entries of the audit log are written into files: loaded when the first one is. */
import { cefLine } from "./cef-lines.js";
import { CSV_HEADER, csvLine } from "./csv-lines.js";
import { ocsfEvent } from "./ocsf-events.js";
import type { ToldEntry } from "./told-entry.js";

/** JSON Lines; OCSF events as JSON Lines; RFC 4180; ArcSight's Common Event Format. */
export type AuditFormat = "jsonl" | "ocsf" | "csv" | "cef";

/** A file's first line, and how an entry is written; each line with its end. @internal */
export interface LineFormat {
  readonly header: string;
  readonly line: (entry: ToldEntry) => string;
}

/** @internal */
export const LINE_FORMATS: Readonly<Record<AuditFormat, LineFormat>> = {
  jsonl: { header: "", line: (entry) => `${jsonLine(entry)}\n` },
  ocsf: { header: "", line: (entry) => `${jsonLine(ocsfEvent(entry))}\n` },
  csv: { header: `${CSV_HEADER}\r\n`, line: (entry) => `${csvLine(entry)}\r\n` },
  cef: { header: "", line: (entry) => `${cefLine(entry)}\n` },
};

/** What some readers take for the end of a line, and JSON leaves as it is. */
function jsonLine(value: object): string {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
