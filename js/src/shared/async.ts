/** Cancellation, progress and time limits. */
import { AbortedError } from "./errors/index.js";
import type { Progress } from "./model/progress.js";

/** What a call rejects with whose signal was aborted: the signal's reason is its `cause`. @internal */
export function aborted(signal: AbortSignal | undefined): AbortedError {
  return new AbortedError("aborted", { cause: signal?.reason as unknown });
}

/** @throws AbortedError @internal */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

/**
 * What `begin` settles with, unless the signal is aborted first: then it rejects at once, and what `begin` resolves to
 * later is given to `drop`. Begins nothing where the signal is aborted already. @internal
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  begin: () => Promise<T>,
  drop: (late: T) => void = () => {},
): Promise<T> {
  if (!signal) return begin();
  if (signal.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    let late = false;
    const abort = (): void => {
      late = true;
      reject(aborted(signal));
    };
    signal.addEventListener("abort", abort);
    const begun = (async () => begin())().finally(() => signal.removeEventListener("abort", abort));
    begun.then((value) => (late ? drop(value) : resolve(value)), reject);
  });
}

/**
 * Tells a caller's `onProgress` how far a call is, in a microtask of its own: a callback that throws is the page's own
 * uncaught error, as a listener's is. @internal
 */
export function report<P = Progress>(onProgress: ((progress: P) => void) | undefined, progress: P): void {
  if (onProgress) queueMicrotask(() => onProgress(progress));
}

/** What `promise` settles with, or what `late` returns or throws after so many milliseconds. @internal */
export function withTimeout<T>(promise: Promise<T>, milliseconds: number, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error as Error);
      }
    }, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
