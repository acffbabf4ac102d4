/** Options of encrypting and decrypting, with and without a vault. */
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import { check, WATCH, type Checks } from "../../shared/options.js";

export interface SidecarOptions extends OperationOptions {
  /** Overrides what the input says of itself; a member set to `undefined` is left out. */
  metadata?: Omit<FileMetadata, "size"> | undefined;
}

export interface EncryptOptions extends SidecarOptions {
  /**
   * Bound to the object; the same must be given to decrypt. Have it name the object, as by its path: without that, a store
   * may give out one object of a key in place of another, and it opens.
   */
  context?: EncryptionContext | undefined;
  /** Makes it a sidecar of an object that is there already. Of one that is made here, `addSidecar` does that. */
  sidecar?: Sidecar | undefined;
  /**
   * Leaves the header out of the object, to be stored beside it (`object.header`): `rewrap` after a rotation then uploads
   * one header, and not the whole object again. Attached unless `true`; decide before the first upload.
   */
  detached?: boolean | undefined;
}

export interface DecryptOptions extends OperationOptions {
  /** What was given to encrypt. Which of several objects in one context it is, `expect` says. */
  context?: EncryptionContext | undefined;
  /** Which sidecar it must be; without that, no sidecar opens. */
  sidecar?: Sidecar | undefined;
  /** The header of a detached body; overrides an embedded one. */
  header?: Uint8Array | string | undefined;
  /**
   * The signature of an object that is for others too, where it is stored beside the header. One that is wrong is refused, whatever else
   * is allowed.
   */
  signature?: Uint8Array | string | undefined;
  /** The id that the object must have. */
  expect?: string | undefined;
}

/** @internal */
export const SIDECAR_OPTIONS = { ...WATCH, metadata: check.any } satisfies Checks<SidecarOptions>;

/** @internal */
export const ENCRYPT = {
  ...SIDECAR_OPTIONS,
  context: check.texts,
  sidecar: check.any,
  detached: check.flag,
} satisfies Checks<EncryptOptions>;

/** How an object is opened, for whatever reading. @internal */
export const OPEN = {
  context: check.texts,
  sidecar: check.any,
  header: check.any,
  signature: check.any,
  expect: check.text,
} satisfies Checks<Omit<DecryptOptions, keyof OperationOptions>>;

/** @internal */
export const DECRYPT = { ...WATCH, ...OPEN } satisfies Checks<DecryptOptions>;
