/** The audit log on its way to a receiver: loaded when one is shipped. */
import { aborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError, IntegrityError, type StrongroomError } from "../../shared/errors/index.js";
import type { AuditEntry } from "../../shared/model/audit-entry.js";
import type { AuditSlice, ProvenSlice } from "../../shared/protocol/vault-calls.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import type { AuditBatch, AuditSend } from "./audit-batch.js";
import { attempt, type SendOutcome } from "./batch-sender.js";
import { ocsfEvent } from "./ocsf-events.js";
import { turnOf } from "./shipment-turns.js";
import { cursorName, keepCursor, readCursor, writeCursor, type Cursor } from "./shipping-cursors.js";
import { toldEntry } from "./told-entry.js";

/** How a shipment stands. */
export interface ShipmentState {
  /** `waiting` while another tab ships to this destination; `ended` after `stop`, an abort, a lock, and what is in `lastError` then. */
  readonly status: "waiting" | "shipping" | "ended";
  /** The log that is shipped. */
  readonly log: string | undefined;
  /** How many of its entries the receiver has taken. */
  readonly shipped: number;
  /** How many it has not, as far as they are written. */
  readonly behind: number;
  /** What the last attempt failed with; `undefined` once one has succeeded. */
  readonly lastError: StrongroomError | undefined;
}

/** What is shipped, and how. @internal */
export interface ShipmentPlan {
  readonly vault: { readonly id: string; readonly name: string };
  readonly name: string;
  readonly send: AuditSend;
  readonly format: "ocsf" | "entries";
  readonly reasons: boolean;
  readonly limit: number;
  readonly every: number;
  readonly signal: AbortSignal | undefined;
}

/** The session of a vault that is shipped: none that comes after it. @internal */
export interface ShippedSession {
  readonly use: UseEngine;
  readonly connection: Connection;
}

/** A log that is there, and how many entries it has. */
interface LogSize {
  readonly log: string;
  readonly size: number;
}

/** The fewest entries that the core reads at once. */
const FEWEST = 64;
/** Characters of a reason that are sent: a batch of the fewest entries is one that receivers take. */
const LONGEST_REASON = 4096;
/** Characters of a batch from which on it is made of the fewest entries. */
const LARGE = 1024 * 1024;
/** Milliseconds before the second attempt; each next one waits twice as long, up to five minutes. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 5 * 60 * 1000];
/** How often a receiver may say that it has others than were sent, until it takes one that it had not taken before. */
const MOST_CORRECTIONS = 3;
/** How a log is answered for that is not there. */
const LOG_GONE: ReadonlySet<string> = new Set(["ERR_INTEGRITY", "ERR_ARGUMENT"]);
/** Logs that are looked through for the one that was shipped last. */
const MOST_LOGS = 1000;

export class AuditShipment {
  readonly #session: ShippedSession;
  readonly #plan: ShipmentPlan;
  readonly #stopping = new AbortController();
  /** Settles once nothing is sent any more: resolves after `stop` or an abort, rejects with what ended it otherwise. */
  readonly ended: Promise<void>;
  /** Why the session ended, if that was what stopped it. */
  #locked: StrongroomError | undefined;
  #state: ShipmentState = { status: "waiting", log: undefined, shipped: 0, behind: 0, lastError: undefined };

  /** @internal */
  constructor(session: ShippedSession, plan: ShipmentPlan) {
    this.#session = session;
    this.#plan = plan;
    const { signal } = plan;
    const { ending } = session.connection;
    const stop = (): void => this.#stopping.abort(signal?.reason);
    const lock = (): void => {
      if (!this.#stopping.signal.aborted) this.#locked = asStrongroomError(ending.reason);
      this.#stopping.abort();
    };
    signal?.addEventListener("abort", stop);
    ending.addEventListener("abort", lock);
    if (signal?.aborted) stop();
    if (ending.aborted) lock();
    this.ended = this.#ship().finally(() => {
      signal?.removeEventListener("abort", stop);
      ending.removeEventListener("abort", lock);
    });
    // A caller may look at the state alone.
    this.ended.catch(() => {});
  }

  /** How it stands now. */
  get state(): ShipmentState {
    return this.#state;
  }

  /** Sends nothing more. A batch that is being sent is given up, and sent again by the next shipment unless the receiver has it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended.catch(() => {});
  }

  async #ship(): Promise<void> {
    const { signal } = this.#stopping;
    const name = cursorName(this.#plan.vault, this.#plan.name);
    try {
      const letGo = await turnOf(`strongroom-shipping ${name}`, signal);
      try {
        this.#tell({ status: "shipping" });
        await this.#run(name, await readCursor(name));
      } finally {
        void letGo();
      }
    } catch (thrown) {
      if (signal.aborted && !this.#locked) return this.#tell({ status: "ended" });
      const lastError = this.#locked ?? asStrongroomError(thrown);
      this.#tell({ status: "ended", lastError });
      throw lastError;
    }
  }

  async #run(name: string, known: Cursor | undefined): Promise<void> {
    const { signal } = this.#stopping;
    let [corrected, most] = [0, known];
    let kept = false;
    for (let cursor = known; ; ) {
      const from: Cursor = await this.#place(cursor);
      const slice = await this.#slice(from);
      const end = slice.first + slice.leaves.length;
      this.#tell({ log: from.log, shipped: slice.first, behind: sizeOf(slice) - slice.first });
      // From now on no entry is cut that it has not acknowledged.
      if (!kept) await keepCursor(name, { log: from.log, next: slice.first });
      kept = true;
      if (slice.leaves.length === 0) {
        cursor = from;
        await this.#nothingNew(from);
        continue;
      }
      const outcome = await this.#deliver(batchOf(this.#plan, slice));
      if (signal.aborted) throw aborted(signal);
      const next = outcome.is === "has" ? outcome.size : end;
      if (outcome.is === "has") corrected += 1;
      else if (most?.log !== from.log || end > most.next) [corrected, most] = [0, { log: from.log, next: end }];
      // It has exactly what comes before, and does not take what continues it; or it says another thing each time.
      if (outcome.is === "has" && (next === slice.first || corrected > MOST_CORRECTIONS)) throw outcome.error;
      // A receiver that has more than there is: the log was set back, or another one ships it.
      if (next > sizeOf(slice)) throw setBack();
      cursor = { log: from.log, next };
      await writeCursor(name, cursor);
      const lastError = outcome.is === "has" ? outcome.error : undefined;
      this.#tell({ shipped: next, behind: sizeOf(slice) - next, lastError });
      // It may say the same for ever.
      if (outcome.is === "has") await this.#pause(pauseAfter(corrected - 1));
    }
  }

  /**
   * Where to go on: in the log that was shipped last as long as it has more, then in the one that came after it; without one, in the
   * oldest log that is there. What a cursor says is not believed: whoever writes to the browser's storage can change it, and the receiver
   * says what it has.
   */
  async #place(cursor: Cursor | undefined): Promise<Cursor> {
    const { state } = await this.#peer.callQuietly("auditState");
    if (!state) throw new ArgumentError("audit (the vault has no audit log yet)");
    if (cursor?.log === state.log) return { log: state.log, next: Math.min(cursor.next, state.size) };
    const [oldest, ...later] = await this.#logsFrom(state.log, cursor?.log);
    if (!oldest) return { log: state.log, next: 0 };
    if (oldest.log !== cursor?.log) return { log: oldest.log, next: 0 };
    return cursor.next < oldest.size ? cursor : { log: later[0]?.log ?? state.log, next: 0 };
  }

  /** The logs that are there, the oldest first: from `wanted` on, where that is one of them. */
  async #logsFrom(latest: string, wanted: string | undefined): Promise<LogSize[]> {
    const logs: LogSize[] = [];
    try {
      for (let log: string | undefined = latest; log !== undefined && logs.length < MOST_LOGS; ) {
        const { entries, size }: AuditSlice = await this.#peer.callQuietly("readAudit", { log, limit: FEWEST }, 0);
        logs.unshift({ log, size });
        log = log === wanted ? undefined : entries[0]?.begins?.after?.log;
      }
    } catch (thrown) {
      // What came before a restored copy's log is not there, nor what was cut.
      const error = asStrongroomError(thrown);
      if (!LOG_GONE.has(error.code) || logs.length === 0) throw error;
    }
    return logs;
  }

  async #slice({ log, next }: Cursor): Promise<ProvenSlice> {
    const read = (limit: number): Promise<ProvenSlice> => this.#peer.callQuietly("auditBatch", next, limit, log);
    const { limit } = this.#plan;
    const slice = await read(limit);
    return limit > FEWEST && JSON.stringify(slice).length > LARGE ? read(FEWEST) : slice;
  }

  /** Waits until there may be more. */
  async #nothingNew(from: Cursor): Promise<void> {
    for (;;) {
      await this.#pause(this.#plan.every);
      const { state } = await this.#peer.callQuietly("auditState");
      if (state?.log !== from.log || state.size !== from.next || state.waiting > 0) return;
    }
  }

  /** Sends a batch until it is taken, or the receiver says what it has. */
  async #deliver(batch: AuditBatch): Promise<SendOutcome> {
    for (let failed = 0; ; failed += 1) {
      // Nothing is sent of a vault that is due to lock itself.
      this.#session.use();
      const outcome = await attempt(this.#plan.send, batch, this.#stopping.signal);
      switch (outcome.is) {
        case "taken":
        case "has":
          return outcome;
        case "refused":
          throw outcome.error;
        case "again": {
          this.#tell({ lastError: outcome.error });
          // A receiver may ask for more time, and for no less.
          await this.#pause(Math.max(outcome.wait ?? 0, pauseAfter(failed)));
        }
      }
    }
  }

  /** Of this session alone: one that ended rejects with why. */
  get #peer(): Connection["peer"] {
    this.#session.use();
    return this.#session.connection.peer;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(aborted(signal));
      const stop = (): void => {
        clearTimeout(timer);
        reject(aborted(signal));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      }, milliseconds);
      signal.addEventListener("abort", stop);
    });
  }

  #tell(news: Partial<ShipmentState>): void {
    this.#state = Object.freeze({ ...this.#state, ...news });
  }
}

/** Milliseconds to wait after so many attempts that failed before: not all devices at once. */
function pauseAfter(failed: number): number {
  return Math.min(FIRST_PAUSE * 2 ** failed, LONGEST_PAUSE) * (0.5 + Math.random() / 2);
}

/** How many entries the log has. */
function sizeOf({ checkpoint }: ProvenSlice): number {
  return checkpoint.size;
}

function batchOf(plan: ShipmentPlan, slice: ProvenSlice): AuditBatch {
  const source = { vault: plan.vault.id, log: slice.log, device: slice.device };
  const told = slice.entries.map((entry) => toldEntry(source, withShortReason(entry), plan.reasons));
  const { note, verifier, certificate } = slice.checkpoint;
  return {
    strongroom: "audit-batch-1",
    ...source,
    first: slice.first,
    format: plan.format,
    entries: plan.format === "ocsf" ? told.map(ocsfEvent) : told,
    leaves: slice.leaves,
    note,
    verifier,
    certificate,
    proof: slice.proof,
    ...(slice.cut && { cut: slice.cut }),
    ...(slice.after && { after: slice.after }),
  };
}

/** No half of a sign is sent, which would not be text. */
function withShortReason(entry: AuditEntry): AuditEntry {
  const { reason } = entry;
  if (reason === undefined || reason.length <= LONGEST_REASON) return entry;
  return { ...entry, reason: `${reason.slice(0, LONGEST_REASON).replace(/[\uD800-\uDBFF]$/u, "")}…` };
}

function setBack(): IntegrityError {
  return new IntegrityError("the audit log has fewer entries than were shipped: it was set back");
}
