/** Readers: what gives an input piece by piece, where the wasm is. */
import type { Bytes } from "../../shared/bytes.js";

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
