/** A vault's alerts. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { AlertReport, AlertRules, VaultAlert } from "../../shared/model/vault-alert.js";
import { ABORT, check, optionsOf, type Checks } from "../../shared/options.js";
import type { CallEngine, UseEngine } from "../runtime/connection.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import { durationOf, milliseconds } from "../vault/auto-lock.js";
import type { AlertChecks, CheckRequest } from "./alert-checks.js";

/** Which rules look, and how far back. */
export interface AlertOptions extends AbortOptions {
  rules?: AlertRules | undefined;
  /** What had ended by then is not told, in milliseconds since 1970: 30 days ago unless given. */
  from?: number | undefined;
}

/** Which rules look, and how often. */
export interface AlertWatchOptions extends AlertOptions {
  /** An ISO 8601 duration of at least a second: `"PT1M"` unless given. */
  every?: string | undefined;
}

const ALERTS = { rules: check.any, from: check.number, ...ABORT } satisfies Checks<AlertOptions>;
const WATCH_ALERTS = { ...ALERTS, every: durationOf } satisfies Checks<AlertWatchOptions>;

/** How long a watch goes by what it read of keys and backups, while the log tells of no change: rules count these in days. */
const STATE_LASTS = 60 * 60 * 1000;

/** What the watch needs to know of the vault that it watches. */
export interface Watched {
  unlocked(): boolean;
  closed(): boolean;
  tell(alert: VaultAlert): void;
}

/** Rules over the vault's audit log, its keys and its state, and what they find. */
export class VaultAlerts {
  readonly #use: UseEngine;
  readonly #vault: Watched;
  #checks: AlertChecks | undefined;
  /** Ends the pauses of watches. */
  readonly #pauses = new Set<() => void>();

  /** @internal */
  constructor(use: UseEngine, vault: Watched) {
    this.#use = use;
    this.#vault = vault;
  }

  /** The vault is locked or closed: what was read of it stays in memory until then. @internal */
  forget(): void {
    this.#checks = undefined;
    for (const wake of this.#pauses) wake();
  }

  /**
   * What the rules find now. Entries of the log that were read before are not read again, and it writes nothing but entries that
   * wait. Each alert has an `id` that stays: keep those that were seen.
   *
   * @example
   * const { alerts } = await vault.alerts.check({ rules: { spike: { factor: 10 }, rehearsal: false } });
   * for (const { severity, message, at } of alerts) warn(`${severity}: ${message}`, new Date(at));
   *
   * @throws ArgumentError for a rule or a threshold that there is not; LockedError
   */
  async check(options?: AlertOptions): Promise<AlertReport> {
    const { rules, from, signal } = optionsOf<AlertOptions>(options, ALERTS);
    const { settingsOf } = await loadChecks();
    const call: CallEngine = (...called) => this.#use().peer.call(...called);
    return this.#check({ call, settings: settingsOf(rules), from, signal, stateLasts: 0 });
  }

  /**
   * Checks again and again while the vault is unlocked, and tells each alert once, by the event `alert`. Resolves once `signal` is
   * aborted or the vault is closed. It does not put off `autoLock`.
   *
   * @example
   * vault.addEventListener("alert", ({ detail }) => seen.has(detail.id) || warn(detail.message));
   * const watching = vault.alerts.watch({ signal });
   *
   * @throws ArgumentError; what a check fails with, but for a lock
   */
  async watch(options?: AlertWatchOptions): Promise<void> {
    const { rules, from, every = "PT1M", signal } = optionsOf<AlertWatchOptions>(options, WATCH_ALERTS);
    const pause = milliseconds(every);
    if (pause < 1000) throw new ArgumentError("every must be at least a second");
    const { settingsOf } = await loadChecks();
    const call: CallEngine = (...called) => this.#use().peer.callQuietly(...called);
    const request = { call, settings: settingsOf(rules), from, signal, stateLasts: STATE_LASTS };
    const told = new Set<string>();
    for (;;) {
      if (signal?.aborted || this.#vault.closed()) return;
      for (const alert of await this.#unlessLocked(request)) {
        if (told.has(alert.id)) continue;
        told.add(alert.id);
        this.#vault.tell(alert);
      }
      await this.#pause(pause, signal);
    }
  }

  async #unlessLocked(request: CheckRequest): Promise<readonly VaultAlert[]> {
    if (!this.#vault.unlocked()) return [];
    try {
      return (await this.#check(request)).alerts;
    } catch (thrown) {
      // It goes on when the vault is unlocked again.
      if (request.signal?.aborted || !this.#vault.unlocked()) return [];
      throw thrown;
    }
  }

  async #check(request: CheckRequest): Promise<AlertReport> {
    const loaded = await loadChecks();
    // What a locked vault has told is kept no longer.
    this.#use();
    this.#checks ??= new loaded.AlertChecks();
    return this.#checks.check(request);
  }

  /** In Node, nothing is kept from ending by that. */
  #pause(pause: number, signal: AbortSignal | undefined): Promise<void> {
    // A listener may have ended it.
    if (signal?.aborted || this.#vault.closed()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, pause);
      (timer as { unref?(): void }).unref?.();
      signal?.addEventListener("abort", end);
      this.#pauses.add(end);
    });
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- it is what the module has
const loadChecks = () => loadLazily(() => import("./alert-checks.js"), "finds alerts");
