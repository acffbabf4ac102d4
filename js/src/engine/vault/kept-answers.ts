/**
 * What a key management service answered as a gate, kept for the hours of its `offlineGrace`: of each vault the last one, wrapped under a key
 * of this browser that it gives to nobody. Both are in the database of those keys.
 */
import { inKeys, inKeysThere } from "../../shared/browser-keys.js";
import type { DeviceKeys } from "./device-keys.js";

interface KeptEntry {
  /** The name of the browser's key. */
  readonly key: string;
  readonly text: string;
}

export class KeptAnswers {
  readonly #keys: DeviceKeys;

  constructor(keys: DeviceKeys) {
    this.#keys = keys;
  }

  /** Keeps what the core wrapped, in the place of what was kept for the vault before. */
  async keep(vault: string, key: string, text: string): Promise<void> {
    const before = await findKept(vault);
    await inKeys("readwrite", (keys) => keys.put({ key, text } satisfies KeptEntry, keptName(vault)));
    this.#keys.stays(key);
    if (before) await this.#keys.forget([before.key]);
  }

  async kept(vault: string): Promise<string | undefined> {
    return (await findKept(vault))?.text;
  }

  /** The name of the key that it is wrapped under. */
  async keyOf(vault: string): Promise<string | undefined> {
    return (await findKept(vault))?.key;
  }

  /** Deletes it, as far as that can be done. */
  async forget(vault: string): Promise<void> {
    if (typeof indexedDB === "undefined") return;
    const kept = await findKept(vault);
    if (!kept) return;
    await inKeysThere("readwrite", (keys) => keys.delete(keptName(vault))).catch(() => {});
    await this.#keys.forget([kept.key]);
  }
}

/** No key's name has a space. */
const keptName = (vault: string): string => `grace ${vault}`;

async function findKept(vault: string): Promise<KeptEntry | undefined> {
  const found = await inKeysThere<unknown>("readonly", (keys) => keys.get(keptName(vault))).catch(() => undefined);
  const { key, text } = (found ?? {}) as Partial<KeptEntry>;
  return typeof key === "string" && typeof text === "string" ? { key, text } : undefined;
}
