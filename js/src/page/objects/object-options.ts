/** Options of encrypting and decrypting, with and without a vault. */
import type { Context } from "../../shared/model/encryption-context.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Watch } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";

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
