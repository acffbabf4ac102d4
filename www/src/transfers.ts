/** Files on their way: which move, which wait, and how far they are. What is done with each is in files.ts. */

import { computed, signal, type Signal } from "@preact/signals";
import { explain, isAbort } from "./errors";
import { refresh } from "./objects";
import type { Patience } from "./patience";
import { tell } from "./state";

/** Transfers that run at the same time, each with at most three parts of 8 MiB in memory. */
const RUNNING = 4;

/** `anew`: down and up again, under another key. */
export type Direction = "up" | "down" | "anew";

export interface Transfer {
  readonly id: number;
  readonly direction: Direction;
  readonly name: string;
  /** Bytes, of the plaintext going up and of the ciphertext otherwise. */
  readonly size: number;
  /** `interrupted`: the connection is gone, and what there is of the transfer is held. */
  readonly state: Signal<"waiting" | "running" | "interrupted" | "failed">;
  /** Whole percents of bytes that went through the cipher. */
  readonly crypto: Signal<number>;
  /** Whole percents of bytes that reached the store; unused for downloads. */
  readonly sent: Signal<number>;
  readonly problem: Signal<string>;
  readonly start: () => void;
  readonly cancel: () => void;
  /** Goes on after an interruption. After a failure, begins again: an upload under a new key and name. */
  readonly retry: () => void;
}

export type Work = (transfer: Transfer, patience: Patience) => Promise<void>;

/** Waiting, running, interrupted and failed ones; what is done stands in the list of objects. */
export const transfers = signal<readonly Transfer[]>([]);

/** What was done since nothing was on its way. */
const finished = signal<readonly Transfer[]>([]);

/** All that is on its way and what was done beside it, as one. */
export const overall = computed(() => {
  const going = transfers.value.filter(isGoing);
  const all = [...finished.value, ...going];
  const bytes = all.reduce((sum, { size }) => sum + size, 0);
  const done = going.reduce((sum, { size }) => sum - size, bytes);
  const partly = going.reduce((sum, one) => sum + one.size * share(one), done);
  return {
    files: all.length,
    done: finished.value.length,
    waiting: going.filter(({ state }) => state.value === "waiting").length,
    percent: bytes > 0 ? Math.floor((partly / bytes) * 100) : 0,
  };
});

/** What a screen reader should be interrupted for; one sentence, however many there are. */
export const trouble = computed(() => {
  const stuck = transfers.value.filter(({ problem }) => problem.value !== "");
  const [first] = stuck;
  if (!first) return "";
  return stuck.length === 1
    ? `“${first.name}”: ${first.problem.value}`
    : `${stuck.length} files are not transferred. The first: ${first.problem.value}`;
});

let count = 0;

// What waits for the connection need not wait for a person.
addEventListener("online", () => retryAll("interrupted"));

/** Whether closing the page would lose something. */
export function isBusy(): boolean {
  return transfers.value.some(isGoing);
}

/** Ends everything; a vault that locks takes its transfers with it. */
export function cancelAll(): void {
  const all = transfers.value;
  transfers.value = [];
  for (const transfer of all) transfer.cancel();
}

/** Everything that failed, or was interrupted, once more. */
export function retryAll(...states: ("interrupted" | "failed")[]): void {
  const stuck = transfers.value.filter(({ state }) => states.some((one) => one === state.value));
  for (const transfer of stuck) transfer.retry();
}

/** A file on its way, which waits for its turn. */
export function transferOf(direction: Direction, name: string, size: number, work: Work): Transfer {
  const controller = new AbortController();
  let wait: { over: Promise<void>; end: () => void } | undefined;
  const transfer: Transfer = {
    id: ++count,
    direction,
    name,
    size,
    state: signal<"waiting" | "running" | "interrupted" | "failed">("waiting"),
    crypto: signal(0),
    sent: signal(0),
    problem: signal(""),
    start: () => {
      const ask = (problem: Error) => {
        transfer.problem.value = `${problem.message} Nothing is lost: check the connection, then go on.`;
        transfer.state.value = "interrupted";
        wait ??= pauseUntil(controller.signal);
        return wait.over;
      };
      void run(transfer, { signal: controller.signal, ask }, work);
    },
    cancel: () => {
      controller.abort();
      remove(transfer);
    },
    retry: () => {
      if (!wait) return replace(transfer, transferOf(direction, name, size, work));
      transfer.problem.value = "";
      transfer.state.value = "running";
      wait.end();
      wait = undefined;
    },
  };
  return transfer;
}

/** Over when it is ended; rejects when `stop` is aborted before. */
function pauseUntil(stop: AbortSignal): { over: Promise<void>; end: () => void } {
  let end = () => {};
  const over = new Promise<void>((resolve, reject) => {
    end = resolve;
    stop.addEventListener("abort", () => reject(stop.reason as Error));
  });
  return { over, end };
}

async function run(transfer: Transfer, patience: Patience, work: Work): Promise<void> {
  transfer.state.value = "running";
  try {
    await work(transfer, patience);
    finished.value = [...finished.value, transfer];
    remove(transfer);
  } catch (error) {
    if (isAbort(error)) return remove(transfer);
    transfer.problem.value = explain(error);
    transfer.state.value = "failed";
    proceed();
  }
}

export function add(made: readonly Transfer[]): void {
  transfers.value = [...transfers.value, ...made];
  proceed();
}

function replace(old: Transfer, next: Transfer): void {
  transfers.value = transfers.value.map((one) => (one === old ? next : one));
  proceed();
}

function remove(transfer: Transfer): void {
  transfers.value = transfers.value.filter((other) => other !== transfer);
  proceed();
}

/** Starts what may start; when nothing is on its way any more, tells what was done. */
function proceed(): void {
  const going = transfers.value.filter(isGoing);
  const waiting = going.filter(({ state }) => state.value === "waiting");
  const free = Math.max(0, RUNNING - (going.length - waiting.length));
  for (const transfer of waiting.slice(0, free)) transfer.start();
  const done = finished.value;
  if (going.length > 0 || done.length === 0) return;
  finished.value = [];
  tell(
    sentence(done, "up", "encrypted and stored") +
      sentence(done, "down", "decrypted and saved") +
      sentence(done, "anew", "encrypted anew and stored"),
  );
  void refresh();
}

function sentence(done: readonly Transfer[], direction: Direction, what: string): string {
  const [first, ...others] = done.filter((one) => one.direction === direction);
  if (!first) return "";
  return others.length > 0 ? `${others.length + 1} files are ${what}. ` : `“${first.name}” is ${what}. `;
}

function isGoing({ state }: Transfer): boolean {
  return state.value !== "failed";
}

/** How much of a transfer is done, from 0 to 1. */
function share({ direction, crypto: encrypted, sent }: Transfer): number {
  return direction === "down" ? encrypted.value / 100 : (encrypted.value + sent.value) / 200;
}

/** Whole percents: a component is drawn again at most a hundred times. */
export function percent(target: Signal<number>) {
  return ({ done, total }: { done: number; total?: number | undefined }): void => {
    target.value = total ? Math.min(100, Math.floor((done / total) * 100)) : 100;
  };
}
