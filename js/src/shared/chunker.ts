/** Cuts what comes in chunks of any size. */
import type { Bytes } from "./bytes.js";

/** Reads the chunks of one source in order; nothing is copied. @internal */
export class Chunker {
  readonly #read: (most: number) => Promise<Bytes | undefined>;
  #rest: Bytes | undefined;

  /** `read` returns the next chunk, where it can of at most `most` bytes, and `undefined` at the end. */
  constructor(read: (most: number) => Promise<Bytes | undefined>) {
    this.#read = read;
  }

  /** The next bytes, at least one and at most `most`; `undefined` at the end. */
  async next(most: number): Promise<Bytes | undefined> {
    let chunk = this.#rest;
    this.#rest = undefined;
    while (!chunk?.byteLength) {
      chunk = await this.#read(most);
      if (!chunk) return undefined;
    }
    if (chunk.byteLength > most) this.#rest = chunk.subarray(most);
    return chunk.subarray(0, most);
  }

  /** The next `size` bytes in pieces; fewer only at the end. */
  async take(size: number): Promise<Bytes[]> {
    const pieces: Bytes[] = [];
    for (let missing = size; missing > 0; ) {
      const piece = await this.next(missing);
      if (!piece) break;
      pieces.push(piece);
      missing -= piece.byteLength;
    }
    return pieces;
  }

  /** Whether nothing follows: only what follows shows that there is more. */
  async atEnd(): Promise<boolean> {
    this.#rest = await this.next(Infinity);
    return this.#rest === undefined;
  }
}
