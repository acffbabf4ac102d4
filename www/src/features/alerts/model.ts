/** What the rules find in the unlocked vault, and what of it somebody has dealt with. */

import { batch, signal } from "@preact/signals";
import type { AlertReport, VaultAlert } from "strongroom";
import { coalesced } from "../../app/coalesced";
import type { Scope } from "../../app/scope";
import { noteSeen, seenAlerts } from "./seen-alerts";

/** The pause before rules that could not look are tried again, in ms. */
const PAUSE = 60_000;

export class AlertsModel {
  /** Has the rules look again. */
  readonly refresh: () => Promise<void>;
  readonly #scope: Scope;
  readonly #report = signal<AlertReport | undefined>(undefined);
  readonly #failure = signal<unknown>(undefined);
  readonly #seen = signal<ReadonlySet<string>>(new Set());

  constructor(scope: Scope) {
    const { vault, signal: ended } = scope;
    this.#scope = scope;
    this.#seen.value = seenAlerts(vault);
    this.refresh = coalesced(() => this.#check());
    // What is told once is looked at again, with all others, in the order of their severity.
    vault.addEventListener("alert", () => void this.refresh(), { signal: ended });
    void this.#watch();
  }

  /** `undefined` until the rules have looked. */
  get report(): AlertReport | undefined {
    return this.#report.value;
  }

  /** Why they could not look the last time. */
  get failure(): unknown {
    return this.#failure.value;
  }

  /** Those that nobody has dealt with, the most severe first. */
  get open(): readonly VaultAlert[] {
    return (this.report?.alerts ?? []).filter(({ id }) => !this.#seen.value.has(id));
  }

  get seen(): readonly VaultAlert[] {
    return (this.report?.alerts ?? []).filter(({ id }) => this.#seen.value.has(id));
  }

  acknowledge({ id }: VaultAlert): void {
    this.#note((ids) => ids.add(id));
  }

  reopen({ id }: VaultAlert): void {
    this.#note((ids) => ids.delete(id));
  }

  /** Another tab may have noted others meanwhile. */
  #note(change: (ids: Set<string>) => unknown): void {
    const ids = new Set(seenAlerts(this.#scope.vault));
    change(ids);
    noteSeen(this.#scope.vault, ids);
    this.#seen.value = ids;
  }

  /** A watch ends with a check that fails: another one is begun once they can look again. */
  async #watch(): Promise<void> {
    const { vault, signal: ended, fail } = this.#scope;
    while (!ended.aborted) {
      try {
        await vault.alerts.watch({ signal: ended });
        return;
      } catch (error) {
        if (ended.aborted) return;
        this.#failure.value = error;
        fail(error);
      }
      do {
        await pause(PAUSE, ended);
        if (!ended.aborted) await this.refresh();
      } while (!ended.aborted && this.#failure.peek() !== undefined);
    }
  }

  async #check(): Promise<void> {
    const { vault, signal: ended } = this.#scope;
    try {
      const report = await vault.alerts.check({ signal: ended });
      batch(() => {
        this.#report.value = report;
        this.#failure.value = undefined;
        this.#seen.value = seenAlerts(vault);
      });
    } catch (error) {
      if (!ended.aborted) this.#failure.value = error;
    }
  }
}

/** Resolves early once `end` is aborted. */
function pause(duration: number, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      end.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(stop, duration);
    end.addEventListener("abort", stop);
  });
}
