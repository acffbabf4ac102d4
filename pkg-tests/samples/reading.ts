import type { ObjectReader, Vault } from "strongroom";
import { localUrl } from "strongroom/media";
import { openFromS3, uploadToS3 } from "strongroom/s3";
import { assert, context, fresh, picture, presigner, readable, sameBytes, unlocked } from "./world.js";

/** A URL of an object that is stored. */
async function stored(vault: Vault, content: Blob, named: Record<string, string> = context): Promise<string> {
  const key = fresh();
  await uploadToS3(await vault.encrypt(content, { key: "photos", context: named }), presigner(key));
  return readable(key);
}

const large = (): Blob => new Blob([new Uint8Array(10_004_096).fill(7)], { type: "video/webm" });

export async function readingParts(): Promise<void> {
  const vault = await unlocked();
  const presignedGetUrl = await stored(vault, large());
  // sample: docs/reading.md "presignedGetUrl"
  assert(film.size === 10_004_096);
}

export async function readingPartsComment(): Promise<void> {
  const vault = await unlocked();
  const url = await stored(vault, large(), { file: "film.webm" });
  // sample: js/src/page/vault/vault-objects.ts "film.read"
  assert(part.length === 4096 && part[0] === 7);
}

export async function readingFromS3(): Promise<void> {
  const [vault, key] = [await unlocked(), fresh()];
  const one = presigner(key);
  const onRetrying = (): void => {};
  await uploadToS3(await vault.encrypt(large(), { key: "photos", context }), one);
  await opened(one);
  async function opened(presigner: typeof one): Promise<void> {
    // sample: docs/reading.md "openFromS3(presigner"
    assert((await film.read(5_000_000, 10))[0] === 7 && typeof openFromS3 === "function");
    film.close();
  }
}

export async function readingFromS3Comment(): Promise<void> {
  const [vault, key] = [await unlocked(), fresh()];
  const one = presigner(key);
  await uploadToS3(await vault.encrypt(large(), { key: "photos", context }), one);
  await opened(one);
  async function opened(presigner: typeof one): Promise<void> {
    // sample: js/src/adapters/s3/open-object.ts "openFromS3"
    assert(part.length === 4096 && part[0] === 7);
  }
}

/** A picture, in place of a film: pages show both by the same addresses. */
async function film(vault: Vault): Promise<ObjectReader> {
  await navigator.serviceWorker.register("service-worker.js");
  return vault.openObject(await stored(vault, await picture()), { context });
}

export async function readingMedia(): Promise<void> {
  const video = new Image();
  await shown(await film(await unlocked()));
  async function shown(film: ObjectReader): Promise<void> {
    // sample: docs/reading.md "video.src = await localUrl"
    await video.decode();
    assert(video.width === 400);
  }
}

export async function readingSaved(): Promise<void> {
  const link = document.createElement("a");
  await named(await film(await unlocked()));
  async function named(film: ObjectReader): Promise<void> {
    // sample: docs/reading.md "link.href"
    const saved = (await fetch(link.href)).headers.get("content-disposition");
    assert(saved === "attachment; filename*=UTF-8''film.webm");
  }
}

export async function readingMediaComment(): Promise<void> {
  const vault = await unlocked();
  await navigator.serviceWorker.register("service-worker.js");
  const [url, video] = [await stored(vault, await picture()), new Image()];
  // sample: js/src/adapters/media/local-url.ts "await localUrl"
  await video.decode();
  film.close();
  assert(video.width === 400 && typeof localUrl === "function");
}

export async function fileComment(): Promise<void> {
  const vault = await unlocked();
  const url = await stored(vault, await picture());
  // sample: js/src/page/objects/decrypted-object.ts ".file()"
  assert(file.name === "cat.jpg" && file.lastModified === 1);
}

export async function readingSavedInAFile(): Promise<void> {
  const vault = await unlocked();
  const url = await stored(vault, large());
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("film.webm", { create: true });
  const { signal } = new AbortController();
  await saved(await vault.openObject(url, { context }));
  const file = await handle.getFile();
  assert(await sameBytes(file, large()));
  async function saved(film: ObjectReader): Promise<void> {
    // sample: docs/reading.md "saveTo(handle"
    film.close();
  }
}
