/** Attached objects: magic, header length, header, body. */
import type { Bytes } from "../../shared/bytes.js";
import { MalformedError } from "../../shared/errors/index.js";
import type { PushbackReader } from "../readers/pushback-reader.js";
import type { Bindings } from "../wasm/bindings.js";

/** The header out of what may be an attached object. */
export function embeddedHeader(given: Uint8Array | string, bindings: Bindings): Uint8Array | string {
  if (typeof given === "string") return given;
  const [size] = bindings.layout();
  const prefix = given.slice(0, size);
  if (!bindings.isAttached(prefix)) return given;
  return given.subarray(size, size + bindings.attachedHeaderLength(prefix));
}

const DETACHED =
  "malformed: no header in it; of a detached body give its { header }, or { object } where the vault keeps the header";

export const NOTHING: Bytes = new Uint8Array(0);

/**
 * The embedded header and the bytes it took, prefix included. A detached body begins with its
 * header's length, 40, so that the magic tells the two apart.
 */
export async function takeHeader(
  front: PushbackReader,
  mayBeDetached: boolean,
  bindings: Bindings,
): Promise<{ header: Bytes; length: number } | undefined> {
  const [size, bodyHeader] = bindings.layout();
  const prefix = await front.take(size);
  if (mayBeDetached && !bindings.isAttached(prefix)) {
    front.unread(prefix);
    return undefined;
  }
  if (prefix[0] === bodyHeader) throw new MalformedError(DETACHED);
  const length = bindings.attachedHeaderLength(prefix);
  return { header: await front.take(length), length: size + length };
}
