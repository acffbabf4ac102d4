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
    const before = await replaceKept(vault, (keys) => keys.put({ key, text } satisfies KeptEntry, keptName(vault)));
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
    const gone = await replaceKept(vault, (keys) => keys.delete(keptName(vault)), inKeysThere).catch(() => undefined);
    if (gone) await this.#keys.forget([gone.key]);
  }
}

/** No key's name has a space. */
const keptName = (vault: string): string => `grace ${vault}`;

/** What stood there before, in one transaction: of two tabs that write at once, each deletes the key of the entry that it took away. */
async function replaceKept(vault: string, write: (keys: IDBObjectStore) => IDBRequest, within = inKeys): Promise<KeptEntry | undefined> {
  let before: IDBRequest<unknown> | undefined;
  await within<unknown>("readwrite", (keys) => {
    before = keys.get(keptName(vault));
    return write(keys);
  });
  return keptEntry(before?.result);
}

async function findKept(vault: string): Promise<KeptEntry | undefined> {
  return keptEntry(await inKeysThere<unknown>("readonly", (keys) => keys.get(keptName(vault))).catch(() => undefined));
}

function keptEntry(found: unknown): KeptEntry | undefined {
  const { key, text } = (found ?? {}) as Partial<KeptEntry>;
  return typeof key === "string" && typeof text === "string" ? { key, text } : undefined;
}
