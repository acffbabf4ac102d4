/** The audit log on its way to a receiver: loaded when one is shipped. */
import { aborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError, IntegrityError, isStrongroomError, type StrongroomError } from "../../shared/errors/index.js";
import { holdLock, type ReleaseLock } from "../../shared/locks.js";
import type { ProvenSlice } from "../../shared/protocol/vault-calls.js";
import type { UseEngine } from "../runtime/connection.js";
import type { AuditBatch, AuditSend } from "./audit-batch.js";
import { attempt, type SendOutcome } from "./batch-sender.js";
import { ocsfEvent } from "./ocsf-events.js";
import { cursorName, readCursor, writeCursor, type Cursor } from "./shipping-cursors.js";
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

/** The fewest entries that the core reads at once. */
const FEWEST = 64;
/** Characters of a batch from which on it is made of the fewest entries. */
const LARGE = 1024 * 1024;
/** Milliseconds before the second attempt; each next one waits twice as long, up to five minutes. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 5 * 60 * 1000];
/** How often in a row a receiver may say that it has others than were sent. */
const MOST_CORRECTIONS = 3;
/** Logs that are looked through for the one that was shipped last. */
const MOST_LOGS = 1000;

/** Who has a destination where there are no Web Locks, in the order of turns. */
const shipmentTurns = new Map<string, Promise<unknown>>();

export class AuditShipment {
  readonly #use: UseEngine;
  readonly #plan: ShipmentPlan;
  readonly #stopping = new AbortController();
  /** Settles once nothing is sent any more: resolves after `stop` or an abort, rejects with what ended it otherwise. */
  readonly ended: Promise<void>;
  #state: ShipmentState = { status: "waiting", log: undefined, shipped: 0, behind: 0, lastError: undefined };

  /** @internal */
  constructor(use: UseEngine, plan: ShipmentPlan) {
    this.#use = use;
    this.#plan = plan;
    const { signal } = plan;
    const stop = (): void => this.#stopping.abort(signal?.reason);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    this.ended = this.#ship().finally(() => signal?.removeEventListener("abort", stop));
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
    const name = cursorName(this.#plan.vault.name, this.#plan.name);
    try {
      const letGo = await turnOf(`strongroom-shipping ${name}`, signal);
      try {
        this.#tell({ status: "shipping" });
        await this.#run(name, await readCursor(name));
      } finally {
        void letGo();
      }
    } catch (thrown) {
      if (signal.aborted) return this.#tell({ status: "ended" });
      const lastError = asStrongroomError(thrown);
      this.#tell({ status: "ended", lastError });
      throw lastError;
    }
  }

  async #run(name: string, known: Cursor | undefined): Promise<void> {
    const { signal } = this.#stopping;
    let corrected = 0;
    for (let cursor = known; ; ) {
      const from: Cursor = await this.#place(cursor);
      const slice = await this.#slice(from);
      const end = from.next + slice.leaves.length;
      this.#tell({ log: from.log, shipped: from.next, behind: sizeOf(slice) - from.next });
      if (slice.leaves.length === 0) {
        cursor = from;
        await this.#nothingNew(from);
        continue;
      }
      const outcome = await this.#deliver(batchOf(this.#plan, from.next, slice));
      if (signal.aborted) throw aborted(signal);
      const next = outcome.is === "has" ? outcome.size : end;
      corrected = outcome.is === "has" ? corrected + 1 : 0;
      // It has exactly what comes before, and does not take what continues it; or it says another thing each time.
      if (outcome.is === "has" && (next === from.next || corrected > MOST_CORRECTIONS)) throw outcome.error;
      // A receiver that has more than there is: the log was set back, or another one ships it.
      if (next > sizeOf(slice)) throw setBack();
      cursor = { log: from.log, next };
      await writeCursor(name, cursor);
      const lastError = outcome.is === "has" ? outcome.error : undefined;
      this.#tell({ shipped: next, behind: sizeOf(slice) - next, lastError });
    }
  }

  /** Where to go on: in the log that was shipped last as long as it has more, then in the one that came after it. */
  async #place(cursor: Cursor | undefined): Promise<Cursor> {
    const { state } = await this.#use().peer.callQuietly("auditState");
    if (!state) throw new ArgumentError("audit (the vault has no audit log; start it)");
    if (cursor?.log === state.log) {
      if (cursor.next > state.size) throw setBack();
      return cursor;
    }
    const later = cursor && (await this.#successor(state.log, cursor.log));
    if (!cursor || later === undefined) return { log: state.log, next: 0 };
    const left = await this.#slice(cursor);
    return left.leaves.length > 0 ? cursor : { log: later, next: 0 };
  }

  /** The log that came after `log`, if that is one that came before `latest`. */
  async #successor(latest: string, log: string): Promise<string | undefined> {
    let later = latest;
    try {
      for (let left = MOST_LOGS; left > 0; left -= 1) {
        const { entries } = await this.#use().peer.callQuietly("readAudit", { log: later, limit: FEWEST }, 0);
        const before = entries[0]?.begins?.after?.log;
        if (before === undefined) return undefined;
        if (before === log) return later;
        later = before;
      }
    } catch (error) {
      // What came before a restored copy's log is not there.
      if (!isStrongroomError(error) || error.code !== "ERR_INTEGRITY") throw error;
    }
    return undefined;
  }

  async #slice({ log, next }: Cursor): Promise<ProvenSlice> {
    const read = (limit: number): Promise<ProvenSlice> => this.#use().peer.callQuietly("auditBatch", next, limit, log);
    const { limit } = this.#plan;
    const slice = await read(limit);
    return limit > FEWEST && JSON.stringify(slice).length > LARGE ? read(FEWEST) : slice;
  }

  /** Waits until there may be more. */
  async #nothingNew(from: Cursor): Promise<void> {
    for (;;) {
      await this.#pause(this.#plan.every);
      const { state } = await this.#use().peer.callQuietly("auditState");
      if (state?.log !== from.log || state.size !== from.next || state.waiting > 0) return;
    }
  }

  /** Sends a batch until it is taken, or the receiver says what it has. */
  async #deliver(batch: AuditBatch): Promise<SendOutcome> {
    for (let failed = 0; ; failed += 1) {
      // Nothing is sent of a vault that was locked meanwhile.
      this.#use();
      const outcome = await attempt(this.#plan.send, batch, this.#stopping.signal);
      switch (outcome.is) {
        case "taken":
        case "has":
          return outcome;
        case "refused":
          throw outcome.error;
        case "again": {
          this.#tell({ lastError: outcome.error });
          const pause = Math.min(FIRST_PAUSE * 2 ** failed, LONGEST_PAUSE);
          // Not all devices at once.
          await this.#pause(outcome.wait ?? pause * (0.5 + Math.random() / 2));
        }
      }
    }
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

/** How many entries the log has. */
function sizeOf({ checkpoint }: ProvenSlice): number {
  return checkpoint.size;
}

function batchOf(plan: ShipmentPlan, first: number, slice: ProvenSlice): AuditBatch {
  const source = { vault: plan.vault.id, log: slice.log, device: slice.device };
  const told = slice.entries.map((entry) => toldEntry(source, entry, plan.reasons));
  const { note, verifier, certificate } = slice.checkpoint;
  return {
    strongroom: "audit-batch-1",
    ...source,
    first,
    format: plan.format,
    entries: plan.format === "ocsf" ? told.map(ocsfEvent) : told,
    leaves: slice.leaves,
    note,
    verifier,
    certificate,
    proof: slice.proof,
    ...(slice.after && { after: slice.after }),
  };
}

function setBack(): IntegrityError {
  return new IntegrityError("the audit log has fewer entries than were shipped: it was set back");
}

/** One tab at a time ships to a destination; the next one goes on when that one ends. */
async function turnOf(name: string, signal: AbortSignal): Promise<ReleaseLock> {
  if (globalThis.navigator?.locks as LockManager | undefined) {
    const letGo = await holdLock(name, { signal });
    if (letGo) return letGo;
  }
  const before = shipmentTurns.get(name);
  const turn = new AbortController();
  const end = (): void => turn.abort();
  const over = new Promise<void>((resolve) => turn.signal.addEventListener("abort", () => resolve()));
  const both = Promise.all([before, over]).finally(() => {
    if (shipmentTurns.get(name) === both) shipmentTurns.delete(name);
  });
  shipmentTurns.set(name, both);
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      end();
      reject(aborted(signal));
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    void Promise.resolve(before).then(() => resolve());
  });
  return async () => end();
}
