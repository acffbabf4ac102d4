/** The calls that the page watches: it is told how far they are, and says when they are to stop. */
import type { Watch } from "../wasm/bindings.js";

/** Milliseconds between two reports of one call, so that many records do not become many messages. */
const EVERY = 50;

export class Watches {
  readonly #tell: (watch: number, done: number, total: number | undefined) => void;
  readonly #stopped = new Map<number, boolean>();

  /** @param tell passes a report on to the page */
  constructor(tell: (watch: number, done: number, total: number | undefined) => void) {
    this.#tell = tell;
  }

  /** Runs a call that the page watches by that number; without a number, nobody does. */
  async run<T>(watch: number | undefined, call: (watch?: Watch) => Promise<T>): Promise<T> {
    if (watch === undefined) return call();
    this.#stopped.set(watch, false);
    try {
      return await call(this.#watching(watch));
    } finally {
      this.#stopped.delete(watch);
    }
  }

  /** The call of that number stops as soon as it looks; one that has ended does not care. */
  stop(watch: number): void {
    if (this.#stopped.has(watch)) this.#stopped.set(watch, true);
  }

  /** All calls stop as soon as they look. */
  stopAll(): void {
    for (const watch of this.#stopped.keys()) this.#stopped.set(watch, true);
  }

  #watching(watch: number): Watch {
    let last = -Infinity;
    return (done, total) => {
      const now = performance.now();
      if (done === total || now - last >= EVERY) {
        last = now;
        this.#tell(watch, done, total);
      }
      return this.#stopped.get(watch) === true;
    };
  }
}
