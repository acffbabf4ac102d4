/** Progress and cancellation of long operations. */

/**
 * Bytes of the input that were processed, or what else the call counts: headers, values, records, steps.
 * `total` where it is known. Never less than it was.
 */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
}

/** Cancellation of a call that can take long. */
export interface AbortOptions {
  /** Once it is aborted, the call rejects with `AbortedError` at once; the signal's reason is its `cause`. */
  signal?: AbortSignal | undefined;
}

export interface OperationOptions extends AbortOptions {
  /** Stops within one segment; what is pending rejects with `AbortedError`. */
  signal?: AbortSignal | undefined;
  /**
   * Called in a microtask of its own. What it throws, or rejects with, is not the call's failure but the page's uncaught
   * error, as a listener's is: the call continues. Node ends a process for one, unless it listens for `uncaughtException`.
   */
  onProgress?: ((progress: Progress) => void) | undefined;
}
