/** What other tabs say that they changed, until the store says that something was. */
import type { Change } from "./changes.js";

/** Changes that wait, and ids of one of them: a script that writes into the channel fills no memory. */
const MOST_HEARD = 1000;
/** Milliseconds. A tab that committed says so at once; one look may take in what several tabs committed. */
const LASTING = 5000;

export class Hearsay {
  #heard: Change[] = [];
  /** How often others' commits had been taken in when this was looked at last. */
  #taken = 0;
  #until = -Infinity;

  add(change: Change): void {
    if (this.#heard.length >= MOST_HEARD) return;
    this.#heard.push(change.ids.length > MOST_HEARD ? { noun: change.noun, ids: [] } : change);
  }

  /**
   * After a look at the store: what is to be believed of what was heard.
   * @param taken how often others' commits were taken in so far
   */
  believed(taken: number): Change[] {
    if (taken !== this.#taken) this.#until = performance.now() + LASTING;
    this.#taken = taken;
    const heard = this.#heard;
    this.#heard = [];
    return performance.now() < this.#until ? heard : [];
  }
}
