/**
 * Uploads to S3 and whatever speaks its language, and downloads from there, by presigned URLs. An entry point of its
 * own, `strongroom/s3`: pages that do not import it do not download it.
 */
export { downloadFromS3 } from "./s3/download.js";
export type { DownloadOptions } from "./s3/download.js";
export type { DownloadPresigner, ListedPart, Presigned, StoredPart, UploadPresigner } from "./s3/presigner.js";
export type { Patience } from "./s3/retry.js";
export { abandonUpload } from "./s3/resume.js";
export { uploadToS3 } from "./s3/upload.js";
export type { Uploaded, UploadOptions, UploadProgress } from "./s3/upload.js";
