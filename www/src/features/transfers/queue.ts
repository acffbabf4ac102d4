/** The transfers of a session: which run, which wait, and how far they are together. */

import { computed, signal } from "@preact/signals";
import { explainFile, isAbort } from "../../app/explain";
import type { FactorRuleName } from "../../app/factor-request";
import { notify } from "../../app/notice";
import type { Direction, Transfer, TransferState } from "./transfer";

/** Transfers that run at the same time, each with at most four parts of 8 MiB in memory. */
const RUNNING = 4;

export class TransferQueue {
  readonly #ended: AbortSignal;
  readonly #onIdle: () => unknown;
  readonly #transfers = signal<readonly Transfer[]>([]);
  /** Done since the queue was idle. */
  readonly #finished = signal<readonly Transfer[]>([]);
  readonly #overall = computed(() => summaryOf(this.#transfers.value, this.#finished.value));
  readonly #alert = computed(() => alertOf(this.#transfers.value));

  /** `onIdle` is called when the last transfer is done. */
  constructor(ended: AbortSignal, onIdle: () => unknown) {
    this.#ended = ended;
    this.#onIdle = onIdle;
    // The browser reports the end of an interruption; the user need not.
    addEventListener("online", () => this.retryAll("interrupted"), { signal: ended });
    ended.addEventListener("abort", () => this.cancelAll());
  }

  /** Waiting, running, interrupted and failed transfers. The result of one that is done is in the list of files. */
  get transfers(): readonly Transfer[] {
    return this.#transfers.value;
  }

  /** All pending transfers and those that are done, as one. */
  get overall() {
    return this.#overall.value;
  }

  /** All problems in one sentence, for a screen reader; empty while there are none. */
  get alert(): string {
    return this.#alert.value;
  }

  get isBusy(): boolean {
    return this.transfers.some(({ isPending }) => isPending);
  }

  add(made: readonly Transfer[]): void {
    this.#transfers.value = [...this.#transfers.value, ...made];
    this.#proceed();
  }

  cancel(transfer: Transfer): void {
    transfer.cancel();
    this.#remove(transfer);
  }

  cancelAll(): void {
    const all = this.#transfers.value;
    this.#transfers.value = [];
    for (const transfer of all) transfer.cancel();
    this.#proceed();
  }

  /** Resumes an interrupted transfer, and restarts a failed one. */
  retry(transfer: Transfer): void {
    if (transfer.state !== "failed") return transfer.resume();
    const next = transfer.restarted();
    this.#transfers.value = this.#transfers.value.map((one) => (one === transfer ? next : one));
    this.#proceed();
  }

  retryAll(...states: readonly TransferState[]): void {
    for (const transfer of this.#transfers.value) {
      if (states.includes(transfer.state)) this.retry(transfer);
    }
  }

  #remove(transfer: Transfer): void {
    this.#transfers.value = this.#transfers.value.filter((other) => other !== transfer);
    this.#proceed();
  }

  /** Starts as many as may run; reports what was done once nothing is pending. */
  #proceed(): void {
    if (this.#ended.aborted) return;
    const pending = this.#transfers.value.filter(({ isPending }) => isPending);
    const waiting = pending.filter(({ state }) => state === "waiting");
    const free = Math.max(0, RUNNING - (pending.length - waiting.length));
    for (const transfer of waiting.slice(0, free)) void this.#run(transfer);
    const done = this.#finished.value;
    if (pending.length > 0 || done.length === 0) return;
    this.#finished.value = [];
    notify(reportOf(done));
    this.#onIdle();
  }

  /** One answer counts for all that were added before it. To retry one asks again. */
  #noteDeclined(rule: FactorRuleName): void {
    for (const transfer of this.#transfers.value) transfer.noteDeclined(rule);
  }

  async #run(transfer: Transfer): Promise<void> {
    try {
      await transfer.run((rule) => this.#noteDeclined(rule));
      this.#finished.value = [...this.#finished.value, transfer];
      this.#remove(transfer);
    } catch (error) {
      if (isAbort(error)) return this.#remove(transfer);
      transfer.fail(explainFile(error));
      this.#proceed();
    }
  }
}

function summaryOf(transfers: readonly Transfer[], finished: readonly Transfer[]) {
  const pending = transfers.filter(({ isPending }) => isPending);
  const bytes = [...finished, ...pending].reduce((sum, { size }) => sum + size, 0);
  const open = pending.reduce((sum, { size, percent }) => sum + size * (1 - percent / 100), 0);
  return {
    files: finished.length + pending.length,
    done: finished.length,
    waiting: pending.filter(({ state }) => state === "waiting").length,
    percent: bytes > 0 ? Math.floor(((bytes - open) / bytes) * 100) : 0,
  };
}

function alertOf(transfers: readonly Transfer[]): string {
  const stuck = transfers.filter(({ problem }) => problem !== "");
  const [first] = stuck;
  if (!first) return "";
  return stuck.length === 1
    ? `“${first.name}”: ${first.problem}`
    : `${stuck.length} files are not transferred. The first: ${first.problem}`;
}

const DONE: Record<Direction, string> = {
  up: "encrypted and stored",
  down: "decrypted and saved",
  reencrypt: "re-encrypted and stored",
};

/** `3 files are encrypted and stored. “b.txt” is decrypted and saved.` */
function reportOf(done: readonly Transfer[]): string {
  const sentences = Object.entries(DONE).map(([direction, what]) => {
    const [first, ...others] = done.filter((one) => one.direction === direction);
    if (!first) return "";
    return others.length > 0 ? `${others.length + 1} files are ${what}.` : `“${first.name}” is ${what}.`;
  });
  return sentences.filter(Boolean).join(" ");
}
