/**
 * The engine of bodies: `crypto.subtle` where it is there and worth it, otherwise the crates in wasm. Both
 * give the same bytes. The core cuts a body into segments and deals out their nonces; each is used once.
 */
import { sameBytes } from "../../shared/bytes.js";
import { bodyClosed, DecryptError, InternalError, UnsupportedError } from "../../shared/errors/index.js";
import type { Bindings, WasmBody, WasmRanges } from "../wasm/bindings.js";
import { hashBlocks, type BlockHashes, type Digest } from "./block-hashes.js";

/**
 * Below this many bytes `crypto.subtle`, which has to import the key first, costs more than it saves.
 */
const WORTH_IT = 4096;
/** Bytes above which the first segment that is encrypted is opened again by the other engine. */
const CONFIRMED = 2048;

type Direction = "encrypt" | "decrypt";

/** What has a body's key. EXPOSE: the bytes are to be wiped at once. */
interface HasKey {
  key(): Uint8Array;
}

/** Runs segments of one body. */
class SegmentRunner {
  readonly #keyed: HasKey;
  readonly #way: Direction;
  /** A page without TLS has none. */
  readonly #subtle: SubtleCrypto | undefined;
  #key: Promise<CryptoKey> | undefined;

  constructor(keyed: HasKey, way: Direction, subtle: SubtleCrypto | undefined) {
    this.#keyed = keyed;
    this.#way = way;
    this.#subtle = subtle;
  }

  /** Side by side; small ones at once, by the crates: `crate` runs the one at a place. */
  async run(
    nonces: Uint8Array[],
    inputs: Uint8Array[],
    crate: (input: Uint8Array, at: number) => Uint8Array,
  ): Promise<Uint8Array[]> {
    const subtle = this.#subtle;
    if (!subtle || !inputs.some(worthIt)) return inputs.map(crate);
    try {
      const key = await (this.#key ??= this.#import(subtle));
      const run = async (input: Uint8Array, at: number): Promise<Uint8Array> =>
        new Uint8Array(
          await subtle[this.#way](
            { name: "AES-GCM", iv: nonces[at] as BufferSource },
            key,
            input as BufferSource,
          ),
        );
      return await Promise.all(inputs.map(run));
    } catch (cause) {
      if (this.#way === "decrypt") {
        throw new DecryptError("tampered with, incomplete, or not for this key");
      }
      const what = "AES-GCM by crypto.subtle";
      throw new UnsupportedError(`not supported: ${what}`, { what, cause });
    }
  }

  /** Not extractable; `importKey` copies the bytes before it returns (Web Crypto §14.3.9). */
  #import(subtle: SubtleCrypto): Promise<CryptoKey> {
    const raw = this.#keyed.key() as Uint8Array<ArrayBuffer>;
    const key = subtle.importKey("raw", raw, "AES-GCM", false, [this.#way]);
    raw.fill(0);
    return key;
  }
}

export class Cipher {
  readonly body: WasmBody;
  readonly #segments: SegmentRunner;
  readonly #subtle: SubtleCrypto | undefined;
  /** Hashes the blocks of the body: of one that is read and held to hashes, or of one that is made for who keeps them. */
  #digest: Digest | undefined;
  #keep: BlockHashes | undefined;
  #hashed = false;
  /** Whether its output was found to be right, or need not be looked at. */
  #confirmed: boolean;
  #freed = false;

  constructor(body: WasmBody, way: Direction, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle) {
    this.body = body;
    this.#segments = new SegmentRunner(body, way, subtle);
    this.#subtle = subtle;
    // A segment that decrypts has a tag to be held to.
    this.#confirmed = way === "decrypt";
  }

  /** Has the blocks of a body hashed that is read, where it is held to hashes. */
  held(digest: Digest): this {
    this.#digest = digest;
    return this;
  }

  /** Has the blocks of a body hashed that is made; `keep` gets their hashes. */
  hashed(digest: Digest, keep?: BlockHashes): this {
    this.#digest = digest;
    this.#keep = keep;
    this.#hashed = true;
    return this;
  }

  /**
   * Takes a piece, or the end, and gives the segments that became whole; `held`: of some piece, something is kept.
   * `digest`: of the piece, for a body that is encrypted again.
   */
  async step(
    piece: Uint8Array | undefined,
    digest?: Uint8Array,
  ): Promise<{ output: Uint8Array[]; held: boolean }> {
    const [ready, nonces, inputs] = this.body.cut(piece, digest);
    const front = this.#confirmed && !this.#hashed ? this.body.front() : undefined;
    const [outputs, read] = await Promise.all([
      this.#segments.run(nonces, inputs, () => this.body.run()),
      front && this.#digest ? hashBlocks(front, inputs, this.#digest) : undefined,
    ]);
    if (this.#freed) throw bodyClosed();
    const [nonce, input, output] = [nonces[0], inputs[0], outputs[0]];
    if (!this.#confirmed && nonce && input && output) await this.#confirm(nonce, input, output);
    const size = outputs.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const made = await this.#hash(ready, outputs, size);
    const none = this.body.done(size, read ?? made);
    return { output: ready ? [ready, ...outputs] : outputs, held: !none };
  }

  /** The hashes of blocks that were made, where somebody asks for them. */
  async #hash(ready: Uint8Array | undefined, outputs: Uint8Array[], size: number): Promise<Uint8Array | undefined> {
    if (!this.#hashed || !this.#digest) return undefined;
    const hashes = await hashBlocks(ready, outputs, this.#digest);
    await this.#keep?.push(hashes, size + (ready?.byteLength ?? 0));
    if (this.#freed) throw bodyClosed();
    return hashes;
  }

  /**
   * Opens a body's first segment again, by the engine that did not make it: what is computed wrongly is noticed before it
   * takes the place of a file.
   */
  async #confirm(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): Promise<void> {
    this.#confirmed = true;
    const subtle = this.#subtle;
    if (input.byteLength <= CONFIRMED || !subtle) return;
    if (worthIt(input)) return this.body.confirm(output);
    const again = await openedBy(subtle, this.body, nonce, output).catch(() => undefined);
    if (!again || !sameBytes(again, input)) {
      throw new InternalError("this device computed a body wrongly; reload the page and try again");
    }
    if (this.#freed) throw bodyClosed();
  }

  /** What is being computed at this moment is thrown away. */
  free(): void {
    this.#freed = true;
    this.body.free();
  }
}

const worthIt = ({ byteLength }: Uint8Array): boolean => byteLength >= WORTH_IT;

/** One segment's plaintext, by `crypto.subtle`. */
async function openedBy(
  subtle: SubtleCrypto,
  keyed: HasKey,
  nonce: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  const raw = keyed.key() as Uint8Array<ArrayBuffer>;
  const importing = subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  raw.fill(0);
  const key = await importing;
  const algorithm = { name: "AES-GCM", iv: nonce as BufferSource };
  return new Uint8Array(await subtle.decrypt(algorithm, key, sealed as BufferSource));
}

/** SHA-256, by which a plaintext is known again. */
export async function sha256(bytes: Uint8Array, { sha256: byCrates }: Bindings): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return byCrates(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
}

/** Decrypts parts of a body. */
export class RangeCipher {
  readonly #ranges: WasmRanges;
  readonly #segments: SegmentRunner;
  readonly #digest: Digest;

  constructor(ranges: WasmRanges, digest: Digest, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle) {
    this.#ranges = ranges;
    this.#segments = new SegmentRunner(ranges, "decrypt", subtle);
    this.#digest = digest;
  }

  /** The plaintext of segments that follow one another, from `first` on. */
  async open(first: number, cipher: Uint8Array): Promise<Uint8Array[]> {
    const [nonces, inputs] = this.#ranges.cut(first, cipher);
    const front = this.#ranges.front(first);
    if (front) this.#ranges.check(first, await hashBlocks(front, inputs, this.#digest));
    return this.#segments.run(nonces, inputs, (input, at) => this.#ranges.run(first + at, input));
  }
}
