/** Attached objects: magic, header length, header, of a signed one the signature with its length, body. */
import type { Bytes } from "../../shared/bytes.js";
import { MalformedError } from "../../shared/errors/index.js";
import type { PushbackReader } from "../readers/pushback-reader.js";
import type { Bindings } from "../wasm/bindings.js";

/** A header, or the id of an object whose header the vault has; and the signature of one that has one. */
export interface SignedHeader {
  header: Uint8Array | string;
  signature?: Uint8Array | undefined;
}

/** The header and signature out of what may be an attached object. `signature`: what is given beside it, which comes first. */
export function embeddedHeader(given: Uint8Array | string, signature: Uint8Array | undefined, bindings: Bindings): SignedHeader {
  if (typeof given === "string") return { header: given, signature };
  const [size, , , beforeSignature] = bindings.layout();
  const prefix = given.slice(0, size);
  if (!bindings.isAttached(prefix)) return { header: given, signature };
  const [length, signed] = bindings.attachedHeader(prefix);
  const header = given.subarray(size, size + length);
  if (!signed) return { header, signature };
  const rest = given.subarray(size + length);
  const counted = bindings.attachedSignatureLength(rest.slice(0, beforeSignature));
  return { header, signature: signature ?? rest.slice(beforeSignature, beforeSignature + counted) };
}

const DETACHED =
  "malformed: no header in it; of a detached body give its { header }, or { object } where the vault keeps the header";

export const NOTHING: Bytes = new Uint8Array(0);

/** What an attached object begins with, and how many bytes that is in all. */
interface Embedded {
  header: Bytes;
  signature: Bytes | undefined;
  length: number;
}

/**
 * The embedded header, and the signature of a signed object. A detached body begins with its
 * header's length, 40, so that the magic tells the two apart.
 */
export async function takeHeader(
  front: PushbackReader,
  mayBeDetached: boolean,
  bindings: Bindings,
): Promise<Embedded | undefined> {
  const [size, bodyHeader, , beforeSignature] = bindings.layout();
  const prefix = await front.take(size);
  if (mayBeDetached && !bindings.isAttached(prefix)) {
    front.unread(prefix);
    return undefined;
  }
  if (prefix[0] === bodyHeader) throw new MalformedError(DETACHED);
  const [length, signed] = bindings.attachedHeader(prefix);
  const header = await front.take(length);
  if (!signed) return { header, signature: undefined, length: size + length };
  const counted = bindings.attachedSignatureLength(await front.take(beforeSignature));
  const signature = await front.take(counted);
  return { header, signature, length: size + length + beforeSignature + counted };
}

/** Which header opens an object: one that is named or given comes before the one that it begins with, and brings its own signature. */
export function givenHeader(
  object: string | undefined,
  { header, signature }: { header: Uint8Array | undefined; signature: Uint8Array | undefined },
  embedded: Embedded | undefined,
): SignedHeader | undefined {
  if (object !== undefined) return { header: object, signature };
  if (header) return { header, signature };
  return embedded && { header: embedded.header, signature: signature ?? embedded.signature };
}
