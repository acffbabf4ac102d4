import type { VersionState } from "../model/key-info.js";
import type { PolicyRule } from "../model/key-policy.js";
import type { ErrorCode } from "./code.js";

/** By which every copy of the package knows the errors of the others, such as `strongroom/inline` and `strongroom/s3`. */
const BRAND = Symbol.for("strongroom.error");

/** Whether an error is one of any copy of the package. @internal */
export function isBranded(error: unknown): boolean {
  return typeof error === "object" && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true;
}

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
  abstract readonly code: ErrorCode;

  /** Which item of a list failed, where one did: the place of the value or the token. */
  declare readonly index?: number;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
  }

  static {
    Object.defineProperty(StrongroomError.prototype, BRAND, { value: true });
  }
}

/** Why a new passphrase is refused: too short, one that many have, or too low a score of the page's own estimate. */
export type WeakReason = "short" | "common" | "estimate";

/**
 * Why a passkey cannot be used: `"unsupported"` where there is no PRF, `"not-used"` where the person, the browser or time ended the
 * ceremony, or the passkey is not there, `"host"` for one of another host, `"registered"` for an authenticator that has one of the
 * vault's already, `"unstable"` where it gave another secret each time.
 */
export type PasskeyReason = "unsupported" | "not-used" | "host" | "registered" | "unstable";

/**
 * Why recovery shares open nothing: `"length"` for one that has not 33 words, `"word"` for a word that is not in the list,
 * `"checksum"` for a share with a wrong word, `"other-set"` for one of another set, `"twice"` for one that is there already,
 * `"missing"` for too few, `"forged"` for one that somebody made up.
 */
export type ShareReason = "length" | "word" | "checksum" | "other-set" | "twice" | "missing" | "forged";

/**
 * Why this device does not open a vault: `"missing"` where the vault has no record of it, or the browser has no key to the record,
 * `"expired"` after its time, `"clock"` where the clock stands before the time at which it was added, or which the browser has
 * noted since, `"unsupported"` where the browser keeps no such key.
 */
export type DeviceReason = "missing" | "expired" | "clock" | "unsupported" | "two-needed";

/**
 * Why an approval does not hold: `"not-open"` of a request that was used or cancelled, has expired, or is not of this vault on this device, `"other"` of
 * something else than the call does, `"forged"` where it was changed or is not of this request, `"own-key"` by a key that this vault has itself.
 */
export type ApprovalReason = "not-open" | "other" | "forged" | "own-key";

/**
 * Why a checkpoint of a log and what a witness has seen of it do not go together: `"unknown-log"` where another key signed it than the one that is trusted,
 * `"size"` where the request begins with another size than the last that the witness cosigned, `"smaller"` where the log has fewer entries than were
 * seen, `"forked"` where it has other ones, `"proof"` where nothing shows that it goes on from there, `"future"` of a cosignature whose time is still to come.
 */
export type WitnessReason = "unknown-log" | "size" | "smaller" | "forked" | "proof" | "future";

/**
 * Why a key management service does not open something: `"denied"` where who asks may not use the key, `"disabled"` of a key or version that is disabled,
 * `"pending-deletion"` of one that is to be deleted, or is, `"not-found"` where there is no such key, `"wrong-key"` where it is another key, or one for another
 * use, `"wrong-region"` where the service looks elsewhere, `"expired-token"` where the credentials have expired or are refused, `"throttled"` after further
 * attempts, `"cors"` where the browser refuses the request, `"offline"` without a network, `"timeout"`, `"unavailable"` where the service fails, and
 * `"malformed"` for an answer that is none, and for what an adapter of your own throws that is no `KmsError`.
 */
export type KmsReason =
  | "denied"
  | "disabled"
  | "pending-deletion"
  | "not-found"
  | "wrong-key"
  | "wrong-region"
  | "expired-token"
  | "throttled"
  | "cors"
  | "offline"
  | "timeout"
  | "unavailable"
  | "malformed";

/** What an error may carry beside its message. */
export interface Details {
  where?: string;
  what?: string;
  reason?: WeakReason | PasskeyReason | DeviceReason | ShareReason | ApprovalReason | WitnessReason | KmsReason;
  size?: number;
  rule?: PolicyRule;
  policy?: "key" | "vault" | "organisation" | "view";
  kinds?: readonly string[];
  position?: number;
  share?: number;
  missing?: number;
  replacedAt?: number;
  from?: VersionState;
  to?: VersionState;
  pinned?: string;
  identity?: string;
  status?: number | undefined;
  retryAfter?: number | undefined;
  storeCode?: string | undefined;
  cause?: unknown;
}
