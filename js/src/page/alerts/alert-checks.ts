/** Looks at a vault's log, keys and state, and keeps what it read. Loaded by the first check. */
import { abortable } from "../../shared/async.js";
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { AlertReport } from "../../shared/model/vault-alert.js";
import { DAY } from "../../shared/sentences.js";
import { frozen } from "../../shared/text.js";
import { isRecovery, rehearsalDue } from "../health/checks.js";
import type { CallEngine } from "../runtime/connection.js";
import type { RuleSettings } from "./alert-rules.js";
import { alertsOf } from "./alerts-of.js";
import { LogReader } from "./log-reader.js";
import type { SeenLog, SeenState } from "./seen-log.js";

export { settingsOf } from "./alert-rules.js";

/** How far back alerts are told of. */
const TOLD = 30 * DAY;
/** What was read before that is no measure, but to bursts that go on. */
const LEAST_HISTORY = 7 * DAY;

/** What is asked of a check. */
export interface CheckRequest {
  readonly call: CallEngine;
  readonly settings: RuleSettings;
  readonly from: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** All keys that are not destroyed, where the caller has just read them. */
  readonly keys?: readonly KeyInfo[];
  /** Milliseconds for which what was read of keys and backups is good, while the log tells of no change. */
  readonly stateLasts: number;
}

export class AlertChecks {
  readonly #log = new LogReader();
  #state: { at: number; is: SeenState } | undefined;
  /** They read one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  async check(request: CheckRequest): Promise<AlertReport> {
    const done = this.#turn.then(() => this.#check(request));
    this.#turn = done.catch(() => {});
    return done;
  }

  async #check({ call, settings, from = Date.now() - TOLD, signal, keys, stateLasts }: CheckRequest): Promise<AlertReport> {
    const history = Math.max(LEAST_HISTORY, settings.spike?.history ?? 0);
    const seen = await this.#log.read(call, from - history, signal);
    const state = await this.#stateOf(call, seen, signal, stateLasts, keys);
    const now = Date.now();
    // A clock that was ahead is no reason to tell less.
    const oldest = seen.cut ? seen.entries[0] : seen.left;
    const since = Math.max(from, Math.min(oldest?.at ?? from, now));
    const alerts = alertsOf({ now, from, seen, ...state }, settings);
    return frozen({ alerts, at: now, from: since, entries: seen.entries.length, read: seen.read, log: seen.log });
  }

  /** Keys and backups are read after the log, so that they are no older than what it tells. */
  async #stateOf(
    call: CallEngine,
    seen: SeenLog,
    signal: AbortSignal | undefined,
    lasts: number,
    known: readonly KeyInfo[] | undefined,
  ): Promise<SeenState> {
    const changed = seen.entries.slice(Math.max(0, seen.entries.length - seen.read)).some(({ keys }) => !keys.some(({ uses }) => uses !== undefined));
    if (this.#state && !changed && Date.now() - this.#state.at < lasts) return this.#state.is;
    const begun = Date.now();
    const { factors, backup, latest } = await abortable(signal, () => call("vitalSigns"));
    const rehearsals = factors.filter(isRecovery).map(({ id, added, rehearsedAt: at }) => ({ id, at, due: rehearsalDue(added, at) }));
    const { reviewDue } = await abortable(signal, () => call("vaultPolicy"));
    const is = { backup, latest, reviewDue, rehearsals, keys: known ?? (await allKeys(call, signal)) };
    this.#state = { at: begun, is };
    return is;
  }
}

async function allKeys(call: CallEngine, signal: AbortSignal | undefined): Promise<KeyInfo[]> {
  const keys: KeyInfo[] = [];
  for (let after: string | undefined; ; ) {
    const query = { limit: 1000, ...(after !== undefined && { after }) };
    const page = await abortable(signal, () => call("listKeys", query));
    keys.push(...page.keys);
    if (page.next === undefined) return keys;
    after = page.next;
  }
}
