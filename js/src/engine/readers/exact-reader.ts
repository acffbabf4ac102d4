import type { Bytes } from "../../shared/bytes.js";
import { Chunker } from "../../shared/chunker.js";
import { GrowingBytes } from "../../shared/growing-bytes.js";
import type { Chunks, Reader } from "./reader.js";

/** Makes pieces of exact sizes out of chunks of any size. A chunk that has the size is not copied. */
export class ExactReader implements Reader {
  readonly #chunks: Chunks;
  readonly #chunker: Chunker;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
    this.#chunker = new Chunker((most) => chunks.read(most));
  }

  async read(size: number): Promise<Bytes | undefined> {
    const first = await this.#chunker.next(size);
    if (!first || first.byteLength === size) return first;
    const second = await this.#chunker.next(size - first.byteLength);
    // What is alone needs no room for others.
    return second ? this.#joined(size, first, second) : first;
  }

  cancel(): void {
    this.#chunks.cancel();
  }

  async #joined(size: number, first: Bytes, second: Bytes): Promise<Bytes> {
    const whole = new GrowingBytes(size);
    whole.push(first);
    for (let chunk: Bytes | undefined = second; chunk; chunk = await this.#chunker.next(size - whole.size)) {
      whole.push(chunk);
      if (whole.size === size) break;
    }
    return whole.done();
  }
}
