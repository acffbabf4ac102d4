/** Reading Blobs and Files, as fast as the browser gives them. */
import { withTimeout } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { bytesOfBlob } from "../../shared/blobs.js";
import { ChangedError, InputError } from "../../shared/errors/index.js";
import { ExactReader } from "./exact-reader.js";
import type { Chunks, Reader } from "./reader.js";
import { reasonOf, unreadable } from "./unreadable.js";

/**
 * Milliseconds. Chromium's byte streams of a Blob hang in a Worker now and then, for good. What is merely slow is read
 * by the default reader from there on, which takes half as long again.
 */
const READ_TIMEOUT = 2000;

/** Bytes that browsers read at once, between which nothing can change: Chromium's pipes hold 2 MiB. */
const ONE_READ = 1024 * 1024;

/**
 * Reads into buffers that are given back (`ReadableStreamBYOBReader`): fresh ones cost as much again as reading
 * (`pkg-tests/bench/README.md`). Where that does not work, through the default reader.
 */
export class BlobReader implements Reader {
  readonly #blob: Blob;
  #at = 0;
  #bytes: ReadableStreamBYOBReader | undefined;
  #exact: ExactReader | undefined;
  #ended = false;
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
    try {
      if (wanted === 0) return await this.#end();
      const piece = (await this.#filled(wanted)) ?? (await this.#slowly().read(wanted));
      this.#at += wanted;
      return piece;
    } catch (cause) {
      throw await unreadable(this.#blob, cause);
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

  /**
   * A stream that reads a file does not notice that it is rewritten meanwhile: Firefox reads to the size that it had,
   * Chromium compares its date when it opens it, and no more. And a file that was removed before anybody looked is empty
   * in Chromium, as a folder is in WebKit. All but a file that is rewritten at its size in Firefox shows here.
   */
  async #end(): Promise<undefined> {
    if (this.#ended) return;
    this.#ended = true;
    if (!("lastModified" in this.#blob)) return;
    const next = this.#bytes ? await readInTime(this.#bytes, new Uint8Array(1)) : undefined;
    const more = this.#bytes ? next?.done === false : await this.#exact?.read(1);
    if (more) throw new ChangedError("the file grew while it was read; choose it again");
    const reason = this.#blob.size > ONE_READ ? await reasonOf(this.#blob) : undefined;
    if (reason !== undefined) throw reason;
  }

  /** From here on by the default reader. */
  #slowly(): ExactReader {
    this.#bytes?.cancel().catch(() => {});
    this.#bytes = undefined;
    return (this.#exact ??= new ExactReader(chunksOf(this.#blob.slice(this.#at))));
  }
}

/** By the default reader; of a Blob without streams, as jsdom's are, in slices. */
function chunksOf(blob: Blob): Chunks {
  if (typeof blob.stream !== "function") return slicesOf(blob);
  const reader = blob.stream().getReader() as ReadableStreamDefaultReader<unknown>;
  return {
    read: async () => {
      const { done, value } = await reader.read();
      if (done) return undefined;
      if (ArrayBuffer.isView(value)) return value as Bytes;
      throw new InputError("the Blob's stream must give Uint8Array chunks");
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function slicesOf(blob: Blob): Chunks {
  let at = 0;
  return {
    read: async (most) => {
      if (at >= blob.size) return undefined;
      const chunk = await bytesOfBlob(blob.slice(at, at + Math.min(most, SLICE)));
      at += chunk.byteLength;
      return chunk;
    },
    cancel: () => {},
  };
}

/** Bytes that are read at once where nothing can be streamed. */
const SLICE = 1024 * 1024;

/** Nothing where the stream hangs. */
function readInTime(reader: ReadableStreamBYOBReader, into: Bytes): Promise<ReadableStreamReadResult<Bytes> | undefined> {
  return withTimeout<ReadableStreamReadResult<Bytes> | undefined>(reader.read(into), READ_TIMEOUT, () => undefined);
}
