/** The bodies in flight: each reads its input, runs it through wasm and waits to be pulled. */
import { ChangedError, ClosedError } from "../errors.js";
import type { Batch } from "../protocol.js";
import { transfer } from "../rpc.js";
import type { Cipher } from "./cipher.js";
import { Gathered, type Reader } from "./reader.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** What stands before the body's own bytes, and how much input there must be. */
export interface Shape {
  prefix: Bytes | undefined;
  /** Bytes that `reader` must give, where that is known. */
  expected: number | undefined;
}

/** Bytes that are worth a message. Fewer only at the end. */
const ENOUGH = 512 * 1024;

/** One body, from its first pull to its end. At most one batch is made ahead of its pull. */
export class Body {
  readonly #source: Reader;
  #reader: Reader | undefined;
  #cipher: Cipher | undefined;
  #shape: Shape = { prefix: undefined, expected: undefined };
  #processed = 0;
  #dropped = false;
  #ahead: Promise<Batch> | undefined;

  constructor(source: Reader) {
    this.#source = source;
  }

  /** Where the input comes from. */
  get source(): Reader {
    return this.#source;
  }

  /** Gives the body its cipher, once the header is made or opened; `reader` gives the source from there on. */
  begin(cipher: Cipher, reader: Reader, shape: Shape): void {
    if (this.#dropped) {
      cipher.free();
      throw gone();
    }
    this.#cipher = cipher;
    this.#reader = new Gathered(reader);
    this.#shape = shape;
  }

  /** The first batch, before it is pulled; nothing where it fails, which the pull tells. */
  async first(): Promise<Batch | undefined> {
    try {
      const batch = await (this.#ahead = this.#step());
      this.#ahead = undefined;
      return batch;
    } catch {
      return undefined;
    }
  }

  async pull(): Promise<Batch> {
    const batch = await (this.#ahead ?? this.#step());
    this.#ahead = undefined;
    if (!batch.done) {
      this.#ahead = this.#step();
      // The next pull sees the failure; until then it must not count as unhandled.
      this.#ahead.catch(() => {});
    }
    return batch;
  }

  /** Frees everything. What is being read or computed at this moment is thrown away. */
  drop(): void {
    this.#dropped = true;
    this.#source.cancel();
    this.#cipher?.free();
    this.#cipher = undefined;
  }

  async #step(): Promise<Batch> {
    const { prefix } = this.#shape;
    const chunks = prefix ? [prefix] : [];
    this.#shape.prefix = undefined;
    for (let size = 0; ; ) {
      const piece = await this.#reader?.read();
      const whole = (await this.#cut(piece)) as Bytes[];
      chunks.push(...whole);
      for (const { byteLength } of whole) size += byteLength;
      if (size >= ENOUGH || !piece) return this.#batch(chunks, !piece);
    }
  }

  /** Runs a piece through wasm, or the end; the input must be as long as it was said to be. */
  #cut(piece: Bytes | undefined): Promise<Uint8Array[]> {
    const { expected = NaN } = this.#shape;
    this.#processed += piece?.byteLength ?? 0;
    if (piece ? this.#processed > expected : this.#processed < expected) throw changed();
    return this.#live().step(piece);
  }

  #live(): Cipher {
    if (!this.#cipher) throw gone();
    return this.#cipher;
  }

  #batch(chunks: Bytes[], done: boolean): Batch {
    return moved({ chunks, processed: this.#processed, done });
  }
}

/** Marks the batch's buffers to move with what it is sent in. */
export function moved(batch: Batch, message: object = batch): Batch {
  transfer(
    message,
    batch.chunks.map((chunk) => chunk.buffer),
  );
  return batch;
}

/** All bodies of one engine, by the numbers the page chose. */
export class Bodies {
  readonly #bodies = new Map<number, Body>();

  async add<T>(number: number, body: Body, begin: () => Promise<T>): Promise<T> {
    this.#bodies.set(number, body);
    try {
      return await begin();
    } catch (error) {
      this.drop(number);
      throw error;
    }
  }

  async pull(number: number): Promise<Batch> {
    const body = this.#bodies.get(number);
    if (!body) throw gone();
    try {
      const batch = await body.pull();
      if (batch.done) this.drop(number);
      return batch;
    } catch (error) {
      this.drop(number);
      throw error;
    }
  }

  drop(number: number): void {
    this.#bodies.get(number)?.drop();
    this.#bodies.delete(number);
  }

  clear(): void {
    for (const number of this.#bodies.keys()) this.drop(number);
  }
}

function gone(): ClosedError {
  return new ClosedError("this body was closed");
}

function changed(): ChangedError {
  return new ChangedError("the input changed its size while it was read; choose it again");
}
