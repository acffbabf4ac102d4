import * as tus from "tus-js-client";
import { assert, context, pending, picture, sameBytes, unlocked } from "./world.js";

/** Runs what starts a tus upload, until it has ended; its URL. */
function ended(run: (on: { onError(error: Error): void; onSuccess(): void }) => Promise<{ url: string | null }>): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = run({ onError: reject, onSuccess: () => void upload.then(({ url }) => resolve(url ?? "")) });
    upload.catch(reject);
  });
}

export async function uploadsTus(): Promise<void> {
  const [vault, file] = [await unlocked(), await picture()];
  const url = await ended(async ({ onError, onSuccess }) => {
    // sample: docs/uploads.md "only for uploads that resume"
    return upload;
  });
  const plain = await vault.decrypt(await fetch(url), { context });
  assert(await sameBytes(await plain.blob(), file));
}

export async function uploadsTusResumed(): Promise<void> {
  const [vault, file] = [await unlocked(), await picture()];
  const token = await pending(vault, file, "tus", context);
  const url = await ended(async ({ onError, onSuccess }) => {
    // sample: docs/uploads.md "findPreviousUploads"
    return upload;
  });
  const plain = await vault.decrypt(await fetch(url), { context });
  assert(await sameBytes(await plain.blob(), file));
}

export async function uploadsTusComment(): Promise<void> {
  const [vault, file, endpoint] = [await unlocked(), await picture(), "/files/"];
  const token = await pending(vault, file, "tus", context);
  const url = await ended(async ({ onError, onSuccess }) => {
    // sample: js/src/adapters/tus/tus-upload.ts "findPreviousUploads"
    return upload;
  });
  const plain = await vault.decrypt(await fetch(url), { context });
  assert(await sameBytes(await plain.blob(), file));
}
