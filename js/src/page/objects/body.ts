/** A body, produced once, like a `Response`'s. */
import { joined, type Bytes } from "../../shared/bytes.js";
import { AsyncCloseable } from "../../shared/closeable.js";
import { GrowingBytes } from "../../shared/growing-bytes.js";
import {
  asStrongroomError,
  bodyClosed,
  ConsumedError,
  InternalError,
  TooLargeError,
  type StrongroomError,
} from "../../shared/errors/index.js";
import type { Encrypted } from "../../shared/protocol/body-calls.js";
import type { BodyReader } from "./body-reader.js";
import { saveTo, type SaveTarget } from "./save.js";

/** What an encrypted object and a decrypted one share. */
export abstract class Body extends AsyncCloseable {
  /** The object's id: the RFC 7638 thumbprint of its data key. */
  readonly id: string;
  /** Bytes that the body will give; `undefined` where the input's size is not known. */
  readonly size: number | undefined;
  /** The header, as it is stored: an Encrypted JWK (RFC 7517 §7) in JSON. Empty where the vault keeps it. */
  readonly header: Bytes;
  /** @internal */
  protected readonly reader: BodyReader;

  /** @internal */
  constructor(reader: BodyReader, { id, size, header }: Encrypted) {
    super();
    this.reader = reader;
    this.id = id;
    this.size = size;
    this.header = header;
  }

  /** Claims the body for one reader; `stopped` is told when it ends early. @internal */
  protected take(stopped?: (reason: StrongroomError) => void): BodyReader {
    this.reader.take(stopped);
    return this.reader;
  }

  /** The body as a stream, in constant memory: nothing is read ahead of the engine's one batch. */
  stream(): ReadableStream<Bytes> {
    return streamOf((stopped) => this.take(stopped));
  }

  /**
   * Writes the body to a file, in constant memory, and closes it: to the one that a handle names, from `showSaveFilePicker`
   * or OPFS, or to a stream. Where that fails or is aborted, a file that is named by a handle stays as it was.
   *
   * @throws UnsupportedError where a browser has no `createWritable`; StorageError and QuotaError of the file
   */
  async saveTo(target: SaveTarget): Promise<void> {
    return saveTo(target, () => this.stream());
  }

  /** The whole body in one buffer. @throws TooLargeError beyond what the browser can hold */
  async bytes(): Promise<Bytes> {
    const reader = this.take();
    try {
      return await collect(reader, this.size);
    } catch (error) {
      const failure = tooLarge(error) ?? asStrongroomError(error);
      reader.stop(failure);
      throw failure;
    }
  }

  /** As `bytes`, for what takes an ArrayBuffer. @throws TooLargeError beyond what the browser can hold */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /** Frees what the body holds. Harmless when it was read, or closed before. */
  async close(): Promise<void> {
    this.reader.stop(bodyClosed());
  }

  /** @internal */
  protected async collectBlob(type: string): Promise<Blob> {
    const reader = this.take();
    const parts: (Blob | Bytes)[] = [];
    let folded = 0;
    for (;;) {
      const chunks = await reader.next();
      if (!chunks) return new Blob(parts, { type });
      parts.push(...chunks);
      if (parts.length >= folded + FOLD) folded = parts.push(new Blob(parts.splice(folded)));
    }
  }
}

/** @internal */
export function streamOf(take: (stopped: (reason: StrongroomError) => void) => BodyReader): ReadableStream<Bytes> {
  let controller: ReadableStreamDefaultController<Bytes>;
  // What it has made and nobody took is dropped.
  const reader = take((reason) => controller.error(reason));
  return new ReadableStream<Bytes>(
    {
      start: (given) => {
        controller = given;
      },
      pull: async () => {
        const chunks = await reader.next();
        for (const chunk of chunks ?? []) controller.enqueue(chunk);
        if (reader.done) controller.close();
      },
      cancel: () => reader.stop(new ConsumedError("this body's stream was cancelled")),
    },
    { highWaterMark: 0 },
  );
}

/**
 * Segments that a growing Blob holds in this page's own memory, 16 MiB of them. Folded into a Blob of their
 * own, they are the browser's to keep, on disk where it likes.
 */
const FOLD = 64;

/** `size` is what the writer of an object that is encrypted again says of it: a bound, and nothing is reserved for it. */
async function collect(reader: BodyReader, size: number | undefined): Promise<Bytes> {
  const chunks: Bytes[] = [];
  const whole = size === undefined ? undefined : new GrowingBytes(size);
  for (;;) {
    const batch = await reader.next();
    if (!batch) return whole?.done() ?? joined(chunks);
    for (const chunk of batch) {
      if (!whole) chunks.push(chunk);
      else if (!whole.push(chunk)) throw new InternalError("a body longer than it was to be");
    }
  }
}

/** An allocation that fails is a `RangeError`, in every engine. @internal */
export function tooLarge(error: unknown): TooLargeError | undefined {
  if (!(error instanceof RangeError)) return undefined;
  return new TooLargeError("too large for one buffer; use stream()", { cause: error });
}
