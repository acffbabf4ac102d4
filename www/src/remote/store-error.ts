import type { TransferError } from "strongroom";

/** The message of a request that was answered with nothing. */
export const SILENT = "The store has stopped answering.";

/** A request that the server or the store did not fulfil. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** The HTTP status; `undefined` when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** The package's error as this page's own. */
export function fromTransfer({ message, status, cause }: TransferError): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, status, cause);
}
