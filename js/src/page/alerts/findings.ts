/** Alerts as the rules write them. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { AlertEvidence, AlertRule, VaultAlert } from "../../shared/model/vault-alert.js";
import { counted, DAY } from "../../shared/sentences.js";
import { alertSeverity } from "./alert-rules.js";
import type { SeenEntry } from "./seen-log.js";

/** Entries that an alert names: enough to begin with. */
const MOST_ENTRIES = 100;

export type SeenEntries = readonly SeenEntry[];
export type KnownKeys = ReadonlyMap<string, KeyInfo>;

/** What a rule found. `subject` tells it from other findings of the rule, and stays when it is found again. */
export interface Finding {
  readonly subject: string;
  readonly at: number;
  readonly message: string;
  readonly numbers?: Readonly<Record<string, number>>;
  /** The oldest first. Without any, it is so now. */
  readonly entries?: SeenEntries;
  /** Whether it is so now, though its entries may be old. */
  readonly lasts?: boolean;
  readonly keys?: readonly string[];
  readonly versions?: readonly string[];
  readonly factors?: readonly string[];
  readonly logs?: readonly string[];
}

export function alertOf(rule: AlertRule, finding: Finding): VaultAlert {
  const { subject, at, message, numbers = {}, entries = [], keys = [], versions = [], factors = [], logs = [] } = finding;
  const last = entries.slice(-MOST_ENTRIES).map(({ log, sequence }) => ({ log, sequence }));
  const evidence: AlertEvidence = { entries: last, keys, versions, factors, logs, numbers };
  return { id: `${rule}:${subject}`, rule, ...alertSeverity(rule), at, message, evidence };
}

/** Where an entry stands, among those of all logs. */
export const entryPlace = ({ log, sequence }: SeenEntry): string => `${log}:${sequence}`;

/** An entry, and how many things it tells of. */
export interface Counted {
  readonly entry: SeenEntry;
  readonly count: number;
}

/** Things that happened within a time of each other. */
export interface Burst {
  /** The entry by which they were enough. */
  readonly crossing: SeenEntry;
  readonly entries: SeenEntries;
  readonly total: number;
}

/** Bursts of at least so many things; one goes on as long as each thing comes within that time of the one before. */
export function bursts(events: readonly Counted[], least: number, within: number): Burst[] {
  const found: { crossing: SeenEntry; entries: SeenEntry[]; total: number }[] = [];
  let open: (typeof found)[number] | undefined;
  let recent: Counted[] = [];
  for (const event of events) {
    const { entry, count } = event;
    if (open && entry.at - (open.entries.at(-1) as SeenEntry).at <= within) {
      open.entries.push(entry);
      open.total += count;
      continue;
    }
    if (open) [open, recent] = [undefined, []];
    recent = [...recent.filter((earlier) => entry.at - earlier.entry.at <= within), event];
    const total = recent.reduce((sum, each) => sum + each.count, 0);
    if (total < least) continue;
    open = { crossing: entry, entries: recent.map((each) => each.entry), total };
    found.push(open);
  }
  return found;
}

/** A key as a sentence names it. */
export function calledKey(keys: KnownKeys, id: string): string {
  const key = keys.get(id);
  return key ? `the key “${key.alias}”` : `the key ${id}`;
}

/** Adds to what is kept of an id. */
export function addTo<T>(groups: Map<string, T[]>, id: string, one: T): void {
  const group = groups.get(id);
  if (group) group.push(one);
  else groups.set(id, [one]);
}

export const days = (duration: number): string => counted(Math.max(0, Math.floor(duration / DAY)), "day");
