import type { VersionState } from "../model/key-info.js";
import type { Code } from "./code.js";

/**
 * Every failure is a `StrongroomError`. Tell them apart by `code` (stable) or by class.
 *
 * ```ts
 * try {
 *   await vault.unlock(passphrase(typed));
 * } catch (error) {
 *   if (error instanceof StrongroomError && error.code === "ERR_WRONG_FACTOR") askAgain();
 *   else throw error;
 * }
 * ```
 */
export abstract class StrongroomError extends Error {
  /** Stable across releases; the message is not. */
  abstract readonly code: Code;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
  }
}

/** What an error may carry beside its message. */
export interface Details {
  where?: string;
  what?: string;
  from?: VersionState;
  to?: VersionState;
  status?: number | undefined;
  retryAfter?: number | undefined;
  cause?: unknown;
}
