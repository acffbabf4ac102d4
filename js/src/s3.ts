/**
 * Uploads to S3 and to stores that speak its language, downloads from there, and reading of parts, by presigned URLs. An
 * entry point of its own, `strongroom/s3`: pages that do not import it do not download it.
 */
export { downloadFromS3 } from "./adapters/s3/download.js";
export type { DownloadOptions } from "./adapters/s3/download.js";
export { openFromS3 } from "./adapters/s3/open-object.js";
export type { StoredObjectParts } from "./adapters/s3/open-object.js";
export type { DownloadPresigner, ListedPart, Presigned, StoredPart, UploadPresigner } from "./adapters/s3/presigner.js";
export { withRetries } from "./adapters/s3/retry.js";
export type { Patience, RetryNotice, RetryOptions } from "./adapters/s3/retry.js";
export type { RetryAttempt } from "./adapters/s3/silence.js";
export { abandonUpload } from "./adapters/s3/resume-upload.js";
export { uploadToS3 } from "./adapters/s3/upload.js";
export type { Uploaded, UploadOptions, UploadProgress } from "./adapters/s3/upload.js";
