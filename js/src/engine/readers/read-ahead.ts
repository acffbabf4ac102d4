import type { Bytes } from "../../shared/bytes.js";
import type { Reader } from "./reader.js";

/** Reads one piece ahead, from the first read on, so that reading and encrypting overlap. */
export class ReadAhead {
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
    // The next read sees the failure; until then it must not count as unhandled.
    ahead.catch(() => {});
    this.#next = () => ahead;
    return piece;
  }

  reuse(piece: Bytes): void {
    this.#reader.reuse?.(piece);
  }
}
