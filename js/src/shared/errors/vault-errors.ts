/** Errors of vaults and their storage. */
import { StrongroomError, type Details, type DeviceReason, type KmsReason, type PasskeyReason, type ShareReason, type WeakReason } from "./base.js";

/** The factor does not open this vault. Ask the person again. */
export class WrongFactorError extends StrongroomError {
  override readonly name = "WrongFactorError";
  readonly code = "ERR_WRONG_FACTOR";
}

/**
 * These are no words of a recovery kit: not 24, one that is not in the list (the first is at `position`, counted from 1), or
 * some that do not belong together. Nothing was tried. Let the person compare what was typed with the paper.
 */
export class RecoveryWordsError extends StrongroomError {
  override readonly name = "RecoveryWordsError";
  readonly code = "ERR_RECOVERY_WORDS";
  readonly position: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.position = details.position;
  }
}

/**
 * These recovery shares open nothing, and nothing was tried: `reason` says why. `share` is the place of the share that is meant,
 * counted from 1 in the order in which they were given, and `position` that of the wrong word in it. Of too few, `missing` says
 * how many more it takes. Let the person compare what was typed with the paper, or look for another share.
 */
export class RecoverySharesError extends StrongroomError {
  override readonly name = "RecoverySharesError";
  readonly code = "ERR_RECOVERY_SHARES";
  readonly reason: ShareReason;
  readonly share: number | undefined;
  readonly position: number | undefined;
  readonly missing: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as ShareReason | undefined) ?? "checksum";
    this.share = details.share;
    this.position = details.position;
    this.missing = details.missing;
  }
}

/**
 * This recovery kit, or this set of recovery shares, was replaced or revoked, and opens the vault no more. Ask for the newer one, or for another factor. While
 * the vault is locked nothing proves what is stored: keep the paper until the newer one has opened it.
 */
export class KitReplacedError extends StrongroomError {
  override readonly name = "KitReplacedError";
  readonly code = "ERR_KIT_REPLACED";
  /** When, in milliseconds since 1970. */
  readonly replacedAt: number;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.replacedAt = details.replacedAt ?? 0;
  }
}

/**
 * A passkey cannot be used, and nothing was changed: `reason` says why. Of `"not-used"` let the person try again: browsers do not
 * tell a cancelled request from a passkey that was deleted. Of the others, offer another factor.
 */
export class PasskeyError extends StrongroomError {
  override readonly name = "PasskeyError";
  readonly code = "ERR_PASSKEY";
  readonly reason: PasskeyReason;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as PasskeyReason | undefined) ?? "not-used";
  }
}

/**
 * This device does not open the vault, or cannot be added to it: `reason` says why. Open the vault by another factor; unless it is
 * `"unsupported"`, add this device again.
 */
export class ThisDeviceError extends StrongroomError {
  override readonly name = "ThisDeviceError";
  readonly code = "ERR_THIS_DEVICE";
  readonly reason: DeviceReason;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as DeviceReason | undefined) ?? "missing";
  }
}

/**
 * A device opens the vault for whoever has it, so it does not count here. Nothing was changed. Ask for a factor
 * of one of `kinds`, which the vault has.
 */
export class PersonNeededError extends StrongroomError {
  override readonly name = "PersonNeededError";
  readonly code = "ERR_PERSON_NEEDED";
  readonly kinds: readonly string[];

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.kinds = Object.freeze([...(details.kinds ?? [])]);
  }
}

/**
 * The vault takes two factors at once, and only one was given. Nothing was asked and nothing was changed. Give one of `kinds` too, in
 * an array of both; a recovery kit, or recovery shares, are given alone.
 */
export class SecondFactorError extends StrongroomError {
  override readonly name = "SecondFactorError";
  readonly code = "ERR_SECOND_FACTOR";
  readonly kinds: readonly string[];

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.kinds = Object.freeze([...(details.kinds ?? [])]);
  }
}

/**
 * Another identity signs for the vault than the factor knows, or than was given as `identity`: a factor was revoked as compromised
 * since. Nothing was opened. Who has the compromised factor can write this too: compare `identity` with what
 * `vault.identity()` gives on a device that was there, and pass it as `identity` once they are equal. Without `pinned`: nothing proves whose vault it
 * is, since anybody can make one that an escrow's public key opens. Compare it with what whoever it is of noted.
 */
export class IdentityChangedError extends StrongroomError {
  override readonly name = "IdentityChangedError";
  readonly code = "ERR_IDENTITY_CHANGED";
  /** The thumbprint that the factor knows, or that was given; `undefined` by an escrow key, where none was. */
  readonly pinned: string | undefined;
  /** The thumbprint of who signs now. */
  readonly identity: string;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.pinned = details.pinned;
    this.identity = details.identity ?? "";
  }
}

/**
 * The vault has no such factor: the one of that id was replaced or revoked, or it has none of the kind that was given. Look at
 * `factors.list()`.
 */
export class NoFactorError extends StrongroomError {
  override readonly name = "NoFactorError";
  readonly code = "ERR_NO_FACTOR";
}

/**
 * A key management service, or who else holds the private half of an escrow, did not answer, or refused: `reason` says why, and the message what
 * to do about it. Nothing was opened. Of `"throttled"`, `"offline"`, `"timeout"` and `"unavailable"` try again later; of `"expired-token"` sign in again.
 */
export class KmsError extends StrongroomError {
  override readonly name = "KmsError";
  readonly code = "ERR_KMS";
  readonly reason: KmsReason;
  /** The answer's HTTP status; `undefined` where there was none. */
  readonly status: number | undefined;
  /** Seconds that the service asked to wait. */
  readonly retryAfter: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as KmsReason | undefined) ?? "malformed";
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}

/** Nothing else would open the vault, or passkeys, devices and escrows alone. Add a passphrase or a recovery kit first. */
export class LastFactorError extends StrongroomError {
  override readonly name = "LastFactorError";
  readonly code = "ERR_LAST_FACTOR";
}

/**
 * The new passphrase is too easy to guess: `reason` is `"short"` for less than 8 characters, `"common"` for one of the first that
 * anybody tries, `"estimate"` for a score below 3 of the page's own `estimate`. Nothing was changed. Ask the person for a longer
 * one: four or five unrelated words.
 */
export class WeakPassphraseError extends StrongroomError {
  override readonly name = "WeakPassphraseError";
  readonly code = "ERR_WEAK_PASSPHRASE";
  readonly reason: WeakReason;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as WeakReason | undefined) ?? "common";
  }
}

/** There is no vault of that name, and never was one here. Create it, or restore a backup. */
export class NoVaultError extends StrongroomError {
  override readonly name = "NoVaultError";
  readonly code = "ERR_NO_VAULT";
}

/**
 * There was a vault of that name, but the browser (or a person clearing its data) removed it.
 * Restore a backup; creating it again gives new keys, which do not open the old objects.
 */
export class EvictedError extends StrongroomError {
  override readonly name = "EvictedError";
  readonly code = "ERR_EVICTED";
}

/** A vault of that name exists. Open it, or choose another name. */
export class VaultExistsError extends StrongroomError {
  override readonly name = "VaultExistsError";
  readonly code = "ERR_VAULT_EXISTS";
}

/** The vault is locked, or was locked while this ran. Unlock it and start again. */
export class LockedError extends StrongroomError {
  override readonly name = "LockedError";
  readonly code = "ERR_LOCKED";
}

/** The vault's records were changed from outside. Restore a backup; do not trust this copy. */
export class IntegrityError extends StrongroomError {
  override readonly name = "IntegrityError";
  readonly code = "ERR_INTEGRITY";
}

/**
 * The store cannot be read or written (private browsing, a damaged profile). Of `saveTo`: the file could not be written, and
 * is as it was before; `cause` says why.
 */
export class StorageError extends StrongroomError {
  override readonly name = "StorageError";
  readonly code = "ERR_STORAGE";
}

/**
 * The browser's quota is used up. Free space and try again; nothing was changed. Of `saveTo`: there is no room for the file,
 * which is as it was before.
 */
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
