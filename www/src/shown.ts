/** The key that the console shows on a page of its own, and how much depends on each of its versions. */

import { signal } from "@preact/signals";
import { StrongroomError } from "strongroom";
import { vault, type Key } from "./state";

export type Version = Key["versions"][number];

export interface Shown {
  key: Key;
  /** How many objects of the inventory each version opens, by its id. */
  dependents: ReadonlyMap<string, number>;
  /** When that was so, in milliseconds since 1970. */
  now: number;
}

/** `undefined` while it is read. */
export const shown = signal<Shown | "missing" | undefined>(undefined);

let asked = 0;

/** Reads a key. What was asked for meanwhile supersedes it. */
export async function show(id: string): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const mine = ++asked;
  const before = shown.value;
  if (typeof before !== "object" || before.key.id !== id) shown.value = undefined;
  try {
    const key = await open.keys.get(id);
    const count = async ({ id: version, state }: Version) =>
      state === "destroyed" ? 0 : (await open.objects.page({ key: id, version, limit: 1 })).total;
    const counts = await Promise.all(key.versions.map(count));
    const dependents = new Map(key.versions.map((version, at) => [version.id, counts[at] ?? 0]));
    if (mine === asked && vault.value === open) shown.value = { key, dependents, now: Date.now() };
  } catch (error) {
    const missing = error instanceof StrongroomError && error.code === "ERR_NO_KEY";
    if (!missing) throw error;
    if (mine === asked) shown.value = "missing";
  }
}

/** The shown key as it is now. */
export async function showAgain(): Promise<void> {
  if (typeof shown.value === "object") await show(shown.value.key.id);
}

export function forgetShown(): void {
  asked++;
  shown.value = undefined;
}

export function primaryOf(key: Key): Version {
  return key.version(key.primary);
}

/** The version that protects what is new; there is none while the primary one is in another state. */
export function protecting(key: Key): Version | undefined {
  const primary = primaryOf(key);
  return primary.state === "active" ? primary : undefined;
}

/** Whether a version opens what it protected. */
export function opens({ state }: Version): boolean {
  return state === "active" || state === "deactivated" || state === "compromised";
}
