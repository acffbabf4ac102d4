/** The list of files as it is shown: sorted, and narrowed by a search. */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { session } from "../../app/session";
import { storedObjects } from "./stored-objects";

const text = signal("");

export const searchText: ReadonlySignal<string> = text;

export function searchFiles(part: string): void {
  text.value = part;
}

/** Newest first; with a search, those whose name contains it. */
export const visibleObjects = computed(() => {
  const all = (storedObjects.value ?? []).toSorted((a, b) => compare(b.modified ?? "", a.modified ?? ""));
  const part = text.value.trim().toLowerCase();
  if (!part) return all;
  const nameOf = (key: string) => session.value?.files.nameOf(key) ?? key;
  return all.filter(({ key }) => nameOf(key).toLowerCase().includes(part));
});

/** By code units: the order of RFC 3339, and much faster than a locale's. */
const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
