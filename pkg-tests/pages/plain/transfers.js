/** Uploads, anew or going on, and downloads by `strongroom/s3`, over whatever network there is. */
import { downloadFromS3, uploadToS3 } from "./strongroom/dist/s3.js";
import { context, madeFile, presigner, sha256, vaults } from "./story.js";

const PART = 5 * 1024 * 1024;
const patience = { retries: 4 };

/** @param {number | null} abortAt bytes that have left by then */
async function upload({ key, size, seed, abortAt, resumable }) {
  const stop = new AbortController();
  const object = await vaults.get("acme").encrypt(madeFile(key, size, seed), { key: "photos", context: context(key) });
  if (resumable) await object.resumeToken();
  let [confirmed, right] = [0, true];
  const onProgress = ({ done, sending, total }) => {
    // What is on its way may be lost again; what is confirmed is not.
    right &&= done >= confirmed && done + sending <= total && total === object.size;
    confirmed = done;
    if (abortAt !== null && done + sending > abortAt) stop.abort();
  };
  await uploadToS3(object, presigner(key), { ...patience, partSize: PART, signal: stop.signal, onProgress });
  if (!right || confirmed !== object.size) throw new Error("progress went wrong");
}

/** What a bad network, or an abort, left under way. */
async function goOn({ token, name, size }, seed) {
  const file = madeFile(name, size, seed);
  const object = await vaults.get("acme").resume(token, file, { context: context(name) });
  await uploadToS3(object, presigner(name), { ...patience, partSize: PART });
}

async function hashOfStored(key) {
  const response = await downloadFromS3(presigner(key), patience);
  const plain = await vaults.get("acme").decrypt(response, { context: context(key) });
  return sha256(await plain.blob());
}

/** What a step came to: its value, or its error's code, and the code of what caused that. */
async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: error.code ?? String(error), cause: error.cause?.code, message: error.message };
  }
}

Object.assign(window.story, {
  /** All at the same time. */
  upload: (all) => Promise.all(all.map((one) => outcome(() => upload(one)))),
  /** All that is under way; their keys. */
  async goOn(seeds) {
    const left = await vaults.get("acme").uploads.list();
    await Promise.all(left.map((one) => goOn(one, seeds[one.name])));
    return left.map(({ name }) => name);
  },
  hashesOfStored: (keys) => Promise.all(keys.map((key) => outcome(() => hashOfStored(key)))),
  hashOf: ({ key, size, seed }) => sha256(madeFile(key, size, seed)),
});
