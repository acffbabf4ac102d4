/** One file that is being uploaded, downloaded or re-encrypted, and its progress. */

import { signal } from "@preact/signals";
import type { RetryPolicy } from "../../remote/retry";

/** `reencrypt`: down and up again, under another key. */
export type Direction = "up" | "down" | "reencrypt";

/** `interrupted`: the connection is lost, and the transfer is kept to be resumed. */
export type TransferState = "waiting" | "running" | "interrupted" | "failed";

/** What a transfer does once it is its turn. */
export type Work = (transfer: Transfer) => Promise<void>;

interface Progress {
  done: number;
  total?: number | undefined;
}

let count = 0;

export class Transfer {
  readonly id = ++count;
  readonly direction: Direction;
  readonly name: string;
  /** Bytes: of the plaintext going up, otherwise of the ciphertext. */
  readonly size: number;
  readonly policy: RetryPolicy;
  readonly #work: Work;
  readonly #stop = new AbortController();
  readonly #state = signal<TransferState>("waiting");
  readonly #problem = signal("");
  readonly #processed = signal(0);
  readonly #sent = signal(0);
  /** The pause after an interruption. */
  #pause: { over: Promise<void>; end: () => void } | undefined;

  constructor(direction: Direction, name: string, size: number, work: Work) {
    this.direction = direction;
    this.name = name;
    this.size = size;
    this.#work = work;
    this.policy = { signal: this.#stop.signal, ask: (problem) => this.#interrupt(problem) };
  }

  get state(): TransferState {
    return this.#state.value;
  }

  /** What went wrong, for the user; empty while nothing did. */
  get problem(): string {
    return this.#problem.value;
  }

  /** Percentage of bytes that were encrypted or decrypted. */
  get processed(): number {
    return this.#processed.value;
  }

  /** Percentage of bytes that reached the store; unused for downloads. */
  get sent(): number {
    return this.#sent.value;
  }

  /** Whether it has not failed. */
  get isPending(): boolean {
    return this.state !== "failed";
  }

  /** The share that is done, from 0 to 1. */
  get share(): number {
    return this.direction === "down" ? this.processed / 100 : (this.processed + this.sent) / 200;
  }

  // Whole percentages, so that a component is drawn again at most a hundred times.
  readonly onProcessed = (progress: Progress): void => {
    this.#processed.value = percentage(progress);
  };

  readonly onSent = (progress: Progress): void => {
    this.#sent.value = percentage(progress);
  };

  /** Rejects when the work fails for good, or is cancelled. */
  async run(): Promise<void> {
    this.#state.value = "running";
    await this.#work(this);
  }

  fail(problem: string): void {
    this.#problem.value = problem;
    this.#state.value = "failed";
  }

  cancel(): void {
    this.#stop.abort();
  }

  /** Resumes after an interruption. */
  resume(): void {
    this.#problem.value = "";
    this.#state.value = "running";
    this.#pause?.end();
    this.#pause = undefined;
  }

  /** The same transfer from its beginning: an upload under a new key and name. */
  restarted(): Transfer {
    return new Transfer(this.direction, this.name, this.size, this.#work);
  }

  #interrupt(problem: Error): Promise<void> {
    this.#problem.value = `${problem.message} Nothing is lost. Check the connection, then resume.`;
    this.#state.value = "interrupted";
    this.#pause ??= pauseUntil(this.#stop.signal);
    return this.#pause.over;
  }
}

/** A pause until `end` is called; rejects if `stop` is aborted before. */
function pauseUntil(stop: AbortSignal): { over: Promise<void>; end: () => void } {
  let end = () => {};
  const over = new Promise<void>((resolve, reject) => {
    end = resolve;
    stop.addEventListener("abort", () => reject(stop.reason as Error));
  });
  return { over, end };
}

const percentage = ({ done, total }: Progress): number =>
  total ? Math.min(100, Math.floor((done / total) * 100)) : 100;
