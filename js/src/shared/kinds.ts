/**
 * What kind of thing a caller gave, told by the thing itself. `instanceof` knows the classes of one realm: it refuses what
 * comes from another frame or a test's sandbox, and native streams on a page that replaced `ReadableStream`.
 */
import { bytesOf } from "./bytes.js";
import { ArgumentError } from "./errors/index.js";

/** A Blob or a File: what has its members, because happy-dom's has no other mark. @internal */
export function isBlob(value: unknown): value is Blob {
  const { size, type, slice } = asRecord<Blob>(value);
  return typeof size === "number" && type !== undefined && typeof slice === "function";
}

/** A stream, native or by a polyfill: nothing but its reader is used. @internal */
export function isStream(value: unknown): value is ReadableStream<unknown> {
  return typeof asRecord<ReadableStream>(value).getReader === "function";
}

/** An answer to a request. @internal */
export function isResponse(value: unknown): value is Response {
  const { status, headers, arrayBuffer } = asRecord<Response>(value);
  return typeof status === "number" && typeof headers === "object" && typeof arrayBuffer === "function";
}

/** @internal */
export function isUrl(value: unknown): value is URL {
  const { href, searchParams } = asRecord<URL>(value);
  return typeof href === "string" && typeof searchParams === "object";
}

/** @internal */
export function isDate(value: unknown): value is Date {
  return tagOf(value) === "Date";
}

/** A `Uint8Array` of any realm; a Node `Buffer` is one. @internal */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "Uint8Array";
}

/**
 * The bytes of a buffer or of a view of one, not copied; `undefined` for what is neither.
 *
 * @throws ArgumentError when its buffer was moved elsewhere, or shrank so that the view no longer reaches it @internal
 */
export function bytesIn(value: unknown, what: string): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return bytesOf(reached(value));
    if (!/^(Shared)?ArrayBuffer$/.test(tagOf(value))) return undefined;
    const bytes = new Uint8Array(value as ArrayBufferLike);
    // A tag can be claimed: what only looks like a buffer has been copied.
    return bytes.buffer === value ? bytes : undefined;
  } catch (cause) {
    throw new ArgumentError(`${what} has no bytes: its buffer was moved elsewhere, or shrank`, { cause });
  }
}

/** The same view. Its length would be 0 where its buffer is gone, which looks like no bytes; what lists its keys throws. */
function reached(view: ArrayBufferView): ArrayBufferView {
  if (tagOf(view) !== "DataView") Uint8Array.prototype.keys.call(view as Uint8Array);
  return view;
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function asRecord<T>(value: unknown): Partial<T> {
  return typeof value === "object" && value !== null ? value : {};
}
