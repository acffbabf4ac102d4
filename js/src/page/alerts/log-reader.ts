/** Reads a vault's audit log for the rules: each entry once. */
import { abortable } from "../../shared/async.js";
import type { AuditEntry } from "../../shared/model/audit-entry.js";
import type { CallEngine } from "../runtime/connection.js";
import { LogPages, type LogPlace } from "./log-pages.js";
import type { SeenEntry, SeenLog } from "./seen-log.js";

/** Entries of a page. */
const PAGE_OF_ENTRIES = 1000;
/** So many entries in a row have to be older than what is asked for, before it is looked whether any is not: a clock may have been set back. */
const OLD_ENTRIES = 10_000;
/** Entries that are kept: some 20 MB. What is older is not looked at. */
const KEPT_ENTRIES = 100_000;

/** Entries that were read, the latest first; and whether they reach what was known, or asked for. */
interface Reading {
  readonly fresh: SeenEntry[];
  readonly ends: "known" | "begun" | "old" | "full" | "broken";
  readonly broken?: LogPlace;
  /** The oldest entry, where those before it were cut by a retention. */
  readonly left?: SeenEntry | undefined;
}

/** A log that is read, and the number of the first entry that it has. */
interface FirstOfLog {
  readonly log: string;
  readonly size: number;
  readonly first: number;
}

export class LogReader {
  /** In the order in which they were written. */
  #entries: SeenEntry[] = [];
  /** The log that was read last, and how many of its entries. */
  #known: { log: string; size: number } | undefined;
  /** Entries before then were not asked for. */
  #start = Infinity;
  #cut = false;
  /** The oldest entry that there was, where those before it were cut by a retention. */
  #left: SeenEntry | undefined;

  forget(): void {
    [this.#entries, this.#known, this.#start, this.#cut, this.#left] = [[], undefined, Infinity, false, undefined];
  }

  /** Reads what is new. @param start since when entries are asked for */
  async read(call: CallEngine, start: number, signal: AbortSignal | undefined): Promise<SeenLog> {
    const { state } = await abortable(signal, () => call("auditState"));
    if (!state) return { log: "none", id: undefined, size: 0, entries: [], read: 0, cut: false, brokenBefore: undefined };
    if (start < this.#start) this.forget();
    const pages = new LogPages(call, state.log, signal);
    const written = { log: state.log, size: state.size + state.waiting, first: state.cut?.size ?? 0 };
    const { fresh, ends, broken, left } = await this.#fresh(pages, written, start);
    const size = fresh.find(({ log }) => log === state.log)?.sequence ?? state.size - 1;
    const about = { log: state.stopped ? "stopped" : "written", id: state.log, size: size + 1, read: fresh.length } as const;
    const entries = [...(ends === "known" || broken ? this.#entries : []), ...fresh.toReversed()];
    // What could not be read is tried again.
    if (broken) return { ...about, entries, cut: this.#cut, left: this.#left, brokenBefore: broken };
    this.#start = start;
    if (ends !== "known") this.#left = left;
    this.#cut = ends === "full" || (ends === "known" && this.#cut) || entries.length > KEPT_ENTRIES;
    // In the order in which they were written, whatever the clock said: those before the first that is asked for go.
    const asked = entries.findIndex(({ at }) => at >= start);
    this.#entries = asked < 0 ? [] : entries.slice(Math.max(asked, entries.length - KEPT_ENTRIES));
    this.#known = { log: state.log, size: size + 1 };
    return { ...about, entries: this.#entries, cut: this.#cut, left: this.#left, brokenBefore: undefined };
  }

  /** From the latest entry back, through the logs that the vault had before. */
  async #fresh(pages: LogPages, written: FirstOfLog, start: number): Promise<Reading> {
    const fresh: SeenEntry[] = [];
    /** Logs of which an entry says that they were cut as a whole. */
    const gone = new Set<string>();
    let { log, size, first } = written;
    /** Entries of a page: fewer on the way to one that does not open. */
    let most = PAGE_OF_ENTRIES;
    /** So many of those that were read last are older than what is asked for; and the next before them that is not. */
    let [old, later]: [number, LogPlace | undefined] = [0, undefined];
    for (let before: number | undefined; ; ) {
      const stop = this.#known?.log === log ? this.#known.size : 0;
      const left = (before ?? size) - stop;
      if (left <= 0) return { fresh, ends: "known" };
      if (fresh.length >= KEPT_ENTRIES) return { fresh, ends: "full" };
      const limit = Math.min(left, most);
      const entries = await pages.before({ log, sequence: before ?? size }, limit);
      if (!entries && limit > 1) {
        most = Math.ceil(limit / 2);
        continue;
      }
      if (!entries) {
        // A copy has no entries of the log that it was copied with.
        if (log !== written.log && before === undefined && stop === 0 && !(await pages.first(log))) {
          return { fresh, ends: "begun", left: gone.has(log) ? fresh.at(-1) : undefined };
        }
        const { broken, intact } = await pages.broken({ log, sequence: before ?? size });
        for (const entry of intact) fresh.push(seenEntry(log, entry));
        return { fresh, ends: "broken", broken };
      }
      most = Math.min(2 * most, PAGE_OF_ENTRIES);
      for (const entry of entries) if (entry.sequence >= stop) fresh.push(seenEntry(log, entry));
      for (const { cut } of entries) for (const { log: id } of cut?.logs ?? []) gone.add(id);
      old = entries.some(({ at }) => at >= start) ? 0 : old + entries.length;
      const { sequence = 0, begins } = entries.at(-1) ?? {};
      if (later?.log === log && sequence <= later.sequence) [old, later] = [0, undefined];
      if (stop > 0 && sequence <= stop) return { fresh, ends: "known" };
      if (sequence > first) before = sequence;
      else if (first > 0) return { fresh, ends: "begun", left: fresh.at(-1) };
      else if (begins?.after) [log, before, size, first] = [begins.after.log, undefined, begins.after.size, begins.after.cut?.size ?? 0];
      else return { fresh, ends: "begun" };
      if (old < OLD_ENTRIES || later) continue;
      later = await pages.later({ log, sequence: before ?? size }, start);
      if (!later) return { fresh, ends: "old" };
    }
  }
}

function seenEntry(
  log: string,
  { sequence, at, operation, error, rule, keys, factor, failed, lost, begins }: AuditEntry,
): SeenEntry {
  return {
    log,
    sequence,
    at,
    operation,
    keys,
    ...(error !== undefined && { error }),
    ...(rule !== undefined && { rule }),
    ...(factor !== undefined && { factor }),
    ...(failed !== undefined && { failed }),
    ...(lost !== undefined && { lost }),
    ...(begins !== undefined && { begins }),
  };
}
