/** Signatures of files, and of whatever else is too large to be held. */
import type { VersionState } from "./key-info.js";

/** What a signature says that is right, and of this content. */
export interface VerifiedFile {
  /** The id of the key. */
  readonly key: string;
  /** The id of the version. */
  readonly version: string;
  /** Of the version, now: after `compromised`, others may have signed. */
  readonly state: VersionState;
  /** `sha256:` and 64 hexadecimal digits: what `sha256sum` prints of the file. */
  readonly digest: string;
  /** Bytes of the content. */
  readonly size: number;
}
