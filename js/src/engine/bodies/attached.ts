/** Attached objects: magic, header length, header, body. */
import type { Bytes } from "../../shared/bytes.js";
import type { PushbackReader } from "../readers/pushback-reader.js";
import type { Bindings } from "../wasm/bindings.js";

/** The header out of what may be an attached object. */
export function embeddedHeader(given: Uint8Array | string, bindings: Bindings): Uint8Array | string {
  if (typeof given === "string" || !isAttached(given)) return given;
  return given.subarray(PREFIX, PREFIX + bindings.attachedHeaderLength(given.slice(0, PREFIX)));
}

export const NOTHING: Bytes = new Uint8Array(0);

/** Magic and u32 length: what an attached object begins with, before its header. */
export const PREFIX = 8;
const MAGIC = [0x53, 0x52, 0x4d, 0x01];

/**
 * The embedded header and the bytes it took, prefix included. A detached body begins with its
 * header's length, 40, so that the magic tells the two apart.
 */
export async function takeHeader(
  front: PushbackReader,
  mayBeDetached: boolean,
  bindings: Bindings,
): Promise<{ header: Bytes; length: number } | undefined> {
  const prefix = await front.take(PREFIX);
  if (mayBeDetached && !isAttached(prefix)) {
    front.unread(prefix);
    return undefined;
  }
  const length = bindings.attachedHeaderLength(prefix);
  return { header: await front.take(length), length: PREFIX + length };
}

function isAttached(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}
