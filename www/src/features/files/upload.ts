/** Encrypts and uploads: the body first, then its header, then the entry in the inventory. */

import type { EncryptedObject, FileMetadata, Vault } from "strongroom";
import { cleanUp, removeObject, writeHeader, type StoredObject } from "../../remote/api";
import { download, upload } from "../../remote/presigner";
import { unlessStored, withRetries } from "../../remote/retry";
import type { Transfer } from "../transfers/transfer";
import type { Inventory } from "./inventory";
import { contextOf, detachedHeader, openObject } from "./object-reader";
import { haveSameBytes } from "./same-bytes";
import { removeStored } from "./stored-objects";

/** Where the upload works, and where its result is recorded. */
export interface UploadTarget {
  readonly vault: Vault;
  readonly inventory: Inventory;
  /** Adds the object to the list, already opened. */
  readonly add: (object: StoredObject, id: string, metadata: FileMetadata) => void;
}

/** The options that every upload is encrypted with. */
interface Options {
  context: Record<string, string>;
  detached: true;
  signal: AbortSignal;
  onProgress: (progress: { done: number; total?: number | undefined }) => void;
}

/** @param key the id of the key that protects the file */
export async function uploadFile(
  target: UploadTarget,
  file: File,
  key: string,
  transfer: Transfer,
): Promise<void> {
  const { name, type, size, lastModified: modified } = file;
  const encrypt = (options: Options) => target.vault.encrypt(file, { ...options, key });
  await store(target, encrypt, { name, type, size, modified }, transfer);
}

/**
 * Downloads an object, encrypts it under a new object key and uploads it under a new name; then reads the new one back as
 * a whole, and holds it against the old one, which stays.
 *
 * @param key the id of the key that protects it from then on
 */
export async function reencryptObject(
  target: UploadTarget,
  object: StoredObject,
  metadata: FileMetadata,
  key: string,
  transfer: Transfer,
): Promise<void> {
  const { vault } = target;
  const { policy } = transfer;
  const response = await download(object.key, policy);
  const from = { context: contextOf(object.key), header: await detachedHeader(object, policy) };
  const encrypt = (options: Options) => vault.reencrypt(response, { ...options, key, from });
  const { object: stored, id } = await store(target, encrypt, metadata, transfer);
  try {
    const [old, again] = [await openObject(vault, object, policy), await openObject(vault, stored, policy)];
    if (again.id !== id || !(await haveSameBytes(old.stream(), again.stream()))) {
      throw new Error("The store gave back something else than was uploaded.");
    }
  } catch (error) {
    void cleanUp(() => removeObject(stored.key)).finally(() => removeStored(stored.key));
    await target.inventory.forget(id);
    throw error;
  }
}

async function store(
  { inventory, add }: UploadTarget,
  encrypt: (options: Options) => Promise<EncryptedObject>,
  metadata: FileMetadata,
  { policy, size, onProcessed, onSent }: Transfer,
): Promise<{ object: StoredObject; id: string }> {
  const key = newObjectKey();
  const { signal } = policy;
  const object = await encrypt({ context: contextOf(key), detached: true, signal, onProgress: onProcessed });
  const total = object.size ?? size;
  const { id, header } = object;
  try {
    await upload(key, object, policy, (done) => onSent({ done, total }));
    signal.throwIfAborted();
    const write = () => writeHeader(key, header, signal);
    await withRetries((again) => write().catch(unlessStored(again)), policy);
    signal.throwIfAborted();
    await object.track({ location: key });
    await inventory.note(id);
    const stored = { key, size: total, modified: new Date().toISOString(), header: header.length };
    add(stored, id, metadata);
    return { object: stored, id };
  } catch (error) {
    // An upload that was cancelled, or whose answer was lost, may have reached the store all the same.
    void cleanUp(() => removeObject(key)).finally(() => removeStored(key));
    throw error;
  } finally {
    object.close();
  }
}

/** 128 random bits: no two are alike, so an upload never finds its name taken. */
function newObjectKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes));
  return `${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.srm`;
}
