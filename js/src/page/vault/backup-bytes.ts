/** A backup as callers give it. */
import { bytesOfBlob } from "../../shared/blobs.js";
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { bytesIn, isBlob } from "../../shared/kinds.js";

/** A copy, which moves. @internal */
export async function backupBytes(backup: Blob | Uint8Array | ArrayBuffer): Promise<Bytes> {
  if (isBlob(backup)) return bytesOfBlob(backup);
  const bytes = bytesIn(backup, "the backup");
  if (bytes) return new Uint8Array(bytes);
  throw new ArgumentError("a backup must be a Blob, a Uint8Array or an ArrayBuffer");
}
