/** Reading Blobs and Files, as fast as the browser gives them. */
import { withTimeout } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { ChangedError, InputError } from "../../shared/errors/index.js";
import { ExactReader } from "./exact-reader.js";
import type { Chunks, Reader } from "./reader.js";

/**
 * Milliseconds. Chromium's byte streams of a Blob hang in a Worker now and then, for good. What is merely slow is read
 * by the default reader from there on, which takes half as long again.
 */
const READ_TIMEOUT = 2000;

/**
 * Reads into buffers that are given back (`ReadableStreamBYOBReader`): fresh ones cost as much again as reading
 * (`pkg-tests/bench/README.md`). Where that does not work, through the default reader.
 */
export class BlobReader implements Reader {
  readonly #blob: Blob;
  #at = 0;
  #bytes: ReadableStreamBYOBReader | undefined;
  #exact: ExactReader | undefined;
  readonly #spare: ArrayBuffer[] = [];

  constructor(blob: Blob) {
    this.#blob = blob;
    try {
      this.#bytes = blob.stream().getReader({ mode: "byob" });
    } catch {
      // This browser's Blobs have no byte streams.
      this.#exact = new ExactReader(chunksOf(blob));
    }
  }

  async read(size: number): Promise<Bytes | undefined> {
    const wanted = Math.min(size, this.#blob.size - this.#at);
    if (wanted === 0) return undefined;
    try {
      const piece = (await this.#filled(wanted)) ?? (await this.#slowly().read(wanted));
      this.#at += wanted;
      return piece;
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  reuse({ buffer }: Bytes): void {
    if (this.#bytes) this.#spare.push(buffer);
  }

  cancel(): void {
    this.#bytes?.cancel().catch(() => {});
    this.#exact?.cancel();
  }

  /** So many bytes in one buffer; nothing where the stream hangs. */
  async #filled(size: number): Promise<Bytes | undefined> {
    if (!this.#bytes) return undefined;
    const spare = this.#spare.pop();
    let buffer = spare && spare.byteLength >= size ? spare : new ArrayBuffer(size);
    for (let filled = 0; filled < size; ) {
      const result = await readInTime(this.#bytes, new Uint8Array(buffer, filled, size - filled));
      if (!result?.value?.byteLength) return undefined;
      buffer = result.value.buffer;
      filled += result.value.byteLength;
    }
    return new Uint8Array(buffer, 0, size);
  }

  /** From here on by the default reader. */
  #slowly(): ExactReader {
    this.#bytes?.cancel().catch(() => {});
    this.#bytes = undefined;
    return (this.#exact ??= new ExactReader(chunksOf(this.#blob.slice(this.#at))));
  }
}

/** A file that changed on disk after it was chosen reads as `NotReadableError` (File API §6.3). */
export function unreadable(cause: unknown): InputError | ChangedError {
  const name = (cause as Partial<Error> | undefined)?.name;
  return name === "NotReadableError" || name === "NotFoundError"
    ? new ChangedError("the file changed or was removed since it was chosen", { cause })
    : new InputError(`the input could not be read: ${String(cause)}`, { cause });
}

function chunksOf(blob: Blob): Chunks {
  const reader = blob.stream().getReader() as ReadableStreamDefaultReader<Bytes>;
  return {
    read: async () => (await reader.read()).value,
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

/** Nothing where the stream hangs. */
function readInTime(reader: ReadableStreamBYOBReader, into: Bytes): Promise<ReadableStreamReadResult<Bytes> | undefined> {
  return withTimeout<ReadableStreamReadResult<Bytes> | undefined>(reader.read(into), READ_TIMEOUT, () => undefined);
}
