/** Uploads by `tus-js-client`, chunk by chunk as they are encrypted. */
import type { DetailedError, FileSource, PreviousUpload, SliceResult, UploadOptions, UrlStorage } from "tus-js-client";
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import { remembered } from "../../page/uploads/uploader-note.js";
import type { Bytes } from "../../shared/bytes.js";
import { Chunker } from "../../shared/chunker.js";
import { ConsumedError } from "../../shared/errors/index.js";
import { check, optionsOf, orNull, withMethods, type Checks } from "../../shared/options.js";

/** tus's options, without those that the object decides. A body in order cannot be uploaded side by side. */
export type TusOptions = Omit<
  UploadOptions,
  | "fileReader"
  | "uploadSize"
  | "uploadLengthDeferred"
  | "parallelUploads"
  | "parallelUploadBoundaries"
  | "metadataForPartialUploads"
>;

/** What an option is, tus checks itself; it ignores those that it does not know. */
const passed = orNull(check.any);
const TUS = {
  endpoint: passed,
  uploadUrl: passed,
  metadata: passed,
  fingerprint: passed,
  onProgress: passed,
  onChunkComplete: passed,
  onSuccess: passed,
  onError: passed,
  onShouldRetry: passed,
  onUploadUrlAvailable: passed,
  overridePatchMethod: passed,
  headers: passed,
  addRequestId: passed,
  onBeforeRequest: passed,
  onAfterResponse: passed,
  chunkSize: passed,
  retryDelays: passed,
  storeFingerprintForResuming: passed,
  removeFingerprintOnSuccess: passed,
  uploadDataDuringCreation: passed,
  urlStorage: passed,
  httpStack: passed,
} satisfies Checks<TusOptions>;

/** A chunk is held until the server has it, and tus's own default is all of the file in one. */
const CHUNK = 8 * 1024 * 1024;

/**
 * What a tus upload is made of. At its success, and when `abort(true)` has removed it from the server, the object is
 * closed, and can no longer be resumed. One that is given up otherwise is yours to close.
 *
 * An object that can be resumed continues from where the server stopped, also after a reload:
 *
 * ```ts
 * const object = await vault.resume(token, file, { context });
 * const upload = new tus.Upload(...forTus(object, { endpoint, onError, onSuccess }));
 * const [previous] = await upload.findPreviousUploads();
 * if (previous) upload.resumeFromPreviousUpload(previous);
 * upload.start();
 * ```
 *
 * Any other is made once: tus's retries continue within the current chunk, and a request for an earlier offset gets a
 * `ConsumedError`. What the object fails with is the `causingError` of what `onError` is told, and is not tried again.
 */
export function forTus(object: EncryptedObject, given?: TusOptions): [input: Blob, options: UploadOptions] {
  const options = optionsOf(given, TUS);
  withMethods(object, "the object", ["stream", "close"]);
  const chunks = new BodyChunks(object);
  const end = async (): Promise<void> => {
    // The bytes are stored, or gone: a record that stays finds that out when it is resumed.
    if (object.resumable) await object.forget().catch(() => {});
    await object.close();
  };
  const made: UploadOptions = {
    chunkSize: CHUNK,
    fingerprint: async () => object.id,
    urlStorage: inVault(object),
    removeFingerprintOnSuccess: true,
    ...options,
    ...(object.size === undefined ? { uploadLengthDeferred: true } : { uploadSize: object.size }),
    storeFingerprintForResuming: object.resumable && (options.storeFingerprintForResuming ?? true),
    fileReader: { openFile: async () => chunks },
    onShouldRetry: (error, ...rest) =>
      error.causingError !== chunks.failure && (options.onShouldRetry ?? mayRetry)(error, ...rest),
    onAfterResponse: async (request, response) => {
      await options.onAfterResponse?.(request, response);
      if (request.getMethod() === "DELETE" && response.getStatus() === 204) await end();
    },
    onSuccess: async (payload) => {
      await end();
      options.onSuccess?.(payload);
    },
  };
  // tus hands its input on to the reader, and does not look at it.
  return [object as unknown as Blob, made];
}

/** As tus decides by itself: unless the server refuses for good, or the browser knows that it is offline. */
function mayRetry({ originalResponse }: DetailedError): boolean {
  const status = originalResponse?.getStatus() ?? 0;
  return (status < 400 || status >= 500 || status === 409 || status === 423) && globalThis.navigator?.onLine !== false;
}

/**
 * Where the upload is, kept in the vault with what else is known of it: the token finds it, and nobody reads it in
 * `localStorage`, where tus would put it in the clear.
 */
function inVault(object: EncryptedObject): UrlStorage {
  const find = async (): Promise<PreviousUpload[]> => {
    const tus = remembered<PreviousUpload>(object, "tus");
    return tus ? [tus] : [];
  };
  return {
    findAllUploads: find,
    findUploadsByFingerprint: find,
    addUpload: async (_, upload) => {
      const note = JSON.stringify({ tus: { ...upload, urlStorageKey: object.id } });
      // tus would wait for ever if this failed. A vault that is locked says so at the next chunk.
      await object.remember(note).catch(() => {});
      return object.id;
    },
    // Where the server has lost one, its successor's note takes the place; at success, the record ends.
    removeUpload: async () => {},
  };
}

/** The body as tus asks for it: in order, and the current chunk as often as it takes. */
class BodyChunks implements FileSource {
  /** tus is told it, or that it is not known, by another option. */
  readonly size: number;
  /** What the body failed with last. */
  failure: unknown;
  readonly #object: EncryptedObject;
  #reader: ReadableStreamDefaultReader<Bytes> | undefined;
  #chunker: Chunker | undefined;
  /** The current chunk, and its offset in the body. */
  #held = new Blob();
  #start = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(object: EncryptedObject) {
    this.#object = object;
    this.size = object.size ?? NaN;
  }

  /** One at a time: an upload that is aborted and started again does not wait for what it asked for before. */
  slice(start: number, end: number): Promise<SliceResult> {
    const slice = this.#turn.then(() => this.#slice(start, end));
    this.#turn = slice.catch((error: unknown) => {
      this.failure = error;
      this.close();
    });
    return slice;
  }

  /** tus calls it at success alone. */
  close(): void {
    this.#reader?.cancel().catch(() => {});
    this.#reader = undefined;
    this.#chunker = undefined;
    this.#held = new Blob();
  }

  async #slice(start: number, end: number): Promise<SliceResult> {
    const chunker = this.#chunkerAt(start);
    const pieces = await chunker.take(end - start - this.#held.size);
    const done = await chunker.atEnd();
    this.#held = new Blob([this.#held, ...pieces]);
    return { value: this.#held, done };
  }

  /** Continues with what is open where that is possible; what is held then begins at `start`. */
  #chunkerAt(start: number): Chunker {
    const confirmed = start - this.#start;
    if (this.#chunker && confirmed >= 0 && confirmed <= this.#held.size) {
      this.#held = this.#held.slice(confirmed);
    } else {
      if (!this.#object.resumable && start !== this.#start) {
        throw new ConsumedError("this body is made once, in order; call resumeToken() first, for one that goes back");
      }
      this.close();
      const reader = this.#object.stream({ from: start }).getReader();
      this.#reader = reader;
      this.#chunker = new Chunker(async () => (await reader.read()).value);
    }
    this.#start = start;
    return this.#chunker;
  }
}
