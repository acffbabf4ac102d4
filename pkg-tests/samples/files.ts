import { assert, picture, sameBytes, unlocked } from "./world.js";

const signal = new AbortController().signal;
const onProgress = (): void => {};

export async function filesPage(): Promise<void> {
  const vault = await unlocked();
  const [photo, thumbnail] = [await picture(), new Blob(["small"])];
  const shown: unknown[] = [];
  const show = (...given: unknown[]): void => void shown.push(given[0]);
  // sample: docs/files.md "const files = fileStore"
  assert(await sameBytes(await plain.blob(), photo));
  assert((await small?.text()) === "small" && film.size === photo.size && shown.includes("cat.jpg"));
  assert((await files.list()).length === 0);
}

export async function filesComment(): Promise<void> {
  const vault = await unlocked();
  const [photo, shown] = [await picture(), [] as unknown[]];
  const show = (...given: unknown[]): void => void shown.push(given[0]);
  const sign = async (action: string, key: string, given = {}) => {
    const response = await fetch("/presign", { method: "POST", body: JSON.stringify({ action, key, ...given }) });
    return response.json();
  };
  // sample: js/src/adapters/files/file-remote.ts "const remote"
  // sample: js/src/adapters/files/file-store.ts "fileStore({ vault"
  assert((await plain.file()).name === "cat.jpg" && shown.includes("cat.jpg"));
}
