/**
 * The browser's database of keys that it gives to nobody: `device-keys.ts` has what they are for. It is open no longer than a
 * transaction takes, and holds up nobody.
 */
import { withTimeout } from "./async.js";

const DATABASE = "strongroom-device-keys";
const KEYS = "keys";

/** Milliseconds in which the browser's database must answer. */
const ANSWER_TIMEOUT = 10_000;

type KeyRequest<T> = (keys: IDBObjectStore) => IDBRequest<T>;

/** A small database with one store, whose transactions are durable when they have ended. */
export interface SmallDatabase {
  readonly name: string;
  readonly store: string;
}

/** The request's result, once its transaction has ended. @internal */
export async function inSmall<T>({ name, store }: SmallDatabase, mode: IDBTransactionMode, ask: KeyRequest<T>): Promise<T> {
  const opening = indexedDB.open(name, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(store));
  return inOpened(opening, store, mode, ask);
}

/** The request's result, once its transaction has ended. @internal */
export async function inKeys<T>(mode: IDBTransactionMode, ask: KeyRequest<T>): Promise<T> {
  return inSmall({ name: DATABASE, store: KEYS }, mode, ask);
}

/** As `inKeys`; nothing is made or asked where the browser has no such database. @throws where it has none @internal */
export async function inKeysThere<T>(mode: IDBTransactionMode, ask: KeyRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => opening.transaction?.abort());
  return inOpened(opening, KEYS, mode, ask);
}

async function inOpened<T>(opening: IDBOpenDBRequest, store: string, mode: IDBTransactionMode, ask: KeyRequest<T>): Promise<T> {
  const database = await withTimeout(resultOf(opening), ANSWER_TIMEOUT, noAnswer);
  try {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(store));
    await withTimeout(ended(transaction), ANSWER_TIMEOUT, noAnswer);
    return request.result;
  } finally {
    database.close();
  }
}

/** How the names of keys begin that open a vault after a reload. @internal */
export function reloadKeysOf(vault: string): string {
  return `reload ${vault} `;
}

/** Deletes what opens a vault after a reload, in whatever tab, as far as that can be done. @internal */
export async function deleteReloadKeys(vault: string): Promise<void> {
  if (typeof indexedDB === "undefined") return;
  const prefix = reloadKeysOf(vault);
  await inKeysThere("readwrite", (keys) => keys.delete(IDBKeyRange.bound(prefix, `${prefix}~`))).catch(() => {});
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
