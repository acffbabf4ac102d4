/** What all rules find. */
import type { AlertRule, VaultAlert } from "../../shared/model/vault-alert.js";
import { counted } from "../../shared/sentences.js";
import type { RuleSettings, Settings } from "./alert-rules.js";
import { alertOf, calledKey, days, type Finding, type KnownKeys } from "./findings.js";
import { compromisedVersion, deactivatedVersion, rotation, spike, usesOf } from "./key-rules.js";
import {
  brokenLog,
  clock,
  cutLog,
  decryptErrors,
  failedUnlocks,
  integrityErrors,
  lostEntries,
  logOff,
  newLog,
  refusals,
} from "./log-rules.js";
import type { AlertFacts, SeenEntry } from "./seen-log.js";

/** The most severe first, and of these the latest. It reads nothing but what it is given. */
export function alertsOf(facts: AlertFacts, settings: RuleSettings): VaultAlert[] {
  const { now, seen } = facts;
  const entries = inTime(seen.entries, now);
  const keys = new Map(facts.keys.map((key) => [key.id, key]));
  const uses = usesOf(entries);
  const rules: { readonly [Rule in AlertRule]: (its: Settings<Rule>) => Finding[] } = {
    failedUnlocks: (its) => failedUnlocks(entries, its),
    spike: (its) => spike({ ...seen, entries }, uses, its, keys),
    compromisedVersion: (its) => compromisedVersion(uses, its, keys),
    deactivatedVersion: (its) => deactivatedVersion(uses, its, keys),
    refusals: (its) => refusals(entries, its, keys),
    integrityErrors: (its) => integrityErrors(entries, its),
    decryptErrors: (its) => decryptErrors(entries, its),
    newLog: () => newLog(entries),
    clock: (its) => clock(facts, entries, its),
    rotation: (its) => rotation(keys, now, its),
    backup: (its) => overdueBackup(facts, its),
    rehearsal: (its) => overdueRehearsals(facts, its),
    review: (its) => overdueReviews(facts, keys, its),
    lostEntries: (its) => lostEntries(entries, its),
    logOff: () => logOff({ ...seen, entries }, now),
    brokenLog: () => brokenLog(seen, now),
    cutLog: () => cutLog({ ...seen, entries }, now),
  };
  const found = (Object.keys(rules) as AlertRule[]).flatMap((rule) => {
    const its = settings[rule];
    const findings = its ? (rules[rule] as (its: object) => Finding[])(its) : [];
    return findings.filter((finding) => isCurrent(finding, facts.from)).map((finding) => alertOf(rule, finding));
  });
  return found.toSorted((one, other) => other.severityId - one.severityId || other.at - one.at);
}

function isCurrent({ entries = [], lasts = false }: Finding, from: number): boolean {
  const last = entries.at(-1);
  return lasts || last === undefined || last.at >= from;
}

/**
 * Entries with the times at which they can have been written: none before the one that was written earlier, so that no rule is
 * evaded by a clock that is set back. A time that is not over yet counts for nothing, unless half of the log is of such a time.
 */
function inTime(entries: readonly SeenEntry[], now: number): SeenEntry[] {
  const isBehind = (entries[Math.floor(entries.length / 2)]?.at ?? 0) > now;
  let latest = -Infinity;
  return entries.map((entry) => {
    if (entry.at <= now || isBehind) latest = Math.max(latest, entry.at);
    return entry.at === latest ? entry : { ...entry, at: latest === -Infinity ? now : latest };
  });
}

function overdueBackup({ backup, keys, now }: AlertFacts, { after }: Settings<"backup">): Finding[] {
  if (!backup) {
    const at = keys.reduce((earliest, { created }) => Math.min(earliest, created), now);
    return [{ subject: "none", at, message: "No backup was ever made." }];
  }
  const { at: made, changes } = backup;
  if (changes === 0 || made + after > now) return [];
  const message = `The last backup was made ${days(now - made)} ago, and lacks ${counted(changes, "change")} since.`;
  return [{ subject: String(made), at: made + after, message, numbers: { made, changes } }];
}

function overdueRehearsals({ rehearsals, now }: AlertFacts, { grace }: Settings<"rehearsal">): Finding[] {
  return rehearsals.flatMap(({ id, at: tried, due }) => {
    if (due !== undefined && due + grace > now) return [];
    const message =
      tried === undefined ? "A recovery factor was never tried." : `A recovery factor was last tried ${days(now - tried)} ago.`;
    const numbers = { ...(tried !== undefined && { tried }), ...(due !== undefined && { due }) };
    return [{ subject: `${id}:${tried ?? "never"}`, at: due === undefined ? now : due + grace, message, numbers, factors: [id] }];
  });
}

function overdueReviews({ reviewDue, now }: AlertFacts, keys: KnownKeys, { grace }: Settings<"review">): Finding[] {
  const policies = Array.from(keys.values(), ({ id, reviewDue: due }) => ({ due, of: calledKey(keys, id), subject: id, keys: [id] }));
  return [{ due: reviewDue, of: "the vault", subject: "vault", keys: [] }, ...policies].flatMap(({ due, of, subject, keys: named }) => {
    if (due === undefined || due + grace > now) return [];
    const message = `The policy of ${of} was to be reviewed ${days(now - due)} ago.`;
    return [{ subject: `${subject}:${due}`, at: due + grace, message, numbers: { due }, keys: named }];
  });
}
