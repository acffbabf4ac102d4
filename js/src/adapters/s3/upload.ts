/** Uploads, in one request or in parts. */
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import type { Part } from "../../page/objects/upload-parts.js";
import { report, throwIfAborted } from "../../shared/async.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, withMethods, type Checks } from "../../shared/options.js";
import { checkedPresigner } from "./checked-presigner.js";
import { abortUpload, completeUpload } from "./multipart.js";
import type { Presigned, StoredPart, UploadPresigner } from "./presigner.js";
import { etagOf, request, type RequestOptions } from "./request.js";
import { beginUpload, begunBefore, missing, storedBefore } from "./resume-upload.js";
import { asTransferError, checkPatience, patiently, RETRY, type Attempts, type Patience } from "./retry.js";
import { sendParts, type PartListener } from "./send-parts.js";
import { answerOf } from "./silence.js";
import { confirmStored, isStored, unlessStored, type SentObject } from "./stored.js";

export interface UploadProgress {
  /** Bytes of ciphertext that the store has confirmed. */
  readonly done: number;
  /** Bytes that are on their way. */
  readonly sending: number;
  readonly total: number | undefined;
}

export interface UploadOptions extends Patience {
  /** Parts sent at the same time, 3 unless given. Each is held in memory until it is stored. */
  concurrency?: number | undefined;
  /** As the `size` of `object.parts`. What fits into one part is sent in one request. */
  partSize?: number | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

const UPLOAD = {
  ...RETRY,
  concurrency: check.number,
  partSize: check.number,
  onProgress: check.callback,
} satisfies Checks<UploadOptions>;

export interface Uploaded {
  /** Bytes stored. */
  readonly size: number;
  /** 1 where it was one request. */
  readonly parts: number;
}

/**
 * Encrypts an object's body as it uploads it. A part that fails is sent again as it was. When it fails for good or
 * is aborted, the store is told to drop what it has; while the store is asked to make one object of the parts, an
 * abort comes too late.
 *
 * Of an object that can be resumed (`resumeToken`), the store keeps what it has instead, and the vault remembers the
 * upload: given to this function again, by `vault.resume`, the object's other parts are sent. When all of it is stored,
 * the vault forgets the upload.
 *
 * @throws TransferError when the store refuses, or is out of reach for too long; AbortedError; and what the body
 *   itself fails with
 */
export async function uploadToS3(
  object: EncryptedObject,
  presigner: UploadPresigner,
  options?: UploadOptions,
): Promise<Uploaded> {
  const checked = optionsOf(options, UPLOAD);
  const { concurrency = 3, partSize: size, signal } = checked;
  if (!(concurrency >= 1)) throw new ArgumentError("concurrency is at least 1");
  checkPatience(checked);
  withMethods(object, "the object", ["parts", "close"]);
  const asks = checkedPresigner(withMethods(presigner, "the presigner", ["put", "create", "part", "complete", "abort"]));
  // A body that is waited for ends at once.
  const stop = (): void => void object.close();
  try {
    throwIfAborted(signal);
    signal?.addEventListener("abort", stop);
    const progress = new UploadCounter(object.size, checked.onProgress);
    const sending = { ...checked, concurrency, contact: { made: false } };
    if (!object.resumable) return await uploadNew(object, size, asks, sending, progress);
    const uploaded =
      (await uploadRest(object, asks, sending, progress)) ??
      (await uploadNew(object, size, asks, sending, progress));
    // It is stored: that the vault still has the upload does no harm.
    await object.forget().catch(() => {});
    return uploaded;
  } catch (error) {
    throwIfAborted(signal);
    throw asTransferError(error);
  } finally {
    signal?.removeEventListener("abort", stop);
    await object.close();
  }
}

/** Stores bytes that are in memory, in one request. @throws TransferError @internal */
export async function putBlob(blob: Blob, presigner: UploadPresigner, options: Patience): Promise<void> {
  const sending = { ...options, concurrency: 1, contact: { made: false } };
  await put({ blob, number: 1 }, checkedPresigner(presigner), sending, new UploadCounter(blob.size, undefined));
}

async function put(
  { blob, number }: Pick<Part, "blob" | "number">,
  presigner: UploadPresigner,
  options: SendOptions,
  progress: UploadCounter,
): Promise<Uploaded> {
  const { size } = blob;
  const onSent = (bytes: number): void => progress.sending(number, bytes);
  await patiently(async () => {
    const signed = await answerOf(() => presigner.put(size), options);
    throwIfAborted(options.signal);
    const sending = { method: "PUT", body: blob, signal: options.signal, onSent };
    try {
      await putWhole(signed, sending, { size, end: blob }, presigner);
    } catch (error) {
      onSent(0);
      throw error;
    }
  }, options);
  progress.stored(number, size);
  return { size, parts: 1 };
}

/** An answer without an ETag may be another's than the store's: a proxy, a page to sign in at, a service worker. */
async function putWhole(
  signed: Presigned,
  sending: RequestOptions,
  whole: SentObject,
  presigner: UploadPresigner,
): Promise<void> {
  try {
    const response = await request(signed, sending);
    if (presigner.get && !response.headers.has("etag")) {
      await confirmStored(whole, presigner, "the store gave no ETag, and does not have the object");
    } else etagOf(response);
  } catch (error) {
    await unlessStored(whole, presigner)(error);
  }
}

type SendOptions = UploadOptions & Attempts & { concurrency: number };

/** From the beginning. */
async function uploadNew(
  object: EncryptedObject,
  size: number | undefined,
  presigner: UploadPresigner,
  options: SendOptions,
  progress: UploadCounter,
): Promise<Uploaded> {
  const parts = object.parts({ size })[Symbol.asyncIterator]();
  const first = ((await parts.next()) as { value: Part }).value;
  if (first.last) return put(first, presigner, options, progress);
  const upload = await beginUpload(object, first.blob.size, presigner, options);
  try {
    return await inParts(upload, all(first, parts), [], presigner, options, progress);
  } catch (error) {
    // What can be resumed stays for that.
    if (!object.resumable) await abortUpload(upload, presigner);
    throw error;
  }
}

/** From where the store stopped; nothing where there is nothing to resume. */
async function uploadRest(
  object: EncryptedObject,
  presigner: UploadPresigner,
  options: SendOptions,
  progress: UploadCounter,
): Promise<Uploaded | undefined> {
  const before = begunBefore(object);
  if (!before) return undefined;
  const { upload, partSize } = before;
  const size = object.size as number;
  const count = Math.ceil(size / partSize);
  const stored = await storedBefore(before, count, presigner, options);
  if (!stored) {
    // Completed, and nobody heard of it; or the store gave it up.
    for await (const { blob: end } of object.parts({ size: partSize, from: count })) {
      if (await patiently(() => isStored({ size, end }, presigner), options)) return { size, parts: count };
    }
    return undefined;
  }
  for (const part of stored) progress.stored(part.number, part.size);
  const parts = missing(object, partSize, stored);
  return inParts(upload, parts, stored, presigner, options, progress);
}

/** Sends the parts, and makes one object of them and those that are stored already. */
async function inParts(
  upload: string,
  parts: AsyncIterable<Part>,
  before: readonly StoredPart[],
  presigner: UploadPresigner,
  options: SendOptions,
  progress: UploadCounter,
): Promise<Uploaded> {
  const { stored, whole } = await sendParts(parts, upload, presigner, options, progress);
  const listed = [...before, ...stored].toSorted((one, other) => one.number - other.number);
  await completeUpload(upload, listed, whole, presigner, options);
  return { size: whole.size, parts: listed.length };
}

async function* all(first: Part, rest: AsyncIterator<Part>): AsyncGenerator<Part, void> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Adds up what the parts tell. */
class UploadCounter implements PartListener {
  readonly total: number | undefined;
  readonly #tell: ((progress: UploadProgress) => void) | undefined;
  readonly #sending = new Map<number, number>();
  #done = 0;

  constructor(total: number | undefined, tell: ((progress: UploadProgress) => void) | undefined) {
    this.total = total;
    this.#tell = tell;
  }

  sending(number: number, bytes: number): void {
    this.#sending.set(number, bytes);
    this.#report();
  }

  stored(number: number, bytes: number): void {
    this.#sending.delete(number);
    this.#done += bytes;
    this.#report();
  }

  #report(): void {
    const sending = [...this.#sending.values()].reduce((sum, bytes) => sum + bytes, 0);
    report(this.#tell, { done: this.#done, sending, total: this.total });
  }
}
