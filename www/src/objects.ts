/** The list of objects, and what their headers say to the unlocked vault. */

import { explainObject } from "./errors";
import { headerLength, PREFIX } from "./header";
import { adopt, forget } from "./inventory";
import { objects, opened, tell, tellError, vault, type Metadata, type Opened, type Vault } from "./state";
import { listObjects, readHeader, readRange, removeObject, type StoredObject } from "./store";

/** An object that begins with its header has a few hundred bytes of it: one request reads them. */
const FIRST_READ = 4096;

/** Bytes of a body that are read to be looked at. */
const GLIMPSE = 256;

/** Headers read at the same time. */
const IN_FLIGHT = 4;

/** The start of a stored object: what anybody who holds it can see without a key. */
export interface Beginning {
  /** `undefined` when there is none that is ours. */
  header: Uint8Array | undefined;
  /** Whether the header stands beside the body, in an object of its own. */
  detached: boolean;
  /** Stored bytes from the first on: of the body, and before it of a header that stands there. */
  bytes: Uint8Array;
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
export function addStored(object: StoredObject, id: string, metadata: Metadata): void {
  noteOpened(object.key, { kind: "open", id, metadata });
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
  await forgetStored(key);
  tell("The object is deleted from the store.");
}

/** Takes what the store has no longer from the list, and from the vault's inventory. */
export async function forgetStored(key: string): Promise<void> {
  const known = opened.value.get(key);
  dropStored(key);
  if (vault.value && known?.kind === "open") await forget(vault.value, known.id);
}

export function forgetOpened(): void {
  opened.value = new Map();
  names.clear();
}

/** Of files that were open: what does not open any more can still be named. */
const names = new Map<string, string | undefined>();

function noteOpened(key: string, result: Opened): void {
  if (result.kind === "open") names.set(key, result.metadata.name);
  opened.value = new Map(opened.value).set(key, result);
}

/** Opens once more what may open, or may not, since its key changed. */
export async function openAgain(keys: readonly (string | undefined)[]): Promise<void> {
  const again = new Set(keys);
  const kept = [...opened.value].filter(([key, { kind }]) => kind === "open" && !again.has(key));
  opened.value = new Map(kept);
  await openHeaders();
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
      noteOpened(next.key, result);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

/** Reads an object's header and a little of its body. */
export async function readBeginning({ key, size, header }: StoredObject): Promise<Beginning> {
  if (header !== undefined) {
    const [{ bytes }, body] = await Promise.all([readHeader(key), readRange(key, 0, GLIMPSE)]);
    return { header: bytes, detached: true, bytes: body };
  }
  if (size === 0) return { header: undefined, detached: false, bytes: new Uint8Array() };
  const first = await readRange(key, 0, Math.min(size, FIRST_READ));
  const end = PREFIX + (headerLength(first) ?? 0);
  const needed = Math.min(size, end + GLIMPSE);
  const bytes = needed <= first.length ? first : await readRange(key, 0, needed);
  return { header: end > PREFIX ? bytes.subarray(PREFIX, end) : undefined, detached: false, bytes };
}

async function openHeader(open: Vault, object: StoredObject): Promise<Opened> {
  const { key, size } = object;
  try {
    const front = await readFront(object);
    const { id, metadata } = await readMetadata(open, object, front);
    await adopt(open, { id, header: front, size }, key);
    return { kind: "open", id, metadata };
  } catch (error) {
    return { kind: "closed", reason: explainObject(error), name: names.get(key) };
  }
}

/** The header; or what stands before the body, where there is none beside it. */
async function readFront({ key, size, header }: StoredObject): Promise<Uint8Array> {
  if (header !== undefined) return (await readHeader(key)).bytes;
  const first = await readRange(key, 0, Math.min(size, FIRST_READ));
  const needed = PREFIX + (headerLength(first) ?? 0);
  return needed <= first.length ? first : readRange(key, 0, needed);
}

/** The header is opened before the body is read, so the body, or its end, may be missing here. */
async function readMetadata(
  open: Vault,
  { key, header }: StoredObject,
  front: Uint8Array,
): Promise<{ id: string; metadata: Metadata }> {
  const context = contextOf(key);
  const plain =
    header === undefined
      ? await open.decrypt(front, { context })
      : await open.decrypt(new Uint8Array(), { context, header: front });
  try {
    return { id: plain.id, metadata: plain.metadata ?? {} };
  } finally {
    plain.close();
  }
}
