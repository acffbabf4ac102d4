/** Results: an object's or a plaintext's body, produced once, like a `Response`'s. */
import { Closeable } from "./closeable.js";
import type { Connection } from "./connection.js";
import type { AttachOptions } from "./contents.js";
import { frozenJson } from "./context.js";
import {
  AbortedError,
  ArgumentError,
  asStrongroomError,
  ClosedError,
  ConsumedError,
  TooLargeError,
  type StrongroomError,
} from "./errors.js";
import { harmlessType } from "./harmless.js";
import type { FileMetadata, Input, Source } from "./inputs.js";
import type { TrackedObject, TrackOptions } from "./inventory.js";
import { cut, partSize, type Part, type PartOptions } from "./parts.js";
import type { Batch, Begun, Decrypted, Encrypted } from "./protocol.js";
import type { Passes } from "./passes.js";
import type { Sidecar } from "./sidecars.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of the input that were processed, or headers where headers are; `total` where it is known. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
}

export interface Watch {
  /** Stops within one segment; what is pending rejects with `AbortedError`. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Pulls one body out of the engine, and ends it early. @internal */
export class Pump {
  readonly #connection: Connection;
  readonly #source: Source;
  readonly #watch: Watch;
  readonly #number: number;
  #begun: Promise<Begun> | undefined;
  /** A batch that came with the answer. */
  #first: Batch | undefined;
  #taken = false;
  #done = false;
  #failure: StrongroomError | undefined;
  #reject: ((reason: StrongroomError) => void) | undefined;
  #stopped: ((reason: StrongroomError) => void) | undefined;

  constructor(connection: Connection, source: Source, watch: Watch) {
    this.#connection = connection;
    this.#source = source;
    this.#watch = watch;
    this.#number = connection.register(source);
    if (watch.signal?.aborted) this.#abort();
    else watch.signal?.addEventListener("abort", this.#abort);
  }

  /** Runs the call that begins the body; a failure or an abort ends it. */
  async begin<T extends Begun>(start: (number: number) => Promise<T>): Promise<T> {
    const begun = await this.#guard(() => start(this.#number));
    this.#first = begun.first;
    return begun;
  }

  /** As `begin`, for who does not wait: what fails, the first read fails with. */
  beginning(start: (number: number) => Promise<Begun>): this {
    this.#begun = this.begin(start);
    this.#begun.catch(() => {});
    return this;
  }

  /** Claims the body for one reader; `stopped` is told when it ends early. */
  take(stopped?: (reason: StrongroomError) => void): void {
    if (this.#taken) throw new ConsumedError("this body was read already");
    if (this.#failure) throw this.#failure;
    this.#taken = true;
    this.#stopped = stopped;
  }

  /** The next few segments; `undefined` at the end, and only there. */
  async next(): Promise<Bytes[] | undefined> {
    if (this.#done) return undefined;
    await this.#begun;
    const batch = await this.#step(() => this.#pull(), this.#watch.onProgress);
    return batch.chunks;
  }

  /** Reads the input to its end in place of the body, and has the vault keep what another pass is held to. */
  async pin(about: string, onProgress: Watch["onProgress"]): Promise<void> {
    const pin = () => this.#connection.peer.call("pin", this.#number, about);
    while (!this.#done) await this.#step(pin, onProgress);
  }

  async #step(call: () => Promise<Batch>, onProgress: Watch["onProgress"]): Promise<Batch> {
    const batch = await this.#guard(call);
    // A callback that throws is the page's own uncaught error, as a listener's is.
    if (onProgress) {
      queueMicrotask(() => onProgress({ done: batch.processed, total: this.#source.total }));
    }
    this.#done = batch.done;
    if (batch.done) this.#leave(new ConsumedError("this body was read already"));
    return batch;
  }

  async #pull(): Promise<Batch> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#connection.peer.call("pull", this.#number);
  }

  /** Whether everything was pulled. */
  get done(): boolean {
    return this.#done;
  }

  /** Ends the body early. Later reads reject with `reason`; so does the pending one. */
  stop(reason: StrongroomError): void {
    if (this.#failure) return;
    this.#leave(reason);
    this.#source.cancel?.(reason);
    this.#connection.peer.call("drop", this.#number).catch(() => {});
    this.#reject?.(reason);
    this.#stopped?.(reason);
  }

  readonly #abort = (): void => {
    const cause: unknown = this.#watch.signal?.reason;
    this.stop(new AbortedError("aborted", { cause }));
  };

  #leave(reason: StrongroomError): void {
    this.#failure = reason;
    this.#first = undefined;
    this.#watch.signal?.removeEventListener("abort", this.#abort);
    this.#connection.forget(this.#number);
  }

  #guard<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      call().then(resolve, (error: unknown) => {
        const failure = this.#source.failure ?? asStrongroomError(error);
        this.stop(failure);
        reject(this.#failure ?? failure);
      });
    });
  }
}

/** What an encrypted object and a decrypted one share. */
abstract class Body extends Closeable {
  /** The object's id: the RFC 7638 thumbprint of its data key. */
  readonly id: string;
  /** Bytes that the body will give; `undefined` where the input's size is not known. */
  readonly size: number | undefined;
  /** The header, as it is stored: an Encrypted JWK (RFC 7517 §7) in JSON. Empty where the vault keeps it. */
  readonly header: Bytes;
  /** @internal */
  protected readonly pump: Pump;

  /** @internal */
  constructor(pump: Pump, { id, size, header }: Encrypted) {
    super();
    this.pump = pump;
    this.id = id;
    this.size = size;
    this.header = header;
  }

  /** Claims the body for one reader; `stopped` is told when it ends early. @internal */
  protected take(stopped?: (reason: StrongroomError) => void): Pump {
    this.pump.take(stopped);
    return this.pump;
  }

  /** The body as a stream, in constant memory: nothing is read ahead of the engine's one batch. */
  stream(): ReadableStream<Bytes> {
    return streamOf((stopped) => this.take(stopped));
  }

  /** The whole body in one buffer. @throws TooLargeError beyond what the browser can hold */
  async bytes(): Promise<Bytes> {
    const pump = this.take();
    try {
      return await collect(pump, this.size);
    } catch (error) {
      const failure = tooLarge(error) ?? asStrongroomError(error);
      pump.stop(failure);
      throw failure;
    }
  }

  /** Frees what the body holds. Harmless when it was read, or closed before. */
  close(): void {
    this.pump.stop(new ClosedError("this body was closed"));
  }

  /** @internal */
  protected async collectBlob(type: string): Promise<Blob> {
    const pump = this.take();
    const parts: (Blob | Bytes)[] = [];
    let folded = 0;
    for (;;) {
      const chunks = await pump.next();
      if (!chunks) return new Blob(parts, { type });
      parts.push(...chunks);
      if (parts.length >= folded + FOLD) folded = parts.push(new Blob(parts.splice(folded)));
    }
  }
}

function streamOf(take: (stopped: (reason: StrongroomError) => void) => Pump): ReadableStream<Bytes> {
  let controller: ReadableStreamDefaultController<Bytes>;
  // What it has made and nobody took is dropped.
  const pump = take((reason) => controller.error(reason));
  return new ReadableStream<Bytes>(
    {
      start: (given) => {
        controller = given;
      },
      pull: async () => {
        const chunks = await pump.next();
        for (const chunk of chunks ?? []) controller.enqueue(chunk);
        if (pump.done) controller.close();
      },
      cancel: () => pump.stop(new ConsumedError("this body's stream was cancelled")),
    },
    { highWaterMark: 0 },
  );
}

/**
 * Segments that a growing Blob holds in this page's own memory, 16 MiB of them. Folded into a Blob of their
 * own, they are the browser's to keep, on disk where it likes.
 */
const FOLD = 64;

/** Enters an object into a vault's inventory. @internal */
export type Track = (object: EncryptedObject, options: TrackOptions) => Promise<TrackedObject>;

export interface ResumeTokenOptions extends Watch {
  /** Where the upload goes, for whoever goes on with it: what its context names, say. Encrypted at rest. */
  location?: string | undefined;
}

/** The vault that an object is made by. @internal */
export interface Home {
  id: string;
  track: Track;
}

/** What an object can do besides being read. @internal */
export interface Beside {
  track: Track | undefined;
  /** None of a sidecar, nor of what is resumed. */
  attach?: (sidecar: Sidecar, input: Input, options: AttachOptions) => Promise<EncryptedObject>;
  /** Of an input that can be read again, in a vault. */
  passes?: Passes | undefined;
}

/**
 * What `encrypt` makes. The header and size are known; the body is made as it is read: once; or, of one that can be
 * resumed, as often as it is asked for.
 */
export class EncryptedObject extends Body {
  readonly #beside: Beside;

  /** @internal */
  constructor(pump: Pump, made: Encrypted, beside: Beside) {
    super(pump, made);
    this.#beside = beside;
  }

  /** Whether its upload can be resumed: after `resumeToken`, and of what `vault.resume` gives. */
  get resumable(): boolean {
    return this.#beside.passes?.begun ?? false;
  }

  /**
   * Makes the object one whose upload can go on after a reload, or on another day: `vault.resume(token, file)` then
   * gives the same object again. For that the file is read through once before any byte of it is encrypted, and a
   * digest of each MiB stays in the vault, so that a file that changed is never encrypted under the same key.
   * Afterwards the body can be read as often as needed, and from any place.
   *
   * @throws ArgumentError unless a vault made the object, of a `File` or `Blob`; ConsumedError when its body was read
   */
  async resumeToken({ location, ...watch }: ResumeTokenOptions = {}): Promise<string> {
    const { passes } = this.#beside;
    if (!passes) throw new ArgumentError("only a vault's object of a File or Blob can be resumed");
    if (!passes.begun) await passes.pin(this.pump, { id: this.id, location }, watch);
    return this.id;
  }

  /** What was remembered of the upload. */
  get note(): string | undefined {
    return this.#beside.passes?.note;
  }

  /** Keeps in the vault what whoever resumes the upload has to know, as `uploadToS3` does with the id it got. */
  async remember(note: string): Promise<void> {
    await this.#live().remember(this.id, note);
  }

  /** Ends that the upload can be resumed: once it is stored. */
  async forget(): Promise<void> {
    await this.#live().forget(this.id);
  }

  #live(): Passes {
    if (!this.#beside.passes?.begun) throw new ArgumentError("call resumeToken() first");
    return this.#beside.passes;
  }

  /** The body as a stream, in constant memory; of one that can be resumed, from any byte on. */
  override stream({ from = 0 }: { from?: number | undefined } = {}): ReadableStream<Bytes> {
    if (!this.resumable && from !== 0) throw new ArgumentError("call resumeToken() first, to read from a place");
    return streamOf((stopped) => this.take(stopped, from));
  }

  /** @internal */
  protected override take(stopped?: (reason: StrongroomError) => void, from = 0): Pump {
    if (!this.#beside.passes?.begun) return super.take(stopped);
    const pump = this.#beside.passes.from(this.id, from);
    pump.take(stopped);
    return pump;
  }

  override close(): void {
    super.close();
    this.#beside.passes?.close();
  }

  /**
   * Encrypts a small object that belongs to this one, such as its thumbnail, under the same key or recipients and
   * in the same context: with an id and a data key of its own, and a header where this one's is. It is read
   * without this object:
   *
   * ```ts
   * const object = await vault.encrypt(photo, { key: "photos", context });
   * const thumbnail = await object.attach("thumbnail", small);
   * await vault.decrypt(await thumbnail.blob(), { context, sidecar: { parent: object.id, name: "thumbnail" } });
   * ```
   *
   * @throws ArgumentError for another name than 1 to 64 of `a-z`, `0-9` and `-`, and for a sidecar's own sidecar
   */
  async attach(name: string, input: Input, options: AttachOptions = {}): Promise<EncryptedObject> {
    const { attach } = this.#beside;
    if (!attach) throw new ArgumentError("a sidecar has none; for an object that is resumed, encrypt with { sidecar }");
    return attach({ parent: this.id, name }, input, options);
  }

  /**
   * Enters the object into its vault's inventory: once it is stored where `location` says.
   *
   * @throws ArgumentError for an object outside any vault
   */
  async track(options: TrackOptions = {}): Promise<TrackedObject> {
    const { track } = this.#beside;
    if (!track) throw new ArgumentError("only a vault keeps an inventory");
    return track(this, options);
  }

  /** The object as a Blob, ready to be uploaded. */
  blob(): Promise<Blob> {
    return this.collectBlob("application/octet-stream");
  }

  /**
   * The object in parts, each made when it is asked for and then held as a Blob, so that it can be sent again as it
   * was; of one that can be resumed, from any part on. `uploadToS3` of `strongroom/s3` does the rest.
   *
   * @throws ArgumentError for parts below 5 MiB or above 5 GiB; TooLargeError for more than 10,000 of them
   */
  parts({ from = 1, ...options }: PartOptions = {}): AsyncIterable<Part> {
    const size = partSize(options, this.size);
    return cut(this.stream({ from: (from - 1) * size }), size, from);
  }
}

/** What `decrypt` opens. Nothing comes out of the body that was not authenticated. */
export class PlainObject extends Body {
  /** What travelled with the object; empty for a plain run of bytes. Chosen by its writer. */
  readonly metadata: FileMetadata;
  /** What it is a sidecar of; `undefined` if it is none. */
  readonly sidecar: Sidecar | undefined;
  /** `"own"`: written under a key that only the opener has. `"unsigned"`: the writer is unproven. */
  readonly origin: "own" | "unsigned";

  /** @internal */
  constructor(pump: Pump, opened: Decrypted, sidecar: string | undefined) {
    super(pump, opened);
    this.metadata = Object.freeze(opened.metadata ?? {});
    this.sidecar = sidecar === undefined ? sidecar : frozenJson(sidecar);
    this.origin = opened.origin;
  }

  /**
   * The plaintext as a Blob. Its type is the stored one where that is harmless to open in the page's
   * own origin (images but SVG, audio, video, PDF, plain text), otherwise
   * `application/octet-stream`; `type` overrides.
   */
  blob({ type }: { type?: string | undefined } = {}): Promise<Blob> {
    return this.collectBlob(type ?? harmlessType(this.metadata.type));
  }

  /** The plaintext as UTF-8 text. */
  async text(): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.bytes());
  }
}

async function collect(pump: Pump, size: number | undefined): Promise<Bytes> {
  const chunks: Bytes[] = [];
  const whole = size === undefined ? undefined : new Uint8Array(size);
  let filled = 0;
  for (;;) {
    const batch = await pump.next();
    if (!batch) return whole ?? joined(chunks, filled);
    for (const chunk of batch) {
      if (whole) whole.set(chunk, filled);
      else chunks.push(chunk);
      filled += chunk.byteLength;
    }
  }
}

function joined(chunks: Bytes[], size: number): Bytes {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** An allocation that fails is a `RangeError`, in every engine. @internal */
export function tooLarge(error: unknown): TooLargeError | undefined {
  if (!(error instanceof RangeError)) return undefined;
  return new TooLargeError("too large for one buffer; use stream()", { cause: error });
}
