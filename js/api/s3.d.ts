import {
  AbortOptions,
  Bytes,
  EncryptedObject,
  ObjectParts,
  Progress,
  TransferError,
} from "./common.js";

interface Presigned {
  readonly url: string | URL;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
interface StoredPart {
  readonly number: number;
  readonly etag: string;
}
interface ListedPart extends StoredPart {
  readonly size: number;
}
interface DownloadPresigner {
  get(): Promise<Presigned>;
}
interface UploadPresigner extends Partial<DownloadPresigner> {
  put(size: number): Promise<Presigned>;
  create(size: number | undefined): Promise<Presigned | string>;
  part(upload: string, number: number, size: number): Promise<Presigned>;
  complete(upload: string, parts: readonly StoredPart[]): Promise<Presigned | void>;
  abort(upload: string): Promise<Presigned | void>;
  list?(upload: string, after: number): Promise<Presigned | readonly ListedPart[]>;
  get?(): Promise<Presigned>;
}
interface Patience {
  signal?: AbortSignal | undefined;
  retries?: number | undefined;
  onInterrupted?: ((error: TransferError) => Promise<void>) | undefined;
  onRetrying?: ((retry: RetryNotice) => void) | undefined;
}
interface RetryNotice {
  readonly error: TransferError;
  readonly attempt: number;
  readonly delay: number;
}
declare function withRetries<T>(work: (again: boolean) => Promise<T>, options?: Patience): Promise<T>;
interface DownloadOptions extends Patience {
  onProgress?: ((progress: Progress) => void) | undefined;
}
declare function downloadFromS3(from: DownloadPresigner | URL | string, options?: DownloadOptions): Promise<Response>;
interface StoredObjectParts extends ObjectParts {
  read(offset: number, length: number, options?: AbortOptions): Promise<Bytes>;
}
declare function openFromS3(from: DownloadPresigner | URL | string, options?: Patience): Promise<StoredObjectParts>;
declare function abandonUpload(object: EncryptedObject, presigner: Pick<UploadPresigner, "abort">): Promise<void>;
interface UploadProgress {
  readonly done: number;
  readonly sending: number;
  readonly total: number | undefined;
}
interface UploadOptions extends Patience {
  concurrency?: number | undefined;
  partSize?: number | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}
interface Uploaded {
  readonly size: number;
  readonly parts: number;
}
declare function uploadToS3(object: EncryptedObject, presigner: UploadPresigner, options?: UploadOptions): Promise<Uploaded>;
export {
  type DownloadOptions,
  type DownloadPresigner,
  type ListedPart,
  type Patience,
  type Presigned,
  type RetryNotice,
  type StoredObjectParts,
  type StoredPart,
  type UploadOptions,
  type UploadPresigner,
  type UploadProgress,
  type Uploaded,
  abandonUpload,
  downloadFromS3,
  openFromS3,
  uploadToS3,
  withRetries,
};
