/** Options of encrypting and decrypting, with and without a vault. */
import type { Context } from "../../shared/model/encryption-context.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Watch } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import { check, WATCH, type Checks } from "../../shared/options.js";

export interface AttachOptions extends Watch {
  /** Overrides what the input says of itself; a member set to `undefined` is left out. */
  metadata?: Omit<FileMetadata, "size"> | undefined;
}

export interface EncryptOptions extends AttachOptions {
  /** Bound to the object; the same must be given to decrypt. */
  context?: Context | undefined;
  /** Makes it a sidecar of an object that is there already. Of one that is made here, `attach` does that. */
  sidecar?: Sidecar | undefined;
  /** Leaves the header out of the body, to be stored on its own (`object.header`). */
  detached?: boolean | undefined;
}

export interface DecryptOptions extends Watch {
  context?: Context | undefined;
  /** Which sidecar it must be; without that, no sidecar opens. */
  sidecar?: Sidecar | undefined;
  /** The header of a detached body; overrides an embedded one. */
  header?: Uint8Array | string | undefined;
  /** The id that the object must have. */
  expect?: string | undefined;
}

/** @internal */
export const ATTACH = { ...WATCH, metadata: check.any } satisfies Checks<AttachOptions>;

/** @internal */
export const ENCRYPT = {
  ...ATTACH,
  context: check.any,
  sidecar: check.any,
  detached: check.flag,
} satisfies Checks<EncryptOptions>;

/** How an object is opened, whatever is then read of it. @internal */
export const OPEN = {
  context: check.any,
  sidecar: check.any,
  header: check.any,
  expect: check.text,
} satisfies Checks<Omit<DecryptOptions, keyof Watch>>;

/** @internal */
export const DECRYPT = { ...WATCH, ...OPEN } satisfies Checks<DecryptOptions>;
