import { EvictedError } from "../../shared/errors/index.js";

/**
 * A marker for each vault outside IndexedDB: an evicted database looks like a fresh install, and
 * only the marker tells which it is. Where `localStorage` is missing or forbidden there is none.
 */
export const evictionMarkers = {
  /** The id of the vault of that name. */
  get: (name: string): string | undefined =>
    attempt((storage) => storage.getItem(key(name))) ?? undefined,
  set: (name: string, id: string): void => {
    attempt((storage) => storage.setItem(key(name), id));
  },
  clear: (name: string): void => {
    attempt((storage) => storage.removeItem(key(name)));
  },
};

/** @internal */
export function evicted(cause?: unknown): EvictedError {
  return new EvictedError("the browser removed this vault; restore a backup", { cause });
}

function key(name: string): string {
  return `strongroom:${name}`;
}

/** Reading `localStorage` itself throws where a browser blocks it. Node's is experimental. */
function attempt<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return typeof indexedDB === "undefined" ? undefined : use(localStorage);
  } catch {
    return undefined;
  }
}
