/** Errors by their codes: how they cross from the Worker to the page, and what is made of foreign ones. */
import { isBranded, type Details, type StrongroomError } from "./base.js";
import type { ErrorCode } from "./code.js";
import { ApprovalError, KeyExistsError, NoKeyError, NoVersionError, PolicyError, PurposeError, StateError, WitnessError } from "./key-errors.js";
import {
  ChangedError,
  ConsumedError,
  ContextError,
  DecryptError,
  InputError,
  InUseError,
  MalformedError,
  NoObjectError,
  TooLargeError,
  UnsignedError,
  UnsupportedError,
} from "./object-errors.js";
import { AbortedError, ArgumentError, ClosedError, InternalError, WasmError, WorkerError } from "./runtime-errors.js";
import { NoRangesError, TransferError } from "./transfer-errors.js";
import {
  BlockedError,
  ConflictError,
  EvictedError,
  IdentityChangedError,
  IntegrityError,
  LastFactorError,
  LockedError,
  KitReplacedError,
  KmsError,
  NoFactorError,
  PasskeyError,
  RecoverySharesError,
  PersonNeededError,
  RecoveryWordsError,
  NoVaultError,
  QuotaError,
  SecondFactorError,
  StorageError,
  ThisDeviceError,
  VaultExistsError,
  WeakPassphraseError,
  WrongFactorError,
} from "./vault-errors.js";

/** The class of every code. */
const classes = {
  ERR_WRONG_FACTOR: WrongFactorError,
  ERR_RECOVERY_WORDS: RecoveryWordsError,
  ERR_RECOVERY_SHARES: RecoverySharesError,
  ERR_KIT_REPLACED: KitReplacedError,
  ERR_PASSKEY: PasskeyError,
  ERR_KMS: KmsError,
  ERR_THIS_DEVICE: ThisDeviceError,
  ERR_PERSON_NEEDED: PersonNeededError,
  ERR_SECOND_FACTOR: SecondFactorError,
  ERR_IDENTITY_CHANGED: IdentityChangedError,
  ERR_NO_FACTOR: NoFactorError,
  ERR_LAST_FACTOR: LastFactorError,
  ERR_WEAK_PASSPHRASE: WeakPassphraseError,
  ERR_NO_VAULT: NoVaultError,
  ERR_EVICTED: EvictedError,
  ERR_NO_KEY: NoKeyError,
  ERR_NO_OBJECT: NoObjectError,
  ERR_NO_VERSION: NoVersionError,
  ERR_STATE: StateError,
  ERR_POLICY: PolicyError,
  ERR_APPROVAL: ApprovalError,
  ERR_WITNESS: WitnessError,
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
  ERR_INTERNAL: InternalError,
} as const satisfies {
  [Code in ErrorCode]: new (message: string, details?: Details) => StrongroomError & { readonly code: Code };
};

/** Every error that there is: its `code` tells which, and what it carries. */
export type AnyStrongroomError = InstanceType<(typeof classes)[ErrorCode]>;

/**
 * Whether something that was caught is an error of the package, of whichever copy of it: `strongroom/inline` has
 * classes of its own, of which `instanceof` knows nothing.
 *
 * @example
 * try {
 *   await vault.unlock(passphrase(typed));
 * } catch (error) {
 *   if (isStrongroomError(error) && error.code === "ERR_WRONG_FACTOR") askAgain();
 *   else throw error;
 * }
 */
export function isStrongroomError(error: unknown): error is AnyStrongroomError {
  return isBranded(error);
}

/** An error as it crosses from the Worker to the page. @internal */
export interface WireError extends Omit<Details, "cause"> {
  code: ErrorCode;
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
  if (isStrongroomError(error)) return error;
  const { code, message = String(error), name } = (error ?? {}) as Partial<WireError & Error>;
  if (code && Object.hasOwn(classes, code)) return fromWire({ code, message, ...carried(error as Details) });
  if (name === "QuotaExceededError") return new QuotaError(message, { cause: error });
  if (error instanceof WebAssembly.RuntimeError) {
    return new WasmError(`the wasm module stopped: ${message}`, { cause: error });
  }
  return new InternalError(`unexpected: ${message}`, { cause: error });
}

/** What an error carries, but its cause: that does not cross. */
function carried(error: Details): Omit<Details, "cause"> {
  const members = [
    "where", "what", "rule", "policy", "reason", "kinds", "from", "to", "position", "share", "size", "missing", "replacedAt", "pinned", "identity",
    "status", "retryAfter",
  ] as const;
  const given = members.filter((name) => error[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, error[name]]));
}
