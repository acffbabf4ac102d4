/** One body's segments: fetched together where they are neighbours, opened, and a few of them kept. */
import type { Bytes } from "../../shared/bytes.js";
import {
  asStrongroomError,
  ChangedError,
  DecryptError,
  objectClosed,
  type StrongroomError,
} from "../../shared/errors/index.js";
import { RangeCipher } from "../bodies/aes.js";
import type { Digest } from "../bodies/block-hashes.js";
import type { WasmRanges } from "../wasm/bindings.js";

/** Segments that one read gives at most: 1 MiB. */
const STEP = 4;
/** Segments that are fetched at once: what two readers ask for who read side by side. */
const MOST_AT_ONCE = 2 * STEP;
/** Segments that are kept, 2 MiB: one step, and what a reader of a container's tables comes back to. */
const KEPT_SEGMENTS = 8;

/** Where the body's bytes are. */
export interface BodyBytes {
  read(from: number, to: number): Promise<Bytes>;
  /** Whether the body still begins as it did. */
  unchanged(): Promise<boolean>;
}

/** Plaintext that a read waits for. */
interface Awaited {
  readonly plain: Promise<Bytes>;
  resolve(plain: Bytes): void;
  reject(reason: StrongroomError): void;
}

export class SegmentCache {
  readonly #ranges: WasmRanges;
  readonly #cipher: RangeCipher;
  readonly #stored: BodyBytes;
  /** The one that was used last is the last. */
  readonly #kept = new Map<number, Bytes>();
  readonly #awaited = new Map<number, Awaited>();
  /** Those of the awaited that nobody fetches yet. */
  #wanted: number[] = [];
  #closed = false;

  constructor(ranges: WasmRanges, stored: BodyBytes, digest: Digest) {
    this.#ranges = ranges;
    this.#cipher = new RangeCipher(ranges, digest);
    this.#stored = stored;
  }

  /** Bytes of plaintext. */
  get size(): number {
    return this.#ranges.size;
  }

  /** Opens the last segment, which shows that none is missing: the call before any other. */
  async prove(): Promise<void> {
    const last = this.#segment(this.#ranges.segments - 1);
    this.#fetchWanted();
    await last;
    this.#live();
    this.#ranges.whole();
  }

  /**
   * Plaintext from one place to another, or the first step of it. `more`: another call follows at once, whose
   * segments may be neighbours.
   */
  async read(from: number, to: number, more: boolean): Promise<Bytes> {
    this.#live();
    const [first, end, skip] = this.#ranges.span(from, to);
    const indices = Array.from({ length: Math.min(end - first, STEP) }, (_, at) => first + at);
    const asked = Promise.all(indices.map((index) => this.#segment(index)));
    if (!more) this.#fetchWanted();
    const segments = await asked;
    this.#live();
    const there = segments.reduce((sum, { byteLength }) => sum + byteLength, -skip);
    const plain = new Uint8Array(Math.max(0, Math.min(to - from, there)));
    let at = 0;
    segments.forEach((segment, place) => {
      const part = segment.subarray(place === 0 ? skip : 0).subarray(0, plain.byteLength - at);
      plain.set(part, at);
      at += part.byteLength;
    });
    return plain;
  }

  /** Wipes what is kept; reads that wait fail. */
  close(): void {
    this.#closed = true;
    for (const plain of this.#kept.values()) plain.fill(0);
    this.#kept.clear();
    for (const { reject } of this.#awaited.values()) reject(objectClosed());
    this.#awaited.clear();
    this.#ranges.free();
  }

  #live(): void {
    if (this.#closed) throw objectClosed();
  }

  async #segment(index: number): Promise<Bytes> {
    const kept = this.#kept.get(index);
    if (!kept) return this.#await(index).plain;
    this.#keep(index, kept);
    return kept;
  }

  #keep(index: number, plain: Bytes): void {
    this.#kept.delete(index);
    this.#kept.set(index, plain);
    const [oldest] = this.#kept.keys();
    // Not wiped: a read may be about to copy it.
    if (this.#kept.size > KEPT_SEGMENTS && oldest !== undefined) this.#kept.delete(oldest);
  }

  #await(index: number): Awaited {
    const already = this.#awaited.get(index);
    if (already) return already;
    this.#wanted.push(index);
    const awaited = promised();
    this.#awaited.set(index, awaited);
    return awaited;
  }

  #fetchWanted(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    wanted.sort((a, b) => a - b);
    while (wanted.length > 0) {
      const [first = 0] = wanted;
      let end = first;
      while (wanted[0] === end && end < first + MOST_AT_ONCE) {
        wanted.shift();
        end++;
      }
      void this.#fetch(first, end);
    }
  }

  async #fetch(first: number, end: number): Promise<void> {
    try {
      const opened = await this.#open(first, end);
      opened.forEach((plain, at) => {
        if (this.#closed) plain.fill(0);
        else this.#settle(first + at, plain);
      });
    } catch (error) {
      const reason = await this.#reason(error);
      for (let index = first; index < end; index++) {
        this.#awaited.get(index)?.reject(reason);
        this.#awaited.delete(index);
      }
    }
  }

  async #open(first: number, end: number): Promise<Bytes[]> {
    this.#live();
    const cipher = await this.#stored.read(...this.#ranges.place(first, end));
    this.#live();
    return (await this.#cipher.open(first, cipher)) as Bytes[];
  }

  #settle(index: number, plain: Bytes): void {
    this.#keep(index, plain);
    this.#awaited.get(index)?.resolve(plain);
    this.#awaited.delete(index);
  }

  /** A body that was replaced does not decrypt: that is told apart from one that was tampered with. */
  async #reason(error: unknown): Promise<StrongroomError> {
    const reason = asStrongroomError(error);
    if (!(reason instanceof DecryptError) || this.#closed) return reason;
    try {
      return (await this.#stored.unchanged()) ? reason : new ChangedError("the object was replaced; open it again");
    } catch (failure) {
      return asStrongroomError(failure);
    }
  }
}

function promised(): Awaited {
  let settle: Pick<Awaited, "resolve" | "reject">;
  const plain = new Promise<Bytes>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { plain, ...settle! };
}
