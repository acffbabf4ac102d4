import type { Bytes } from "./bytes.js";

/** What is reserved before anything is there: 1 MiB, as much as most pieces have. */
const FIRST = 1024 * 1024;

/**
 * Bytes in one buffer, which grows as they arrive. A size that a header, a store or an answer claims is an upper bound
 * here, and reserves nothing. @internal
 */
export class GrowingBytes {
  readonly #most: number;
  #buffer: Bytes;
  #filled = 0;

  /** Takes `most` bytes and no more. */
  constructor(most: number) {
    this.#most = most;
    this.#buffer = new Uint8Array(Math.min(most, FIRST));
  }

  /** Bytes so far. */
  get size(): number {
    return this.#filled;
  }

  /** Appends a chunk; `false`, and nothing is appended, where there would be too many bytes. */
  push(chunk: Uint8Array): boolean {
    const filled = this.#filled + chunk.byteLength;
    if (filled > this.#most) return false;
    if (filled > this.#buffer.byteLength) this.#grow(filled);
    this.#buffer.set(chunk, this.#filled);
    this.#filled = filled;
    return true;
  }

  /** All that arrived; as few as half of its buffer's bytes, or all of them once `most` did. Nothing follows. */
  done(): Bytes {
    return this.#buffer.subarray(0, this.#filled);
  }

  #grow(least: number): void {
    const before = this.#buffer;
    this.#buffer = new Uint8Array(Math.max(least, Math.min(this.#most, 2 * before.byteLength)));
    this.#buffer.set(before);
  }
}
