import { EvictedError } from "../../shared/errors/index.js";
import { inLocalStorage } from "./local-storage.js";

/**
 * A marker for each vault outside IndexedDB: an evicted database looks like a fresh install, and
 * only the marker tells which it is. Where `localStorage` is missing or forbidden there is none.
 */
export const evictionMarkers = {
  /** The id of the vault of that name. */
  get: (name: string): string | undefined =>
    inLocalStorage((storage) => storage.getItem(key(name))) ?? undefined,
  set: (name: string, id: string): void => {
    inLocalStorage((storage) => storage.setItem(key(name), id));
  },
  clear: (name: string): void => {
    inLocalStorage((storage) => storage.removeItem(key(name)));
  },
};

/** @internal */
export function evicted(cause?: unknown): EvictedError {
  return new EvictedError("the browser removed this vault; restore a backup", { cause });
}

function key(name: string): string {
  return `strongroom:${name}`;
}
