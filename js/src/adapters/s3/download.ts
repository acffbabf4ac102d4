/** One object as it arrives, over as many connections as that takes. */
import { nextOfAnswer } from "../../shared/answer-body.js";
import { report } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { ChangedError, TransferError } from "../../shared/errors/index.js";
import type { Progress } from "../../shared/model/progress.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { BROKEN, throwBroken } from "./answer-text.js";
import { placeOf, identityLength, isCoded } from "./object-headers.js";
import { checkedDownload } from "./checked-presigner.js";
import type { DownloadPresigner } from "./presigner.js";
import { request } from "./request.js";
import { asTransferError, checkPatience, patiently, RETRY, type Attempts, type Patience } from "./retry.js";
import { answerOf } from "./silence.js";

export interface DownloadOptions extends Patience {
  /** Counts bytes of ciphertext. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * The stored object, for `vault.decrypt`. Where a connection breaks off, the rest is asked for (`Range`, and
 * `If-Match` where the store's CORS rules expose `ETag`) and follows.
 *
 * ```ts
 * const plain = await vault.decrypt(await downloadFromS3(presigner), { context });
 * ```
 *
 * What fails while the body is read fails that reading: with `InputError`, whose `cause` is the error here.
 *
 * @param from a presigned URL is enough, if it lives as long as the download takes
 * @throws TransferError when the store refuses, or is out of reach for too long; ChangedError when the object was
 *   replaced meanwhile; AbortedError
 */
export async function downloadFromS3(
  from: DownloadPresigner | URL | string,
  options?: DownloadOptions,
): Promise<Response> {
  const checked = optionsOf(options, DOWNLOAD);
  checkPatience(checked);
  const download = new Download(checkedDownload(from), { ...checked, contact: { made: false } });
  const size = await download.begin().catch((error: unknown) => {
    throw asTransferError(error);
  });
  const headers = { "content-type": "application/octet-stream", ...(size !== undefined && { "content-length": String(size) }) };
  return new Response(download.stream(), { headers });
}

const DOWNLOAD = { ...RETRY, onProgress: check.callback } satisfies Checks<DownloadOptions>;

class Download {
  readonly #get: DownloadPresigner["get"];
  readonly #options: DownloadOptions & Attempts;
  #reader: ReadableStreamDefaultReader<Bytes> | undefined;
  #etag: string | undefined;
  /** Bytes of the object, where the store says so. */
  #size: number | undefined;
  /** The bytes that are read are not those that travel, so ranges of them cannot be asked for. */
  #coded = false;
  #at = 0;

  constructor(get: DownloadPresigner["get"], options: DownloadOptions & Attempts) {
    this.#get = get;
    this.#options = options;
  }

  /** Bytes of the whole object, where that is known. */
  async begin(): Promise<number | undefined> {
    const response = await patiently(() => this.#connect(), this.#options);
    const { status, headers } = response;
    if (status !== 200) {
      void this.#reader?.cancel().catch(() => {});
      throw new TransferError(`the store answered a request for the whole object by ${status}`, { status });
    }
    this.#coded = isCoded(headers);
    this.#size = identityLength(headers);
    const etag = headers.get("etag");
    // A weak one says nothing of single bytes (RFC 9110 §13.1.1).
    if (etag && !etag.startsWith("W/")) this.#etag = etag;
    return this.#size;
  }

  stream(): ReadableStream<Bytes> {
    return new (nativeStreams())<Bytes>(
      {
        pull: async (controller) => {
          const chunk = await patiently((again) => this.#read(again), this.#options);
          if (!chunk) return controller.close();
          this.#at += chunk.byteLength;
          controller.enqueue(chunk);
          this.#report();
        },
        cancel: (reason) => this.#reader?.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  #report(): void {
    report(this.#options.onProgress, { done: this.#at, total: this.#size });
  }

  /** The next bytes; `undefined` at the end. */
  async #read(again: boolean): Promise<Bytes | undefined> {
    if (again) await this.#resume();
    const chunk = this.#reader && (await nextOfAnswer(this.#reader).catch(throwBroken));
    const size = this.#size ?? 0;
    // Some browsers take a connection that was cut for the end.
    if (!chunk && this.#at < size) throw new TransferError(BROKEN);
    if (chunk && this.#at + chunk.byteLength > size && this.#size !== undefined) {
      // The length was of a coded answer, whose coding CORS hides.
      this.#size = undefined;
      this.#coded = true;
    }
    return chunk;
  }

  async #resume(): Promise<void> {
    if (this.#coded) throw new TransferError("the store sends the object coded, so that no rest of it can be asked for", { status: 200 });
    const condition = this.#etag && { "if-match": this.#etag };
    const range = this.#at > 0 && { range: `bytes=${this.#at}-` };
    const answer = await this.#connect({ ...condition, ...range }).catch((error: unknown) => {
      if (range && isStatus(error, 416)) return undefined;
      throw error;
    });
    // Nothing follows: the length was of a coded answer, whose coding CORS hides. Whether all is there, its last bytes tell.
    if (!answer) return this.#end();
    this.#check(answer, Boolean(range));
  }

  /** Holds what follows to what was there before. */
  #check({ status, headers }: Response, ranged: boolean): void {
    if (ranged && status !== 206) throw new TransferError("the store gives no ranges", { status });
    const place = placeOf(headers);
    if (place && place.from !== this.#at) throw new TransferError("the store answered with another range", { status });
    const length = identityLength(headers);
    const size = place?.size ?? (length === undefined ? undefined : this.#at + length);
    if (this.#size !== undefined && size !== undefined && size !== this.#size) throw replaced();
  }

  #end(): void {
    this.#reader = undefined;
    this.#size = undefined;
  }

  async #connect(headers: Record<string, string> = {}): Promise<Response> {
    const { signal } = this.#options;
    const sending = { method: "GET", headers, signal };
    const response = await request(await answerOf(this.#get, { signal }), sending).catch((error: unknown) => {
      throw headers["if-match"] && isStatus(error, 412) ? replaced(error) : error;
    });
    this.#reader = response.body?.getReader() as ReadableStreamDefaultReader<Bytes> | undefined;
    return response;
  }
}

/** The browser's own class, which alone a `Response` takes: a page may have put a polyfill in its place. */
function nativeStreams(): typeof ReadableStream {
  return (new Response("native").body?.constructor ?? ReadableStream) as typeof ReadableStream;
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof TransferError && error.status === status;
}

function replaced(cause?: unknown): ChangedError {
  return new ChangedError("the object was replaced while it was downloaded; begin again", { cause });
}
