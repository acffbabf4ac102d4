/** One body in flight: it reads its input, runs it through wasm and waits to be pulled. */
import { joined, type Bytes } from "../../shared/bytes.js";
import { bodyClosed, ChangedError } from "../../shared/errors/index.js";
import type { Batch } from "../../shared/protocol/body-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { ReadAhead } from "../readers/read-ahead.js";
import type { Reader } from "../readers/reader.js";
import type { Permit } from "../vault/permit.js";
import type { WasmBody } from "../wasm/bindings.js";
import type { Cipher } from "./aes.js";
import type { Digest } from "./block-hashes.js";

/** What stands before the body's own bytes, how much input there must be, and how it is cut. */
export interface BodyShape {
  prefix: Bytes | undefined;
  /** Bytes that `reader` must give, where that is known. */
  expected: number | undefined;
  /** Bytes that make whole segments: of the first piece, and of any other. */
  pieces: readonly [first: number, other: number];
  /** None of a body outside a vault. */
  permit: Permit | undefined;
  /** Of a body that is encrypted again. */
  again?: Replay;
  /** Of an object that is signed together with its body. */
  signing?: Signing;
}

/** How an object is signed whose signature covers its body. */
export interface Signing {
  /** Before anything goes out: the first pass over the input. It is given up where `dropped` says so. */
  before?(dropped: () => boolean): Promise<SecondPass>;
  /** Once the body was made, before the last of it goes out. */
  after?(): Promise<string>;
}

/** What a first pass leads to: a cipher that gives out what it has seen, what stands before that, and the signature. */
export interface SecondPass {
  cipher: Cipher;
  prefix: Bytes;
  signature: string;
}

/** What its pieces are known again by, and where it begins: after so many bytes of input, without some of output. */
export interface Replay {
  digest: Digest;
  processed: number;
  skip: number;
}

/** Pieces that are digested before a page is told how far that is: 16 MiB. */
const DIGESTED = 16;

/** One body, from its first pull to its end. At most one batch is made ahead of its pull. */
export class BodyTask {
  #source: Reader;
  #input: ReadAhead | undefined;
  #cipher: Cipher | undefined;
  #prefix: Bytes | undefined;
  #expected = NaN;
  #processed = 0;
  #digest: Digest | undefined;
  readonly #digests: Uint8Array[] = [];
  #skip = 0;
  #permit: Permit | undefined;
  #signing: Signing | undefined;
  #signature: string | undefined;
  #dropped = false;
  #ahead: Promise<Batch> | undefined;

  constructor(source: Reader) {
    this.#source = source;
  }

  /** Where the input comes from. */
  get source(): Reader {
    return this.#source;
  }

  /** Gives the body its cipher, once the header is made or opened; `reader` gives the source from there on. */
  begin(cipher: Cipher, reader: Reader, { prefix, expected = NaN, pieces, permit, again, signing }: BodyShape): void {
    if (this.#dropped) {
      cipher.free();
      throw bodyClosed();
    }
    this.#cipher = cipher;
    this.#source = reader;
    this.#input = new ReadAhead(reader, ...pieces);
    this.#prefix = prefix;
    this.#permit = permit;
    this.#expected = expected;
    this.#digest = again?.digest;
    this.#processed = again?.processed ?? 0;
    this.#skip = again?.skip ?? 0;
    this.#signing = signing;
  }

  /** Reads on for the digests of the input's pieces; at its end, `keep` gets them all. */
  async pin(digest: Digest, keep: (body: WasmBody, digests: Uint8Array) => Promise<void>): Promise<Batch> {
    await this.#permit?.();
    const until = this.#digests.length + DIGESTED;
    while (this.#digests.length < until) {
      const piece = await this.#input?.read();
      this.#count(piece);
      if (!piece) {
        await keep(this.#live().body, joined(this.#digests));
        return { chunks: [], processed: this.#processed, done: true };
      }
      this.#digests.push(await digest(piece));
      this.#input?.reuse(piece);
    }
    return { chunks: [], processed: this.#processed, done: false };
  }

  /** The first batch, before it is pulled; nothing where it fails, which the pull tells. */
  async first(): Promise<Batch | undefined> {
    try {
      const batch = await (this.#ahead = this.#step());
      this.#ahead = undefined;
      return batch;
    } catch {
      return undefined;
    }
  }

  async pull(): Promise<Batch> {
    await this.#permit?.();
    const batch = await (this.#ahead ?? this.#step());
    this.#ahead = undefined;
    if (!batch.done) {
      this.#ahead = this.#step();
      // The next pull sees the failure; until then it must not count as unhandled.
      this.#ahead.catch(() => {});
    }
    return batch;
  }

  /** Frees everything. What is being read or computed at this moment is thrown away. */
  drop(): void {
    this.#dropped = true;
    this.#source.cancel();
    this.#cipher?.free();
    this.#cipher = undefined;
  }

  /** What one piece gives is worth a message; the end goes along with what is before it. */
  async #step(): Promise<Batch> {
    if (this.#signing?.before) await this.#firstPass(this.#signing.before);
    const chunks = this.#prefix ? [this.#prefix] : [];
    this.#prefix = undefined;
    for (;;) {
      const piece = await this.#input?.read();
      const output = await this.#cut(piece);
      chunks.push(...output);
      const more = this.#processed !== this.#expected;
      if (!piece && this.#signing?.after) this.#signature = await this.#signing.after();
      if (!piece || (output.length > 0 && more)) return this.#batch(chunks, !piece);
    }
  }

  async #firstPass(before: NonNullable<Signing["before"]>): Promise<void> {
    this.#signing = undefined;
    const { cipher, prefix, signature } = await before(() => this.#dropped);
    if (this.#dropped) {
      cipher.free();
      throw bodyClosed();
    }
    this.#cipher?.free();
    this.#cipher = cipher;
    this.#prefix = prefix;
    this.#signature = signature;
  }

  /** Runs a piece through wasm, or the end. */
  async #cut(piece: Bytes | undefined): Promise<Bytes[]> {
    this.#count(piece);
    const digest = piece && (await this.#digest?.(piece));
    const { output, held } = await this.#live().step(piece, digest);
    if (piece && !held) this.#input?.reuse(piece);
    return this.#skip > 0 ? this.#skipped(output as Bytes[]) : (output as Bytes[]);
  }

  /** The input must be as long as it was said to be. */
  #count(piece: Bytes | undefined): void {
    this.#processed += piece?.byteLength ?? 0;
    if (piece ? this.#processed > this.#expected : this.#processed < this.#expected) throw changed();
  }

  /** Without what is before the place that was asked for. */
  #skipped(output: Bytes[]): Bytes[] {
    const left = output.map((chunk) => {
      const rest = chunk.slice(this.#skip);
      this.#skip -= chunk.byteLength - rest.byteLength;
      return rest;
    });
    return left.filter(({ byteLength }) => byteLength > 0);
  }

  #live(): Cipher {
    if (!this.#cipher) throw bodyClosed();
    return this.#cipher;
  }

  #batch(chunks: Bytes[], done: boolean): Batch {
    const signature = done && this.#signature !== undefined ? { signature: this.#signature } : {};
    return moved({ chunks, processed: this.#processed, done, ...signature });
  }
}

/** Marks the batch's buffers to move with what it is sent in. */
export function moved(batch: Batch, message: object = batch): Batch {
  transfer(
    message,
    batch.chunks.map((chunk) => chunk.buffer),
  );
  return batch;
}

function changed(): ChangedError {
  return new ChangedError("the input changed its size while it was read; choose it again");
}
