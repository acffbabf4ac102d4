/** Reading inputs where the wasm is. */
import { ChangedError, InputError } from "../errors.js";
import type { PageCalls, WireInput } from "../protocol.js";
import type { Peer } from "../rpc.js";
import type { Body } from "./bodies.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Pieces of an input in order; `undefined` at its end. Never two `read`s at once. */
export interface Reader {
  read(): Promise<Bytes | undefined>;
  /** Stops; a pending read may then never settle with bytes. */
  cancel(): void;
}

/** Four segments: enough for the sealer to keep several in flight, and small beside a page. */
export const PIECE = 1024 * 1024;

export function openInput(input: WireInput, page: Peer<PageCalls>): Reader {
  switch (input.kind) {
    case "blob":
      return new BlobReader(input.blob);
    case "bytes":
      return onceReader(input.bytes);
    case "pull":
      return { read: () => page.call("read", input.source), cancel: () => {} };
  }
}

/** Bytes of the input, where that is known before it is read. */
export function inputSize(input: WireInput): number | undefined {
  if (input.kind === "blob") return input.blob.size;
  return input.kind === "bytes" ? input.bytes.byteLength : input.size;
}

/** The default stream reader: BYOB readers of a Blob hang now and then in Chromium's Workers. */
class BlobReader implements Reader {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;

  constructor(blob: Blob) {
    this.#reader = blob.stream().getReader();
  }

  async read(): Promise<Bytes | undefined> {
    try {
      return (await this.#reader.read()).value;
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }
}

/** A file that changed on disk after it was chosen reads as `NotReadableError` (File API §6.3). */
export function unreadable(cause: unknown): InputError | ChangedError {
  const name = (cause as Partial<Error> | undefined)?.name;
  return name === "NotReadableError" || name === "NotFoundError"
    ? new ChangedError("the file changed or was removed since it was chosen", { cause })
    : new InputError(`the input could not be read: ${String(cause)}`, { cause });
}

function onceReader(bytes: Bytes): Reader {
  let rest: Bytes | undefined = bytes.byteLength > 0 ? bytes : undefined;
  return {
    read: () => {
      const now = rest;
      rest = undefined;
      return Promise.resolve(now);
    },
    cancel: () => {
      rest = undefined;
    },
  };
}

/** The plaintext of a body that is decrypted, for another to read. */
export class Plain implements Reader {
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

/** Takes exact lengths off the front of a reader, and lets the rest flow on. */
export class Front implements Reader {
  readonly #reader: Reader;
  #kept: Bytes | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  read(): Promise<Bytes | undefined> {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept ? Promise.resolve(kept) : this.#reader.read();
  }

  cancel(): void {
    this.#reader.cancel();
  }

  /** `length` bytes, or fewer where the input is shorter. */
  async take(length: number): Promise<Bytes> {
    const taken = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const piece = await this.read();
      if (!piece) break;
      const part = piece.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.byteLength;
      if (part.byteLength < piece.byteLength) this.unread(piece.subarray(part.byteLength));
    }
    return taken.subarray(0, filled);
  }

  /** Puts bytes back in front of what comes next. */
  unread(bytes: Bytes): void {
    const kept = this.#kept;
    if (!kept) {
      this.#kept = bytes;
      return;
    }
    const both = new Uint8Array(bytes.byteLength + kept.byteLength);
    both.set(bytes);
    both.set(kept, bytes.byteLength);
    this.#kept = both;
  }
}

/**
 * Gathers small pieces into pieces of 1 MiB, cuts large ones (Firefox reads a Blob in memory at
 * once), and reads one piece ahead, so that reading and encrypting overlap.
 */
export class Gathered implements Reader {
  readonly #reader: Reader;
  #ahead: Promise<Bytes | undefined> | undefined;
  #rest: Bytes | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async read(): Promise<Bytes | undefined> {
    const piece = await (this.#ahead ?? this.#gather());
    this.#ahead = undefined;
    if (piece) {
      this.#ahead = this.#gather();
      // Whoever reads next sees the failure; until then it must not count as unhandled.
      this.#ahead.catch(() => {});
    }
    return piece;
  }

  cancel(): void {
    this.#reader.cancel();
  }

  async #gather(): Promise<Bytes | undefined> {
    const first = await this.#next();
    if (!first || first.byteLength === PIECE) return first;
    if (first.byteLength > PIECE) {
      this.#rest = first.subarray(PIECE);
      return first.subarray(0, PIECE);
    }
    let piece = await this.#next();
    // What is alone needs no room for others.
    if (!piece) return first;
    const gathered = new Uint8Array(PIECE);
    gathered.set(first);
    let filled = first.byteLength;
    while (piece) {
      const part = piece.subarray(0, PIECE - filled);
      gathered.set(part, filled);
      filled += part.byteLength;
      if (part.byteLength < piece.byteLength) this.#rest = piece.subarray(part.byteLength);
      if (filled === PIECE) break;
      piece = await this.#next();
    }
    return gathered.subarray(0, filled);
  }

  #next(): Promise<Bytes | undefined> {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest ? Promise.resolve(rest) : this.#reader.read();
  }
}
