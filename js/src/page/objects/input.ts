/** What can be encrypted and decrypted, and how it gets to the engine. */
import { bytesOf, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, InputError, type StrongroomError } from "../../shared/errors/index.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { WireInput } from "../../shared/protocol/body-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { wellFormed } from "../../shared/text.js";
import { metadataOf } from "./own-metadata.js";

/**
 * Bytes are copied piece by piece and never detached; a `Blob` or `File` is read where the key is; a
 * stream is locked and read to its end; a string is its UTF-8 bytes.
 */
export type Input =
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | ReadableStream<Uint8Array>
  | string;

/** What can be decrypted: the same but text, and the answer to a request. */
export type CiphertextInput = Exclude<Input, string> | Response;

/** An input on the page's side. @internal */
export interface Source {
  /** What to send; a `pull` source is registered under `number` first. */
  wire(number: number): WireInput;
  /** Bytes, where known. */
  size: number | undefined;
  /** Bytes for progress only: a `Content-Length` counts what travelled, not what is read. */
  total: number | undefined;
  metadata: FileMetadata;
  /** Why reading failed, with the cause, which does not cross to the engine and back. */
  failure?: StrongroomError;
  /** The next piece, of `most` bytes at most. */
  read?(most: number): Promise<Bytes | undefined>;
  cancel?(reason: unknown): void;
}

/** What comes along with the call; larger inputs are asked for piece by piece. */
const SMALL = 1024 * 1024;

/** @internal */
export function sourceOf(input: Input): Source {
  if (typeof input === "string") {
    const text = new TextEncoder().encode(wellFormed(input, "the text to encrypt"));
    return ofBytes(text, { type: "text/plain" });
  }
  if (input instanceof Blob) return ofBlob(input);
  if (input instanceof ReadableStream) return ofStream(input, undefined);
  if (ArrayBuffer.isView(input)) {
    return ofBytes(bytesOf(input));
  }
  if (isBuffer(input)) return ofBytes(new Uint8Array(input));
  throw new ArgumentError("the input must be bytes, a Blob, a ReadableStream or a string");
}

/** @internal */
export function sourceOfCiphertext(input: CiphertextInput): Source {
  if (typeof Response !== "undefined" && input instanceof Response) return ofResponse(input);
  if (typeof input === "string") throw new ArgumentError("ciphertext is bytes, not a string");
  return sourceOf(input as Exclude<Input, string>);
}

function isBuffer(input: unknown): input is ArrayBufferLike {
  const shared = typeof SharedArrayBuffer !== "undefined" && input instanceof SharedArrayBuffer;
  return shared || input instanceof ArrayBuffer;
}

function ofBlob(blob: Blob): Source {
  const { size } = blob;
  return { wire: () => ({ kind: "blob", blob }), size, total: size, metadata: metadataOf(blob) };
}

function ofBytes(bytes: Uint8Array, metadata: FileMetadata = {}): Source {
  const size = bytes.byteLength;
  let offset = 0;
  const next = (most: number): Bytes | undefined => {
    if (offset >= size) return undefined;
    // A copy: the caller's buffer must not be detached, and a Node Buffer shares its pool.
    const piece = new Uint8Array(bytes.subarray(offset, offset + most));
    offset += piece.byteLength;
    return transferred(piece);
  };
  return {
    wire: (number) => {
      if (size > SMALL) return { kind: "pull", source: number, size };
      const whole = next(size) ?? new Uint8Array(0);
      return transfer({ kind: "bytes", bytes: whole }, [whole.buffer]);
    },
    size,
    total: size,
    metadata,
    read: (most) => Promise.resolve(next(most)),
  };
}

function ofStream(stream: ReadableStream<unknown>, total: number | undefined): Source {
  if (stream.locked) throw new ArgumentError("the stream is locked: somebody else reads it");
  const reader = stream.getReader();
  let rest: Uint8Array | undefined;
  return {
    wire: (number) => ({ kind: "pull", source: number, size: undefined }),
    size: undefined,
    total,
    metadata: {},
    read: async (most) => {
      const piece = rest ?? (await readBytes(reader));
      rest = piece && piece.byteLength > most ? piece.subarray(most) : undefined;
      return piece && transferred(new Uint8Array(piece.subarray(0, most)));
    },
    cancel: (reason) => {
      reader.cancel(reason).catch(() => {});
    },
  };
}

async function readBytes(reader: ReadableStreamDefaultReader): Promise<Uint8Array | undefined> {
  let value: unknown;
  try {
    ({ value } = await reader.read());
  } catch (cause) {
    throw new InputError("the input stream broke off", { cause });
  }
  if (value === undefined) return undefined;
  // Not `instanceof`: a chunk may come from another frame.
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  throw new ArgumentError("the input stream must give Uint8Array chunks");
}

function ofResponse(response: Response): Source {
  if (!response.ok) {
    throw new InputError(`the download failed: status ${response.status}`);
  }
  if (response.bodyUsed) throw new InputError("the response's body was read already");
  if (!response.body) return ofBytes(new Uint8Array(0));
  const { headers } = response;
  const length = headers.has("content-encoding") ? null : headers.get("content-length");
  return ofStream(response.body, length === null ? undefined : Number(length));
}

function transferred(piece: Bytes): Bytes {
  return transfer(piece, [piece.buffer]);
}
