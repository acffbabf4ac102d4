/** Maintenance of an unlocked vault in the background: one reading of all records, then what is due. */
import { asStrongroomError, type StrongroomError } from "../../shared/errors/index.js";

/** Milliseconds. How soon what was counted is written, and what was changed looked at. */
const SOON = 10_000;
/** Milliseconds. How soon entries of the audit log are written: a tab that is killed loses what waits. */
const SOONER = 2000;
/** Entries of the audit log that are written at once, or a second after the last ones: so many stand in a row. */
const FULL = 64;
/** Milliseconds. After a failure, such as a full disk. */
const RETRY_AFTER = 60_000;
/** Milliseconds. Timers neither count the time that a machine sleeps nor notice that its clock was set. */
const LATEST = 3_600_000;
/** Milliseconds. What stays due for ever must not keep the machine busy. */
const EARLIEST = 1000;

/** Milliseconds. A vault that vanished from the disk locks within ten seconds: two are for a slow disk. */
const PROBE_EVERY = 8000;

export interface MaintenanceTasks {
  survey(): Promise<unknown>;
  /** Resolves to when something is due next, in milliseconds since 1970; `Infinity` for never. */
  tick(): Promise<number>;
  /** Rejects where the store no longer has the vault. None for stores that nothing but the vault's owner empties. */
  probe: (() => Promise<unknown>) | undefined;
  /** Called after each of them, with its error. */
  after(error?: StrongroomError): void;
}

/** Never does two things at a time, but for a probe: that reads one key of the database, and is no use of the vault. */
export class Maintenance {
  readonly #chores: MaintenanceTasks;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #prober: ReturnType<typeof setTimeout> | undefined;
  #at = Infinity;
  #busy = false;
  #surveyed = false;
  /** When it last began to look, and to read through everything, by `performance.now()`. */
  #looked = -Infinity;
  #read = -Infinity;
  #ended = false;

  constructor(chores: MaintenanceTasks) {
    this.#chores = chores;
    this.#wakeIn(0);
    this.#probeLater();
  }

  /** Something was used or changed; how many entries of the audit log wait. */
  touched(waiting = 0): void {
    if (waiting >= FULL) this.look();
    else this.#wakeIn(waiting > 0 ? SOONER : SOON);
  }

  /** Another tab may have changed something: one look at the store, and another second before the next. */
  look(): void {
    this.#wakeIn(Math.max(this.#looked + EARLIEST - performance.now(), 0));
  }

  /** Another tab may have found records that were changed from outside. */
  readAgain(): void {
    if (performance.now() - this.#read > RETRY_AFTER) this.#surveyed = false;
    this.look();
  }

  /** Looks now whether the vault is still stored. */
  async probe(): Promise<void> {
    const { probe } = this.#chores;
    if (!probe || this.#ended) return;
    const error = await probe().then(() => undefined, asStrongroomError);
    if (this.#ended) return;
    this.#chores.after(error);
    this.#probeLater();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#prober);
  }

  #probeLater(): void {
    if (!this.#chores.probe) return;
    clearTimeout(this.#prober);
    this.#prober = setTimeout(() => void this.probe(), PROBE_EVERY);
    letNodeEnd(this.#prober);
  }

  /** Unless it wakes earlier. */
  #wakeIn(milliseconds: number): void {
    const at = Date.now() + milliseconds;
    if (this.#ended || at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#wake(), milliseconds);
    letNodeEnd(this.#timer);
  }

  async #wake(): Promise<void> {
    this.#at = Infinity;
    if (this.#busy) return this.#wakeIn(EARLIEST);
    this.#busy = true;
    this.#looked = performance.now();
    const wait = await this.#work();
    this.#busy = false;
    this.#wakeIn(Math.min(Math.max(wait, EARLIEST), LATEST));
  }

  /** How long it can wait then. */
  async #work(): Promise<number> {
    try {
      if (!this.#surveyed) {
        this.#read = performance.now();
        await this.#chores.survey();
      }
      this.#surveyed = true;
      const next = await this.#chores.tick();
      this.#chores.after();
      return next - Date.now();
    } catch (error) {
      if (!this.#ended) this.#chores.after(asStrongroomError(error));
      return RETRY_AFTER;
    }
  }
}

/** Node would not end before the timer otherwise. */
function letNodeEnd(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
