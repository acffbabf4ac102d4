/** What the provider has. It needs no key: the page shows it while the vault is locked too. */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { coalesced } from "../../app/coalesced";
import { notifyError } from "../../app/notice";
import { listObjects, storeInfo, type StoredObject, type StoreInfo } from "../../remote/api";

const info = signal<StoreInfo | undefined>(undefined);
const list = signal<readonly StoredObject[] | undefined>(undefined);

/** The store's address; `undefined` until it was read. */
export const store: ReadonlySignal<StoreInfo | undefined> = info;

/** All objects at the store, by the names of their bodies; `undefined` until the list was read. */
export const storedObjects: ReadonlySignal<ReadonlyMap<string, StoredObject> | undefined> = computed(
  () => list.value && new Map(list.value.map((object) => [object.key, object])),
);

export async function readStore(): Promise<void> {
  try {
    info.value = await storeInfo();
  } catch (error) {
    notifyError(error);
  }
}

export const refreshObjects = coalesced(async () => {
  try {
    list.value = await listObjects();
  } catch (error) {
    list.value ??= [];
    notifyError(error);
  }
});
