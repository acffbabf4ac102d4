/** What a server says that does not answer. */
export const SILENT = "The store has stopped answering.";

/** A request that the page's own server did not fulfil. The package's `TransferError` has it as its cause. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** The HTTP status; `undefined` when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}
