/** One file that is being uploaded, downloaded or re-encrypted, and its progress. */

import { signal } from "@preact/signals";
import type { TransferError } from "strongroom";
import type { Patience } from "strongroom/s3";
import { causeOf } from "../../app/explain";
import { askingFactor, type FactorRuleName } from "../../app/factor-request";

/** `reencrypt`: down and up again, under another key. */
export type Direction = "up" | "down" | "reencrypt";

/** `interrupted`: the connection is lost, and the transfer is kept to be resumed. */
export type TransferState = "waiting" | "running" | "interrupted" | "failed";

/** What a transfer does once it is its turn. */
export type Work = (transfer: Transfer) => Promise<void>;

interface Progress {
  done: number;
  /** Bytes that are on their way. */
  sending?: number;
  total?: number | undefined;
}

/** Further attempts at a request, before the user is asked: enough for a phone that changes networks. */
const RETRIES = 4;

let count = 0;

export class Transfer {
  readonly id = ++count;
  readonly direction: Direction;
  readonly name: string;
  /** Bytes of plaintext. */
  readonly size: number;
  readonly patience: Patience;
  /** Rules for which nobody presented anything since it was added: they refuse it, and nobody is asked. */
  readonly #declined = new Set<FactorRuleName>();
  readonly #work: Work;
  readonly #stop = new AbortController();
  readonly #state = signal<TransferState>("waiting");
  readonly #problem = signal("");
  readonly #percent = signal(0);
  readonly #retrying = signal(false);
  /** The pause after an interruption. */
  #pause: { over: Promise<void>; end: () => void } | undefined;

  constructor(direction: Direction, name: string, size: number, work: Work) {
    this.direction = direction;
    this.name = name;
    this.size = size;
    this.#work = work;
    this.patience = {
      signal: this.#stop.signal,
      retries: RETRIES,
      onRetrying: () => (this.#retrying.value = true),
      onInterrupted: (error) => this.#interrupt(error),
    };
  }

  get state(): TransferState {
    return this.#state.value;
  }

  /** What went wrong, for the user; empty while nothing did. */
  get problem(): string {
    return this.#problem.value;
  }

  /** Whole percentage of the bytes that were encrypted and sent, or decrypted. */
  get percent(): number {
    return this.#percent.value;
  }

  /** Whether a request was not answered, and is sent again. */
  get isRetrying(): boolean {
    return this.#retrying.value;
  }

  /** Whether it has not failed. */
  get isPending(): boolean {
    return this.state !== "failed";
  }

  readonly onProgress = ({ done, sending = 0, total }: Progress): void => {
    this.#retrying.value = false;
    // Whole, so that a component is drawn again at most a hundred times.
    this.#percent.value = total ? Math.min(100, Math.floor(((done + sending) / total) * 100)) : 100;
  };

  /**
   * Rejects when the work fails for good, or is cancelled.
   *
   * @param onDeclined called when nobody presents anything for a rule
   */
  async run(onDeclined: (rule: FactorRuleName) => void): Promise<void> {
    this.#state.value = "running";
    await askingFactor(() => this.#work(this), { has: (rule) => this.#declined.has(rule), add: onDeclined });
  }

  /** Nobody presented anything for a rule while this one waited, or ran. */
  noteDeclined(rule: FactorRuleName): void {
    this.#declined.add(rule);
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

  #interrupt(error: TransferError): Promise<void> {
    this.#retrying.value = false;
    this.#problem.value = `${causeOf(error)} Nothing is lost. Check the connection, then resume.`;
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
