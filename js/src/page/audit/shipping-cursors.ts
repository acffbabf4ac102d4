/**
 * How far a vault's audit log was shipped, for each destination: in a small database of the browser's beside the vaults. What is there
 * proves nothing, and need not: a receiver refuses a gap, and says what it has.
 */
import { inSmall } from "../../shared/browser-keys.js";
import { StorageError } from "../../shared/errors/index.js";
import { utf8 } from "../../shared/text.js";

/** The next entry to be sent. */
export interface Cursor {
  readonly log: string;
  readonly next: number;
}

/** Of a destination that has nothing, as far as is known: no log is called that. */
const NO_PLACE: Cursor = { log: "A".repeat(22), next: 0 };

const CURSORS = { name: "strongroom-shipping", store: "cursors" };

/** Where there is no database, as in Node, or it does not work. */
const cursorsInMemory = new Map<string, Cursor>();

/** A vault's name can have any letters: it is written so that none of them is the sign between the parts. @internal */
export function cursorName(vault: { readonly id: string; readonly name: string }, destination: string): string {
  return `${cursorPrefix(vault.name)}${vault.id} ${destination}`;
}

/** What an address is kept by: its query can have a token. @internal */
export async function addressDigest(href: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(href)));
  return `sha256-${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function cursorPrefix(vault: string): string {
  return `${encodeURIComponent(vault)} `;
}

/** @internal */
export async function readCursor(name: string): Promise<Cursor | undefined> {
  const stored = await inCursors<unknown>("readonly", (cursors) => cursors.get(name));
  return isCursor(stored) ? stored : cursorsInMemory.get(name);
}

/**
 * As `writeCursor`, of a shipment that begins: what is not kept would hold no cut back.
 *
 * @throws StorageError where the browser's database does not take it @internal
 */
export async function keepCursor(name: string, cursor: Cursor): Promise<void> {
  if (typeof indexedDB !== "undefined") await inDatabase("readwrite", (cursors) => cursors.put(cursor, name));
  cursorsInMemory.set(name, cursor);
}

/** @internal */
export async function writeCursor(name: string, cursor: Cursor): Promise<void> {
  cursorsInMemory.set(name, cursor);
  await inCursors("readwrite", (cursors) => cursors.put(cursor, name));
}

/**
 * How far each destination of a vault came. One of which that cannot be read has nothing.
 *
 * @throws StorageError where the browser's database does not say: it may have some @internal
 */
export async function cursorsOf(vault: { readonly id: string; readonly name: string }): Promise<Cursor[]> {
  const prefix = cursorName(vault, "");
  const cursors = new Map([...cursorsInMemory].filter(([name]) => name.startsWith(prefix)));
  if (typeof indexedDB !== "undefined") {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const kept = new Map<string, Cursor>();
    // Names and places of the same moment.
    await inDatabase("readonly", (store) => {
      const walk = store.openCursor(range);
      walk.addEventListener("success", () => {
        const at = walk.result;
        if (!at) return;
        kept.set(String(at.key), isCursor(at.value) ? at.value : NO_PLACE);
        at.continue();
      });
      return walk;
    });
    for (const [name, cursor] of kept) cursors.set(name, cursor);
  }
  return [...cursors.values()];
}

/** Of a destination that is not shipped to any more. @internal */
export async function forgetCursor(name: string): Promise<void> {
  cursorsInMemory.delete(name);
  await inCursors("readwrite", (cursors) => cursors.delete(name));
}

/** Of a vault that was removed. @internal */
export async function forgetCursors(vault: string): Promise<void> {
  const prefix = cursorPrefix(vault);
  for (const name of cursorsInMemory.keys()) if (name.startsWith(prefix)) cursorsInMemory.delete(name);
  await inCursors("readwrite", (cursors) => cursors.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

async function inDatabase<T>(mode: IDBTransactionMode, ask: (cursors: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  try {
    return await inSmall(CURSORS, mode, ask);
  } catch (cause) {
    throw new StorageError("the browser's database does not say how far the audit log was shipped, or does not take it", { cause });
  }
}

/** `undefined` where there is none: what was shipped already is then sent again, which a receiver can tell. */
async function inCursors<T>(mode: IDBTransactionMode, ask: (cursors: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  if (typeof indexedDB === "undefined") return undefined;
  try {
    return await inSmall(CURSORS, mode, ask);
  } catch {
    return undefined;
  }
}

function isCursor(stored: unknown): stored is Cursor {
  const { log, next } = (stored ?? {}) as Partial<Cursor>;
  return typeof log === "string" && /^[\w-]{21}[AQgw]$/.test(log) && Number.isSafeInteger(next) && (next as number) >= 0;
}
