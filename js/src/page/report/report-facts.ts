/** What a report is made of: keys, factors, health, alerts and logs, as the vault tells them. */
import { abortable } from "../../shared/async.js";
import type { AuditCheckpoint } from "../../shared/model/audit-entry.js";
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { AlertReport, AlertRules } from "../../shared/model/vault-alert.js";
import type { HealthCheck, VaultHealth } from "../../shared/model/vault-health.js";
import type { OrganisationInfo } from "../../shared/model/organisation.js";
import type { VaultPolicyInfo } from "../../shared/model/vault-policy.js";
import { AlertChecks, settingsOf } from "../alerts/alert-checks.js";
import { factorInfo } from "../factors/told-factor.js";
import { recordsState } from "../inventory/records-state.js";
import type { CallEngine, UseEngine } from "../runtime/connection.js";
import { givenRules } from "./given-rules.js";
import { unlessUntrue } from "./log-slices.js";
import { isUnwritable, logsOf, type LogsOfPeriod, type ReportPeriod } from "./period-logs.js";

/** What a report is asked for with. */
export interface ReportRequest {
  readonly period: ReportPeriod;
  readonly names: boolean;
  readonly reasons: boolean;
  readonly rules: AlertRules | undefined;
  readonly signal: AbortSignal | undefined;
  /** How many keys and entries were read, of how many. */
  readonly tell: (done: number, total: number | undefined) => void;
}

/** Where it comes from. */
export interface ReportSource {
  readonly use: UseEngine;
  readonly vault: { readonly id: string; readonly name: string };
  readonly health: (options: { signal?: AbortSignal | undefined }) => Promise<VaultHealth>;
}

export interface ReportFacts {
  /** Before anything was read. */
  readonly at: number;
  readonly period: ReportPeriod;
  readonly names: boolean;
  readonly reasons: boolean;
  /** By alias, or where names are left out by id. */
  readonly keys: readonly KeyInfo[];
  /** Whether keys were changed while they were read. */
  readonly changed: boolean;
  readonly factors: readonly FactorInfo[];
  /** The kinds that it takes at once, where it takes two. */
  readonly requires: readonly string[] | undefined;
  readonly backup: { readonly at: number; readonly changes: number } | undefined;
  readonly checks: readonly HealthCheck[];
  readonly vaultPolicy: VaultPolicyInfo;
  /** The policy of the vault's organisation. */
  readonly organisation: OrganisationInfo | undefined;
  readonly alerts: AlertReport;
  /** What was said of the rules for alerts, and which of them were off. */
  readonly rules: AlertRules;
  readonly rulesOff: readonly string[];
  readonly logs: LogsOfPeriod;
  /** `undefined` without a log, of one that is not whole, and where entries wait that the store does not take. */
  readonly checkpoint: AuditCheckpoint | undefined;
}

/** Keys that are read at once, and how often they are read where they are changed meanwhile. */
const [KEYS_OF_PAGE, READINGS] = [1000, 3];

export async function factsOf({ use, health }: ReportSource, request: ReportRequest): Promise<ReportFacts> {
  const { period, names, reasons, rules, signal, tell } = request;
  const call: CallEngine = (...called) => use().peer.call(...called);
  // What is done while this reads may be in it or not.
  const at = Date.now();
  const given = givenRules(rules);
  const settings = settingsOf(given);
  const rulesOff = Object.entries(settings).flatMap(([rule, thresholds]) => (thresholds ? [] : [rule])).toSorted();
  const { keys, changed } = await steadyKeys(use, call, names, signal, (done) => tell(done, undefined));
  const logs = await logsOf(call, period, signal, (read, total) => tell(keys.length + read, keys.length + total));
  const checkpoint = logs.state === "none" ? undefined : await signedCheckpoint(call, signal);
  const { checks } = await health({ signal });
  const { factors, requires, backup, organisation } = await abortable(signal, () => call("vitalSigns"));
  const vaultPolicy = await abortable(signal, () => call("vaultPolicy"));
  const living = keys.filter(({ destroyed }) => !destroyed);
  const alerts = await new AlertChecks().check({ call, settings, from: period.from, signal, keys: living, stateLasts: 0 });
  return { at, period, names, reasons, keys, changed, factors: factors.map(factorInfo), requires, backup, checks, vaultPolicy, organisation, alerts, rules: given, rulesOff, logs, checkpoint };
}

async function signedCheckpoint(call: CallEngine, signal: AbortSignal | undefined): Promise<AuditCheckpoint | undefined> {
  try {
    return await unlessUntrue(signal, () => call("auditCheckpoint"));
  } catch (thrown) {
    // It is of the entries that wait too.
    if (isUnwritable(thrown)) return undefined;
    throw thrown;
  }
}

/** All keys as they stood at one moment, if there is one within so many readings. */
async function steadyKeys(
  use: UseEngine,
  call: CallEngine,
  names: boolean,
  signal: AbortSignal | undefined,
  tell: (done: number) => void,
): Promise<Pick<ReportFacts, "keys" | "changed">> {
  for (let left = READINGS; ; left -= 1) {
    const before = await abortable(signal, () => recordsState(use));
    const keys = await everyKey(call, signal, tell);
    const changed = before !== (await abortable(signal, () => recordsState(use)));
    if (changed && left > 1) continue;
    const place = names ? ({ alias, id }: KeyInfo) => `${alias}\u0000${id}` : ({ id }: KeyInfo) => id;
    return { keys: sortedBy(keys, place), changed };
  }
}

async function everyKey(call: CallEngine, signal: AbortSignal | undefined, tell: (done: number) => void): Promise<KeyInfo[]> {
  const keys: KeyInfo[] = [];
  for (let after: string | undefined; ; ) {
    const query = { destroyed: true, limit: KEYS_OF_PAGE, ...(after !== undefined && { after }) };
    const page = await abortable(signal, () => call("listKeys", query));
    keys.push(...page.keys);
    tell(keys.length);
    if (page.next === undefined) return keys;
    after = page.next;
  }
}

/** In the order of UTF-16's code units, which is the same in each browser and language. */
export function sortedBy<T>(items: readonly T[], place: (item: T) => string): T[] {
  const placed = items.map((item) => [place(item), item] as const);
  placed.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  return placed.map(([, item]) => item);
}
