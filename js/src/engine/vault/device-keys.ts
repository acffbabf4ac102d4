/**
 * Keys that this browser keeps and gives to nobody: CryptoKeys that cannot be extracted, in a database of their own. A key is
 * applied to an input (HMAC-SHA-256), and the core makes of what it gives what opens a factor's record.
 *
 * Not every browser keeps such a key: some refuse to clone one, in private windows for instance, and some give `null` back.
 * So none counts before it was written, read in a later transaction, and used.
 */
import { withTimeout } from "../../shared/async.js";
import { sameBytes, type Bytes } from "../../shared/bytes.js";
import { ThisDeviceError } from "../../shared/errors/index.js";

const DATABASE = "strongroom-device-keys";
const KEYS = "keys";

/** Milliseconds in which the browser's database must answer. */
const ANSWER_TIMEOUT = 10_000;

const ALGORITHM = { name: "HMAC", hash: "SHA-256", length: 256 } as const;

export class DeviceKeys {
  /** Those that were made, and whose records are not stored yet. */
  readonly #made = new Set<string>();
  #enrolling: Promise<unknown> = Promise.resolve();

  /** Makes a key and keeps it under that name. @throws ThisDeviceError where none can be kept */
  async create(id: string): Promise<void> {
    const { subtle } = usable();
    this.#made.add(id);
    try {
      const fresh = await subtle.generateKey(ALGORITHM, false, ["sign"]);
      await inKeys("readwrite", (keys) => keys.put(fresh, id));
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

  /** What the key of that name gives; `undefined` where this browser has none. */
  async apply(id: string, input: Bytes): Promise<Bytes | undefined> {
    usable();
    const key = await find(id).catch((cause: unknown) => {
      throw cannotKeep(`the browser's database of keys cannot be read: ${String(cause)}`, cause);
    });
    return key && applied(key, input);
  }

  /** Deletes keys, as far as that can be done: without its record a key opens nothing. */
  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#made.delete(id);
    if (ids.length === 0 || typeof indexedDB === "undefined") return;
    try {
      await inKeys("readwrite", (keys) => ids.map((id) => keys.delete(id)).at(-1)!);
    } catch {
      // It stays, and opens nothing.
    }
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
    const id = `probe ${crypto.randomUUID?.() ?? Math.random()}`;
    try {
      await this.create(id);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await this.forget([id]);
    }
  }
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
  const kept = await inKeys<unknown>("readonly", (keys) => keys.get(id));
  const key = kept as CryptoKey | null | undefined;
  return key?.type === "secret" && !key.extractable ? key : undefined;
}

/** The request's result, once its transaction has ended. The database is open no longer than that, and holds up nobody. */
async function inKeys<T>(mode: IDBTransactionMode, ask: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(KEYS));
  const database = await withTimeout(resultOf(opening), ANSWER_TIMEOUT, noAnswer);
  try {
    const transaction = database.transaction(KEYS, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(KEYS));
    await withTimeout(ended(transaction), ANSWER_TIMEOUT, noAnswer);
    return request.result;
  } finally {
    database.close();
  }
}

function noAnswer(): never {
  throw new Error("the database gave no answer within ten seconds");
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}
