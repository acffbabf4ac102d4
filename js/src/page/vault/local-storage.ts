/**
 * What `use` returns; `undefined` where there is no `localStorage`, or it is full. Reading it throws where a browser blocks
 * it, and Node's is experimental. @internal
 */
export function inLocalStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return typeof indexedDB === "undefined" ? undefined : use(localStorage);
  } catch {
    return undefined;
  }
}
