/** Rules that look at the log's entries alone. */
import { counted } from "../../shared/sentences.js";
import type { Settings } from "./alert-rules.js";
import {
  addTo,
  bursts,
  calledKey,
  days,
  entryPlace,
  type Burst,
  type Counted,
  type Finding,
  type KnownKeys,
  type SeenEntries,
} from "./findings.js";
import type { AlertFacts, SeenEntry, SeenLog } from "./seen-log.js";

/** Refusals after which a page asks for a factor, and tries again. */
const ASKS_FACTOR: ReadonlySet<string | undefined> = new Set(["freshFactor", "secondFactor"]);

/** What an attempt with a wrong factor ends with, in a vault that is open. */
const WRONG: ReadonlySet<string | undefined> = new Set(["ERR_WRONG_FACTOR", "ERR_KIT_REPLACED"]);

export function failedUnlocks(entries: SeenEntries, { attempts, within }: Settings<"failedUnlocks">): Finding[] {
  return bursts(those(entries, attemptsOf), attempts, within).map((burst) =>
    ofBurst(burst, { attempts: burst.total, least: attempts }, `${counted(burst.total, "attempt")} to open the vault failed.`),
  );
}

export function refusals(entries: SeenEntries, { refusals: least, within }: Settings<"refusals">, keys: KnownKeys): Finding[] {
  const refused = entries.filter(({ error, rule }) => error === "ERR_POLICY" && !ASKS_FACTOR.has(rule));
  const byKey = new Map<string, SeenEntry[]>();
  for (const entry of refused) for (const id of distinct(namedBy(entry))) addTo(byKey, id, entry);
  return Array.from(byKey).flatMap(([id, ofKey]) => {
    return bursts(those(ofKey, () => 1), least, within).map((burst) => {
      const message = `The policy of ${calledKey(keys, id)} refused ${counted(burst.total, "operation")}.`;
      return ofBurst(burst, { refusals: burst.total, least }, message, id);
    });
  });
}

export function integrityErrors(entries: SeenEntries, { errors, within }: Settings<"integrityErrors">): Finding[] {
  return bursts(endedBy(entries, "ERR_INTEGRITY"), errors, within).map((burst) => {
    const message = `${counted(burst.total, "operation")} found that what is stored was changed from outside.`;
    return ofBurst(burst, { errors: burst.total, least: errors }, message);
  });
}

export function decryptErrors(entries: SeenEntries, { errors, within }: Settings<"decryptErrors">): Finding[] {
  return bursts(endedBy(entries, "ERR_DECRYPT"), errors, within).map((burst) => {
    const message = `${counted(burst.total, "operation")} met what does not open: it was changed, or is of another vault.`;
    return ofBurst(burst, { errors: burst.total, least: errors }, message);
  });
}

export function newLog(entries: SeenEntries): Finding[] {
  return entries.flatMap((entry) => {
    const { log, begins } = entry;
    if (!begins?.after) return [];
    const message =
      "A new log began: the vault was opened on another device, or as a restored copy, or a factor was revoked as compromised.";
    const numbers = { size: begins.after.size };
    return [{ subject: log, at: entry.at, message, numbers, entries: [entry], logs: [log, begins.after.log] }];
  });
}

/**
 * SeenEntries that began before one that was written earlier. One or two alone are operations that took long, or a tab that
 * slept; the entries after a clock was set back are all behind, until it has caught up.
 *
 * @param inTime the same entries, with the times at which they can have been written
 */
export function clock({ seen, now, latest }: AlertFacts, inTime: SeenEntries, { behind, entries: least }: Settings<"clock">): Finding[] {
  const found: Finding[] = [];
  let [run, newest, of]: [SeenEntry[], number, string] = [[], -Infinity, ""];
  for (const [place, entry] of seen.entries.entries()) {
    if (entry.log !== of) [run, newest, of] = [[], entry.at, entry.log];
    run = entry.at < newest - behind ? [...run, entry] : [];
    const [first] = run;
    if (!first || run.length < least) {
      if (!first) newest = Math.max(newest, entry.at);
      continue;
    }
    const by = newest - first.at;
    const message = `The clock was set back by ${lasting(by)}: ${counted(least, "entry")} in a row began before one that was written earlier.`;
    const entries = inTime.slice(place + 1 - run.length, place + 1);
    found.push({ subject: entryPlace(first), at: entries[0]?.at ?? now, message, numbers: { behind: by, least }, entries });
    // From here on it goes as it was set, also where it had been ahead.
    [run, newest] = [[], Math.max(...run.map(({ at }) => at))];
  }
  if (latest === undefined || latest <= now + behind) return found;
  const message = `The clock is behind a time that the vault has noted, by ${lasting(latest - now)}.`;
  return [...found, { subject: String(latest), at: now, message, numbers: { behind: latest - now, latest } }];
}

export function lostEntries(entries: SeenEntries, { entries: least }: Settings<"lostEntries">): Finding[] {
  return entries.flatMap((entry) => {
    const { lost = 0 } = entry;
    if (lost < least) return [];
    const message = `${counted(lost, "entry")} of the log could not be written: what they would tell is not known.`;
    return [{ subject: entryPlace(entry), at: entry.at, message, numbers: { lost, least }, entries: [entry] }];
  });
}

/** Each time that nothing was written, also one that is over. */
export function logOff({ entries, log, id = "", size }: SeenLog, now: number): Finding[] {
  const over = entries.flatMap((entry, place) => {
    if (entry.operation !== "stopAudit" || entry.error !== undefined) return [];
    // A log that begins meanwhile is stopped too.
    const next = entries.slice(place + 1).find(({ begins }) => !begins);
    if (!next) return [];
    const message = `The audit log was stopped, and went on ${lasting(next.at - entry.at)} later: what was done meanwhile is not known.`;
    return [{ subject: entryPlace(entry), at: entry.at, message, entries: [entry], logs: [entry.log], numbers: { until: next.at } }];
  });
  if (log !== "stopped") return over;
  // That it was stopped is the last entry, whether or not it was looked at.
  const sequence = size - 1;
  const stop = entries.findLast((entry) => entry.log === id && entry.sequence === sequence);
  const message = "The audit log is stopped: what is done with the keys is not known.";
  const about = { subject: `${id}:${sequence}`, at: stop?.at ?? now, message, logs: [id], lasts: true };
  return [...over, stop ? { ...about, entries: [stop] } : about];
}

export function brokenLog({ brokenBefore }: SeenLog, now: number): Finding[] {
  if (!brokenBefore) return [];
  const { log } = brokenBefore;
  // The entry that does not open is the same at each check.
  const sequence = brokenBefore.sequence - 1;
  const message =
    `The audit log is not whole: the entry number ${sequence.toLocaleString("en")}, and maybe others before it, was changed or taken away. ` +
    "The rules looked at none up to there; `vault.audit.verify()` says how many are intact.";
  return [{ subject: `${log}:${sequence}`, at: now, message, numbers: { sequence }, logs: [log] }];
}

/** Since the oldest entry that was looked at. It is told once for each log that is written. */
export function cutLog({ entries, cut, id = "" }: SeenLog, now: number): Finding[] {
  if (!cut) return [];
  const at = entries[0]?.at ?? now;
  const message =
    "The audit log was not looked at whole: it has more entries than the rules keep, or times by which the beginning is not known. " +
    "Many uses at once can be a theft that hides what came before.";
  return [{ subject: id, at, message, numbers: { entries: entries.length }, logs: [id] }];
}

/** The factor of a backup that is merged opens that backup, and not the vault. */
const attemptsOf = ({ failed, error, operation }: SeenEntry): number => (operation === "askKms" ? undefined : failed) ?? (WRONG.has(error) && operation !== "merge" ? 1 : 0);

const endedBy = (entries: SeenEntries, code: string): Counted[] => those(entries, ({ error }) => Number(error === code));

function those(entries: SeenEntries, count: (entry: SeenEntry) => number): Counted[] {
  return entries.map((entry) => ({ entry, count: count(entry) })).filter((event) => event.count > 0);
}

/** @param key the one that it is about, of the others that were asked for together with it */
function ofBurst({ crossing, entries }: Burst, numbers: Readonly<Record<string, number>>, message: string, key?: string): Finding {
  const place = entryPlace(crossing);
  const factors = distinct(entries.flatMap(({ factor }) => factor ?? []));
  const keys = key === undefined ? distinct(entries.flatMap((entry) => namedBy(entry))) : [key];
  return { subject: key === undefined ? place : `${key}:${place}`, at: crossing.at, message, numbers, entries, keys, factors };
}

const namedBy = ({ keys }: SeenEntry): string[] => keys.map(({ key }) => key);
const distinct = (ids: string[]): string[] => Array.from(new Set(ids));

/** "3 hours". */
function lasting(duration: number): string {
  const minutes = Math.max(0, Math.round(duration / 60_000));
  if (minutes < 120) return counted(minutes, "minute");
  return minutes < 48 * 60 ? counted(Math.round(minutes / 60), "hour") : days(duration);
}
