/** Requests that may succeed later. */
import { report, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, isStrongroomError, TransferError, type StrongroomError } from "../../shared/errors/index.js";
import { isResponse } from "../../shared/kinds.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { corsRefusalIn, isOffline, policyRefusalIn } from "./reachability.js";
import { refusalOf, stepAfter } from "./refusals.js";
import { answering, checkSilence, SILENT, type RetryAttempt } from "./silence.js";

export interface Patience {
  /** Ends it all; what is pending rejects with `AbortedError`. */
  signal?: AbortSignal | undefined;
  /** Further attempts at each request, 5 unless given: some ten seconds of pauses in all. */
  retries?: number | undefined;
  /**
   * Called when a request's attempts are used up, in place of failing: what it was is held. Resolves when the
   * connection may be there again, as when a person says so; rejects to give up. Parts that are sent at the same time
   * each call it.
   */
  onInterrupted?: ((error: TransferError) => Promise<void>) | undefined;
  /** Told before each pause that a request is going to be sent again, and why. */
  onRetrying?: ((retry: RetryNotice) => void) | undefined;
}

/** Of `withRetries`. */
export interface RetryOptions extends Patience {
  /**
   * How long an attempt may take, in ms, or how long after it last called `heard`: 30,000 unless given, `Infinity` for
   * ever. Then it counts as unanswered, and its `signal` is aborted.
   */
  silence?: number | undefined;
}

/** A request that is going to be sent again. */
export interface RetryNotice {
  /** What the last attempt failed with. */
  readonly error: TransferError;
  /** Which further attempt it is, from 1. */
  readonly attempt: number;
  /** Milliseconds until then. */
  readonly delay: number;
}

/**
 * Does `work` until it succeeds or fails for good, by the policy of `uploadToS3` and `downloadFromS3`: for requests of your
 * own to the store or to your server, as for a header beside a body.
 *
 * ```ts
 * const response = await withRetries(async (again, { signal }) => fetch(await signedUrl(), { signal }), { signal });
 * ```
 *
 * `work` fails by what it rejects with, or by giving a `Response` that is a refusal. Tried again is what failed without an
 * answer (any rejection without a `status`, or with 0, that is no `StrongroomError`), what took too long (`silence`, or a
 * rejection whose `name` is `TimeoutError`), and what the store's code, or else the status, says may pass; a number of
 * seconds as `retryAfter` is waited for. It must be the same work each time, because an attempt whose answer was lost may
 * have been done: `again` is true from the second attempt on. Give `signal` to what an attempt does, so that it ends when
 * nobody waits for it any more, and call `heard` where it sees that bytes move.
 *
 * @throws TransferError, whose `cause` is what `work` rejected with; AbortedError; a StrongroomError of `work` as it is
 */
export async function withRetries<T>(
  work: (again: boolean, attempt: RetryAttempt) => Promise<T>,
  options?: RetryOptions,
): Promise<T> {
  check.callback(work, "work");
  const { silence, ...checked } = optionsOf(options, { ...RETRY, silence: checkSilence } satisfies Checks<RetryOptions>);
  checkPatience(checked);
  const attempt = async (again: boolean): Promise<T> => {
    const result = await answering((attempted) => work(again, attempted), checked.signal, silence);
    if (isResponse(result) && !result.ok) throw await refusalOf(result);
    return result;
  };
  return patiently(attempt, { ...checked, contact: { made: false } });
}

/** Of one transfer: whether anything was ever answered. @internal */
export interface Attempts extends Patience {
  contact?: { made: boolean };
}

/** @internal */
export const RETRY = {
  signal: check.signal,
  retries: check.number,
  onInterrupted: check.callback,
  onRetrying: check.callback,
} satisfies Checks<Patience>;

/** The first pause at most, in ms; each further one twice that, up to `LONGEST`. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 16_000;
/** What a store may ask for at most, in seconds: nobody waits for longer. */
const LONGEST_ASKED = 300;

/** @internal */
export function checkPatience({ retries = 0 }: Patience): void {
  if (!(Number.isInteger(retries) && retries >= 0)) throw new ArgumentError("retries is a count");
}

/**
 * Does `work` until it succeeds or fails for good. It must be the same work each time, the same bytes under the
 * same name, so that an attempt whose answer was lost does no harm.
 *
 * @internal
 */
export async function patiently<T>(
  work: (again: boolean) => Promise<T>,
  { signal, retries = 5, onInterrupted, onRetrying, contact = { made: true } }: Attempts,
): Promise<T> {
  let renewed = false;
  let tries = 0;
  for (let again = false; ; again = true) {
    throwIfAborted(signal);
    try {
      const result = await work(again);
      contact.made = true;
      return result;
    } catch (error) {
      throwIfAborted(signal);
      const failure = asTransferError(error);
      if (!(failure instanceof TransferError)) throw failure;
      contact.made ||= failure.status !== undefined;
      const next = stepAfter(failure);
      if (next === "renew" && !renewed) {
        renewed = true;
        continue;
      }
      if (next !== "again") throw failure;
      // A single failure may be the network's.
      const cors = tries === Math.min(1, retries) ? corsRefusalIn : undefined;
      const refusal = (tries === 0 ? await policyRefusalIn(failure) : undefined) ?? (await cors?.(failure));
      throwIfAborted(signal);
      if (refusal) throw refusal;
      if (tries < retries && !isHopeless(failure, contact, onInterrupted !== undefined)) {
        const delay = pause(tries, failure);
        tries += 1;
        report(onRetrying, { error: failure, attempt: tries, delay });
        await sleep(delay, signal);
      } else if (onInterrupted) {
        await unlessAborted(onInterrupted(failure), signal);
        tries = 0;
        renewed = false;
      } else throw failure;
    }
  }
}

/**
 * Whether further attempts only cost time: several silences where a person can be asked, and a device that is offline,
 * unless a running transfer may find its network again.
 */
function isHopeless(failure: TransferError, { made }: { made: boolean }, mayAsk: boolean): boolean {
  if (failure.message === SILENT) return mayAsk;
  return failure.status === undefined && isOffline() && (mayAsk || !made);
}

/** What a request, or the application's own function, failed with. @internal */
export function asTransferError(error: unknown): StrongroomError {
  if (isStrongroomError(error)) return error;
  const { status, retryAfter, name } = (error ?? {}) as Record<"status" | "retryAfter" | "name", unknown>;
  // XMLHttpRequest, and what is made of it, has 0 where nothing was answered.
  const details = { status: amountOf(status) || undefined, retryAfter: amountOf(retryAfter), cause: error };
  const silent = details.status === undefined && name === "TimeoutError";
  return new TransferError(silent ? SILENT : messageOf(error), details);
}

function messageOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "failed with an object that says nothing";
  }
}

function amountOf(given: unknown): number | undefined {
  return typeof given === "number" && given >= 0 ? given : undefined;
}

/** What the store asks for; otherwise half of it by chance, so that many clients do not come back at once. */
function pause(tries: number, { retryAfter }: TransferError): number {
  const most = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
  return retryAfter === undefined ? (most / 2) * (1 + Math.random()) : Math.min(retryAfter, LONGEST_ASKED) * 1000;
}

async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await unlessAborted(over, signal).finally(() => clearTimeout(timer));
}

/** Waits, but not longer than the signal allows. */
async function unlessAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { signal: over.signal });
  });
  await Promise.race([wait, aborted]).finally(() => over.abort());
  throwIfAborted(signal);
}
