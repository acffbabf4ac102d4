/** Notices that a service worker has ended, of which nobody is told: one that reads says so again and again. */
import { ALIVE_EVERY } from "./messages.js";

/** So often in a row it says nothing. Counted, because a machine that sleeps counts no time. */
const MISSES = 4;

export class WorkerWatch {
  readonly #gone: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #misses = 0;
  #ended = false;

  /** @param gone called once, unless `end` was */
  constructor(gone: () => void) {
    this.#gone = gone;
  }

  /** The service worker said that it reads. Those of earlier releases say nothing, and are not watched. */
  alive(): void {
    this.#misses = 0;
    if (!this.#ended) this.#timer ??= setInterval(() => this.#look(), ALIVE_EVERY);
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#misses++;
    if (this.#misses < MISSES) return;
    this.end();
    this.#gone();
  }
}
