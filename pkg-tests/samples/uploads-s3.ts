import { S3Client } from "@aws-sdk/client-s3";
import { uploadToS3, withRetries, type UploadPresigner } from "strongroom/s3";
import { assert, context, fresh, opens, pending, picture, presigner, sameBytes, unlocked } from "./world.js";

const signal = new AbortController().signal;
const onProgress = (): void => {};
const contextOf = (location: string): { object: string } => ({ object: location });



export async function uploadsS3(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  // sample: docs/uploads.md "const presigner = {"
  assert(await sameBytes(await plain.blob(), file));
}

export async function uploadsS3Comment(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  // sample: js/src/adapters/s3/presigner.ts "const presigner"
  await uploadToS3(await vault.encrypt(file, { key: "photos", context }), presigner);
  assert(await opens(vault, key, context, file));
}

export async function downloadsS3Comment(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  const one = presigner(key);
  await uploadToS3(await vault.encrypt(file, { key: "photos", context }), one);
  await downloaded(one);
  async function downloaded(presigner: typeof one): Promise<void> {
    // sample: js/src/adapters/s3/download.ts "downloadFromS3"
    assert(await sameBytes(await plain.blob(), file));
  }
}

export async function uploadsRetries(): Promise<void> {
  const headerUrl = async (): Promise<string> => "/";
  const onRetrying = onProgress;
  // sample: docs/uploads.md "headerUrl()"
  assert(response.ok);
}

export async function uploadsRetriesComment(): Promise<void> {
  const signedUrl = async (): Promise<string> => "/";
  // sample: js/src/adapters/s3/retry.ts "signedUrl()"
  assert(response.ok && typeof withRetries === "function");
}

export async function uploadsToken(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  const one = presigner(key);
  await uploaded(one);
  async function uploaded(presigner: typeof one): Promise<void> {
    // sample: docs/uploads.md "resumeToken({ location: key"
    assert((await vault.uploads.list()).length === 0);
  }
  assert(await opens(vault, key, context, file));
}

export async function uploadsResumed(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  await pending(vault, file, key, contextOf(key));
  const choose = async (name: string | undefined): Promise<File> => {
    assert(name === file.name);
    return file;
  };
  // sample: docs/uploads.md "contextOf(location)"
  assert(await opens(vault, key, contextOf(key), file));
  assert((await vault.uploads.list()).length === 0);
}

export async function uploadsResumedComment(): Promise<void> {
  const [vault, file, key] = [await unlocked(), await picture(), fresh()];
  await pending(vault, file, key, context);
  const choose = async (_name: string | undefined): Promise<File> => file;
  const one = presigner(key);
  await resumed(one);
  async function resumed(presigner: typeof one): Promise<void> {
    // sample: js/src/page/vault/vault.ts "vault.uploads.list()"
  }
  assert(await opens(vault, key, context, file));
}

export async function uploadsAwsSdk(): Promise<void> {
  const [vault, file, Key] = [await unlocked(), await picture(), fresh()];
  const object = await vault.encrypt(file, { key: "photos", context });
  const { endpoint, bucket: Bucket, credentials } = await (await fetch("/store-credentials")).json();
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  // sample: docs/uploads.md "@aws-sdk/lib-storage"
  assert(await opens(vault, Key, context, file));
}
