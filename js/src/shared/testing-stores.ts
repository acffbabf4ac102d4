/** Which stores are for tests: the passphrases of the vaults in them are stretched at next to no cost. */

/** What `strongroom/testing` marks. Nothing else can. */
const marked = new WeakSet<object>();

/** Marks a store. @internal */
export function markTestingStore<S extends object>(store: S): S {
  marked.add(store);
  return store;
}

/** Whether a vault's storage is for tests. */
export const isTestingStore = (storage: unknown): boolean =>
  typeof storage === "object" && storage !== null && marked.has(storage);
