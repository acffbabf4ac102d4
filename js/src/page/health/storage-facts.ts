/** What the browser says of where a vault is kept. */
import { isShared, type VaultStorage } from "../runtime/start-engine.js";

export interface StorageFacts {
  /** `"page"`: a store that the page gave. */
  readonly kept: "indexeddb" | "memory" | "page";
  readonly secure: boolean;
  readonly persisted: boolean | undefined;
  /** In bytes. */
  readonly left: number | undefined;
}

export async function storageFacts(storage: VaultStorage): Promise<StorageFacts> {
  const secure = globalThis.isSecureContext ?? true;
  if (storage.store) return { kept: "page", secure, persisted: undefined, left: undefined };
  if (!isShared(storage)) return { kept: "memory", secure, persisted: undefined, left: undefined };
  const [persisted, left] = await Promise.all([isPersisted(), bytesLeft()]);
  return { kept: "indexeddb", secure, persisted, left };
}

/** Pages that are hardened or tested have stubs, which throw. */
async function isPersisted(): Promise<boolean | undefined> {
  try {
    return await globalThis.navigator?.storage?.persisted?.();
  } catch {
    return undefined;
  }
}

async function bytesLeft(): Promise<number | undefined> {
  try {
    const estimate = await globalThis.navigator?.storage?.estimate?.();
    const { quota, usage } = estimate ?? {};
    return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0));
  } catch {
    return undefined;
  }
}
