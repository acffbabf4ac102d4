/** What a report could not look at: each is told, and the lines that it touches name it. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { ReportLimit } from "../../shared/model/report-document.js";
import { counted } from "../../shared/sentences.js";
import { isWithin } from "./line-parts.js";
import type { PeriodLog } from "./period-logs.js";
import type { ReportFacts } from "./report-facts.js";
import { LINES, type LineId, type LinePlan } from "./report-lines.js";
import { did, unnamedOf } from "./which-entries.js";

/** A limit, and which lines it touches. */
interface Touching extends Omit<ReportLimit, "id"> {
  readonly touches: (line: LinePlan) => boolean;
}

/** Limits by their ids. */
export interface KnownLimits {
  readonly limits: readonly ReportLimit[];
  readonly of: (line: LinePlan) => readonly string[];
}

const ofLog = ({ source }: LinePlan): boolean => source !== "state";
const ofState = ({ source }: LinePlan): boolean => source !== "log";
const ofPeriod = ({ covers }: LinePlan): boolean => covers === "period";
const ofLine =
  (line: LineId) =>
  ({ id }: LinePlan): boolean =>
    id === line;
const logOfPeriod = (line: LinePlan): boolean => ofLog(line) && ofPeriod(line);

export function limitsOf(facts: ReportFacts): KnownLimits {
  const found = [...ofTime(facts), ...ofRules(facts), ...ofLaterPolicies(facts), ...ofLogs(facts), ...ofEntries(facts), ...facts.logs.logs.flatMap(ofOneLog)];
  const limits = found.map(({ code, message, params }, at) => ({ id: `limit-${at + 1}`, code, message, params }));
  const ids = (line: LinePlan): string[] => limits.filter((_, at) => found[at]?.touches(line)).map(({ id }) => id);
  return { limits, of: ids };
}

function ofTime({ at, period: { from, to }, checks, changed, alerts, logs }: ReportFacts): Touching[] {
  const found: Touching[] = [];
  if (to > at) {
    const message = "The period is not over: what happens after this report was made is not in it.";
    found.push({ code: "period-not-over", message, params: { at, to }, touches: ofPeriod });
  }
  const behind = checks.find(({ code }) => code === "clock-behind");
  if (behind) {
    const message = "The device's clock is behind a time that the vault has noted: dates may be wrong, and what is due may be told too late.";
    found.push({ code: "clock-behind", message, params: { at }, touches: () => true });
  }
  if (changed) {
    const message = "Keys were changed while they were read: what is told of them may be as before a change or after it.";
    found.push({ code: "keys-changed", message, params: {}, touches: ofState });
  }
  if (logs.state !== "none" && alerts.from > from) {
    const message = "The rules for alerts did not look back to the beginning of the period: the log has more entries than they keep, or older ones were cut.";
    found.push({ code: "alerts-cut", message, params: { from: alerts.from }, touches: ofLine("alerts") });
  }
  return found;
}

function ofRules({ rulesOff }: ReportFacts): Touching[] {
  if (rulesOff.length === 0) return [];
  const rules = rulesOff.join(", ");
  const message = `Not all rules for alerts looked. These were turned off: ${rules}.`;
  return [{ code: "rules-off", message, params: { rules }, touches: ofLine("alerts") }];
}

/** A key has noted the last change of its policy alone. */
function ofLaterPolicies({ keys, period }: ReportFacts): Touching[] {
  const isChangedSince = ({ policyChanged }: KeyInfo): boolean => policyChanged !== undefined && policyChanged >= period.to;
  const changed = keys.filter((key) => isWithin(period, key.created) && isChangedSince(key)).length;
  if (changed === 0) return [];
  const message = `${counted(changed, "key")} of the period had a policy set after it: whether one was set when the key was made is not known.`;
  return [{ code: "policies-changed-since", message, params: { keys: changed }, touches: ofLine("policy-changes") }];
}

function ofLogs({ period: { from }, logs: { state, logs, before, unknownBefore, created, pauses, tally, waiting } }: ReportFacts): Touching[] {
  const found: Touching[] = [];
  if (state === "none") {
    const message = "The vault has no audit log yet: nothing that a log would tell was looked at.";
    return [{ code: "log-none", message, params: {}, touches: ofLog }];
  }
  const [earliest] = logs;
  const first = earliest?.first;
  const late = first === undefined || first > from;
  if (before && late) {
    const message = `The vault had another log before, which is not in it: a copy of the vault was restored or brought to this device, or that log was deleted. Its ${counted(before.size, "entry")} were not looked at.`;
    found.push({ code: "log-elsewhere", message, params: { log: before.log, size: before.size }, touches: logOfPeriod });
  } else if (unknownBefore) {
    const message = "The first entry of the log does not open: whether the vault had another log before is not known.";
    found.push({ code: "log-origin-unknown", message, params: {}, touches: logOfPeriod });
  } else if (late && !created) {
    const message = "The log does not reach back to the beginning of the period: what was done before its first entry is not known.";
    found.push({ code: "log-begins-late", message, params: { from, ...(first !== undefined && { first }) }, touches: logOfPeriod });
  }
  for (const pause of pauses) {
    const { log, from: since, to } = pause;
    const message =
      to === undefined
        ? "The audit log is stopped: what was done since then is not known."
        : "The audit log was stopped, and went on later: what was done meanwhile is not known.";
    const params = { log, from: since, ...(to !== undefined && { to }) };
    found.push({ code: to === undefined ? "log-stopped" : "log-paused", message, params, touches: logOfPeriod });
  }
  if (tally.lost > 0) {
    const message = `${counted(tally.lost, "entry")} of the period could not be written: what they would tell is not known.`;
    found.push({ code: "entries-lost", message, params: { entries: tally.lost }, touches: logOfPeriod });
  }
  if (waiting > 0) {
    const message = `${counted(waiting, "entry")} could not be written yet, because the store took none: what they tell is not in this report.`;
    found.push({ code: "entries-waiting", message, params: { entries: waiting }, touches: ofLog });
  }
  return found;
}

/** What entries that were read leave open. */
function ofEntries(facts: ReportFacts): Touching[] {
  const found: Touching[] = [];
  const entries = Array.from(facts.logs.tally.operations.values());
  const merges = entries.filter(did("merge")).reduce((sum, { count }) => sum + count, 0);
  if (merges > 0) {
    const message = `${counted(merges, "merge")} in the period: a merge can bring policies of the other copy, and the log does not say which. Those that were set before the period are not told.`;
    found.push({ code: "policies-merged", message, params: { merges }, touches: ofLine("policy-changes") });
  }
  const lacking = new Set(Object.values(LINES).flatMap(({ id }) => (unnamedOf(facts, id) > 0 ? [id] : [])));
  if (lacking.size > 0) {
    const keys = entries.reduce((sum, { unnamed }) => sum + unnamed, 0);
    const message = `Entries of the period were about at least ${counted(keys, "key")} more than they name: one names a thousand.`;
    found.push({ code: "keys-unnamed", message, params: { keys }, touches: ({ id }) => lacking.has(id) });
  }
  return found;
}

function ofOneLog({ log, size, intact, fault, unread }: PeriodLog): Touching[] {
  const found: Touching[] = [];
  if (fault === "entries") {
    const message = `A log is not whole: entries from number ${intact.toLocaleString("en")} on were changed, moved or taken away. What it tells proves nothing from there on.`;
    found.push({ code: "log-fault", message, params: { log, fault, intact, size }, touches: ofLog });
  } else if (fault !== undefined) {
    const message = "A log is not the one that the vault accounts for: entries of other commits stand among its own. What it tells proves nothing.";
    found.push({ code: "log-fault", message, params: { log, fault, intact, size }, touches: ofLog });
  }
  const entries = unread.reduce((sum, { from, to }) => sum + to - from, 0);
  const [first] = unread;
  if (first) {
    const message = `${counted(entries, "entry")} of a log could not be read, the first of them number ${first.from.toLocaleString("en")}.`;
    found.push({ code: "log-unread", message, params: { log, entries, first: first.from }, touches: ofLog });
  }
  return found;
}
