/**
 * Keys that this browser keeps and gives to nobody: CryptoKeys that cannot be extracted, in a database of their own. A key is
 * applied to an input (HMAC-SHA-256), and the core makes of what it gives what opens a factor's record.
 *
 * Not every browser keeps such a key: some refuse to clone one, in private windows for instance, and some give `null` back.
 * So none counts before it was written, read in a later transaction, and used.
 *
 * Beside each key stands the latest time at which it was there. It only goes forward, so that a clock which is put back before a
 * key's deadline is told.
 */
import { deleteReloadKeys, inKeys, inKeysThere } from "../../shared/browser-keys.js";
import { sameBytes, type Bytes } from "../../shared/bytes.js";
import { ThisDeviceError } from "../../shared/errors/index.js";

/** Milliseconds. Clocks are set right by seconds while a browser runs. */
const SET_RIGHT = 60_000;

const ALGORITHM = { name: "HMAC", hash: "SHA-256", length: 256 } as const;

export class DeviceKeys {
  /** Those that were made, and whose records are not stored yet. */
  readonly #made = new Set<string>();
  #enrolling: Promise<unknown> = Promise.resolve();
  /** What is being deleted. */
  #deleting: Promise<unknown> = Promise.resolve();

  /** Makes a key and keeps it under that name. @throws ThisDeviceError where none can be kept */
  async create(id: string): Promise<void> {
    const { subtle } = usable();
    this.#made.add(id);
    try {
      const fresh = await subtle.generateKey(ALGORITHM, false, ["sign"]);
      await inKeys("readwrite", (keys) => {
        advance(keys, id);
        return keys.put(fresh, id);
      });
      const canary = crypto.getRandomValues(new Uint8Array(32));
      const kept = await find(id);
      const given = kept && (await applied(kept, canary));
      if (!given || !sameBytes(given, await applied(fresh, canary))) throw new Error("it gave another key back");
    } catch (cause) {
      await this.forget([id]);
      if (cause instanceof ThisDeviceError) throw cause;
      throw cannotKeep(`this browser keeps no such key: ${String((cause as Error | undefined)?.message ?? cause)}`, cause);
    }
  }

  /** What the key opens is stored: it is deleted by no call that fails. */
  stays(id: string): void {
    this.#made.delete(id);
  }

  /**
   * What the key of that name gives; `undefined` where this browser has none, `"clock"` where the clock stands before the time that
   * is noted, or that time is past the deadline already.
   */
  async apply(id: string, input: Bytes, expires: number): Promise<Bytes | "clock" | undefined> {
    usable();
    const now = Date.now();
    const kept = await findAndNote(id).catch((cause: unknown) => {
      throw cannotKeep(`the browser's database of keys cannot be read: ${String(cause)}`, cause);
    });
    if (!kept) return undefined;
    return isPutBack(now, kept.noted, expires) ? "clock" : applied(kept.key, input);
  }

  /** As `apply`, of a key that is of one use: it is gone before it is applied, whoever asks for it at the same time. */
  async applyOnce(id: string, input: Bytes, expires: number): Promise<Bytes | "clock" | undefined> {
    usable();
    const now = Date.now();
    let noted: IDBRequest<unknown> | undefined;
    const kept = await inKeys<unknown>("readwrite", (keys) => {
      const asked = keys.get(id);
      noted = keys.get(noteOf(id));
      keys.delete(id);
      keys.delete(noteOf(id));
      return asked;
    });
    const key = usableKey(kept);
    if (!key) return undefined;
    return isPutBack(now, timeOf(noted?.result), expires) ? "clock" : applied(key, input);
  }

  /** Notes the time beside these keys, or beside all that this browser has, as far as that can be done. */
  async noteTime(ids?: readonly string[]): Promise<void> {
    if (ids?.length === 0 || typeof indexedDB === "undefined") return;
    try {
      for (const id of ids ?? (await inKeys("readonly", (keys) => keys.getAllKeys()))) {
        if (isName(id)) await findAndNote(id);
      }
    } catch {
      // The earlier time stands.
    }
  }

  /** Deletes keys, as far as that can be done: without its record, or the tab's half, a key opens nothing. */
  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#made.delete(id);
    if (ids.length > 0) await this.#delete(ids.flatMap((id) => [id, noteOf(id)]));
  }

  /** As `forget`, of all that open a vault after a reload. */
  async forgetReloads(vault: string): Promise<void> {
    await this.#deletes(deleteReloadKeys(vault));
  }

  /** As `forget`, of all whose names `is` holds for. */
  async forgetThose(is: (name: string) => boolean): Promise<void> {
    if (typeof indexedDB === "undefined") return;
    const there = await inKeysThere("readonly", (keys) => keys.getAllKeys()).catch((): IDBValidKey[] => []);
    await this.forget(there.filter((name) => typeof name === "string").filter(is));
  }

  /** Resolves once nothing is being deleted any more: before a Worker ends. */
  async deleted(): Promise<void> {
    await this.#deleting;
  }

  #delete(names: readonly string[]): Promise<unknown> {
    if (typeof indexedDB === "undefined") return Promise.resolve();
    // What cannot be deleted stays, and opens nothing.
    return this.#deletes(inKeysThere("readwrite", (keys) => names.map((name) => keys.delete(name)).at(-1)!).catch(() => {}));
  }

  #deletes(gone: Promise<unknown>): Promise<unknown> {
    this.#deleting = Promise.all([this.#deleting, gone]);
    return gone;
  }

  /** Runs a call that may enrol this device, one after the other: where it fails, the key that it made is deleted. */
  enrolling<T>(call: () => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      try {
        const done = await call();
        this.#made.clear();
        return done;
      } catch (error) {
        await this.forget([...this.#made]);
        throw error;
      }
    };
    const ran = this.#enrolling.then(run);
    this.#enrolling = ran.catch(() => {});
    return ran;
  }

  /** Why this browser cannot keep a key; `undefined` where it can, which is tried. */
  async missing(): Promise<string | undefined> {
    const id = `probe-${crypto.randomUUID?.() ?? Math.random()}`;
    try {
      await this.create(id);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await this.forget([id]);
      await this.noteTime();
    }
  }
}

/** The entry with the latest time at which the key was there, in milliseconds since 1970. No key's name has a space. */
function noteOf(id: string): string {
  return `${id} seen`;
}

function isName(entry: IDBValidKey): entry is string {
  return typeof entry === "string" && !entry.includes(" ");
}

/** The key of that name, and the time that was noted beside it before: 0 for one that an earlier release made. */
async function findAndNote(id: string): Promise<{ key: CryptoKey; noted: number } | undefined> {
  const key = await find(id);
  return key && { key, noted: timeOf(await inKeys("readwrite", (keys) => advance(keys, id))) };
}

function advance(keys: IDBObjectStore, id: string): IDBRequest<unknown> {
  const request: IDBRequest<unknown> = keys.get(noteOf(id));
  request.addEventListener("success", () => {
    const now = Date.now();
    if (now > timeOf(request.result)) keys.put(now, noteOf(id));
  });
  return request;
}

function timeOf(noted: unknown): number {
  return typeof noted === "number" && Number.isFinite(noted) ? noted : 0;
}

function usable(): { subtle: SubtleCrypto } {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw cannotKeep("there is no WebCrypto here, which needs a page served by HTTPS");
  if (typeof indexedDB === "undefined") throw cannotKeep("there is no IndexedDB here");
  return { subtle };
}

function cannotKeep(message: string, cause?: unknown): ThisDeviceError {
  return new ThisDeviceError(message, { reason: "unsupported", cause });
}

async function applied(key: CryptoKey, input: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, input));
}

/** The key of that name, by a connection and a transaction of its own. */
async function find(id: string): Promise<CryptoKey | undefined> {
  return usableKey(await inKeys<unknown>("readonly", (keys) => keys.get(id)));
}

function usableKey(kept: unknown): CryptoKey | undefined {
  const key = kept as CryptoKey | null | undefined;
  return key?.type === "secret" && !key.extractable ? key : undefined;
}

/** Whether the clock stands before what was noted, or that is past the deadline already. */
function isPutBack(now: number, noted: number, expires: number): boolean {
  return now < noted - SET_RIGHT || (now < expires && expires <= noted);
}
