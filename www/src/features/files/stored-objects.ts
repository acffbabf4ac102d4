/** The list of objects at the store. It needs no key: the page shows it while the vault is locked too. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { notify, notifyError } from "../../app/notice";
import { listObjects, removeObject, type StoredObject } from "../../remote/api";

const list = signal<readonly StoredObject[] | undefined>(undefined);

/** `undefined` until the list was read. */
export const storedObjects: ReadonlySignal<readonly StoredObject[] | undefined> = list;

/** Keys of removed objects: a list that was requested before may still contain them. */
const removed = new Set<string>();

const isKept = ({ key }: StoredObject): boolean => !removed.has(key);

export async function refreshObjects(): Promise<void> {
  try {
    list.value = (await listObjects()).filter(isKept);
  } catch (error) {
    list.value ??= [];
    notifyError(error);
  }
}

/** Adds an uploaded object, until the list is read again. */
export function addStored(object: StoredObject): void {
  list.value = [...(list.value ?? []), object];
}

export function removeStored(key: string): void {
  removed.add(key);
  list.value = list.value?.filter(isKept);
}

export async function deleteStored({ key }: StoredObject): Promise<void> {
  await removeObject(key);
  removeStored(key);
  notify("The object is deleted from the store.");
}
