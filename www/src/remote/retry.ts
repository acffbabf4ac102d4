/** Retries: a short interruption is waited out, after a longer one the user says when to resume. */

import { SILENT, StoreError } from "./store-error";

/** Before each further attempt, in ms: enough for a phone that changes from one network to another. */
const PAUSES = [500, 1000, 2000, 4000];

export interface RetryPolicy {
  signal: AbortSignal;
  /** Tells the user what is wrong; resolves when they want to resume, rejects when they do not. */
  ask: (problem: StoreError) => Promise<void>;
}

/** A policy without a user to ask: once the pauses are used up, the error is thrown. */
export const withoutAsking = (signal: AbortSignal): RetryPolicy => ({
  signal,
  ask: (problem) => Promise.reject(problem),
});

/**
 * Repeats `work` until it succeeds or fails for good. It must be the same work each time, the same bytes under
 * the same name, so that an attempt whose answer was lost does no harm.
 */
export async function withRetries<T>(
  work: (again: boolean) => Promise<T>,
  { signal, ask }: RetryPolicy,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt > 0);
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
      const pause = PAUSES[attempt % (PAUSES.length + 1)];
      // After half a minute of silence, four more attempts would keep the user waiting for minutes.
      if (pause === undefined || error.message === SILENT) await ask(error);
      else await sleep(pause, signal);
    }
  }
}

/** Whether the same request may succeed later: there was no answer, or the store itself is in trouble. */
function isTransient(error: unknown): error is StoreError {
  return error instanceof StoreError && (error.status === undefined || error.status >= 500);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

/** Accepts the refusal by `If-None-Match` of what an earlier attempt stored although its answer was lost. */
export function unlessStored(again: boolean): (error: unknown) => undefined {
  return (error) => {
    if (!(again && error instanceof StoreError && error.status === 412)) throw error;
  };
}
