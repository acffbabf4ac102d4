/**
 * The journal of attempts to open a vault that failed. Outside the vault, since nothing can be written into one that is locked;
 * so it slows down a person who guesses in the page, and nobody who has the vault's data.
 */
import { aborted } from "../../shared/async.js";
import { asStrongroomError, type ErrorCode } from "../../shared/errors/index.js";
import { holdLock, type ReleaseLock } from "../../shared/locks.js";
import type { FailedAttempts } from "../../shared/model/unlock-result.js";
import type { VaultName } from "../../shared/protocol/vault-calls.js";
import { inLocalStorage } from "./local-storage.js";

/** An entry: how many failed in a row, when the last one did, in milliseconds since 1970, and how many the audit log tells of. */
export interface Failures {
  readonly count: number;
  readonly last: number;
  readonly logged?: number;
  /** How often attempts that failed have asked a key management service, of which the audit log does not tell: 1,000 at most. */
  readonly asked?: number;
}

/** What a factor opened, and what failed before. */
export interface AttemptOutcome<T> {
  readonly value: T;
  readonly failed: FailedAttempts | undefined;
  /** How many of those the audit log does not tell of: the caller puts them there. */
  readonly unlogged: number;
  /** How often a key management service was asked in vain, of which it does not tell; absent where none was. */
  readonly askedInVain?: number;
}

/** What is noted of an attempt that fails. */
export interface AttemptFacts {
  /** Whether the vault is open, so that its audit log tells of the failure. */
  isLogged?(): boolean;
  /** How often the attempt has asked a key management service. */
  asked?(): number;
}

/** What ends waiting: the caller's signal, and the end of the vault's engine, whose reason is an error. */
export interface AttemptEnds {
  signal: AbortSignal | undefined;
  ended: AbortSignal;
}

/** Milliseconds. A minute hurts who guesses, and lets the owner of the vault in, whoever failed before. */
const LONGEST_DELAY = 60_000;

/** What an attempt fails with. Who tries an old kit has found a paper. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(["ERR_WRONG_FACTOR", "ERR_KIT_REPLACED"]);

/** An entry has some 40 characters, and 90 at most; what is longer, others wrote. */
const LONGEST_ENTRY = 100;

/** So many calls in vain are counted. */
const MOST_ASKED = 1000;

/**
 * Milliseconds that the next attempt waits: until 1, 2, 4, … and at most 60 seconds have passed since the last failure. All
 * of them by a clock that stands before that failure. @internal
 */
export function delayAfter({ count, last }: Failures, now: number): number {
  if (count === 0) return 0;
  const delay = Math.min(1000 * 2 ** (count - 1), LONGEST_DELAY);
  const passed = now - last;
  return passed >= 0 ? Math.max(0, delay - passed) : delay;
}

/** An entry that makes sense, as any script of the origin may have written it. @internal */
export function readFailures(text: string | null | undefined): Failures | undefined {
  if (!text || text.length > LONGEST_ENTRY) return undefined;
  try {
    const { count, last, logged = 0, asked: given = 0 } = JSON.parse(text) as Failures;
    const asked = Number.isSafeInteger(given) && given > 0 && given <= MOST_ASKED ? { asked: given } : {};
    const makesSense = Number.isSafeInteger(count) && (count > 0 || (count === 0 && "asked" in asked)) && typeof last === "number" && !Number.isNaN(new Date(last).getTime());
    if (!makesSense) return undefined;
    return Number.isSafeInteger(logged) && logged > 0 && logged <= count ? { count, last, logged, ...asked } : { count, last, ...asked };
  } catch {
    return undefined;
  }
}

/** Entries by the vaults' ids, where `localStorage` does not have them. */
const inMemory = new Map<string, { name: string; failures: Failures }>();

/** Attempts on a vault, in the order in which they take turns where there are no Web Locks. */
const turns = new Map<string, Promise<unknown>>();

export class AttemptJournal {
  readonly #vault: VaultName;
  readonly #shared: boolean;

  /** @param shared whether other tabs have the same vault */
  constructor(vault: VaultName, shared: boolean) {
    this.#vault = vault;
    this.#shared = shared;
  }

  /** Forgets what failed for a vault that was removed, which has no id here where other tabs did not have it. */
  static forget(name: string, id: string | undefined): void {
    for (const [kept, entry] of inMemory) if (entry.name === name) inMemory.delete(kept);
    if (id !== undefined) inLocalStorage((storage) => storage.removeItem(entryName(id)));
  }

  /**
   * Presents a factor to the vault by `begin`, and tells what failed before if it opens. After a failure, attempts wait and take
   * turns, in all tabs; as long as nothing fails, none waits for another. A factor that proves no person ends no delay by that.
   *
   * @param facts what is noted of it where it fails
   */
  async present<T>(
    begin: () => Promise<T>,
    ends: AttemptEnds,
    person = true,
    facts: AttemptFacts = {},
  ): Promise<AttemptOutcome<T>> {
    if (!this.#failures?.count) return this.#count(begin, person, facts);
    const stop = stopOf(ends);
    try {
      const letGo = await this.#takeTurn(stop.signal);
      try {
        // Those before may have failed, or opened it.
        const delay = this.#delay;
        if (delay > 0) await waitFor(delay, stop.signal);
        return await this.#count(begin, person, facts);
      } finally {
        letGo();
      }
    } finally {
      stop.forget();
    }
  }

  /** Milliseconds that the next attempt waits. */
  get #delay(): number {
    const failures = this.#failures;
    return failures ? delayAfter(failures, Date.now()) : 0;
  }

  async #count<T>(begin: () => Promise<T>, person: boolean, facts: AttemptFacts): Promise<AttemptOutcome<T>> {
    try {
      return this.#opened(await begin(), person);
    } catch (error) {
      this.#failed(asStrongroomError(error).code, facts);
      throw error;
    }
  }

  #opened<T>(value: T, person: boolean): AttemptOutcome<T> {
    const before = this.#failures;
    const { count = 0, logged = 0, asked = 0, last = 0 } = before ?? {};
    if (person || count === 0) this.#failures = undefined;
    else if (logged < count || asked > 0) this.#failures = { count, last, logged: count };
    const failed = count > 0 ? { count, last: new Date(last) } : undefined;
    return { value, failed, unlogged: count - logged, ...(asked > 0 && { askedInVain: asked }) };
  }

  #failed(code: ErrorCode, { isLogged = () => false, asked = () => 0 }: AttemptFacts): void {
    const isFailure = FAILURES.has(code);
    const isTold = isLogged();
    const vain = isTold ? 0 : asked();
    if (!isFailure && vain === 0) return;
    const { count: before = 0, last = Date.now(), logged: told = 0, asked: earlier = 0 } = this.#failures ?? {};
    const count = Math.min(before + Number(isFailure), Number.MAX_SAFE_INTEGER);
    const logged = isFailure && isTold ? Math.min(told + 1, count) : told;
    const sum = Math.min(earlier + vain, MOST_ASKED);
    this.#failures = { count, last: isFailure ? Date.now() : last, ...(logged > 0 && { logged }), ...(sum > 0 && { asked: sum }) };
  }

  get #failures(): Failures | undefined {
    const { id } = this.#vault;
    const stored = this.#shared ? inLocalStorage((storage) => storage.getItem(entryName(id))) : undefined;
    return readFailures(stored) ?? inMemory.get(id)?.failures;
  }

  set #failures(failures: Failures | undefined) {
    const { id, name } = this.#vault;
    inMemory.delete(id);
    if (!failures) {
      if (this.#shared) inLocalStorage((storage) => storage.removeItem(entryName(id)));
      return;
    }
    const stored = this.#shared && inLocalStorage((storage) => {
      storage.setItem(entryName(id), JSON.stringify(failures));
      return true;
    });
    if (!stored) inMemory.set(id, { name, failures });
  }

  /** What it resolves to lets the next one try. */
  async #takeTurn(signal: AbortSignal): Promise<() => void> {
    const name = entryName(this.#vault.id);
    if (!this.#shared || !(globalThis.navigator?.locks as LockManager | undefined)) return takeTurnHere(name, signal);
    const release = await takeTurnOfAllTabs(name, signal);
    // Another tab may not read at once what this one wrote into `localStorage`: it need not, if its turn comes after the delay.
    return () => void setTimeout(() => void release?.(), this.#delay);
  }
}

/** Not a vault's marker, which has a colon after the first word. */
function entryName(id: string): string {
  return `strongroom-failed-attempts:${id}`;
}

/** Nothing after a minute, so that a tab that hangs, or another script of the origin, locks nobody out. */
async function takeTurnOfAllTabs(name: string, signal: AbortSignal): Promise<ReleaseLock | undefined> {
  const waiting = new AbortController();
  const over = (): void => waiting.abort();
  const timer = setTimeout(over, LONGEST_DELAY);
  signal.addEventListener("abort", over);
  if (signal.aborted) over();
  try {
    return await holdLock(name, { signal: waiting.signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (waiting.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", over);
  }
}

async function takeTurnHere(name: string, signal: AbortSignal): Promise<() => void> {
  const before = turns.get(name);
  let end: (() => void) | undefined;
  const turn = new Promise<void>((resolve) => {
    end = resolve;
  });
  const both = Promise.all([before, turn]).finally(() => {
    if (turns.get(name) === both) turns.delete(name);
  });
  turns.set(name, both);
  try {
    await unlessStopped(signal, Promise.resolve(before));
  } catch (error) {
    end?.();
    throw error;
  }
  return () => end?.();
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return unlessStopped(signal, over).finally(() => clearTimeout(timer));
}

/** Resolves with the promise, or rejects with the signal's reason. */
function unlessStopped(signal: AbortSignal, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    void promise.then(() => resolve());
  });
}

/** A signal of whichever comes first, whose reason is an error of ours. */
function stopOf({ signal, ended }: AttemptEnds): { signal: AbortSignal; forget: () => void } {
  const either = new AbortController();
  const abort = (): void => either.abort(aborted(signal));
  const end = (): void => either.abort(ended.reason);
  if (signal?.aborted) abort();
  if (ended.aborted) end();
  signal?.addEventListener("abort", abort);
  ended.addEventListener("abort", end);
  const forget = (): void => {
    signal?.removeEventListener("abort", abort);
    ended.removeEventListener("abort", end);
  };
  return { signal: either.signal, forget };
}
