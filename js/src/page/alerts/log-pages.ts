/** Entries of a vault's logs, as the engine gives them: also of a log that is not whole. */
import { abortable } from "../../shared/async.js";
import { asStrongroomError } from "../../shared/errors/index.js";
import type { AuditEntry } from "../../shared/model/audit-entry.js";
import { plainCopy } from "../../shared/text.js";
import type { CallEngine } from "../runtime/connection.js";

/** At most so many entries before the one that is asked for are opened with it: those of two rows. */
const OPENED_BEFORE = 128;
/** So many are looked at from one on, so that the ones after it are among them, whatever rows they are in. */
const LOOKED_AT = 256;

/** An entry of a log; or where the entries before it end. */
export interface LogPlace {
  readonly log: string;
  readonly sequence: number;
}

export class LogPages {
  readonly #call: CallEngine;
  readonly #written: string;
  readonly #signal: AbortSignal | undefined;

  /** @param written the id of the log that is written */
  constructor(call: CallEngine, written: string, signal: AbortSignal | undefined) {
    this.#call = call;
    this.#written = written;
    this.#signal = signal;
  }

  /**
   * Up to so many entries before that one, the latest first. `undefined` where some that are looked at were changed or are missing.
   *
   * @param from only those of then or later
   */
  async before({ log, sequence }: LogPlace, limit: number, from?: number): Promise<readonly AuditEntry[] | undefined> {
    const query = plainCopy({ ...this.#of(log), before: sequence, limit, from });
    return this.#unlessBroken(log !== this.#written, async () => (await this.#call("queryAudit", query)).entries);
  }

  /** The first entry of a log, unless it does not open. */
  async first(log: string): Promise<AuditEntry | undefined> {
    return (await this.before({ log, sequence: 1 }, 1))?.[0];
  }

  /**
   * The latest entry before that place that is of then or later, in that log or one that the vault had before. One that does not open
   * may be of any time, and what is read next tells.
   */
  async later(place: LogPlace, start: number): Promise<LogPlace | undefined> {
    for (let at = place; ; ) {
      const found = await this.before(at, 1, Math.min(Math.ceil(start), Number.MAX_SAFE_INTEGER));
      const [entry] = found ?? [];
      if (entry) return { log: at.log, sequence: entry.sequence };
      const first = await this.first(at.log);
      // A copy has no entries of the log that it was copied with.
      if (!found) return first || at.log === this.#written ? { log: at.log, sequence: 0 } : undefined;
      const after = first?.begins?.after;
      if (!after) return undefined;
      at = { log: after.log, sequence: after.size };
    }
  }

  /** Of entries before that place, of which the last do not open: where those end, and those after them, the latest first. */
  async broken({ log, sequence }: LogPlace): Promise<{ broken: LogPlace; intact: readonly AuditEntry[] }> {
    let [low, high] = [Math.max(0, sequence - OPENED_BEFORE) - 1, sequence];
    let intact: readonly AuditEntry[] = [];
    while (high - low > 1) {
      const middle = Math.ceil((low + high) / 2);
      const query = plainCopy({ ...this.#of(log), limit: LOOKED_AT });
      const from = await this.#unlessBroken(true, async () => (await this.#call("readAudit", query, middle)).entries);
      if (from) [high, intact] = [middle, from.filter((entry) => entry.sequence < sequence)];
      else low = middle;
    }
    return { broken: { log, sequence: high }, intact: intact.toReversed() };
  }

  #of(log: string): { log: string | undefined } {
    return { log: log === this.#written ? undefined : log };
  }

  /** `undefined` where entries were changed or are missing, and of what may be missing if it is. */
  async #unlessBroken<T>(mayBeMissing: boolean, reading: () => Promise<T>): Promise<T | undefined> {
    try {
      return await abortable(this.#signal, reading);
    } catch (thrown) {
      const { code } = asStrongroomError(thrown);
      if (code === "ERR_INTEGRITY" || (mayBeMissing && code === "ERR_ARGUMENT")) return undefined;
      throw thrown;
    }
  }
}
