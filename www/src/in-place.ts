/** Shows stored files in place: of a film, only the parts that are looked at are fetched and decrypted. */

import { localUrl } from "strongroom/media";
import { headerOf } from "./files";
import { contextOf } from "./objects";
import type { Patience } from "./patience";
import type { Vault } from "./state";
import { readRange, type StoredObject } from "./store";

/** The service worker's script, as `vite.config.ts` names it. */
const SCRIPT = "/service-worker.js";

export interface Shown {
  url: string;
  close: () => void;
}

/** A presigned URL ends before a long film does, so that each part is asked for by one of its own. */
export async function showInPlace(open: Vault, object: StoredObject, patience: Patience): Promise<Shown> {
  const { key, size } = object;
  await navigator.serviceWorker.register(SCRIPT, { type: "module" });
  const header = await headerOf(object, patience);
  const read = (from: number, length: number) => readRange(key, from, from + length);
  const opened = await open.openObject({ size, read }, { context: contextOf(key), header });
  try {
    return { url: await localUrl(opened), close: () => opened.close() };
  } catch (error) {
    opened.close();
    throw error;
  }
}
