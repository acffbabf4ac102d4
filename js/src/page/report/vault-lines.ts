/** Lines about the vault: how it is kept, what opens it, alerts, and its logs. */
import type { FactorInfo } from "../../shared/model/factor-info.js";
import { counted, kindsInWords } from "../../shared/sentences.js";
import { WRAPPING } from "../cbom/cbom-algorithms.js";
import { isRecovery, rehearsalDue } from "../health/checks.js";
import { givenThresholds } from "./given-rules.js";
import { named, noneOr, rulesOf, tableOf, type CellOf, type ToldLine } from "./line-parts.js";
import type { PeriodLog } from "./period-logs.js";
import { sortedBy, type ReportFacts } from "./report-facts.js";

/** Checks that other lines tell of. */
const TOLD_ELSEWHERE = /^(?:backup|rehearsal|policies|organisation|device)-/;

const sortedFactors = ({ factors }: ReportFacts): FactorInfo[] => sortedBy(factors, ({ kind, id }) => `${kind}\u0000${id}`);
const dueOf = ({ added, rehearsedAt }: FactorInfo): number | undefined => rehearsalDue(added, rehearsedAt);
const unreadOf = ({ unread }: PeriodLog): number => unread.reduce((sum, { from, to }) => sum + to - from, 0);

function factorCells(facts: ReportFacts): CellOf<FactorInfo>[] {
  return [
    ["kind", "Kind", ({ kind }) => kind],
    ...named<FactorInfo>(facts, ["name", "Name", ({ name }) => name]),
    ["factor", "Factor", ({ id }) => id, "id"],
    ["added", "Added", ({ added }) => added, "time"],
  ];
}

export function storageLine(facts: ReportFacts): ToldLine {
  const checks = facts.checks.filter(({ code }) => !TOLD_ELSEWHERE.test(code));
  const findings = checks.filter(({ severity }) => severity !== "ok").length;
  const table = tableOf(checks, [
    ["severity", "Severity", ({ severity }) => severity],
    ["code", "Check", ({ code }) => code],
    // A sentence may have a factor's name in it.
    ...named<(typeof checks)[number]>(facts, ["message", "Found", ({ message }) => message]),
  ]);
  const factors = facts.factors.length;
  const found =
    `What is stored of each secret and private key is encrypted by ${WRAPPING} under the vault key, and that one to ${counted(factors, "factor")}. ` +
    `Of ${counted(checks.length, "check")} of how the vault is kept, with a finding: ${noneOr(findings)}.`;
  return { count: checks.length, found, none: "Nothing was checked.", figures: { factors, checks: checks.length, findings }, ...table };
}

export function lastBackupLine({ backup }: ReportFacts): ToldLine {
  const none = "The vault has noted no backup: none was ever made from it.";
  if (!backup) return { count: 0, found: "", none, figures: { backups: 0 } };
  const table = tableOf(
    [backup],
    [
      ["at", "Made", ({ at }) => at, "time"],
      ["changes", "Changes since", ({ changes }) => changes, "number"],
    ],
  );
  const found = `The vault was backed up, and since the last backup changed ${counted(backup.changes, "time")}.`;
  return { count: 1, found, none, figures: { changes: backup.changes }, ...table };
}

export function rehearsalsLine(facts: ReportFacts): ToldLine {
  const recovery = sortedFactors(facts).filter(isRecovery);
  const isOverdue = (factor: FactorInfo): boolean => (dueOf(factor) ?? 0) <= facts.at;
  const overdue = recovery.filter(isOverdue).length;
  const table = tableOf(recovery, [
    ...factorCells(facts),
    ["rehearsed", "Rehearsed", ({ rehearsedAt }) => rehearsedAt, "time"],
    ["due", "Due", dueOf, "time"],
    ["overdue", "Due now", isOverdue, "flag"],
  ]);
  const found = `${counted(recovery.length, "recovery factor")}; to be rehearsed now: ${noneOr(overdue)}.`;
  return { count: recovery.length, found, none: "The vault has no recovery factor.", figures: { factors: recovery.length, overdue }, ...table };
}

const hasEscrow = ({ factors }: ReportFacts): boolean => factors.some(({ kind }) => kind === "escrow");

export function factorsLine(facts: ReportFacts): ToldLine {
  const { factors, requires } = facts;
  const table = tableOf(sortedFactors(facts), [
    ...factorCells(facts),
    ["expires", "Expires", ({ device }) => device?.expires, "time"],
    ["pinned", "Knows the identity", ({ pinned }) => pinned, "flag"],
    ["known", "Known to this release", ({ known }) => known, "flag"],
    ["key", "Key elsewhere", ({ key }) => key?.thumbprint, "id"],
    ...named<FactorInfo>(facts, ["kid", "Its name", ({ key }) => key?.kid]),
  ]);
  const takes = requires ? `The vault takes ${kindsInWords(requires)} at once, or a recovery factor${hasEscrow(facts) ? ", or an organisation’s escrow key" : ""}.` : "The vault takes one of them.";
  const found = `${counted(factors.length, "factor")}. ${takes}`;
  return { count: factors.length, found, none: "Nothing opens the vault.", figures: { factors: factors.length }, ...table };
}

export function vaultPolicyLine({ vaultPolicy, at }: ReportFacts): ToldLine {
  const { policy, policyChanged, reviewDue, conflictingPolicies = [] } = vaultPolicy;
  const none = "The vault has no policy of its own.";
  if (!policy) return { count: 0, found: "", none };
  const overdue = reviewDue !== undefined && reviewDue <= at;
  const table = tableOf(
    [policy],
    [
      ["rules", "Rules", rulesOf],
      ["changed", "Set, or last reviewed", () => policyChanged, "time"],
      ["reviewDue", "Review due", () => reviewDue, "time"],
      ["overdue", "Overdue", () => overdue, "flag"],
      ["conflicts", "Others that apply too", () => conflictingPolicies.length, "number"],
    ],
  );
  const review = reviewDue === undefined ? "No time is set for its review." : `Its review is ${overdue ? "" : "not "}overdue.`;
  const found = `A policy holds for what is done with the vault and with every key. ${review}`;
  return { count: 1, found, none, figures: { overdue: Number(overdue), conflicts: conflictingPolicies.length }, ...table };
}

export function organisationLine(facts: ReportFacts): ToldLine {
  const { organisation: told, at } = facts;
  const none = "No organisation’s policy binds the vault.";
  if (!told) return { count: 0, found: "", none };
  const { supported, sequence, notAfter, rules = {}, requiredFactors = [], missingFactors = [], weakPassphrases = [], minimumArgon2 } = told;
  const expired = notAfter !== undefined && at > notAfter;
  const lacking = missingFactors.length + Number(told.missingEscrow ?? false);
  const table = tableOf(
    [told],
    [
      ["organisation", "Organisation", ({ organisation }) => organisation, "id"],
      ...named<typeof told>(facts, ["name", "Name", ({ name }) => name]),
      ["sequence", "Number", () => sequence, "number"],
      ["set", "Taken", ({ set }) => set, "time"],
      ["notAfter", "Expires", () => notAfter, "time"],
      ["rules", "Rules", () => rulesOf(rules)],
      ["required", "Required factors", () => requiredFactors.join(", ")],
      ["cryptoperiod", "Longest cryptoperiod", ({ maximumCryptoperiod }) => maximumCryptoperiod],
      ["argon2", "Least cost of a passphrase", () => minimumArgon2 && `${minimumArgon2.memory} KiB, ${minimumArgon2.passes} passes`],
      ["collector", "Collector of the log", ({ collector }) => collector],
      ["weak", "Passphrases that cost too little", () => weakPassphrases.length, "number"],
      ["escrow", "Escrow", ({ escrow, missingEscrow }) => escrow && (missingEscrow ? "required and missing" : "required and there")],
      ["missing", "Missing factors", () => missingFactors.join(", ")],
    ],
  );
  const state = !supported ? "It is of a later release, and refuses what it can refuse." : `It has ${expired ? "" : "not "}expired.`;
  const lacks = `Required and missing: ${noneOr(lacking)}. Passphrases that cost too little: ${noneOr(weakPassphrases.length)}.`;
  const found = `The policy of an organisation holds for the vault and every key. ${state} ${lacks}`;
  return { count: 1, found, none, figures: { expired: Number(expired), missing: lacking, weak: weakPassphrases.length }, ...table };
}

export function alertsLine(facts: ReportFacts): ToldLine {
  const told = facts.alerts.alerts.filter(({ at }) => at < facts.period.to);
  const sorted = sortedBy(told, ({ severityId, at, id }) => `${9 - severityId}${String(at).padStart(17, "0")}${id}`);
  const table = tableOf(sorted, [
    ["severity", "Severity", ({ severity }) => severity],
    ["rule", "Rule", ({ rule }) => rule],
    ["at", "Since", ({ at }) => at, "time"],
    ["entries", "Entries", ({ evidence }) => evidence.entries.length, "number"],
    // A sentence may have a key's name in it.
    ...named<(typeof told)[number]>(facts, ["message", "Found", ({ message }) => message]),
  ]);
  const own = givenThresholds(facts.rules).map(([rule]) => rule);
  const given = own.length > 0 ? ` With given thresholds: ${own.join(", ")}.` : "";
  const found = `${counted(told.length, "alert")}. Severities are those of OCSF.${given}`;
  return { count: told.length, found, none: `No rule found anything.${given}`, figures: { alerts: told.length }, ...table };
}

export function logsLine({ logs: { logs } }: ReportFacts): ToldLine {
  const faults = logs.filter(({ fault }) => fault !== undefined).length;
  const entries = logs.reduce((sum, { size, cut }) => sum + size - cut, 0);
  const gone = logs.reduce((sum, { cut }) => sum + cut, 0);
  const table = tableOf(logs, [
    ["log", "Log", ({ log }) => log, "id"],
    ["device", "Device", ({ device }) => device, "id"],
    ["size", "Entries", ({ size, cut }) => size - cut, "number"],
    ["cut", "Cut before", ({ cut }) => cut, "number"],
    ["intact", "Intact", ({ intact, cut }) => Math.max(0, intact - cut), "number"],
    ["unread", "Not read", unreadOf, "number"],
    ["fault", "Fault", ({ fault }) => fault],
    ["first", "First", ({ first }) => first, "time"],
    ["last", "Last", ({ last }) => last, "time"],
    ["root", "Hash of the tree", ({ root }) => root, "id"],
  ]);
  const found =
    `${counted(logs.length, "log")} with ${counted(entries, "entry")}, read and held against what the vault accounts for. With a fault: ${noneOr(faults)}. ` +
    (gone > 0 ? `Cut before: ${counted(gone, "entry")}, of which nothing is left but what leads to the others. ` : "") +
    "Whether the vault was set back together with its log, only a checkpoint tells that was kept elsewhere.";
  return { count: logs.length, found, none: "The vault has no log.", figures: { logs: logs.length, entries, cut: gone, faults }, ...table };
}

export function checkpointLine({ checkpoint }: ReportFacts): ToldLine {
  const none = "No checkpoint could be signed.";
  if (!checkpoint) return { count: 0, found: "", none };
  const { size, note, verifier, certificate } = checkpoint;
  const table = tableOf(Object.entries({ note, verifier, certificate }), [
    ["name", "Part", ([name]) => name],
    ["value", "Text", ([, value]) => value, "id"],
  ]);
  const found = `The log’s tree of ${counted(size, "entry")}, signed. Kept elsewhere, it tells at a later verification whether the log was set back or forked.`;
  return { count: 1, found, none, figures: { size }, ...table };
}
