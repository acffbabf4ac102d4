/** Objects' headers, as callers give them. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, InputError, StrongroomError } from "../../shared/errors/index.js";
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
  /** The signature of an object that is for others too, where its header stands alone; or what gives it. */
  readonly signature?: Uint8Array | string | (() => Promise<string | undefined>) | undefined;
  /** Bytes of the object, as it is stored. */
  readonly size?: number | undefined;
}

/** A copy of a header's bytes; or the id of an object that the vault knows, and whose header it may have. @internal */
export function headerOf(object: Headed): Bytes | string {
  const { id, header } = (object ?? {}) as Headed;
  const kept = header === "vault" || header === "elsewhere" || header?.length === 0;
  return kept && id !== undefined ? wellFormed(id, "an object's id") : headerBytes(header);
}

/**
 * The signature beside a header; nothing where there is none. One that cannot be had is not taken for none.
 *
 * @throws InputError when it could not be fetched; ArgumentError while the body, which it covers, was not read to its end
 * @internal
 */
export async function signatureOf(object: Headed): Promise<Bytes | undefined> {
  const { signature } = (object ?? {}) as Headed;
  if (typeof signature !== "function") return signatureBytes(signature);
  let given: string | undefined;
  try {
    given = await signature.call(object);
  } catch (cause) {
    if (cause instanceof StrongroomError) throw cause;
    throw new InputError("the signature could not be fetched", { cause });
  }
  return signatureBytes(given);
}

/** The longest signature, in bytes. */
const LONGEST_SIGNATURE = 8 * 1024 * 1024;
/** Of an attached object's front, as much as a header can have: 1 MiB, and what stands before it. */
const LONGEST_HEADER = 1024 * 1024 + 8;
/** And of a signed one's. */
const SIGNED = [0x53, 0x52, 0x4d, 0x02];

/** @internal */
export function headerBytes(header: Uint8Array | string): Bytes {
  if (typeof header === "string") return utf8(wellFormed(header, "header"));
  const bytes = isUint8Array(header) && bytesIn(header, "the header");
  if (!bytes) throw new ArgumentError("header must be bytes or text");
  const signed = SIGNED.every((byte, at) => bytes[at] === byte);
  return new Uint8Array(bytes.subarray(0, LONGEST_HEADER + (signed ? 4 + LONGEST_SIGNATURE : 0)));
}

/** @internal */
export function signatureBytes(signature: Uint8Array | string | undefined, name = "signature"): Bytes | undefined {
  if (signature === undefined) return undefined;
  if (typeof signature === "string") return utf8(wellFormed(signature, name));
  const bytes = isUint8Array(signature) && bytesIn(signature, `the ${name}`);
  if (bytes) return new Uint8Array(bytes);
  throw new ArgumentError(`${name} must be bytes or text`);
}
