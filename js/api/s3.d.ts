import {
  AbortOptions,
  Bytes,
  DownloadPresigner,
  EncryptedObject,
  ListedPart,
  ObjectParts,
  Patience,
  Presigned,
  Progress,
  RetryAttempt,
  RetryNotice,
  RetryOptions,
  StoredPart,
  UploadOptions,
  UploadPresigner,
  UploadProgress,
  Uploaded,
  uploadToS3,
  withRetries,
} from "./common.js";

interface DownloadOptions extends Patience {
  onProgress?: ((progress: Progress) => void) | undefined;
}
declare function downloadFromS3(from: DownloadPresigner | URL | string, options?: DownloadOptions): Promise<Response>;
interface StoredObjectParts extends ObjectParts {
  read(offset: number, length: number, options?: AbortOptions): Promise<Bytes>;
}
declare function openFromS3(from: DownloadPresigner | URL | string, options?: Patience): Promise<StoredObjectParts>;
declare function abandonUpload(object: EncryptedObject, presigner: Pick<UploadPresigner, "abort">): Promise<void>;
export {
  type DownloadOptions,
  type DownloadPresigner,
  type ListedPart,
  type Patience,
  type Presigned,
  type RetryAttempt,
  type RetryNotice,
  type RetryOptions,
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
