/** Entries of the audit log as comma-separated values (RFC 4180). */
import { contextsText, isFailure, keysText, type ToldEntry } from "./told-entry.js";

type Cell = string | number | undefined;

/** A column's name, and what stands in it. */
const COLUMNS: readonly [name: string, cell: (entry: ToldEntry) => Cell][] = [
  ["vault", (entry) => entry.vault],
  ["log", (entry) => entry.log],
  ["device", (entry) => entry.device],
  ["sequence", (entry) => entry.sequence],
  ["time", (entry) => cellTime(entry.at)],
  ["operation", (entry) => entry.operation],
  ["outcome", (entry) => (isFailure(entry) ? "failure" : "success")],
  ["error", (entry) => entry.error],
  ["rule", (entry) => entry.rule],
  ["keys", keysText],
  ["more", (entry) => entry.more],
  ["object", (entry) => entry.object],
  ["contexts", contextsText],
  ["moreContexts", (entry) => entry.moreContexts],
  ["factor", (entry) => entry.factor],
  ["failed", (entry) => entry.failed],
  ["unproven", (entry) => (entry.unproven === true ? "true" : undefined)],
  ["lost", (entry) => entry.lost],
  ["approvers", (entry) => entry.approvers?.join(" ")],
  ["after", (entry) => entry.begins?.after?.log],
  ["reason", (entry) => entry.reason],
];

/** The first line, without its end. @internal */
export const CSV_HEADER = COLUMNS.map(([name]) => name).join(",");

/** A line without its end. @internal */
export function csvLine(entry: ToldEntry): string {
  return COLUMNS.map(([, cell]) => cellText(cell(entry))).join(",");
}

/** A spreadsheet runs what begins so; behind an apostrophe it is text. Ids in base64url can begin with a hyphen. */
const RUNS = /^[=+\-@\t\r\n]/u;
/** The same after a sign at which a spreadsheet may end a cell or a row, though it is quoted: the row's first cell is not of that text. */
const RUNS_WITHIN = /(?<=[;\t\r\n])(?=(?:[^\S\t\r\n]|")*[=+\-@])/gu;

function cellText(cell: Cell): string {
  const text = String(cell ?? "");
  const harmless = (typeof cell === "string" && RUNS.test(text) ? `'${text}` : text).replaceAll(RUNS_WITHIN, "'");
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** ISO 8601; a clock that is far out is told in milliseconds. */
function cellTime(at: number): Cell {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : date.toISOString();
}
