/**
 * What this browser has begun to store and not finished, so that it may be removed when its tab has ended. The inventory alone
 * cannot say so: a vault that was restored from a backup has what was half done when the backup was made, and may have been
 * finished since.
 */

/** Where tabs cannot tell each other what they do, each knows of its own only; so does Node. */
const own = new Set<string>();

/** @internal */
export class Pending {
  readonly #prefix: string;

  constructor(vault: string) {
    this.#prefix = `strongroom:file:${vault}:`;
  }

  has(name: string): boolean {
    return own.has(this.#prefix + name) || ofAllTabs((storage) => storage.getItem(this.#prefix + name)) !== undefined;
  }

  add(name: string): void {
    own.add(this.#prefix + name);
    ofAllTabs((storage) => storage.setItem(this.#prefix + name, ""));
  }

  delete(name: string): void {
    own.delete(this.#prefix + name);
    ofAllTabs((storage) => storage.removeItem(this.#prefix + name));
  }
}

/** Reading `localStorage` itself throws where a browser blocks it; a full one keeps nothing. */
function ofAllTabs<T>(use: (storage: Storage) => T | null): T | undefined {
  try {
    const tabs = typeof indexedDB !== "undefined" && (globalThis.navigator.locks as LockManager | undefined);
    return tabs ? (use(localStorage) ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
