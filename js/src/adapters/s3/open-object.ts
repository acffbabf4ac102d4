/** A stored object of which parts are read, by presigned URLs. */
import { HttpRange, type RangeRequests } from "../../page/ranges/http-range.js";
import type { ObjectParts } from "../../page/ranges/range-source.js";
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, type TransferError } from "../../shared/errors/index.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, optionsOf } from "../../shared/options.js";
import { brokenOff } from "./answer-text.js";
import { checkedDownload, isCount } from "./checked-presigner.js";
import type { DownloadPresigner, Presigned } from "./presigner.js";
import { request } from "./request.js";
import { asTransferError, checkPatience, patiently, RETRY, type Attempts, type Patience } from "./retry.js";
import { answerOf } from "./silence.js";

/** A stored object, for `openObject`: may be opened more than once. */
export interface StoredObjectParts extends ObjectParts {
  /** Stored bytes from a place on. @throws ArgumentError where the object does not have that many */
  read(offset: number, length: number, options?: AbortOptions): Promise<Bytes>;
}

/**
 * The stored object, for `vault.openObject`, which reads the parts of it that are needed.
 *
 * ```ts
 * const film = await vault.openObject(await openFromS3(presigner), { context });
 * const part = await film.read(10_000_000, 4096);
 * film.close();
 * ```
 *
 * A URL is used until the store refuses it; then the presigner is asked for another. Requests are tried again as those of
 * `downloadFromS3` are. Each answer is held to the first one, by `ETag`, where the store's CORS rules expose it, and by
 * length: an object that was replaced meanwhile is `ERR_CHANGED`. What reading fails with for good is what
 * `film.read` rejects with; after `ERR_TRANSFER`, reading again may work.
 *
 * @param from a presigned URL is enough, if it lives as long as the object is open
 * @param options `signal` ends all reading, also later
 * @throws TransferError when the store refuses, or is out of reach for too long; NoRangesError where it gives no parts,
 *   or an empty object; AbortedError
 */
export async function openFromS3(
  from: DownloadPresigner | URL | string,
  options?: Patience,
): Promise<StoredObjectParts> {
  const checked = optionsOf(options, RETRY);
  checkPatience(checked);
  const object = new StoredParts(checkedDownload(from), { ...checked, contact: { made: false } });
  await object.open();
  return object;
}

class StoredParts implements StoredObjectParts, RangeRequests {
  readonly #get: DownloadPresigner["get"];
  readonly #options: Attempts;
  readonly #remote = new HttpRange(this);
  /** What requests are sent by, until one fails. */
  #signed: Presigned | undefined;
  /** The object's first bytes, which are given out once: a reader that asks again wants to know what they are now. */
  #front: Bytes | undefined;
  #size = 0;

  constructor(get: DownloadPresigner["get"], options: Attempts) {
    this.#get = get;
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  async open(): Promise<void> {
    const { front, size } = await this.#patiently((signal) => this.#remote.open(signal));
    this.#front = front;
    this.#size = size;
  }

  async read(offset: number, length: number, options?: AbortOptions): Promise<Bytes> {
    const { signal } = optionsOf(options, ABORT);
    const end = offset + length;
    if (!(isCount(offset) && isCount(length) && end <= this.#size)) throw new ArgumentError("no such bytes in the object");
    const front = this.#front;
    if (offset === 0 && front && length <= front.byteLength) {
      this.#front = undefined;
      return front.slice(0, length);
    }
    return this.#patiently((either) => this.#remote.read(offset, end, either), signal);
  }

  async send(headers: Headers, signal: AbortSignal | undefined): Promise<Response> {
    const signed = (this.#signed ??= await answerOf(this.#get, { signal }));
    const sending = { method: "GET", headers: Object.fromEntries(headers), signal };
    return request(signed, sending).catch((error: unknown) => {
      // What these say of the object is judged by what it was before.
      const { status } = asTransferError(error) as TransferError;
      if (status === 412 || status === 416) return new Response(null, { status });
      throw error;
    });
  }

  broken(cause: unknown): Error {
    return brokenOff(cause);
  }

  #patiently<T>(work: (signal: AbortSignal | undefined) => Promise<T>, reader?: AbortSignal): Promise<T> {
    const given = [this.#options.signal, reader].filter((one) => one !== undefined);
    const signal = given.length > 1 ? AbortSignal.any(given) : given[0];
    return patiently(async (again) => {
      if (again) this.#signed = undefined;
      return work(signal);
    }, { ...this.#options, signal });
  }
}
