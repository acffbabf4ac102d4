import type { VersionState } from "./key-info.js";

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

/** The factor does not open this vault. Ask the person again. */
export class WrongFactorError extends StrongroomError {
  override readonly name = "WrongFactorError";
  readonly code = "ERR_WRONG_FACTOR";
}

/** There is no vault of that name, and never was one here. Create it, or restore a backup. */
export class NoVaultError extends StrongroomError {
  override readonly name = "NoVaultError";
  readonly code = "ERR_NO_VAULT";
}

/**
 * There was a vault of that name, but the browser (or somebody clearing its data) removed it.
 * Restore a backup; creating anew gives new keys, which do not open the old objects.
 */
export class EvictedError extends StrongroomError {
  override readonly name = "EvictedError";
  readonly code = "ERR_EVICTED";
}

/** The vault has no key of that alias or id. Create it, or check the spelling. */
export class NoKeyError extends StrongroomError {
  override readonly name = "NoKeyError";
  readonly code = "ERR_NO_KEY";
}

/**
 * The inventory has no such object, or does not keep its header: track it, or give the header. Or no such upload can go
 * on: encrypt the file anew.
 */
export class NoObjectError extends StrongroomError {
  override readonly name = "NoObjectError";
  readonly code = "ERR_NO_OBJECT";
}

/** The key has no such version. Look at its `versions`. */
export class NoVersionError extends StrongroomError {
  override readonly name = "NoVersionError";
  readonly code = "ERR_NO_VERSION";
}

/**
 * The version's state (`from`) forbids this: a use, or becoming `to`. Resume what is suspended, activate what is
 * pre-active; what is destroyed stays so.
 */
export class StateError extends StrongroomError {
  override readonly name = "StateError";
  readonly code = "ERR_STATE";
  /** The state that the version is in. */
  readonly from: VersionState | undefined;
  /** The state that it cannot come into from there; `undefined` where a use was refused. */
  readonly to: VersionState | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.from = details.from;
    this.to = details.to;
  }
}

/** The key is for another purpose. Use or make one for this. */
export class PurposeError extends StrongroomError {
  override readonly name = "PurposeError";
  readonly code = "ERR_PURPOSE";
}

/**
 * Objects of the inventory would be lost: rewrap or move them first, or pass `force: true` and lose them. Or an upload
 * is open already, here or in another tab: close it there.
 */
export class InUseError extends StrongroomError {
  override readonly name = "InUseError";
  readonly code = "ERR_IN_USE";
}

/** A vault of that name exists. Open it, or choose another name. */
export class VaultExistsError extends StrongroomError {
  override readonly name = "VaultExistsError";
  readonly code = "ERR_VAULT_EXISTS";
}

/** A key of that alias exists. Use it, or choose another alias. */
export class KeyExistsError extends StrongroomError {
  override readonly name = "KeyExistsError";
  readonly code = "ERR_KEY_EXISTS";
}

/** The vault is locked, or was locked while this ran. Unlock it and start again. */
export class LockedError extends StrongroomError {
  override readonly name = "LockedError";
  readonly code = "ERR_LOCKED";
}

/** Used after `close()`. Open or make it again. */
export class ClosedError extends StrongroomError {
  override readonly name = "ClosedError";
  readonly code = "ERR_CLOSED";
}

/** A body is produced once. Call `encrypt` or `decrypt` again for another pass. */
export class ConsumedError extends StrongroomError {
  override readonly name = "ConsumedError";
  readonly code = "ERR_CONSUMED";
}

/** Tampered with, truncated, or not meant for this key: one code, so that it is no oracle. */
export class DecryptError extends StrongroomError {
  override readonly name = "DecryptError";
  readonly code = "ERR_DECRYPT";
}

/** Encrypted under another context. Give the context that was given to encrypt. */
export class ContextError extends StrongroomError {
  override readonly name = "ContextError";
  readonly code = "ERR_CONTEXT";
}

/** Opens, but nothing proves who wrote it. Pass `allowUnsigned: true` if that is acceptable. */
export class UnsignedError extends StrongroomError {
  override readonly name = "UnsignedError";
  readonly code = "ERR_UNSIGNED";
}

/** Not in the form that it should have; probably not one of our objects, keys or backups. */
export class MalformedError extends StrongroomError {
  override readonly name = "MalformedError";
  readonly code = "ERR_MALFORMED";
  /** The part that is wrong. */
  readonly where: string;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.where = details.where ?? "";
  }
}

/** Well-formed, but this release cannot use it. A newer one may. */
export class UnsupportedError extends StrongroomError {
  override readonly name = "UnsupportedError";
  readonly code = "ERR_UNSUPPORTED";
  /** The feature that is missing. */
  readonly what: string;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.what = details.what ?? "";
  }
}

/** Somebody changed the vault's records from outside. Restore a backup; do not trust this copy. */
export class IntegrityError extends StrongroomError {
  override readonly name = "IntegrityError";
  readonly code = "ERR_INTEGRITY";
}

/** The store cannot be read or written (private browsing, a damaged profile). */
export class StorageError extends StrongroomError {
  override readonly name = "StorageError";
  readonly code = "ERR_STORAGE";
}

/** The browser's quota is used up. Free space and try again; nothing was changed. */
export class QuotaError extends StrongroomError {
  override readonly name = "QuotaError";
  readonly code = "ERR_QUOTA";
}

/**
 * Another tab keeps the database: it has an older version open, or is about to delete or upgrade it.
 * Close that tab and try again.
 */
export class BlockedError extends StrongroomError {
  override readonly name = "BlockedError";
  readonly code = "ERR_BLOCKED";
}

/** Another tab changed the vault at the same moment. Nothing was written here; try again. */
export class ConflictError extends StrongroomError {
  override readonly name = "ConflictError";
  readonly code = "ERR_CONFLICT";
}

/** The caller's signal was aborted; its reason is the `cause`. */
export class AbortedError extends StrongroomError {
  override readonly name = "AbortError";
  readonly code = "ERR_ABORTED";
}

/** More than can be processed or held at once. Use `stream()`. */
export class TooLargeError extends StrongroomError {
  override readonly name = "TooLargeError";
  readonly code = "ERR_TOO_LARGE";
}

/** An argument of the wrong type or out of range: a mistake in the calling code. */
export class ArgumentError extends StrongroomError {
  override readonly name = "ArgumentError";
  readonly code = "ERR_ARGUMENT";
}

/** The input changed while it was read. Choose the file, or open the object, again. */
export class ChangedError extends StrongroomError {
  override readonly name = "ChangedError";
  readonly code = "ERR_CHANGED";
}

/** The input could not be read (a failed download, a stream that broke); `cause` says why. */
export class InputError extends StrongroomError {
  override readonly name = "InputError";
  readonly code = "ERR_INPUT";
}

/**
 * The server does not give parts of the object. Let it answer `Range` by 206 with `Content-Range`; one of another
 * origin must let the page send `Range` and `If-Match` (CORS: `Access-Control-Allow-Headers`) and see `Content-Range`
 * and `ETag` (`Access-Control-Expose-Headers`). Or read the whole object by `decrypt`.
 */
export class NoRangesError extends StrongroomError {
  override readonly name = "NoRangesError";
  readonly code = "ERR_NO_RANGES";
}

/**
 * A store refused an upload or download, or could not be reached, and further attempts are used up (`strongroom/s3`).
 * Without `status` there was no answer: check the connection and start again. 403: the presigned URL does not allow
 * this, or the clocks differ; 404: the object or the upload is gone; 412: the name is taken.
 */
export class TransferError extends StrongroomError {
  override readonly name = "TransferError";
  readonly code = "ERR_TRANSFER";
  /** The answer's HTTP status; `undefined` where there was none. */
  readonly status: number | undefined;
  /** Seconds that the store asked to wait. */
  readonly retryAfter: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}

/**
 * The wasm module could not be loaded, or stopped. If it had worked before, the browser may be out of
 * memory: unlock again, or reload the page. Otherwise check that `strongroom_bg.wasm` is served, that a
 * Content-Security-Policy allows `'wasm-unsafe-eval'`, or give its address to `init({ wasm })`.
 */
export class WasmError extends StrongroomError {
  override readonly name = "WasmError";
  readonly code = "ERR_WASM";
}

/**
 * The Worker could not be started, or stopped. If it had worked before, unlock again. Otherwise check
 * that `worker.js` is served and that a Content-Security-Policy's `worker-src` (for `strongroom/inline`,
 * with `blob:`) and `trusted-types` allow it, give its address to `init({ worker })`, or do without by
 * `init({ worker: "inline" })`. Of `localUrl`: no service worker answers that calls `serveObjects`.
 */
export class WorkerError extends StrongroomError {
  override readonly name = "WorkerError";
  readonly code = "ERR_WORKER";
}

const classes = {
  ERR_WRONG_FACTOR: WrongFactorError,
  ERR_NO_VAULT: NoVaultError,
  ERR_EVICTED: EvictedError,
  ERR_NO_KEY: NoKeyError,
  ERR_NO_OBJECT: NoObjectError,
  ERR_NO_VERSION: NoVersionError,
  ERR_STATE: StateError,
  ERR_PURPOSE: PurposeError,
  ERR_IN_USE: InUseError,
  ERR_VAULT_EXISTS: VaultExistsError,
  ERR_KEY_EXISTS: KeyExistsError,
  ERR_LOCKED: LockedError,
  ERR_CLOSED: ClosedError,
  ERR_CONSUMED: ConsumedError,
  ERR_DECRYPT: DecryptError,
  ERR_CONTEXT: ContextError,
  ERR_UNSIGNED: UnsignedError,
  ERR_MALFORMED: MalformedError,
  ERR_UNSUPPORTED: UnsupportedError,
  ERR_INTEGRITY: IntegrityError,
  ERR_STORAGE: StorageError,
  ERR_QUOTA: QuotaError,
  ERR_BLOCKED: BlockedError,
  ERR_CONFLICT: ConflictError,
  ERR_ABORTED: AbortedError,
  ERR_TOO_LARGE: TooLargeError,
  ERR_ARGUMENT: ArgumentError,
  ERR_CHANGED: ChangedError,
  ERR_INPUT: InputError,
  ERR_NO_RANGES: NoRangesError,
  ERR_TRANSFER: TransferError,
  ERR_WASM: WasmError,
  ERR_WORKER: WorkerError,
} as const;

/** Every code there is. */
export type Code = keyof typeof classes;

/** An error as it crosses from the Worker to the page. @internal */
export interface WireError extends Omit<Details, "cause"> {
  code: Code;
  message: string;
}

/** @internal */
export function toWire(error: unknown): WireError {
  const known = asStrongroomError(error);
  return { code: known.code, message: known.message, ...carried(known) };
}

/** @internal */
export function fromWire({ code, message, ...rest }: WireError): StrongroomError {
  return new classes[code](message, rest);
}

/** What the core, the browser or our own code threw, as one of ours. @internal */
export function asStrongroomError(error: unknown): StrongroomError {
  if (error instanceof StrongroomError) return error;
  const { code, message = String(error), name } = (error ?? {}) as Partial<WireError & Error>;
  if (code && Object.hasOwn(classes, code)) return fromWire({ code, message, ...carried(error as Details) });
  if (name === "QuotaExceededError") return new QuotaError(message, { cause: error });
  if (error instanceof WebAssembly.RuntimeError) {
    return new WasmError(`the wasm module stopped: ${message}`, { cause: error });
  }
  return new WorkerError(`stopped unexpectedly: ${message}`, { cause: error });
}

/** What an error carries, but its cause: that does not cross. */
function carried(error: Details): Omit<Details, "cause"> {
  const members = ["where", "what", "from", "to"] as const;
  const given = members.filter((name) => error[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, error[name]]));
}
