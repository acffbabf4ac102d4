/** Counts the entries of a period, so that a log of any length takes no more memory than the vault has keys and factors. */
import type { AuditEntry } from "../../shared/model/audit-entry.js";

/** Entries that say the same of a key, or of none. */
export interface TalliedEntries {
  readonly operation: string;
  /** The code that they ended with; `undefined`: what was done. */
  readonly error: string | undefined;
  readonly rule: string | undefined;
  readonly factor: string | undefined;
  readonly key: string | undefined;
  /** How many entries. */
  count: number;
  /** How often versions of the key were used. */
  uses: number;
  /** Of `failUnlock`: how many attempts. */
  failed: number;
  /** How many keys they were about and do not name, at least: an entry names a thousand. */
  unnamed: number;
  first: number;
  last: number;
}

export class LogTally {
  /** Each entry once. */
  readonly operations = new Map<string, TalliedEntries>();
  /** Each entry once for each key that it names, or once where it names none. */
  readonly keys = new Map<string, TalliedEntries>();
  /** How many entries. */
  entries = 0;
  /** How many entries could not be written. */
  lost = 0;

  /** @param entry one of the period */
  add(entry: AuditEntry): void {
    const { keys, lost = 0 } = entry;
    this.entries += 1;
    this.lost += lost;
    const uses = keys.reduce((sum, used) => sum + (used.uses ?? 0), 0);
    addEntry(this.operations, entry, undefined, uses);
    if (keys.length === 0) addEntry(this.keys, entry, undefined, 0);
    const ofKey = new Map<string, number>();
    for (const used of keys) ofKey.set(used.key, (ofKey.get(used.key) ?? 0) + (used.uses ?? 0));
    for (const [key, times] of ofKey) addEntry(this.keys, entry, key, times);
  }
}

function addEntry(to: Map<string, TalliedEntries>, entry: AuditEntry, key: string | undefined, uses: number): void {
  const { operation, error, rule, factor, at, failed = 0, more = 0 } = entry;
  const place = JSON.stringify([operation, error, rule, factor, key]);
  const known = to.get(place);
  if (!known) {
    to.set(place, { operation, error, rule, factor, key, count: 1, uses, failed, unnamed: more, first: at, last: at });
    return;
  }
  known.count += 1;
  known.uses += uses;
  known.failed += failed;
  known.unnamed += more;
  known.first = Math.min(known.first, at);
  known.last = Math.max(known.last, at);
}
