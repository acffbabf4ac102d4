/** Uploads, in one request or in parts. */
import { ArgumentError } from "../errors.js";
import type { EncryptedObject } from "../objects.js";
import type { Part } from "../parts.js";
import { sendParts, type Sent } from "./flight.js";
import { abortUpload, completeUpload, createUpload } from "./multipart.js";
import type { UploadPresigner } from "./presigner.js";
import { request } from "./requests.js";
import { asTransferError, checkPatience, patiently, throwIfAborted, type Patience } from "./retry.js";
import { unlessStored } from "./stored.js";

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
 * @throws TransferError when the store refuses, or is out of reach for too long; AbortedError; and what the body
 *   itself fails with
 */
export async function uploadToS3(
  object: EncryptedObject,
  presigner: UploadPresigner,
  options: UploadOptions = {},
): Promise<Uploaded> {
  const { concurrency = 3, partSize: size, signal } = options;
  if (!(concurrency >= 1)) throw new ArgumentError("concurrency is at least 1");
  checkPatience(options);
  // A body that is waited for ends at once.
  const stop = (): void => object.close();
  try {
    throwIfAborted(signal);
    const parts = object.parts({ size })[Symbol.asyncIterator]();
    signal?.addEventListener("abort", stop);
    const first = ((await parts.next()) as { value: Part }).value;
    const progress = new Progress(object.size, options.onProgress);
    if (first.last) return await put(first, presigner, options, progress);
    return await inParts(first, parts, presigner, { ...options, concurrency }, progress);
  } catch (error) {
    throwIfAborted(signal);
    throw asTransferError(error);
  } finally {
    signal?.removeEventListener("abort", stop);
    object.close();
  }
}

async function put(
  { blob, number }: Part,
  presigner: UploadPresigner,
  options: UploadOptions,
  progress: Progress,
): Promise<Uploaded> {
  const { size } = blob;
  const onSent = (bytes: number): void => progress.sending(number, bytes);
  await patiently(async () => {
    const signed = await presigner.put(size);
    throwIfAborted(options.signal);
    const sending = { method: "PUT", body: blob, signal: options.signal, onSent };
    try {
      await request(signed, sending).catch(unlessStored({ size, end: blob }, presigner));
    } catch (error) {
      onSent(0);
      throw error;
    }
  }, options);
  progress.stored(number, size);
  return { size, parts: 1 };
}

async function inParts(
  first: Part,
  rest: AsyncIterator<Part>,
  presigner: UploadPresigner,
  options: UploadOptions & { concurrency: number },
  progress: Progress,
): Promise<Uploaded> {
  const upload = await createUpload(progress.total, presigner, options);
  try {
    const { stored, whole } = await sendParts(all(first, rest), upload, presigner, options, progress);
    await completeUpload(upload, stored, whole, presigner, options);
    return { size: whole.size, parts: stored.length };
  } catch (error) {
    await abortUpload(upload, presigner);
    throw error;
  }
}

async function* all(first: Part, rest: AsyncIterator<Part>): AsyncGenerator<Part, void> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Adds up what the parts tell. */
class Progress implements Sent {
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
    const progress = { done: this.#done, sending, total: this.total };
    // A callback that throws is the page's own uncaught error, as a listener's is.
    if (this.#tell) queueMicrotask(() => this.#tell?.(progress));
  }
}
