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
    if (prefix) {
      this.#shape.prefix = undefined;
      return this.#batch([prefix], false);
    }
    for (;;) {
      const piece = await this.#reader?.read();
      const chunks = await this.#cut(piece);
      if (chunks.length > 0 || !piece) return this.#batch(chunks as Bytes[], !piece);
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
    const batch = { chunks, processed: this.#processed, done };
    return transfer(
      batch,
      chunks.map((chunk) => chunk.buffer),
    );
  }
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
