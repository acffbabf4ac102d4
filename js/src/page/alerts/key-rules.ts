/** Rules over what was done with keys, and what they are. */
import type { KeyInfo, KeyVersion } from "../../shared/model/key-info.js";
import { counted, DAY } from "../../shared/sentences.js";
import type { Settings } from "./alert-rules.js";
import { addTo, calledKey, days, type Finding, type KnownKeys, type SeenEntries } from "./findings.js";
import type { SeenEntry, SeenLog } from "./seen-log.js";

const HOUR = DAY / 24;

/** A use that was done: how many, of which version. */
interface Use {
  readonly entry: SeenEntry;
  readonly key: string;
  readonly version: string | undefined;
  readonly uses: number;
}

/** Uses by key, and by version: once for all rules, since a vault may have many versions and uses. */
export interface KnownUses {
  readonly ofKeys: ReadonlyMap<string, readonly Use[]>;
  /** By the ids of the key and of the version. */
  readonly ofVersions: ReadonlyMap<string, readonly Use[]>;
}

const versionPlace = (key: string, version: string): string => `${key}:${version}`;

/** The uses that entries tell of. */
export function usesOf(entries: SeenEntries): KnownUses {
  const [ofKeys, ofVersions] = [new Map<string, Use[]>(), new Map<string, Use[]>()];
  for (const entry of entries) {
    if (entry.error !== undefined) continue;
    for (const { key, version, uses } of entry.keys) {
      if (uses === undefined) continue;
      const use = { entry, key, version, uses };
      addTo(ofKeys, key, use);
      if (version !== undefined) addTo(ofVersions, versionPlace(key, version), use);
    }
  }
  return { ofKeys, ofVersions };
}

/** What is used in an hour and in a day, against the busiest of those before: batch jobs and busy seasons are their own measure. */
export function spike(seen: SeenLog, { ofKeys }: KnownUses, settings: Settings<"spike">, keys: KnownKeys): Finding[] {
  const begun = begunAt(seen);
  return Array.from(ofKeys.values()).flatMap((ofKey) => spikesOf(ofKey, begun, settings, keys));
}

/** When the log began: long ago, unless the oldest entry that was looked at is the first one that there is. A flood of uses is no beginning. */
function begunAt({ entries: [oldest], cut, left, brokenBefore }: SeenLog): number {
  const isFirst = oldest?.sequence === 0 || (oldest?.log === left?.log && oldest?.sequence === left?.sequence);
  return oldest && isFirst && !cut && !brokenBefore ? oldest.at : -Infinity;
}

function spikesOf(uses: readonly Use[], begun: number, settings: Settings<"spike">, keys: KnownKeys): Finding[] {
  const key = uses[0]?.key ?? "";
  // A key of the session is in no list.
  const known = Math.max(begun, keys.get(key)?.created ?? uses[0]?.entry.at ?? begun);
  const found = new Map<string, Finding>();
  for (const [window, least, noun] of [[HOUR, settings.perHour, "hour"], [DAY, settings.perDay, "day"]] as const) {
    const past: { from: number; total: number }[] = [];
    for (const busy of buckets(uses, window)) {
      const { from, total } = busy;
      past.push(busy);
      if (total < least) continue;
      const usual = past.filter((before) => before !== busy && before.from >= from - settings.history).reduce((most, { total: of }) => Math.max(most, of), 0);
      const limit = Math.max(least, settings.factor * usual);
      const subject = `${key}:${new Date(from).toISOString().slice(0, 10)}`;
      if (total < limit || from - known < settings.learn || found.has(subject)) continue;
      const crossing = crossed(busy.uses, limit);
      const message =
        `${counted(total, "use")} of ${calledKey(keys, key)} in one ${noun}, where its busiest ${noun} had ${usual.toLocaleString("en")}.`;
      const numbers = { uses: total, usual, limit, window };
      found.set(subject, { subject, at: crossing.entry.at, message, numbers, entries: busy.uses.map(({ entry }) => entry), keys: [key] });
    }
  }
  return Array.from(found.values());
}

/** The uses of each hour or day, the earliest first. A clock that was set back adds to one that there was. */
function buckets(uses: readonly Use[], window: number): { from: number; total: number; uses: Use[] }[] {
  const found = new Map<number, { from: number; total: number; uses: Use[] }>();
  for (const use of uses) {
    const from = Math.floor(use.entry.at / window) * window;
    const bucket = found.get(from) ?? { from, total: 0, uses: [] };
    bucket.total += use.uses;
    bucket.uses.push(use);
    found.set(from, bucket);
  }
  return Array.from(found.values()).toSorted((one, other) => one.from - other.from);
}

/** The use by which there were so many. */
function crossed(uses: readonly Use[], limit: number): Use {
  let total = 0;
  return uses.find((use) => (total += use.uses) >= limit) as Use;
}

/** One for each day on which a version was used that others may have. Moving what it protects to another one is what should be done. */
export function compromisedVersion(uses: KnownUses, { uses: least }: Settings<"compromisedVersion">, keys: KnownKeys): Finding[] {
  return versionsOf(keys).flatMap(({ key, version }) => {
    const since = version.compromisedAt;
    if (since === undefined) return [];
    return buckets(usesSince(uses, key, version, since + 1), DAY).flatMap(({ from, total, uses: used }) => {
      const [first] = used;
      if (!first || total < least) return [];
      const message =
        `Version ${version.number} of ${calledKey(keys, key.id)} is compromised, and was used ${counted(total, "time")} in one day: ` +
        "what it opens, others may have written.";
      const subject = `${version.id}:${new Date(from).toISOString().slice(0, 10)}`;
      return [{ ...aboutVersion(key, version, used), subject, message, numbers: { uses: total, since } }];
    });
  });
}

/** One for each version, whenever it is used. */
export function deactivatedVersion(
  uses: KnownUses,
  { uses: least, grace }: Settings<"deactivatedVersion">,
  keys: KnownKeys,
): Finding[] {
  return versionsOf(keys).flatMap(({ key, version }) => {
    const since = version.history.findLast(({ state }) => state === "deactivated")?.at;
    if (version.state !== "deactivated" || version.compromised || since === undefined) return [];
    const used = usesSince(uses, key, version, since + grace);
    const total = used.reduce((sum, use) => sum + use.uses, 0);
    if (used.length === 0 || total < least) return [];
    const message =
      `Version ${version.number} of ${calledKey(keys, key.id)} was used ${counted(total, "time")} more than ${days(grace)} after it was ` +
      "deactivated: what it protects was not moved to a newer one.";
    return [{ ...aboutVersion(key, version, used), subject: version.id, message, numbers: { uses: total, since } }];
  });
}

function versionsOf(keys: KnownKeys): { key: KeyInfo; version: KeyVersion }[] {
  return Array.from(keys.values()).flatMap((key) => key.versions.map((version) => ({ key, version })));
}

/** Without rewraps. */
function usesSince({ ofVersions }: KnownUses, key: KeyInfo, { id }: KeyVersion, since: number): Use[] {
  const ofVersion = ofVersions.get(versionPlace(key.id, id)) ?? [];
  return ofVersion.filter(({ entry }) => entry.at >= since && entry.operation !== "rewrap");
}

function aboutVersion(key: KeyInfo, version: KeyVersion, used: readonly Use[]): Omit<Finding, "subject" | "message"> {
  const entries = used.map(({ entry }) => entry);
  return { at: entries[0]?.at ?? 0, entries, keys: [key.id], versions: [version.id] };
}

/** A key that rotates itself does so while the vault is open: one that is overdue could not. */
export function rotation(keys: KnownKeys, now: number, { grace, maximumAge }: Settings<"rotation">): Finding[] {
  return Array.from(keys.values()).flatMap((key) => {
    const primary = key.versions.find(({ id }) => id === key.primary);
    if (!primary || primary.state !== "active" || key.session || key.purpose === "verify") return [];
    const scheduled = key.due !== undefined;
    const at = scheduled ? (key.due as number) + grace : primary.created + maximumAge;
    if (at > now) return [];
    const called = calledKey(keys, key.id);
    const message = scheduled
      ? `The rotation of ${called} was due ${days(now - (key.due as number))} ago.`
      : `Version ${primary.number} of ${called} has protected for ${days(now - primary.created)}, and the key has no schedule.`;
    const numbers = scheduled ? { due: key.due as number } : { created: primary.created, maximumAge };
    return [{ subject: `${key.id}:${primary.id}`, at, message, numbers, keys: [key.id], versions: [primary.id] }];
  });
}
