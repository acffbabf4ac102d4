/** Uploaders that others wrote, with objects of this package. The test bundles this file. */
import { S3Client } from "@aws-sdk/client-s3";
import { Upload as S3Upload } from "@aws-sdk/lib-storage";
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import ThumbnailGenerator from "@uppy/thumbnail-generator";
import Tus from "@uppy/tus";
import { forTus } from "strongroom/tus";
import { Encryptor } from "strongroom/uppy";
import { Upload as TusUpload } from "tus-js-client";
import { allowed, context, madeFile, presigned, sha256, vaults } from "./story.js";

const MiB = 1024 * 1024;

// The AWS SDK reads XML by a sink of Trusted Types, and has no policy of its own.
const parse = DOMParser.prototype.parseFromString;
DOMParser.prototype.parseFromString = function (text, type) {
  return parse.call(this, allowed().createHTML(text), type);
};

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

/** Goes on where an earlier page stopped, if one did. Gives where the upload is. */
async function throughTus(object, endpoint, options = {}) {
  return new Promise((resolve, reject) => {
    const upload = new TusUpload(
      ...forTus(object, {
        endpoint,
        chunkSize: 5 * MiB,
        retryDelays: [100, 1000],
        onError: ({ message, causingError }) => reject(causingError ?? new Error(message)),
        onSuccess: () => resolve(upload.url),
        ...options,
      }),
    );
    const start = ([previous]) => {
      if (previous) upload.resumeFromPreviousUpload(previous);
      upload.start();
    };
    upload.findPreviousUploads().then(start, reject);
  });
}

/** Resolves when one chunk is stored; the next is never sent. */
function stoppedAfterOne(resolve) {
  return async (request) => {
    const offset = request.getHeader("Upload-Offset");
    if (offset !== undefined && offset !== "0") await new Promise(() => resolve(true));
  };
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

  tus: async (endpoint, key, size, seed) => throughTus(await encrypted(key, size, seed), endpoint),
  /** One whose size nobody knows. */
  async tusStream(endpoint, key, size, seed) {
    const input = madeFile(key, size, seed).stream();
    const object = await vaults.get("acme").encrypt(input, { key: "photos", context: context(key) });
    return throughTus(object, endpoint);
  },
  /** What resumes it, once one chunk is stored and the next is not. */
  async tusHalf(endpoint, key, size, seed) {
    const object = await encrypted(key, size, seed);
    const token = await object.resumeToken();
    await new Promise((resolve, reject) => {
      throughTus(object, endpoint, { onBeforeRequest: stoppedAfterOne(resolve) }).catch(reject);
    });
    return token;
  },
  /** On another day; `changed` is where the file's bytes are no longer what they were. */
  async tusResumed(endpoint, key, size, seed, token, changed = size) {
    const file = madeFile(key, size, seed);
    const given = new File([file.slice(0, changed), new Uint8Array(size - changed)], key);
    const vault = vaults.get("acme");
    const object = await vault.resume(token, given, { context: context(key) });
    try {
      const url = await throughTus(object, endpoint);
      return { url, uploads: await vault.uploads.list() };
    } finally {
      object.close();
    }
  },
  /** Of which one chunk is stored. Whether it could go on before it was removed from the server, and after. */
  async tusRemoved(endpoint, key, size, seed) {
    const object = await encrypted(key, size, seed);
    const token = await object.resumeToken();
    const known = async () => (await vaults.get("acme").uploads.list()).some((one) => one.token === token);
    const before = await known();
    const upload = await new Promise((resolve, reject) => {
      const onChunkComplete = () => resolve(made);
      const made = new TusUpload(...forTus(object, { endpoint, chunkSize: 5 * MiB, onChunkComplete, onError: reject }));
      made.start();
    });
    await upload.abort(true);
    return [before, await known()];
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
      const onBeforeRequest = stoppedAfterOne(resolve);
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
