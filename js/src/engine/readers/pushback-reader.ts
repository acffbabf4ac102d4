import { joined, type Bytes } from "../../shared/bytes.js";
import type { Reader } from "./reader.js";

/** Puts bytes back in front of what comes next. */
export class PushbackReader implements Reader {
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
    return rest ? joined([kept, rest]) : kept;
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
