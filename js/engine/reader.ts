/** Readers: what gives an input piece by piece, where the wasm is. */
import type { Body } from "./bodies.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** An input from its beginning to its end. Never two `read`s at once. */
export interface Reader {
  /** So many bytes; fewer only at the end, and nothing after it. */
  read(size: number): Promise<Bytes | undefined>;
  /** Takes a piece back that nobody looks at any more: the next may stand in its place. */
  reuse?(piece: Bytes): void;
  /** Stops; a pending read may then never settle with bytes. */
  cancel(): void;
}

/** An input that comes in chunks of sizes of its own, wherever possible not above `most`. */
export interface Chunks {
  read(most: number): Promise<Bytes | undefined>;
  cancel(): void;
}

/** The plaintext of a body that is decrypted, for another to read. */
export class Plain implements Chunks {
  readonly #body: Pick<Body, "pull" | "drop">;
  #chunks: Bytes[] = [];
  #done = false;

  constructor(body: Pick<Body, "pull" | "drop">) {
    this.#body = body;
  }

  async read(): Promise<Bytes | undefined> {
    while (this.#chunks.length === 0 && !this.#done) {
      const { chunks, done } = await this.#body.pull();
      this.#chunks = chunks;
      this.#done = done;
    }
    return this.#chunks.shift();
  }

  cancel(): void {
    this.#body.drop();
  }
}

/** Makes pieces of exact sizes of whatever chunks there are. A chunk that has the size is not copied. */
export class Exact implements Reader {
  readonly #chunks: Chunks;
  #rest: Bytes | undefined;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  async read(size: number): Promise<Bytes | undefined> {
    const first = await this.#next(size);
    if (!first || first.byteLength === size) return first;
    const second = await this.#next(size - first.byteLength);
    // What is alone needs no room for others.
    return second ? this.#joined(size, first, second) : first;
  }

  cancel(): void {
    this.#chunks.cancel();
  }

  async #joined(size: number, first: Bytes, second: Bytes): Promise<Bytes> {
    const whole = new Uint8Array(size);
    whole.set(first);
    let filled = first.byteLength;
    for (let chunk: Bytes | undefined = second; chunk; chunk = await this.#next(size - filled)) {
      whole.set(chunk, filled);
      filled += chunk.byteLength;
      if (filled === size) break;
    }
    return whole.subarray(0, filled);
  }

  /** The next chunk that is not empty, or what is left of the last; no more than `most` bytes of it. */
  async #next(most: number): Promise<Bytes | undefined> {
    let chunk = this.#rest;
    this.#rest = undefined;
    while (!chunk?.byteLength) {
      chunk = await this.#chunks.read(most);
      if (!chunk) return undefined;
    }
    if (chunk.byteLength > most) this.#rest = chunk.subarray(most);
    return chunk.subarray(0, most);
  }
}

/** Puts bytes back in front of what comes next. */
export class Front implements Reader {
  readonly #reader: Reader;
  #kept: Bytes | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async read(size: number): Promise<Bytes | undefined> {
    const kept = this.#kept;
    if (!kept) return this.#reader.read(size);
    this.#kept = undefined;
    const rest = await this.#reader.read(size - kept.byteLength);
    if (!rest) return kept;
    const both = new Uint8Array(kept.byteLength + rest.byteLength);
    both.set(kept);
    both.set(rest, kept.byteLength);
    return both;
  }

  reuse(piece: Bytes): void {
    this.#reader.reuse?.(piece);
  }

  cancel(): void {
    this.#reader.cancel();
  }

  /** As `read`; nothing is no bytes. */
  async take(size: number): Promise<Bytes> {
    return (await this.read(size)) ?? new Uint8Array(0);
  }

  /** What was taken last; fewer bytes than what is read next. */
  unread(bytes: Bytes): void {
    this.#kept = bytes;
  }
}

/** Reads one piece ahead, from the first read on, so that reading and encrypting overlap. */
export class Ahead {
  readonly #reader: Reader;
  readonly #size: number;
  #next: () => Promise<Bytes | undefined>;

  /** The first piece has `first` bytes, the others `size`. */
  constructor(reader: Reader, first: number, size: number) {
    this.#reader = reader;
    this.#size = size;
    this.#next = () => reader.read(first);
  }

  async read(): Promise<Bytes | undefined> {
    const piece = await this.#next();
    const ahead = piece ? this.#reader.read(this.#size) : Promise.resolve(undefined);
    // Whoever reads next sees the failure; until then it must not count as unhandled.
    ahead.catch(() => {});
    this.#next = () => ahead;
    return piece;
  }

  reuse(piece: Bytes): void {
    this.#reader.reuse?.(piece);
  }
}
