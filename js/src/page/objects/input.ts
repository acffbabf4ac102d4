/** What can be encrypted and decrypted, and how it gets to the engine. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, ChangedError, InputError, type StrongroomError } from "../../shared/errors/index.js";
import { bytesIn, isBlob, isResponse, isStream } from "../../shared/kinds.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { WireInput } from "../../shared/protocol/body-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { utf8, wellFormed } from "../../shared/text.js";
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

/** An input that is read twice. Bytes are put in no Blob for that, which a browser may write to a disk as they are. @internal */
export function sourceOfTwice(input: Exclude<Input, ReadableStream>): Source {
  if (isBlob(input)) return ofBlob(input);
  // A text is encoded once.
  const given = typeof input === "string" ? utf8(wellFormed(input, "the text to encrypt")) : input;
  let source = sourceOf(given);
  const { size = 0, total } = source;
  return {
    wire: (number) => ({ kind: "again", source: number, size }),
    size,
    total,
    metadata: typeof input === "string" ? TEXT : source.metadata,
    read: async (most) => {
      if (most > 0) return source.read?.(most);
      source = sourceOf(given);
      return undefined;
    },
  };
}

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

const EMPTY = new Uint8Array(0);

const TEXT: FileMetadata = { type: "text/plain" };

/** @internal */
export function sourceOf(input: Input): Source {
  if (typeof input === "string") {
    const text = utf8(wellFormed(input, "the text to encrypt"));
    return ofBytes(text, text, TEXT);
  }
  if (isBlob(input)) return ofBlob(input);
  if (isStream(input)) return ofStream(input, undefined);
  const bytes = bytesIn(input, "the input");
  if (bytes) return ofBytes(bytes, input);
  throw new ArgumentError("the input must be bytes, a Blob, a ReadableStream or a string");
}

/** @internal */
export function sourceOfCiphertext(input: CiphertextInput): Source {
  if (isResponse(input)) return ofResponse(input);
  if (typeof input === "string") throw new ArgumentError("ciphertext is bytes, not a string");
  return sourceOf(input);
}

function ofBlob(blob: Blob): Source {
  const { size } = blob;
  return { wire: () => ({ kind: "blob", blob }), size, total: size, metadata: metadataOf(blob) };
}

/** @param given what these bytes are a view of: its size shows whether it changed */
function ofBytes(bytes: Uint8Array, given: ArrayBufferView | ArrayBufferLike, metadata: FileMetadata = {}): Source {
  const size = bytes.byteLength;
  const next = piecesOf(bytes, given);
  return {
    wire: (number) => {
      if (size > SMALL) return { kind: "pull", source: number, size };
      const whole = next(size) ?? new Uint8Array(0);
      return transfer({ kind: "bytes", bytes: whole }, [whole.buffer]);
    },
    size,
    total: size,
    metadata,
    read: async (most) => next(most),
  };
}

/** Gives the bytes piece by piece, each a copy: the caller's buffer must not be detached, and a Node Buffer shares its pool. */
function piecesOf(bytes: Uint8Array, given: ArrayBufferView | ArrayBufferLike): (most: number) => Bytes | undefined {
  const size = bytes.byteLength;
  const before = given.byteLength;
  let offset = 0;
  return (most) => {
    if (offset >= size) return undefined;
    if (bytes.byteLength !== size || given.byteLength !== before) throw resized();
    const piece = new Uint8Array(bytes.subarray(offset, offset + most));
    offset += piece.byteLength;
    return transfer(piece, [piece.buffer]);
  };
}

function resized(): ChangedError {
  return new ChangedError("the input's buffer was resized, or moved elsewhere, while it was read");
}

function ofStream(stream: ReadableStream<unknown>, total: number | undefined): Source {
  if (stream.locked) throw new ArgumentError("the stream is locked by another reader");
  const reader = stream.getReader();
  let next: ReturnType<typeof piecesOf> | undefined;
  return {
    wire: (number) => ({ kind: "pull", source: number, size: undefined }),
    size: undefined,
    total,
    metadata: {},
    read: async (most) => {
      for (;;) {
        const piece = next?.(most);
        if (piece) return piece;
        const chunk = await nextChunk(reader);
        if (!chunk) return undefined;
        next = piecesOf(chunk, chunk);
      }
    },
    cancel: (reason) => {
      reader.cancel(reason).catch(() => {});
    },
  };
}

/** The next bytes; `undefined` at the stream's end, and only there. */
async function nextChunk(reader: ReadableStreamDefaultReader): Promise<Uint8Array | undefined> {
  const { done, value } = await reader.read().catch((cause: unknown) => {
    throw new InputError("the input stream broke off", { cause });
  });
  if (done) return undefined;
  const bytes = ArrayBuffer.isView(value) ? bytesIn(value, "a chunk of the input stream") : undefined;
  if (bytes) return bytes;
  throw new ArgumentError("the input stream must give Uint8Array chunks");
}

function ofResponse(response: Response): Source {
  if (!response.ok) {
    throw new InputError(`the download failed: status ${response.status}`);
  }
  if (response.bodyUsed) throw new InputError("the response's body was read already");
  if (!response.body) return ofBytes(EMPTY, EMPTY);
  const { headers } = response;
  const length = headers.has("content-encoding") ? null : headers.get("content-length");
  return ofStream(response.body, length === null ? undefined : Number(length));
}
