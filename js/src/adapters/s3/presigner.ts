/** What an application's server does: it knows the store's credentials, and who is asking. */

/** A request that may be sent as it stands: a plain object, as a server gives it in JSON. Further members are ignored. */
export interface Presigned {
  /** Absolute, or from the page's root (`/…`). */
  readonly url: string | URL;
  /** Unless given, the method that S3 has for this. */
  readonly method?: string | undefined;
  /** Headers that are part of the signature. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface StoredPart {
  readonly number: number;
  /** As the store gave it, quotes included. */
  readonly etag: string;
}

/** A part that the store says it has. */
export interface ListedPart extends StoredPart {
  /** Bytes. */
  readonly size: number;
}

export interface DownloadPresigner {
  /** `GetObject`. Asked once more for each further connection. */
  get(): Promise<Presigned>;
}

/**
 * Signs the requests of one upload. Each attempt asks again, so a URL may be short-lived. A rejection counts as a
 * refusal where it has a `status`, and as a connection that failed where it has none; no answer for half a minute (for
 * ten minutes from `complete`) counts as a store that has stopped answering.
 *
 * ```ts
 * const sign = async (action: string, given = {}): Promise<Presigned> => {
 *   const response = await fetch("/presign", { method: "POST", body: JSON.stringify({ action, key, ...given }) });
 *   if (response.ok) return response.json();
 *   throw Object.assign(new Error(`not signed: ${response.status}`), { status: response.status });
 * };
 *
 * const presigner: UploadPresigner = {
 *   put: (size) => sign("PutObject", { size }),
 *   create: () => sign("CreateMultipartUpload"),
 *   part: (upload, number) => sign("UploadPart", { upload, number }),
 *   complete: (upload) => sign("CompleteMultipartUpload", { upload }),
 *   abort: (upload) => sign("AbortMultipartUpload", { upload }),
 *   list: (upload, after) => sign("ListParts", { upload, after }),
 *   get: () => sign("GetObject"),
 * };
 * ```
 *
 * What is no request (an error in JSON, a `Response`) is an `ArgumentError`, and nothing is sent.
 *
 * A server that would rather do `create`, `complete`, `abort` and `list` by itself does so, and gives no request for them.
 */
export interface UploadPresigner extends Partial<DownloadPresigner> {
  /** `PutObject`, for what fits into one part. */
  put(size: number): Promise<Presigned>;
  /** `CreateMultipartUpload`: the request, or the upload's id if it is done. `size` is absent where it is not known. */
  create(size: number | undefined): Promise<Presigned | string>;
  /** `UploadPart`, by the number from 1. */
  part(upload: string, number: number, size: number): Promise<Presigned>;
  /** `CompleteMultipartUpload`: the request, or nothing if it is done. */
  complete(upload: string, parts: readonly StoredPart[]): Promise<Presigned | void>;
  /** `AbortMultipartUpload`: the request, or nothing if it is done. */
  abort(upload: string): Promise<Presigned | void>;
  /**
   * `ListParts` of those after that number, from 0: the request, or all of them. Optional: without it, an upload that is
   * resumed sends its parts again.
   */
  list?(upload: string, after: number): Promise<Presigned | readonly ListedPart[]>;
  /**
   * Optional: by reading the object's end it is found out whether a request whose answer was lost had stored it.
   * Without it, an upload may fail that was stored.
   */
  get?(): Promise<Presigned>;
}
