/** Progress and cancellation of long operations. */

/** Bytes of the input that were processed, or headers where headers are; `total` where it is known. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
}

export interface OperationOptions {
  /** Stops within one segment; what is pending rejects with `AbortedError`. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}
