/** The line about changes of policies: by the log, and by what keys and the vault have noted of theirs. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import { isWithin, keyCells, noneOr, tableOf, type ToldLine } from "./line-parts.js";
import { attemptedLine } from "./log-lines.js";
import type { ReportFacts } from "./report-facts.js";
import { did, POLICY_CHANGES } from "./which-entries.js";

/** A policy that was set in the period, by no entry of `setPolicy`. */
interface UnloggedPolicy {
  /** `undefined`: the vault's own. */
  readonly key: KeyInfo | undefined;
  readonly at: number;
  /** What the key was made with, if the policy is the one that it was made with. */
  readonly operation: string | undefined;
}

export function policyChangesLine(facts: ReportFacts): ToldLine {
  const logged = attemptedLine(facts, POLICY_CHANGES, "change", "No policy was changed.", ["toldBy", "Told by", () => "log"]);
  const unlogged = unloggedPolicies(facts);
  const created = unlogged.filter(({ operation }) => operation !== undefined).length;
  const figures = { ...logged.figures, created, unlogged: unlogged.length - created };
  const found =
    `${logged.found} Policies that keys were made or brought in with: ${noneOr(created)}. ` +
    `Policies that were set by no entry of the log, as by a merge: ${noneOr(figures.unlogged)}.`;
  return { count: logged.count + unlogged.length, found, none: logged.none, figures, ...changesTable(facts, logged, unlogged) };
}

/** The log's rows, then the others: each says what it rests on. */
function changesTable(facts: ReportFacts, logged: ToldLine, unlogged: readonly UnloggedPolicy[]): Required<Pick<ToldLine, "columns" | "rows">> {
  const { columns, rows } = tableOf(unlogged, [
    ...keyCells<UnloggedPolicy>(facts, ({ key }) => key),
    ["operation", "Operation", ({ operation }) => operation],
    ["error", "Ended with", () => undefined],
    ["entries", "Entries", () => undefined, "number"],
    ["toldBy", "Told by", ({ key }) => (key ? "key" : "vault")],
    ["first", "First", ({ at }) => at, "time"],
    ["last", "Last", ({ at }) => at, "time"],
  ]);
  return { columns, rows: [...(logged.rows ?? []), ...rows] };
}

function unloggedPolicies({ keys, period, vaultPolicy, logs: { tally } }: ReportFacts): UnloggedPolicy[] {
  const [set, made] = [new Set<string>(), new Map<string, string>()];
  for (const entry of tally.keys.values()) {
    if (entry.key === undefined) continue;
    if (did("setPolicy")(entry)) set.add(entry.key);
    if (did("createKey", "importKey")(entry)) made.set(entry.key, entry.operation);
  }
  const found: UnloggedPolicy[] = [];
  for (const key of keys) {
    const { id, created, policyChanged: at } = key;
    if (at === undefined || !isWithin(period, at) || set.has(id)) continue;
    // One that was set later is not what the key was made with.
    found.push({ key, at, operation: at === created ? made.get(id) : undefined });
  }
  const { policyChanged: at } = vaultPolicy;
  const isLogged = Array.from(tally.operations.values()).some(did("setVaultPolicy"));
  if (at !== undefined && isWithin(period, at) && !isLogged) found.push({ key: undefined, at, operation: undefined });
  return found;
}
