/** Lines about what the audit log says of the period. */
import { counted } from "../../shared/sentences.js";
import { keyCells, named, noneOr, tableOf, type CellOf, type ToldLine } from "./line-parts.js";
import type { TalliedEntries } from "./log-tally.js";
import { sortedBy, type ReportFacts } from "./report-facts.js";
import { did, isOtherFailure, isRefusal, isUse, isWrongFactor, unnamedOf, type Which } from "./which-entries.js";

const PROOFS = new Set(["unlock", "reload", "authenticate", "rehearseFactor"]);
const FACTOR_ENDS = new Set(["revokeFactor", "replaceFactor"]);
const FACTOR_CHANGES = new Set(["addFactor", "replaceFactor", "renameFactor", "requireFactors"]);
/** The operations that give the vault another vault key. */
const VAULT_KEY_ROTATIONS = new Set(["rotateVaultKey", "revokeFactor", "replaceFactor", "requireFactors"]);

type Table = Pick<ToldLine, "columns" | "rows">;

const entriesOf = ({ logs }: ReportFacts, which: Which): TalliedEntries[] => Array.from(logs.tally.operations.values()).filter(which);
const ofKeys = ({ logs }: ReportFacts, which: Which): TalliedEntries[] => Array.from(logs.tally.keys.values()).filter(which);
const sumOf = (entries: readonly TalliedEntries[], what: "count" | "uses" | "failed" = "count"): number =>
  entries.reduce((total, entry) => total + entry[what], 0);

const didAny = (operations: ReadonlySet<string>): Which => did(...operations);

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

export function vaultKeyLine(facts: ReportFacts): ToldLine {
  const rotated = entriesOf(facts, didAny(VAULT_KEY_ROTATIONS));
  const count = sumOf(rotated);
  const by = Array.from(VAULT_KEY_ROTATIONS)
    .toSorted()
    .map((operation) => ({ operation, times: sumOf(rotated.filter(did(operation))) }))
    .filter(({ times }) => times > 0)
    .map(({ operation, times }) => `${times.toLocaleString("en")} by ${operation}`);
  const found = `${counted(count, "rotation")}: ${by.join(", ")}.`;
  const table = tallyTable(facts, rotated, [OPERATION, ["factor", "Factor", ({ factor }) => factor, "id"], ENTRIES]);
  return { count, found, none: "The vault key was not rotated.", figures: { done: count }, ...table };
}
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
  const time =
    "Attempts on the locked vault are noted by the next unlock, with its time: some may have been before the period, and those after the last unlock of the period are not among them.";
  const found =
    `${counted(locked, "attempt")} on the locked vault, and ${counted(open, "attempt")} on the open one. ${time} ` +
    "The first number is unproven: no key was there to write it, so that who can write to the browser’s storage can have changed it.";
  const attempts: CellOf<TalliedEntries> = ["attempts", "Attempts", (entry) => (isLocked(entry) ? entry.failed : entry.count), "number"];
  const entries = entriesOf(facts, (entry) => isLocked(entry) || isWrongFactor(entry));
  return { count: locked + open, found, none: `No attempt is noted. ${time}`, figures: { locked, open }, ...tallyTable(facts, entries, [OPERATION, attempts]) };
}

export function usesLine(facts: ReportFacts): ToldLine {
  const used = ofKeys(facts, isUse);
  const uses = sumOf(used, "uses");
  const keys = new Set(used.map(({ key }) => key)).size;
  const unnamed = unnamedOf(facts, "uses");
  const rest = unnamed > 0 ? ` Entries were about at least ${counted(unnamed, "key")} more, which they do not name: one names a thousand.` : "";
  const table = keyTable(facts, isUse, [OPERATION, ["uses", "Uses", (entry) => entry.uses, "number"]]);
  return { count: uses, found: `${counted(uses, "use")} of ${counted(keys, "key")}.${rest}`, none: unnamed > 0 ? `Of the keys that entries name, none was used.${rest}` : "No key was used.", figures: { uses, keys, unnamed }, ...table };
}

/** What was done and what was not, by key. */
export function attemptedLine(
  facts: ReportFacts,
  operations: readonly string[],
  noun: string,
  none: string,
  ...cells: readonly CellOf<TalliedEntries>[]
): ToldLine {
  const which: Which = ({ operation }) => operations.includes(operation);
  const entries = entriesOf(facts, which);
  const done = sumOf(entries.filter(did(...operations)));
  const failed = sumOf(entries) - done;
  const found = `${counted(done, noun)}; attempts that failed or were refused: ${noneOr(failed)}.`;
  return { count: done + failed, found, none, figures: { done, failed }, ...keyTable(facts, which, [OPERATION, ERROR, ENTRIES, ...cells]) };
}

export const exportsLine = (facts: ReportFacts): ToldLine => attemptedLine(facts, ["exportKey"], "export", "No secret key was exported.");

const MORE_FACTORS = "An entry names one factor: the revocation of one that others may have can have taken more away with it.";

export function revokedFactorsLine(facts: ReportFacts): ToldLine {
  const which = didAny(FACTOR_ENDS);
  const count = sumOf(entriesOf(facts, which));
  const none = "No factor was revoked or replaced.";
  return { count, found: `${counted(count, "factor")} revoked or replaced. ${MORE_FACTORS}`, none, figures: { factors: count }, ...factorTable(facts, which) };
}

export function factorChangesLine(facts: ReportFacts): ToldLine {
  const which = didAny(FACTOR_CHANGES);
  const count = sumOf(entriesOf(facts, which));
  const none = "No factor was added, replaced, renamed or required.";
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
