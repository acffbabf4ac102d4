/** A log from its first entry on, also one that is not whole: what does not open is passed over, and told. */
import { abortable } from "../../shared/async.js";
import { asStrongroomError } from "../../shared/errors/index.js";
import type { AuditEntry } from "../../shared/model/audit-entry.js";
import type { AuditSlice } from "../../shared/protocol/vault-calls.js";
import type { CallEngine } from "../runtime/connection.js";

/** Entries that are read at once, and of a log with a fault: those of a row. */
const [ENTRIES_OF_SLICE, ENTRIES_OF_ROW] = [1000, 64];
const DAMAGED: ReadonlySet<string> = new Set(["ERR_INTEGRITY", "ERR_MALFORMED", "ERR_DECRYPT"]);

/** A log, how many entries the vault accounts for, how many of them, from the first on, are intact, and how many of those were cut. */
export interface SizedLog {
  readonly log: string;
  readonly size: number;
  readonly intact: number;
  readonly cut: number;
}

/** Entries that were read, up to the one with the number `to`. */
export interface ReadEntries {
  readonly entries: readonly AuditEntry[];
  readonly to: number;
  /** Who wrote them, where that is told. */
  readonly device?: string;
}

/** Entries that were not read: from that number on, and before the other. */
export interface UnreadEntries {
  readonly from: number;
  readonly to: number;
}

/** What `reading` resolves with; `undefined` where what is stored was changed, or is missing. */
export async function unlessUntrue<T>(signal: AbortSignal | undefined, reading: () => Promise<T>): Promise<T | undefined> {
  try {
    return await abortable(signal, reading);
  } catch (thrown) {
    if (DAMAGED.has(asStrongroomError(thrown).code)) return undefined;
    throw thrown;
  }
}

/** Entries and gaps, in their order. */
export async function* logSlices(
  call: CallEngine,
  { log, size, intact, cut }: SizedLog,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadEntries | UnreadEntries, void, undefined> {
  const read = (first: number, limit: number): Promise<AuditSlice | undefined> =>
    unlessUntrue(signal, () => call("readAudit", { log, limit }, first));
  const opens = async (at: number): Promise<boolean> => (await read(at, ENTRIES_OF_ROW)) !== undefined;
  for (let first = cut; first < size; ) {
    const slice = (await read(first, ENTRIES_OF_SLICE)) ?? (await read(first, ENTRIES_OF_ROW));
    if (slice) {
      yield { entries: slice.entries, to: slice.next ?? slice.size, device: slice.device };
      if (slice.next === undefined) return;
      first = slice.next;
      continue;
    }
    if (first < intact) {
      // Backwards, so that none behind them is opened with them.
      const query = { log, before: intact, limit: Math.min(intact - first, ENTRIES_OF_SLICE) };
      const page = await unlessUntrue(signal, () => call("queryAudit", query));
      if (page && page.entries.at(-1)?.sequence === first) {
        yield { entries: page.entries.toReversed(), to: intact };
        first = intact;
        continue;
      }
    }
    const to = await firstThatOpens(opens, first, size);
    yield { from: first, to };
    first = to;
  }
}

/** After one that does not open; `size` where none does. Strides grow, so that a log that was emptied takes few looks. */
async function firstThatOpens(opens: (at: number) => Promise<boolean>, broken: number, size: number): Promise<number> {
  let low = broken;
  for (let stride = ENTRIES_OF_ROW; low < size - 1; stride *= 2) {
    const high = Math.min(low + stride, size - 1);
    if (await opens(high)) return firstBetween(opens, low, high);
    low = high;
  }
  return size;
}

/** By halves. @param low one that does not open @param high one that does */
async function firstBetween(opens: (at: number) => Promise<boolean>, low: number, high: number): Promise<number> {
  if (high - low <= 1) return high;
  const middle = Math.floor((low + high) / 2);
  return (await opens(middle)) ? firstBetween(opens, low, middle) : firstBetween(opens, middle, high);
}
