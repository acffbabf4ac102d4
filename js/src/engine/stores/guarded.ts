/** Errors of ours from whatever a store throws. */
import { QuotaError, StorageError, StrongroomError, UnsupportedError } from "../../shared/errors/index.js";
import type { Store } from "../../shared/model/vault-store.js";

/** The store, throwing nothing but errors of ours. */
export function guarded(store: Store): Store {
  return {
    vaults: () => guard(() => store.vaults()),
    read: (...from) => guard(() => store.read(...from)),
    commit: (...change) => guard(() => store.commit(...change)),
    remove: (vault) => guard(() => store.remove(vault)),
  };
}

async function guard<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw failure(cause);
  }
}

function failure(cause: unknown): StrongroomError {
  if (cause instanceof StrongroomError) return cause;
  const { name } = (cause ?? {}) as Partial<Error>;
  if (name === "QuotaExceededError") {
    return new QuotaError("the browser's storage is full; free space and try again", { cause });
  }
  // The request was for a lower version than the database has.
  if (name === "VersionError") {
    const what = "a database that a newer version of strongroom wrote";
    return new UnsupportedError(`not supported: ${what}; reload to get that version`, { what, cause });
  }
  // A private window, or blocked cookies: Firefox says the one, Chromium the other.
  if (name === "SecurityError" || name === "UnknownError" || typeof indexedDB === "undefined") {
    const hint = "the browser keeps no data for this site; allow it to, or leave the private window";
    return new StorageError(`${hint} (${String(cause)})`, { cause });
  }
  return new StorageError(`the store failed: ${String(cause)}`, { cause });
}
