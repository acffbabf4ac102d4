/** Hashes of a body's blocks, by which whoever reads it knows it again. A block ends where its segment does. */
import { joined } from "../../shared/bytes.js";

/** SHA-256 of bytes. */
export type Digest = (piece: Uint8Array) => Promise<Uint8Array>;

/** The SHA-256 of each block, one after the other; `front` stands before the first one. */
export async function hashBlocks(front: Uint8Array | undefined, blocks: readonly Uint8Array[], digest: Digest): Promise<Uint8Array> {
  const whole = (block: Uint8Array, at: number): Uint8Array => (at === 0 && front?.byteLength ? joined([front, block]) : block);
  return joined(await Promise.all(blocks.map((block, at) => digest(whole(block, at)))));
}

/** A body of unknown size is asked about after so many bytes, whether it can still be signed: 1 GiB. */
const ASKED_AFTER = 1024 ** 3;

/** Keeps the hashes of a body as it is made. */
export class BlockHashes {
  readonly #hashes: Uint8Array[] = [];
  readonly #fits: ((size: number) => Promise<unknown>) | undefined;
  #size = 0;

  /** @param fits rejects for more bytes than a signature covers */
  constructor(fits?: (size: number) => Promise<unknown>) {
    this.#fits = fits;
  }

  /** Those of the next blocks, which have so many bytes in all. */
  async push(hashes: Uint8Array, size: number): Promise<void> {
    const before = this.#size;
    this.#hashes.push(hashes);
    this.#size += size;
    if (Math.floor(before / ASKED_AFTER) < Math.floor(this.#size / ASKED_AFTER)) await this.#fits?.(this.#size);
  }

  /** Bytes of the body so far. */
  get size(): number {
    return this.#size;
  }

  bytes(): Uint8Array {
    return joined(this.#hashes);
  }
}
