/** Objects whose parts are read: where their bytes are. */
import { bytesOf, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, asStrongroomError, InputError, isStrongroomError, type StrongroomError } from "../../shared/errors/index.js";
import { isBlob, isUrl } from "../../shared/kinds.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireParts } from "../../shared/protocol/range-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { AddressRequests } from "./address-requests.js";
import { HttpRange } from "./http-range.js";

/**
 * An address, with what `fetch` takes beside it, such as `headers` or `credentials`. When a presigned one expires,
 * reading ends (`ERR_INPUT`): `openFromS3` of `strongroom/s3` asks for a new one.
 */
export interface ObjectAddress extends Omit<RequestInit, "body" | "method" | "signal" | "window"> {
  readonly url: string | URL;
}

/** Bytes that the caller reads. */
export interface ObjectParts {
  /** Bytes of the stored object. */
  readonly size: number;
  /**
   * Exactly these bytes, which are copied. Called on the calling thread, also while another call runs. The signal is aborted
   * when the object is closed or the vault is locked: nobody waits for the bytes any more.
   */
  read(offset: number, length: number, options: AbortOptions): Promise<Uint8Array>;
}

/** A stored object: an address that answers `Range`; a `Blob` or `File`, read where the key is; or an object that reads. */
export type ObjectSource = string | URL | ObjectAddress | Blob | ObjectParts;

/** @internal */
export interface RangeBytes {
  wire(number: number): WireParts;
  read(from: number, to: number): Promise<Bytes>;
  /** Why reading failed last, with the cause, which does not cross to the engine and back. */
  failure?: StrongroomError;
  /** Stops what is being read. */
  close(): void;
}

/** Asks an address for the object's beginning; reads nothing of others yet. @internal */
export async function rangeBytesOf(source: ObjectSource, signal?: AbortSignal): Promise<RangeBytes> {
  if (isBlob(source)) return rangesOfBlob(source);
  if (typeof source === "string" || isUrl(source)) return rangesOfAddress({ url: source }, signal);
  if (typeof source === "object" && source !== null) {
    if ("url" in source) return rangesOfAddress(source, signal);
    if ("read" in source) return rangesOfCaller(source);
  }
  throw new ArgumentError("the object must be a URL, { url }, a Blob or { size, read }");
}

function rangesOfBlob(blob: Blob): RangeBytes {
  return {
    wire: () => ({ kind: "blob", blob }),
    read: () => Promise.reject(new ArgumentError("a Blob is read by the engine")),
    close: () => {},
  };
}

const ADDRESS = {
  url: check.any,
  cache: check.text,
  credentials: check.text,
  headers: check.any,
  integrity: check.text,
  keepalive: check.flag,
  mode: check.text,
  priority: check.text,
  redirect: check.text,
  referrer: check.text,
  referrerPolicy: check.text,
} satisfies Checks<ObjectAddress>;

async function rangesOfAddress(address: ObjectAddress, signal?: AbortSignal): Promise<RangeBytes> {
  const { url, ...init } = optionsOf(address, ADDRESS);
  const remote = new HttpRange(new AddressRequests(String(url), init));
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  signal?.addEventListener("abort", stop);
  const { front, size } = await remote.open(ended.signal).finally(() => signal?.removeEventListener("abort", stop));
  return {
    wire: (source) => transfer({ kind: "parts", source, size, front }, [front.buffer]),
    read: (from, to) => remote.read(from, to, ended.signal),
    close: stop,
  };
}

function rangesOfCaller(parts: ObjectParts): RangeBytes {
  const { size } = parts;
  if (!Number.isSafeInteger(size) || size < 0) throw new ArgumentError("size must be a number of bytes");
  const ended = new AbortController();
  return {
    wire: (source) => ({ kind: "parts", source, size, front: undefined }),
    read: (from, to) => readOf(parts, from, to, ended.signal),
    close: () => ended.abort(),
  };
}

async function readOf(parts: ObjectParts, from: number, to: number, signal: AbortSignal): Promise<Bytes> {
  let bytes: unknown;
  try {
    bytes = await parts.read(from, to - from, { signal });
  } catch (cause) {
    if (isStrongroomError(cause)) throw cause;
    throw new InputError("the object could not be read", { cause });
  }
  if (!ArrayBuffer.isView(bytes) || bytes.byteLength !== to - from) {
    throw new InputError(`read(${from}, ${to - from}) must give that many bytes`);
  }
  return new Uint8Array(bytesOf(bytes));
}

/** An error that came back from the engine, as it was where it arose. @internal */
export function withCause(error: unknown, { failure }: RangeBytes): StrongroomError {
  const told = asStrongroomError(error);
  return failure?.code === told.code && failure.message === told.message ? failure : told;
}
