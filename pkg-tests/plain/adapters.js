/** Uploaders that others wrote, with objects of this package. The test bundles this file. */
import { S3Client } from "@aws-sdk/client-s3";
import { Upload as S3Upload } from "@aws-sdk/lib-storage";
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import ThumbnailGenerator from "@uppy/thumbnail-generator";
import Tus from "@uppy/tus";
import { Encryptor } from "strongroom/uppy";
import { Upload as TusUpload } from "tus-js-client";
import { context, madeFile, presigned, sha256, vaults } from "./story.js";

const MiB = 1024 * 1024;

const encrypted = (key, size, seed) =>
  vaults.get("acme").encrypt(madeFile(key, size, seed), { key: "photos", context: context(key) });

async function opened(key, input) {
  const plain = await vaults.get("acme").decrypt(input, { context: context(key) });
  return sha256(await plain.blob());
}

/** A picture whose name says too much. */
async function picture(padding) {
  const canvas = new OffscreenCanvas(400, 300);
  canvas.getContext("2d").fillRect(50, 50, 100, 100);
  const png = await canvas.convertToBlob();
  // What follows a picture's end is left alone by what shows it.
  return new File([png, new Uint8Array(padding)], "secret-name.png", { type: "image/png", lastModified: 1 });
}

/** What Uppy's S3 plugin asks to be signed, in the words of the demo's server. */
function signRequest({ method, key, uploadId: upload, partNumber: part }) {
  const multipart = { POST: "multipart-complete", PUT: "multipart-part", DELETE: "multipart-abort" };
  if (upload) return presigned({ action: multipart[method], key, upload, ...(part && { part }) });
  return presigned({ action: method === "POST" ? "multipart-create" : "put", key });
}

/** How the demo's store takes objects: in parts above 5 MiB, by names of its own form. */
const STORED = { shouldUseMultipart: ({ size }) => size > 5 * MiB, generateObjectKey: ({ name }) => name };

async function unlessB(data, { name }, watch) {
  if (name === "b") throw new Error("no");
  return vaults.get("acme").encrypt(data, { key: "photos", ...watch });
}

/** Uploads a picture through Uppy; what was sent under which name, and what the page shows of it. */
async function throughUppy(padding, use, { failures = 0 } = {}) {
  const file = await picture(padding);
  let [encryptions, id] = [0, ""];
  const uppy = new Uppy().use(ThumbnailGenerator, { waitForThumbnailsBeforeUpload: true }).use(Encryptor, {
    encrypt: async (data, { name }, watch) => {
      encryptions += 1;
      if (name !== file.name) throw new Error("encrypted twice");
      return vaults.get("acme").encrypt(data, { key: "photos", context: context("picture"), ...watch });
    },
    onEncrypted: (object) => void (id = object.id),
  });
  use(uppy);
  uppy.addFile({ name: file.name, type: file.type, data: file, meta: { relativePath: "secret-folder/secret-name.png" } });
  let result = await uppy.upload();
  for (let failed = 0; failed < failures; failed++) {
    if (result.failed.length !== 1) throw new Error("it did not fail");
    result = await uppy.retryAll();
  }
  const [sent] = result.successful;
  if (!sent) throw new Error(result.failed[0].error);
  const thumbnail = new Image();
  thumbnail.src = sent.preview;
  await thumbnail.decode();
  const { name, uploadURL: url } = sent;
  return { id, encryptions, name, url, thumbnail: thumbnail.naturalWidth, sha256: await sha256(file) };
}

Object.assign(window.story, {
  hashOf: (key, size, seed) => sha256(madeFile(key, size, seed)),
  async stored(key, name = key) {
    const { url } = await presigned({ action: "get", key });
    return opened(name, await fetch(url));
  },

  /** The AWS SDK, which reads the stream part by part. */
  async awsSdk({ endpoint, bucket, credentials }, key, size, seed) {
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    const object = await encrypted(key, size, seed);
    const upload = new S3Upload({ client, params: { Bucket: bucket, Key: key, Body: object.stream() }, partSize: 5 * MiB });
    let loaded = 0;
    upload.on("httpUploadProgress", (progress) => (loaded = progress.loaded));
    await upload.done();
    return loaded === object.size;
  },

  /** tus, which holds each chunk of the stream until it is confirmed. */
  async tus(endpoint, key, size, seed) {
    const object = await encrypted(key, size, seed);
    return new Promise((resolve, reject) => {
      const upload = new TusUpload(object.stream().getReader(), {
        endpoint,
        uploadSize: object.size,
        chunkSize: 5 * MiB,
        retryDelays: [100, 1000],
        onError: reject,
        onSuccess: () => resolve(upload.url),
      });
      upload.start();
    });
  },
  /** The first `failures` signatures are refused. */
  uppyS3(padding, failures) {
    let refusals = failures;
    const sign = (request) => (refusals-- > 0 ? Promise.reject(new Error("refused")) : signRequest(request));
    return throughUppy(padding, (uppy) => uppy.use(AwsS3, { ...STORED, signRequest: sign }), { failures });
  },
  uppyTus: (endpoint, padding) => throughUppy(padding, (uppy) => uppy.use(Tus, { endpoint, chunkSize: 5 * MiB })),
  /** Resolves when one chunk is stored and the next is not. */
  uppyTusHalf: (endpoint, padding) =>
    new Promise((resolve, reject) => {
      const onBeforeRequest = async (request) => {
        const offset = request.getHeader("Upload-Offset");
        if (offset !== undefined && offset !== "0") await new Promise(() => resolve(true));
      };
      throughUppy(padding, (uppy) => uppy.use(Tus, { endpoint, chunkSize: 5 * MiB, onBeforeRequest })).catch(reject);
    }),
  /** A file that cannot be encrypted, and one that can. */
  async uppyFails(endpoint) {
    const uppy = new Uppy().use(Encryptor, { encrypt: unlessB }).use(Tus, { endpoint });
    for (const name of ["a", "b"]) uppy.addFile({ name, data: new Blob([name]) });
    const outcome = await uppy.upload().then(() => "uploaded", ({ message }) => message);
    return { outcome, errors: uppy.getFiles().map(({ error }) => error ?? null) };
  },
  openUrl: async (key, url) => opened(key, await fetch(url)),
});
