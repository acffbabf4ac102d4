/** A connection that is gone: a short cut is waited out, after a longer one a person says when to go on. */

import { SILENT, StoreError } from "./store";

/** Before each further attempt, in ms: enough for a phone that changes from one network to another. */
const PAUSES = [500, 1000, 2000, 4000];

export interface Patience {
  signal: AbortSignal;
  /** Tells a person what is wrong; resolves when they want to go on, rejects when they do not. */
  ask: (problem: StoreError) => Promise<void>;
}

/**
 * Does `work` until it succeeds or fails for good. It must be the same work each time, the same bytes under
 * the same name, so that an attempt whose answer was lost does no harm.
 */
export async function patiently<T>(
  work: (again: boolean) => Promise<T>,
  { signal, ask }: Patience,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt > 0);
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error;
      const pause = PAUSES[attempt % (PAUSES.length + 1)];
      // After half a minute of silence nobody should wait for four more.
      if (pause === undefined || error.message === SILENT) await ask(error);
      else await sleep(pause, signal);
    }
  }
}

/** Whether the same request may succeed later: there was no answer, or the store is in trouble itself. */
function isPassing(error: unknown): error is StoreError {
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

/** What an earlier attempt stored though its answer was lost, `If-None-Match` refuses to store again. */
export function unlessStored(again: boolean): (error: unknown) => undefined {
  return (error) => {
    if (!(again && error instanceof StoreError && error.status === 412)) throw error;
  };
}
