/** Lines about keys as they stand. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import { counted, DAY } from "../../shared/sentences.js";
import { strengthsOf, type AlgorithmName } from "../cbom/cbom-algorithms.js";
import { algorithmsOf } from "../cbom/cbom-keys.js";
import { activatedAt, CRYPTOPERIODS, opensUntil, protectedUntil, protectsUntil } from "./cryptoperiods.js";
import { keyCells, noneOr, rulesOf, tableOf, tallied, versionCells, type ToldLine, type VersionOfKey } from "./line-parts.js";
import type { ReportFacts } from "./report-facts.js";

const allVersions = ({ keys }: ReportFacts): VersionOfKey[] => keys.flatMap((key) => key.versions.map((version) => ({ key, version })));
const living = ({ keys }: ReportFacts): KeyInfo[] => keys.filter(({ destroyed }) => !destroyed);
/** Whether the time is over; one that is not known never is. */
const isOver = (at: number | undefined, now: number): boolean => at !== undefined && at <= now;
/** When the first of them became active. */
const oldestOf = (versions: readonly VersionOfKey[]): number =>
  versions.reduce((least, { version }) => Math.min(least, activatedAt(version) ?? version.created), Infinity);

export function registerLine(facts: ReportFacts): ToldLine {
  const { keys, at: now } = facts;
  const versions = allVersions(facts);
  const states = tallied(versions.map(({ version }) => version.state));
  const list = Object.entries(states).map(([state, number]) => `${number.toLocaleString("en")} ${state}`);
  const table = tableOf(versions, [
    ...versionCells(facts),
    ["purpose", "Purpose", ({ key }) => key.purpose],
    ["state", "State", ({ version: { state } }) => state],
    ["compromised", "Others may have it", ({ version }) => version.compromised ?? false, "flag"],
    ["created", "Made", ({ version }) => version.created, "time"],
    ["age", "Age in days", ({ version }) => Math.max(0, Math.floor((now - version.created) / DAY)), "number"],
    ["activated", "Active since", ({ version }) => activatedAt(version), "time"],
    ["row", "Row of table 1", ({ key }) => CRYPTOPERIODS[key.purpose].row, "number"],
    ["protectsUntil", "End of its cryptoperiod", ({ key, version }) => protectsUntil(key, version), "time"],
  ]);
  const found = `${counted(keys.length, "key")} with ${counted(versions.length, "version")}: ${list.join(", ")}.`;
  const figures = { keys: keys.length, versions: versions.length, ...states };
  return { count: keys.length, found, none: "The vault has no named key.", figures, ...table };
}

export function algorithmsLine(facts: ReportFacts): ToldLine {
  const used = new Map<AlgorithmName, string[]>();
  for (const { key, version } of allVersions(facts)) {
    if (version.state === "destroyed") continue;
    for (const name of algorithmsOf(key)) {
      const purposes = used.get(name);
      if (purposes) purposes.push(key.purpose);
      else used.set(name, [key.purpose]);
    }
  }
  const names = Array.from(used.keys()).toSorted();
  const table = tableOf(names, [
    ["algorithm", "Algorithm", (name) => name],
    ["purposes", "Of keys for", (name) => Array.from(new Set(used.get(name))).toSorted().join(", ")],
    ["versions", "Versions", (name) => used.get(name)?.length, "number"],
    ["bits", "Bits of a key", (name) => strengthsOf(name).bits, "number"],
    ["classical", "Classical strength in bits", (name) => strengthsOf(name).classical, "number"],
    ["quantum", "NIST’s quantum category", (name) => strengthsOf(name).quantum, "number"],
  ]);
  const found = `${counted(names.length, "algorithm")} of versions that are not destroyed, and of what wraps them. Category 0 is none: a quantum computer would break it.`;
  return { count: names.length, found, none: "There is no version that is not destroyed.", figures: { algorithms: names.length }, ...table };
}

export function cryptoperiodsLine(facts: ReportFacts): ToldLine {
  const active = allVersions(facts).filter(({ version }) => version.state === "active");
  const isPast = ({ key, version }: VersionOfKey): boolean => isOver(protectsUntil(key, version), facts.at);
  const unbounded = active.filter(({ key, version }) => protectsUntil(key, version) === undefined).length;
  const past = active.filter(isPast).length;
  const groups = Array.from(new Set(active.map(({ key }) => key.purpose)))
    .toSorted()
    .map((purpose) => ({ purpose, period: CRYPTOPERIODS[purpose], versions: active.filter(({ key }) => key.purpose === purpose) }));
  const table = tableOf(groups, [
    ["purpose", "Purpose", ({ purpose }) => purpose],
    ["row", "Row of table 1", ({ period }) => period.row, "number"],
    ["type", "Type of key", ({ period }) => period.type],
    ["originator", "Protects", ({ period }) => period.originator],
    ["recipient", "Opens", ({ period }) => period.recipient],
    ["versions", "Active versions", ({ versions }) => versions.length, "number"],
    ["past", "Past their period", ({ versions }) => versions.filter(isPast).length, "number"],
    ["oldest", "Oldest active since", ({ versions }) => oldestOf(versions), "time"],
  ]);
  const open = unbounded > 0 ? ` For ${counted(unbounded, "version")} the table gives no number.` : "";
  const found = `${counted(active.length, "active version")}, ${noneOr(past)} of them past the longest period that table 1 suggests.${open}`;
  return { count: active.length, found, none: "No version is active.", figures: { active: active.length, past, unbounded }, ...table };
}

export function rotationsDueLine(facts: ReportFacts): ToldLine {
  const keys = living(facts);
  const scheduled = keys.filter(({ rotateEvery }) => rotateEvery !== undefined);
  const isOverdue = ({ due }: KeyInfo): boolean => isOver(due, facts.at);
  const overdue = scheduled.filter(isOverdue).length;
  const without = keys.length - scheduled.length;
  const table = tableOf(scheduled, [
    ...keyCells<KeyInfo>(facts, (key) => key),
    ["every", "Rotated every", ({ rotateEvery }) => rotateEvery],
    ["due", "Due", ({ due }) => due, "time"],
    ["overdue", "Overdue", isOverdue, "flag"],
  ]);
  const found = `${counted(scheduled.length, "key")} with a schedule, ${noneOr(overdue)} of them overdue; ${counted(without, "key")} without one.`;
  const none = `No key has a schedule; ${counted(without, "key")} without one.`;
  return { count: scheduled.length, found, none, figures: { scheduled: scheduled.length, overdue, unscheduled: without }, ...table };
}

export function retainedLine(facts: ReportFacts): ToldLine {
  const kept = allVersions(facts).filter(({ version: { state } }) => state === "deactivated" || state === "compromised");
  const isPast = ({ key, version }: VersionOfKey): boolean => isOver(opensUntil(key, version), facts.at);
  const past = kept.filter(isPast).length;
  const table = tableOf(kept, [
    ...versionCells(facts),
    ["state", "State", ({ version }) => version.state],
    ["since", "Protects no more since", ({ version }) => protectedUntil(version), "time"],
    ["opensUntil", "Should open until", ({ key, version }) => opensUntil(key, version), "time"],
    ["past", "Past that", isPast, "flag"],
    ["uses", "Uses", ({ version }) => version.uses, "number"],
  ]);
  const found = `${counted(kept.length, "version")} kept in the vault to open what was protected before, ${noneOr(past)} of them longer than table 1 suggests. The vault has no other archive.`;
  return { count: kept.length, found, none: "No version is kept for that.", figures: { retained: kept.length, past }, ...table };
}

export function scheduledLine(facts: ReportFacts): ToldLine {
  const waiting = allVersions(facts).filter(({ version: { state } }) => state === "destroy-scheduled");
  const table = tableOf(waiting, [
    ...versionCells(facts),
    ["destroyAt", "To be destroyed", ({ version }) => version.destroyAt, "time"],
    ["forced", "Also if objects need it", ({ version }) => version.forced ?? false, "flag"],
  ]);
  const found = `${counted(waiting.length, "version")} to be destroyed.`;
  return { count: waiting.length, found, none: "No destruction is scheduled.", figures: { versions: waiting.length }, ...table };
}

export function policiesLine(facts: ReportFacts): ToldLine {
  const keys = living(facts);
  const ruled = keys.filter(({ policy }) => policy !== undefined);
  const isOverdue = ({ reviewDue }: KeyInfo): boolean => isOver(reviewDue, facts.at);
  const table = tableOf(ruled, [
    ...keyCells<KeyInfo>(facts, (key) => key),
    ["rules", "Rules", ({ policy = {} }) => rulesOf(policy)],
    ["changed", "Set, or last reviewed", ({ policyChanged }) => policyChanged, "time"],
    ["reviewDue", "Review due", ({ reviewDue }) => reviewDue, "time"],
    ["overdue", "Overdue", isOverdue, "flag"],
    ["conflicts", "Others that apply too", ({ conflictingPolicies = [] }) => conflictingPolicies.length, "number"],
  ]);
  const [overdue, unreviewed] = [ruled.filter(isOverdue).length, ruled.filter(({ reviewDue }) => reviewDue === undefined).length];
  const without = keys.length - ruled.length;
  const found =
    `${counted(ruled.length, "key")} with a policy. Without one, and so usable for all that its purpose admits: ${noneOr(without)}. ` +
    `Reviews overdue: ${noneOr(overdue)}. Policies without a time for a review: ${noneOr(unreviewed)}.`;
  const none = `No key has a policy. Usable for all that its purpose admits: ${counted(without, "key")}.`;
  return { count: ruled.length, found, none, figures: { with: ruled.length, without, overdue, unreviewed }, ...table };
}
