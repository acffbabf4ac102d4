/** The list of files as it is shown: sorted, and narrowed by a search. */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { session } from "../../app/session";
import { nameOf } from "./model";

const text = signal("");

export const searchText: ReadonlySignal<string> = text;

export function searchFiles(part: string): void {
  text.value = part;
}

/** Newest first; with a search, those whose name contains it. */
export const visibleFiles = computed(() => {
  const all = (session.value?.files.list ?? []).toReversed();
  const part = text.value.trim().toLowerCase();
  return part ? all.filter((file) => nameOf(file).toLowerCase().includes(part)) : all;
});
