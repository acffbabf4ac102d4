/** The store that the provider runs. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { notifyError } from "../../app/notice";
import { storeInfo, type StoreInfo } from "../../remote/api";

const info = signal<StoreInfo | undefined>(undefined);

/** The store's address; `undefined` until it was read. */
export const store: ReadonlySignal<StoreInfo | undefined> = info;

export async function readStore(): Promise<void> {
  try {
    info.value = await storeInfo();
  } catch (error) {
    notifyError(error);
  }
}
