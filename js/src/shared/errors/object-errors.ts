/** Errors of objects: what is encrypted, decrypted and tracked. */
import { StrongroomError, type Details } from "./base.js";

/**
 * The inventory has no such object, or does not keep its header: track it, or give the header. Or there is no such
 * pending upload: encrypt the file again.
 */
export class NoObjectError extends StrongroomError {
  override readonly name = "NoObjectError";
  readonly code = "ERR_NO_OBJECT";
}

/**
 * Objects of the inventory would be lost: rewrap or move them first, or pass `force: true` and lose them. Or an upload
 * is open already, here or in another tab: close it there.
 */
export class InUseError extends StrongroomError {
  override readonly name = "InUseError";
  readonly code = "ERR_IN_USE";
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

/**
 * Opens, but nothing proves who wrote it: others can write to a public key, and under a version that is compromised. Name
 * the object by `expect`, or pass `allowUnsigned: true` if that is acceptable.
 */
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

/**
 * Well-formed, but this release cannot use it. A newer one may. Of `saveTo`: this browser cannot write to a file that was
 * chosen. Use `localUrl` with `download`, or `blob()`.
 */
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

/**
 * More than can be processed or held at once. Use `stream()`. Or more than a vault keeps of one thing, as the message says: an
 * object gets at most 10,000 sidecars.
 */
export class TooLargeError extends StrongroomError {
  override readonly name = "TooLargeError";
  readonly code = "ERR_TOO_LARGE";
}

/** The input changed, or is gone, since it was chosen or while it was read. Choose the file, or open the object, again. */
export class ChangedError extends StrongroomError {
  override readonly name = "ChangedError";
  readonly code = "ERR_CHANGED";
}

/** The input could not be read (a failed download, a stream that broke); `cause` says why. */
export class InputError extends StrongroomError {
  override readonly name = "InputError";
  readonly code = "ERR_INPUT";
}
