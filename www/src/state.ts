/** What the page knows. Components read it; only the modules beside this one write it. */

import { computed, signal } from "@preact/signals";
import type { FileMetadata, Vault, VaultKey } from "strongroom";
import { explain, isAbort } from "./errors";
import type { StoredObject, StoreInfo } from "./store";

export type { Vault };
export type Key = VaultKey;
export type Metadata = FileMetadata;

/** What a header says to an unlocked vault. */
export type Opened =
  | { kind: "open"; id: string; metadata: Metadata }
  /** Another vault's, or tampered with: the sentence says which is possible. */
  | { kind: "closed"; reason: string; /** Where it was open before. */ name: string | undefined };

/** Something for a person to read; `error` interrupts a screen reader, `done` does not. */
export interface Notice {
  kind: "error" | "done";
  text: string;
}

/** Names of the vaults in this browser; `undefined` until they were read. */
export const vaultNames = signal<readonly string[] | undefined>(undefined);
/** The unlocked vault. */
export const vault = signal<Vault | undefined>(undefined);
/**
 * Keys that new files can be encrypted with, as many as there is room for beside the files; `undefined` until
 * they were read.
 */
export const keys = signal<readonly Key[] | undefined>(undefined);
/** Whether there are more. */
export const moreKeys = signal(false);
/** The one that new files are encrypted with. */
export const chosenKey = signal<Key | undefined>(undefined);

export const storeAt = signal<StoreInfo | undefined>(undefined);
/** `undefined` until the list was read. */
export const objects = signal<readonly StoredObject[] | undefined>(undefined);
/** By the object's key, for the vault that is unlocked. */
export const opened = signal<ReadonlyMap<string, Opened>>(new Map());

/** The object that the comparison shows. */
export const compared = signal<StoredObject | undefined>(undefined);
export const notice = signal<Notice | undefined>(undefined);

/** A part of the names to be listed. */
export const wanted = signal("");

/** Newest first; of those that are wanted, if any are. */
export const listed = computed(() => {
  const all = (objects.value ?? []).toSorted((a, b) => compare(b.modified ?? "", a.modified ?? ""));
  const part = wanted.value.trim().toLowerCase();
  return part ? all.filter(({ key }) => nameOf(key).toLowerCase().includes(part)) : all;
});

/** The file's name, where its header is open; otherwise the provider's name for it. */
function nameOf(key: string): string {
  const known = opened.value.get(key);
  return (known?.kind === "open" && known.metadata.name) || key;
}

/** By code units, which is the order of RFC 3339 and much faster than a language's. */
const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

export const tell = (text: string): void => {
  notice.value = { kind: "done", text };
};

/** Tells of a failure; somebody's own cancelling is none. */
export function tellError(error: unknown): void {
  if (!isAbort(error)) notice.value = { kind: "error", text: explain(error) };
}
