/** Reads a vault's audit log for the rules: each entry once. */
import { abortable } from "../../shared/async.js";
import { asStrongroomError } from "../../shared/errors/index.js";
import type { AuditEntry, AuditPage } from "../../shared/model/audit-entry.js";
import { plainCopy } from "../../shared/text.js";
import type { CallEngine } from "../runtime/connection.js";
import type { SeenEntry, SeenLog } from "./seen-log.js";

/** Entries of a page. */
const PAGE_OF_ENTRIES = 1000;
/** So many pages in a row have to be older than what is asked for: a clock may have been set back. */
const OLD_PAGES = 10;
/** Entries that are kept: some 20 MB. What is older is not looked at. */
const KEPT_ENTRIES = 100_000;

/** Entries that were read, the latest first; and whether they reach what was known, or asked for. */
interface Reading {
  readonly fresh: SeenEntry[];
  readonly ends: "known" | "begun" | "old" | "full" | "broken";
  readonly broken?: { readonly log: string; readonly sequence: number };
}

export class LogReader {
  /** In the order in which they were written. */
  #entries: SeenEntry[] = [];
  /** The log that was read last, and how many of its entries. */
  #known: { log: string; size: number } | undefined;
  /** Entries before then were not asked for. */
  #start = Infinity;
  #cut = false;

  forget(): void {
    [this.#entries, this.#known, this.#start, this.#cut] = [[], undefined, Infinity, false];
  }

  /** Reads what is new. @param start since when entries are asked for */
  async read(call: CallEngine, start: number, signal: AbortSignal | undefined): Promise<SeenLog> {
    const { state } = await abortable(signal, () => call("auditState"));
    if (!state) return { log: "none", id: undefined, size: 0, entries: [], read: 0, cut: false, brokenBefore: undefined };
    if (start < this.#start) this.forget();
    const { fresh, ends, broken } = await this.#fresh(call, { log: state.log, size: state.size + state.waiting }, start, signal);
    const size = fresh.find(({ log }) => log === state.log)?.sequence ?? state.size - 1;
    const about = { log: state.stopped ? "stopped" : "written", id: state.log, size: size + 1, read: fresh.length } as const;
    const entries = [...(ends === "known" || broken ? this.#entries : []), ...fresh.toReversed()];
    // What could not be read is tried again.
    if (broken) return { ...about, entries, cut: this.#cut, brokenBefore: broken };
    this.#start = start;
    this.#cut = ends === "full" || (ends === "known" && this.#cut) || entries.length > KEPT_ENTRIES;
    // In the order in which they were written, whatever the clock said: those before the first that is asked for go.
    const asked = entries.findIndex(({ at }) => at >= start);
    this.#entries = asked < 0 ? [] : entries.slice(Math.max(asked, entries.length - KEPT_ENTRIES));
    this.#known = { log: state.log, size: size + 1 };
    return { ...about, entries: this.#entries, cut: this.#cut, brokenBefore: undefined };
  }

  /** From the latest entry back, through the logs that the vault had before. */
  async #fresh(
    call: CallEngine,
    written: { readonly log: string; readonly size: number },
    start: number,
    signal: AbortSignal | undefined,
  ): Promise<Reading> {
    const fresh: SeenEntry[] = [];
    let [{ log, size }, oldPages]: [{ log: string; size: number }, number] = [written, 0];
    for (let before: number | undefined; ; ) {
      const stop = this.#known?.log === log ? this.#known.size : 0;
      const left = (before ?? size) - stop;
      if (left <= 0) return { fresh, ends: "known" };
      if (fresh.length >= KEPT_ENTRIES) return { fresh, ends: "full" };
      const asked = plainCopy({ log: log === written.log ? undefined : log, before, limit: Math.min(left, PAGE_OF_ENTRIES) });
      // A copy has no entries of the log that it was copied with.
      const isCopied = log !== written.log && before === undefined && stop === 0;
      const page = await unlessBroken(abortable(signal, () => call("queryAudit", asked)), isCopied);
      if (!page && isCopied) return { fresh, ends: "begun" };
      if (!page) return { fresh, ends: "broken", broken: { log, sequence: before ?? size } };
      const unknown = page.entries.filter(({ sequence }) => sequence >= stop);
      for (const entry of unknown) fresh.push(seenEntry(log, entry));
      oldPages = page.entries.some(({ at }) => at >= start) ? 0 : oldPages + 1;
      if (oldPages === OLD_PAGES) return { fresh, ends: "old" };
      const { sequence = 0, begins } = page.entries.at(-1) ?? {};
      if (stop > 0 && sequence <= stop) return { fresh, ends: "known" };
      if (sequence > 0) before = sequence;
      else if (begins?.after) [log, before, size] = [begins.after.log, undefined, begins.after.size];
      else return { fresh, ends: "begun" };
    }
  }
}

/** `undefined` where entries of the page were changed or are missing, and of a log that may be missing if it is. */
async function unlessBroken(reading: Promise<AuditPage>, mayBeMissing: boolean): Promise<AuditPage | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    const { code } = asStrongroomError(thrown);
    if (code === "ERR_INTEGRITY" || (mayBeMissing && code === "ERR_ARGUMENT")) return undefined;
    throw thrown;
  }
}

function seenEntry(log: string, { sequence, at, operation, error, rule, keys, factor, failed, lost, begins }: AuditEntry): SeenEntry {
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
