/** Objects' headers, as callers give them. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { bytesIn, isUint8Array } from "../../shared/kinds.js";
import { utf8, wellFormed } from "../../shared/text.js";

/**
 * What has a header: an object that was encrypted; an object of the inventory; a header as bytes or text, with
 * whatever else belongs to it. An attached object from its beginning will do as a header: its
 * header is read out of it.
 */
export interface Headed {
  readonly id?: string | undefined;
  readonly header: Uint8Array | string;
  /** Bytes of the object, as it is stored. */
  readonly size?: number | undefined;
}

/** A copy of a header's bytes; or the id of an object that the vault knows, and whose header it may have. @internal */
export function headerOf(object: Headed): Bytes | string {
  const { id, header } = (object ?? {}) as Headed;
  const kept = header === "vault" || header === "elsewhere" || header?.length === 0;
  return kept && id !== undefined ? wellFormed(id, "an object's id") : headerBytes(header);
}

/** Of an attached object's front, as much as a header can have: 1 MiB, and what stands before it. */
const LONGEST_HEADER = 1024 * 1024 + 8;

/** @internal */
export function headerBytes(header: Uint8Array | string): Bytes {
  if (typeof header === "string") return utf8(wellFormed(header, "header"));
  const bytes = isUint8Array(header) && bytesIn(header, "the header");
  if (bytes) return new Uint8Array(bytes.subarray(0, LONGEST_HEADER));
  throw new ArgumentError("header must be bytes or text");
}
