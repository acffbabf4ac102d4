/** Where a file store's objects are: what it asks of an application's server, and of the store. */
import { answerBody } from "../../shared/answer-body.js";
import type { Bytes } from "../../shared/bytes.js";
import { MalformedError, TransferError } from "../../shared/errors/index.js";
import { withMethods } from "../../shared/options.js";
import { throwBroken } from "../s3/answer-text.js";
import { checkedAbort, checkedDelete, checkedDownload } from "../s3/checked-presigner.js";
import type { DownloadPresigner, Presigned, UploadPresigner } from "../s3/presigner.js";
import { request } from "../s3/request.js";
import { patiently, type Attempts } from "../s3/retry.js";
import { answerOf } from "../s3/silence.js";

/** As of `strongroom/s3`, for one object: reads, writes and removes it. */
export interface FilePresigner extends UploadPresigner, DownloadPresigner {
  get(): Promise<Presigned>;
  /** `DeleteObject`: the request, or nothing if it is done. An object that is not there is no failure. */
  delete(): Promise<Presigned | void>;
}

/**
 * Gives the presigner of one object, by its name at the remote: 30 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`, and `.srm`,
 * or `.srh` for a header. Names are random, none is used twice, and they say nothing of the files.
 *
 * ```ts
 * import { fileStore, type FileRemote } from "strongroom/files";
 *
 * const remote: FileRemote = (name) => ({
 *   put: (size) => sign("PutObject", name, { size }),
 *   create: () => sign("CreateMultipartUpload", name),
 *   part: (upload, number) => sign("UploadPart", name, { upload, number }),
 *   complete: (upload) => sign("CompleteMultipartUpload", name, { upload }),
 *   abort: (upload) => sign("AbortMultipartUpload", name, { upload }),
 *   get: () => sign("GetObject", name),
 *   delete: () => sign("DeleteObject", name),
 * });
 * ```
 */
export type FileRemote = (name: string) => FilePresigner;

/** The longest header, 1 MiB. */
const HEADER_LIMIT = 1024 * 1024;

/** @throws ArgumentError where the remote gives something else @internal */
export function presignerOf(remote: FileRemote, name: string): FilePresigner {
  const methods = ["put", "create", "part", "complete", "abort", "get", "delete"] as const;
  return withMethods(remote(name), "what the remote gave", methods);
}

/** A header, by its name. @throws TransferError @internal */
export async function readHeader(remote: FileRemote, name: string, patience: Attempts): Promise<Bytes> {
  const get = checkedDownload(presignerOf(remote, name));
  const { signal } = patience;
  const header = await patiently(async () => {
    const response = await request(await answerOf(get, { signal }), { method: "GET", signal });
    return answerBody(response, HEADER_LIMIT).catch(throwBroken);
  }, patience);
  if (header) return header;
  const where = "an object's header";
  throw new MalformedError(`malformed: ${where} is longer than 1 MiB`, { where });
}

/** Removes an object; one that is not there is removed. @throws TransferError @internal */
export function removeObject(remote: FileRemote, name: string, patience: Attempts): Promise<void> {
  const presigner = checkedDelete(presignerOf(remote, name));
  return sendRemoval(() => presigner.delete(), patience);
}

/**
 * Removes the parts of an upload that was not completed. Some stores deny access to an upload that they do not know.
 *
 * @throws TransferError @internal
 */
export async function removeUpload(remote: FileRemote, name: string, upload: string, patience: Attempts): Promise<void> {
  const presigner = checkedAbort(presignerOf(remote, name));
  await sendRemoval(() => presigner.abort(upload), patience).catch((error: unknown) => {
    if (!(error instanceof TransferError && error.storeCode === "AccessDenied")) throw error;
  });
}

async function sendRemoval(sign: () => Promise<Presigned | void>, patience: Attempts): Promise<void> {
  const { signal } = patience;
  await patiently(async () => {
    const signed = await answerOf(sign, { signal });
    if (!signed) return;
    const answer = await request(signed, { method: "DELETE", signal }).catch((error: unknown) => {
      // What is not there is removed. What the presigner says of itself is another matter.
      if (error instanceof TransferError && error.status === 404) return undefined;
      throw error;
    });
    // A page to sign in, of something between here and the store.
    if (/html/i.test(answer?.headers.get("content-type") ?? "")) throw new TransferError(NOT_THE_STORE, { status: answer!.status });
  }, patience);
}

const NOT_THE_STORE = "the answer is a web page, and not the store's: nothing says that the object was removed";

/** The same presigner, which says to which upload the first part goes before that is signed. @internal */
export function noting(presigner: FilePresigner, note: (upload: string) => Promise<void>): FilePresigner {
  let noted: Promise<void> | undefined;
  return {
    put: (size) => presigner.put(size),
    create: (size) => presigner.create(size),
    part: async (upload, number, size) => {
      await (noted ??= note(upload));
      return presigner.part(upload, number, size);
    },
    complete: (upload, parts) => presigner.complete(upload, parts),
    abort: (upload) => presigner.abort(upload),
    get: () => presigner.get(),
    delete: () => presigner.delete(),
    ...(presigner.list && { list: (upload, after) => presigner.list!(upload, after) }),
  };
}
