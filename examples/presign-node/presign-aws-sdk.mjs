/** The same as presign.mjs, with the AWS SDK. */
import * as s3 from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const { S3_ENDPOINT, S3_BUCKET: Bucket, S3_REGION = "us-east-1", S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = process.env;

const client = new s3.S3Client({
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  forcePathStyle: true,
  credentials: { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
  // Otherwise the SDK signs the checksum of an empty body, and the store refuses every other one.
  requestChecksumCalculation: "WHEN_REQUIRED",
});

/** What a page may ask for: the method, and the SDK's command. */
const OPERATIONS = {
  GetObject: (at) => ["GET", new s3.GetObjectCommand(at)],
  PutObject: (at, { size }) => ["PUT", new s3.PutObjectCommand({ ...at, ContentLength: size, IfNoneMatch: "*" })],
  DeleteObject: (at) => ["DELETE", new s3.DeleteObjectCommand(at)],
  CreateMultipartUpload: (at) => ["POST", new s3.CreateMultipartUploadCommand(at)],
  UploadPart: (at, { upload, number }) => [
    "PUT",
    new s3.UploadPartCommand({ ...at, UploadId: upload, PartNumber: number }),
  ],
  CompleteMultipartUpload: (at, { upload }) => [
    "POST",
    new s3.CompleteMultipartUploadCommand({ ...at, UploadId: upload, IfNoneMatch: "*" }),
  ],
  AbortMultipartUpload: (at, { upload }) => ["DELETE", new s3.AbortMultipartUploadCommand({ ...at, UploadId: upload })],
  ListParts: (at, { upload, after }) => [
    "GET",
    new s3.ListPartsCommand({ ...at, UploadId: upload, PartNumberMarker: String(after) }),
  ],
};

/** Returns `{ url, method, headers }`, to be sent as it stands. */
export async function presign({ action, key: Key, ...given }) {
  const [method, command] = OPERATIONS[action]({ Bucket, Key }, given);
  const creates = action === "PutObject" || action === "CompleteMultipartUpload";
  const headers = creates ? { "if-none-match": "*" } : {};
  const url = await getSignedUrl(client, command, { expiresIn: 300, unhoistableHeaders: new Set(Object.keys(headers)) });
  return { url, method, headers };
}
