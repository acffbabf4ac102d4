/** Lines about what the audit log says of the period. */
import { counted } from "../../shared/sentences.js";
import { keyCells, named, noneOr, tableOf, type CellOf, type ToldLine } from "./line-parts.js";
import type { TalliedEntries } from "./log-tally.js";
import { sortedBy, type ReportFacts } from "./report-facts.js";

const PROOFS = new Set(["unlock", "reload", "authenticate", "rehearseFactor"]);
const FACTOR_ENDS = new Set(["revokeFactor", "replaceFactor"]);
const FACTOR_CHANGES = new Set(["addFactor", "renameFactor", "requireFactors"]);

type Which = (entry: TalliedEntries) => boolean;
type Table = Pick<ToldLine, "columns" | "rows">;

const entriesOf = ({ logs }: ReportFacts, which: Which): TalliedEntries[] => Array.from(logs.tally.operations.values()).filter(which);
const ofKeys = ({ logs }: ReportFacts, which: Which): TalliedEntries[] => Array.from(logs.tally.keys.values()).filter(which);
const sumOf = (entries: readonly TalliedEntries[], what: "count" | "uses" | "failed" = "count"): number =>
  entries.reduce((total, entry) => total + entry[what], 0);

const did =
  (...operations: string[]): Which =>
  ({ operation, error }) =>
    error === undefined && operations.includes(operation);
const didAny =
  (operations: ReadonlySet<string>): Which =>
  ({ operation, error }) =>
    error === undefined && operations.has(operation);
const isRefusal: Which = ({ error }) => error === "ERR_POLICY";
/** The factor of a backup that is merged opens that backup, and not the vault. */
const isWrongFactor: Which = ({ error, operation }) => error === "ERR_WRONG_FACTOR" && operation !== "merge";
const isOtherFailure: Which = (entry) => entry.error !== undefined && !isRefusal(entry) && !isWrongFactor(entry);
const isUse: Which = ({ error, uses }) => error === undefined && uses > 0;

const OPERATION: CellOf<TalliedEntries> = ["operation", "Operation", ({ operation }) => operation];
const ERROR: CellOf<TalliedEntries> = ["error", "Ended with", ({ error }) => error];
const ENTRIES: CellOf<TalliedEntries> = ["entries", "Entries", ({ count }) => count, "number"];
const TIMES: readonly CellOf<TalliedEntries>[] = [
  ["first", "First", ({ first }) => first, "time"],
  ["last", "Last", ({ last }) => last, "time"],
];

/** In an order that does not depend on the log's: by key, operation, error, rule and factor. */
function tallyTable(facts: ReportFacts, entries: readonly TalliedEntries[], cells: readonly CellOf<TalliedEntries>[]): Table {
  const aliases = aliasesOf(facts);
  const place = ({ key = "", operation, error = "", rule = "", factor = "" }: TalliedEntries): string =>
    [facts.names ? (aliases.get(key) ?? "") : "", key, operation, error, rule, factor].join("\u0000");
  return tableOf(sortedBy(entries, place), [...cells, ...TIMES]);
}

/** The same, with the key that each row is of. */
function keyTable(facts: ReportFacts, which: Which, cells: readonly CellOf<TalliedEntries>[]): Table {
  const aliases = aliasesOf(facts);
  const ofKey = keyCells<TalliedEntries>(facts, ({ key }) => (key === undefined ? undefined : { id: key, alias: aliases.get(key) ?? "" }));
  return tallyTable(facts, ofKeys(facts, which), [...ofKey, ...cells]);
}

/** The same, with the factor that each row is of: its kind and name, where it is still one of the vault. */
function factorTable(facts: ReportFacts, which: Which): Table {
  const factors = new Map(facts.factors.map((factor) => [factor.id, factor]));
  const known = ({ factor = "" }: TalliedEntries) => factors.get(factor);
  return tallyTable(facts, entriesOf(facts, which), [
    OPERATION,
    ...named<TalliedEntries>(facts, ["name", "Name", (entry) => known(entry)?.name]),
    ["kind", "Kind", (entry) => known(entry)?.kind],
    ["factor", "Factor", ({ factor }) => factor, "id"],
    ENTRIES,
  ]);
}

const aliasesOf = ({ keys }: ReportFacts): Map<string, string> => new Map(keys.map(({ id, alias }) => [id, alias]));

/** How often one operation was done, and when. */
function doneLine(facts: ReportFacts, operation: string, noun: string, none: string): ToldLine {
  const done = entriesOf(facts, did(operation));
  const count = sumOf(done);
  return { count, found: `${counted(count, noun)}.`, none, figures: { done: count }, ...tallyTable(facts, done, [ENTRIES]) };
}

export const vaultKeyLine = (facts: ReportFacts): ToldLine =>
  doneLine(facts, "rotateVaultKey", "rotation", "The vault key was not rotated.");
export const backupsLine = (facts: ReportFacts): ToldLine => doneLine(facts, "backup", "backup", "No backup was made.");
export const mergesLine = (facts: ReportFacts): ToldLine => doneLine(facts, "merge", "merge", "No backup was merged.");
export const shreddedLine = (facts: ReportFacts): ToldLine =>
  doneLine(facts, "shred", "shredding", "No object was shredded.");

export function unlocksLine(facts: ReportFacts): ToldLine {
  const which = didAny(PROOFS);
  const unlocks = sumOf(entriesOf(facts, did("unlock", "reload")));
  const count = sumOf(entriesOf(facts, which));
  const found = `${counted(unlocks, "unlock")}, and ${counted(count - unlocks, "factor")} presented while the vault was open.`;
  return { count, found, none: "The vault was not unlocked.", figures: { unlocks, presented: count - unlocks }, ...factorTable(facts, which) };
}

export function failedUnlocksLine(facts: ReportFacts): ToldLine {
  const isLocked = did("failUnlock");
  const locked = sumOf(entriesOf(facts, isLocked), "failed");
  const open = sumOf(entriesOf(facts, isWrongFactor));
  const found =
    `${counted(locked, "attempt")} on the locked vault, and ${counted(open, "attempt")} on the open one. ` +
    "The first number is unproven: no key was there to write it, so that who can write to the browser’s storage can have changed it.";
  const attempts: CellOf<TalliedEntries> = ["attempts", "Attempts", (entry) => (isLocked(entry) ? entry.failed : entry.count), "number"];
  const entries = entriesOf(facts, (entry) => isLocked(entry) || isWrongFactor(entry));
  return { count: locked + open, found, none: "No attempt failed.", figures: { locked, open }, ...tallyTable(facts, entries, [OPERATION, attempts]) };
}

export function usesLine(facts: ReportFacts): ToldLine {
  const used = ofKeys(facts, isUse);
  const uses = sumOf(used, "uses");
  const keys = new Set(used.map(({ key }) => key)).size;
  const { unnamed } = facts.logs.tally;
  const rest = unnamed > 0 ? ` Entries were about ${counted(unnamed, "key")} more, which they do not name: one names a thousand.` : "";
  const table = keyTable(facts, isUse, [OPERATION, ["uses", "Uses", (entry) => entry.uses, "number"]]);
  return { count: uses, found: `${counted(uses, "use")} of ${counted(keys, "key")}.${rest}`, none: `No key was used.${rest}`, figures: { uses, keys, unnamed }, ...table };
}

/** What was done and what was not, by key. */
function attemptedLine(facts: ReportFacts, operations: readonly string[], noun: string, none: string): ToldLine {
  const which: Which = ({ operation }) => operations.includes(operation);
  const entries = entriesOf(facts, which);
  const done = sumOf(entries.filter(did(...operations)));
  const failed = sumOf(entries) - done;
  const found = `${counted(done, noun)}; attempts that failed or were refused: ${noneOr(failed)}.`;
  return { count: done + failed, found, none, figures: { done, failed }, ...keyTable(facts, which, [OPERATION, ERROR, ENTRIES]) };
}

export const exportsLine = (facts: ReportFacts): ToldLine => attemptedLine(facts, ["exportKey"], "export", "No secret key was exported.");
export const policyChangesLine = (facts: ReportFacts): ToldLine =>
  attemptedLine(facts, ["setPolicy", "setVaultPolicy"], "change", "No policy was changed.");

export function revokedFactorsLine(facts: ReportFacts): ToldLine {
  const which = didAny(FACTOR_ENDS);
  const count = sumOf(entriesOf(facts, which));
  const none = "No factor was revoked or replaced.";
  return { count, found: `${counted(count, "factor")} revoked or replaced.`, none, figures: { factors: count }, ...factorTable(facts, which) };
}

export function factorChangesLine(facts: ReportFacts): ToldLine {
  const which = didAny(FACTOR_CHANGES);
  const count = sumOf(entriesOf(facts, which));
  const none = "No factor was added, renamed or required.";
  return { count, found: `${counted(count, "change")}.`, none, figures: { changes: count }, ...factorTable(facts, which) };
}

export function refusalsLine(facts: ReportFacts): ToldLine {
  const count = sumOf(entriesOf(facts, isRefusal));
  const table = keyTable(facts, isRefusal, [OPERATION, ["rule", "Rule", ({ rule }) => rule], ENTRIES]);
  const found = `${counted(count, "operation")} refused by a policy.`;
  return { count, found, none: "No policy refused an operation.", figures: { refusals: count }, ...table };
}

export function errorsLine(facts: ReportFacts): ToldLine {
  const entries = entriesOf(facts, isOtherFailure);
  const count = sumOf(entries);
  const changed = sumOf(entries.filter(({ error }) => error === "ERR_INTEGRITY" || error === "ERR_DECRYPT"));
  const found = `${counted(count, "operation")} failed; because something was changed or does not open: ${noneOr(changed)}.`;
  return { count, found, none: "No other operation failed.", figures: { failed: count, changed }, ...keyTable(facts, isOtherFailure, [OPERATION, ERROR, ENTRIES]) };
}
