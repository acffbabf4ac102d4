/** Signs requests to S3, or to a store that speaks its language, with aws4fetch. */
import { AwsV4Signer } from "aws4fetch";

const { S3_ENDPOINT, S3_BUCKET, S3_REGION = "us-east-1", S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = process.env;
/** Seconds. Each attempt of a transfer asks for a URL of its own, so a short time is enough. */
const LIFETIME = "300";

/** What a page may ask for: the method, and the query of the S3 operation. */
const OPERATIONS = {
  GetObject: () => ["GET", {}],
  PutObject: () => ["PUT", {}],
  DeleteObject: () => ["DELETE", {}],
  CreateMultipartUpload: () => ["POST", { uploads: "" }],
  UploadPart: ({ upload, number }) => ["PUT", { uploadId: upload, partNumber: number }],
  CompleteMultipartUpload: ({ upload }) => ["POST", { uploadId: upload }],
  AbortMultipartUpload: ({ upload }) => ["DELETE", { uploadId: upload }],
  ListParts: ({ upload, after }) => ["GET", { uploadId: upload, "part-number-marker": after }],
};

/**
 * Returns `{ url, method, headers }`, to be sent as it stands. `PutObject` and `CompleteMultipartUpload` never replace
 * an object: `If-None-Match` is part of their signature.
 */
export async function presign({ action, key, ...given }) {
  const [method, query] = OPERATIONS[action](given);
  const url = new URL(`${S3_ENDPOINT}/${S3_BUCKET}/${encodeURIComponent(key)}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  url.searchParams.set("X-Amz-Expires", LIFETIME);
  const creates = action === "PutObject" || action === "CompleteMultipartUpload";
  const headers = creates ? { "if-none-match": "*" } : {};
  // Signed as well, so that the store takes no other size. The browser sends it by itself.
  const length = action === "PutObject" ? { "content-length": String(given.size) } : {};
  const signer = new AwsV4Signer({
    method,
    url: String(url),
    headers: { ...headers, ...length },
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    region: S3_REGION,
    service: "s3",
    signQuery: true,
    allHeaders: true,
  });
  return { url: String((await signer.sign()).url), method, headers };
}
