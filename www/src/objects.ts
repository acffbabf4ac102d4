/** The list of objects, and what their headers say to the unlocked vault. */

import { explainObject } from "./errors";
import { headerLength, PREFIX } from "./header";
import { listObjects, readRange, removeObject, type StoredObject } from "./store";
import { objects, opened, tell, tellError, vault, type Metadata, type Opened, type Vault } from "./state";

/** Most headers are a few hundred bytes: one request reads them. */
const FIRST_READ = 4096;

/** Headers read at the same time. */
const IN_FLIGHT = 4;

/** The start of a stored object: what anybody who holds it can see without a key. */
export interface Beginning {
  /** Stored bytes from the first on: the whole header and some of the body. */
  bytes: Uint8Array;
  /** `undefined` when this is no object of ours. */
  headerLength: number | undefined;
}

/**
 * What an object is encrypted and decrypted with, so that the store cannot hand out one in place of
 * another.
 */
export function contextOf(key: string): Record<string, string> {
  return { app: "strongroom-demo", object: key };
}

export async function refresh(): Promise<void> {
  try {
    objects.value = (await listObjects()).filter(isKept);
    await openHeaders();
  } catch (error) {
    objects.value ??= [];
    tellError(error);
  }
}

/** What was just uploaded, until the list is read again; its header need not be fetched to be known. */
export function addStored(key: string, size: number, file: File): void {
  const { name, type, size: plain, lastModified: modified } = file;
  const metadata = { name, type, size: plain, modified };
  opened.value = new Map(opened.value).set(key, { kind: "open", metadata });
  const object = { key, size, etag: null, modified: new Date().toISOString() };
  objects.value = [...(objects.value ?? []), object];
}

/** Keys of what was removed: a list that was asked for before may still have them. */
const removed = new Set<string>();

/** Takes what the store has no longer from the list. */
export function dropStored(key: string): void {
  removed.add(key);
  objects.value = objects.value?.filter(isKept);
}

const isKept = ({ key }: StoredObject): boolean => !removed.has(key);

export async function deleteObject({ key }: StoredObject): Promise<void> {
  await removeObject(key);
  dropStored(key);
  tell("The object is deleted from the store.");
}

export function forgetOpened(): void {
  opened.value = new Map();
}

/** Opens the headers that were not opened yet. */
export async function openHeaders(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const waiting = (objects.value ?? []).filter(({ key }) => !opened.value.has(key));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await openHeader(open, next);
      if (vault.value !== open) return;
      opened.value = new Map(opened.value).set(next.key, result);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

/** Reads an object's header and a little of its body. */
export async function readBeginning({ key, size }: StoredObject): Promise<Beginning> {
  if (size === 0) return { bytes: new Uint8Array(), headerLength: undefined };
  const bytes = await readRange(key, 0, Math.min(size, FIRST_READ));
  const length = headerLength(bytes);
  const needed = Math.min(size, PREFIX + (length ?? 0) + 256);
  if (needed <= bytes.length) return { bytes, headerLength: length };
  return { bytes: await readRange(key, 0, needed), headerLength: length };
}

async function openHeader(open: Vault, object: StoredObject): Promise<Opened> {
  try {
    const { bytes } = await readBeginning(object);
    return { kind: "open", metadata: await readMetadata(open, object.key, bytes) };
  } catch (error) {
    return { kind: "closed", reason: explainObject(error) };
  }
}

/** The header is opened before the body is read, so the body's end may be missing here. */
async function readMetadata(open: Vault, key: string, bytes: Uint8Array): Promise<Metadata> {
  const plain = await open.decrypt(bytes, { context: contextOf(key) });
  try {
    return plain.metadata ?? {};
  } finally {
    plain.close();
  }
}
