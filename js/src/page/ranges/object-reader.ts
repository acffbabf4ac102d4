/** An object that is read in parts. */
import { abortable, aborted, throwIfAborted } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { Closeable } from "../../shared/closeable.js";
import { GrowingBytes } from "../../shared/growing-bytes.js";
import { ArgumentError, objectClosed } from "../../shared/errors/index.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Covers, OpenedBy, Origin } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, type Checks } from "../../shared/options.js";
import type { DecryptRequest } from "../../shared/protocol/body-calls.js";
import type { Opened } from "../../shared/protocol/range-calls.js";
import { frozen } from "../../shared/text.js";
import { tooLarge } from "../objects/body.js";
import { openedMetadata } from "../objects/own-metadata.js";
import { saveTo, type SaveTarget } from "../objects/save.js";
import type { Connection } from "../runtime/connection.js";
import { rangeBytesOf, withCause, type ObjectSource, type RangeBytes } from "./range-source.js";

export interface StreamOptions extends AbortOptions {
  /** The first byte of plaintext; 0 unless given. */
  from?: number | undefined;
  /** The byte after the last; the object's end unless given. */
  to?: number | undefined;
}

const STREAM = { ...ABORT, from: check.number, to: check.number } satisfies Checks<StreamOptions>;

/** @internal */
export async function openFrom(
  request: DecryptRequest,
  source: ObjectSource,
  connection: Connection,
  signal?: AbortSignal,
): Promise<ObjectReader> {
  const parts = await abortable(signal, () => rangeBytesOf(source, signal), (late) => late.close());
  const number = connection.registerObject(parts);
  const drop = (): void => void connection.peer.call("drop", number).catch(() => {});
  try {
    const open = () => connection.peer.call("openObject", number, parts.wire(number), request);
    // One that was aborted is dropped at once where the engine has it, otherwise as soon as it is open.
    const opened = await abortable(signal, open, drop);
    return new ObjectReader(connection, number, parts, opened);
  } catch (error) {
    connection.forget(number);
    parts.close();
    if (signal?.aborted) drop();
    throw withCause(error, parts);
  }
}

/**
 * What `openObject` opens: any part of its plaintext, as often as wanted, until it is closed or the vault is
 * locked. Its end was seen, so that it is whole; nothing comes out that was not authenticated. The 2 MiB that were
 * read last are kept, in the vault's Worker.
 */
export class ObjectReader extends Closeable {
  /** The object's id: the RFC 7638 thumbprint of its data key. */
  readonly id: string;
  /** Bytes of plaintext. */
  readonly size: number;
  /** What travelled with the object; empty for a plain run of bytes. Chosen by its writer. */
  readonly metadata: FileMetadata;
  /** `"own"`: written under a key that only the opener has, or signed by the vault's identity. `"unsigned"`: the writer is unproven. */
  readonly origin: Origin;
  /** What the signature covers of an object that is for others too: with `"header"`, each of them can have written the body. */
  readonly covers: Covers | undefined;
  /** The version that opened it; `undefined` outside a vault. */
  readonly version: OpenedBy | undefined;
  readonly #connection: Connection;
  readonly #number: number;
  readonly #parts: RangeBytes;
  #asked: ((more: boolean) => void)[] = [];
  #closed = false;

  /** @internal */
  constructor(connection: Connection, number: number, parts: RangeBytes, opened: Opened) {
    super();
    this.#connection = connection;
    this.#number = number;
    this.#parts = parts;
    this.id = opened.id;
    this.size = opened.size;
    this.metadata = openedMetadata(opened.metadata);
    this.origin = opened.origin;
    this.covers = opened.covers;
    this.version = frozen(opened.version);
  }

  /**
   * Plaintext from a place on: `length` bytes, or fewer at the object's end. What is being fetched for a read that is
   * aborted is kept for the next.
   *
   * @throws ChangedError when the object was replaced; DecryptError; InputError when it could not be fetched:
   *   reading again may work
   */
  async read(offset: number, length: number, options?: AbortOptions): Promise<Bytes> {
    const { signal } = optionsOf(options, ABORT);
    if (!Number.isSafeInteger(offset)) throw new ArgumentError("offset must be a byte of the object");
    if (!Number.isSafeInteger(length) || length < 0) throw new ArgumentError("length must be a number of bytes");
    const { from, to } = this.#range(offset, Math.min(offset + length, this.size));
    return abortable(signal, () => this.#read(from, to, signal));
  }

  async #read(from: number, to: number, signal: AbortSignal | undefined): Promise<Bytes> {
    try {
      const plain = new GrowingBytes(to - from);
      for await (const part of this.#steps(from, to)) {
        throwIfAborted(signal);
        if (part.byteLength === to - from) return part;
        plain.push(part);
      }
      return plain.done();
    } catch (error) {
      throw tooLarge(error) ?? error;
    }
  }

  /** Plaintext in order, a step of about 1 MiB at a time; one step is read ahead. */
  stream(options?: StreamOptions): ReadableStream<Bytes> {
    const { from: start = 0, to: end = this.size, signal } = optionsOf(options, STREAM);
    const { from, to } = this.#range(start, end);
    const steps = this.#steps(from, to);
    const ended = new AbortController();
    return new ReadableStream<Bytes>(
      {
        start: (controller) => {
          const abort = (): void => controller.error(aborted(signal));
          signal?.addEventListener("abort", abort, { signal: ended.signal });
          if (signal?.aborted) abort();
        },
        pull: async (controller) => {
          const { value } = await steps.next().catch((error: unknown) => {
            ended.abort();
            throw error;
          });
          if (signal?.aborted) return;
          // Only an empty range has an empty step.
          if (value && value.byteLength > 0) return controller.enqueue(value);
          controller.close();
          ended.abort();
        },
        cancel: () => ended.abort(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Writes the whole plaintext to a file, as `DecryptedObject.saveTo` does. The signal ends it. */
  async saveTo(target: SaveTarget, options?: AbortOptions): Promise<void> {
    const { signal } = optionsOf(options, ABORT);
    return saveTo(target, () => this.stream({ signal }));
  }

  /** Ends the object's key and wipes what was kept of it. Harmless when it was closed before. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.close();
    this.#connection.forget(this.#number);
    this.#connection.peer.call("drop", this.#number).catch(() => {});
  }

  #range(from: number, to: number): { from: number; to: number } {
    const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
    if (!whole || from < 0 || from > to || to > this.size) {
      throw new ArgumentError("the range must be within the object");
    }
    return { from, to };
  }

  /** One step ahead of their reader. An empty range is asked for too, so that a locked vault says so. */
  async *#steps(from: number, to: number): AsyncGenerator<Bytes, void, undefined> {
    let next: Promise<Bytes> | undefined = this.#step(from, to);
    for (let at = from; next; ) {
      const bytes: Bytes = await next;
      at += bytes.byteLength;
      next = at < to ? this.#step(at, to) : undefined;
      // Its reader sees the failure; until then it must not count as unhandled.
      next?.catch(() => {});
      yield bytes;
    }
  }

  async #step(from: number, to: number): Promise<Bytes> {
    try {
      return await this.#ask(from, to);
    } catch (error) {
      if (this.#closed) throw objectClosed();
      throw withCause(error, this.#parts);
    }
  }

  /** What is asked for in one turn is sent together, so that neighbours are fetched by one request. */
  #ask(from: number, to: number): Promise<Bytes> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) queueMicrotask(() => this.#send());
      this.#asked.push((more) => {
        this.#connection.peer.call("readObject", this.#number, from, to, more).then(resolve, reject);
      });
    });
  }

  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    asked.forEach((send, at) => send(at < asked.length - 1));
  }
}
