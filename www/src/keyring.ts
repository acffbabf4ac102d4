/** The list of keys in the console: what is asked for, and the page of it that is shown. */

import { signal } from "@preact/signals";
import type { KeyOptions, Purpose, VersionState } from "strongroom";
import { moreKeys, keys, chosenKey, tell, tellError, vault, type Key, type Vault } from "./state";

/** Keys on a page: about what fits a screen or two. */
const PAGE = 25;

/** Keys that are offered for new files beside them. */
const OFFERED = 6;

export interface Query {
  prefix: string;
  state: VersionState | "";
  purpose: Purpose | "";
}

export const EVERYTHING: Query = { prefix: "", state: "", purpose: "" };

export const query = signal<Query>(EVERYTHING);
export const page = signal<{ keys: readonly Key[]; next: string | undefined } | undefined>(undefined);

/** Where the pages began up to this one. */
export const trail = signal<readonly (string | undefined)[]>([undefined]);

/** Asks for other keys, from the first page on. */
export async function ask(change: Partial<Query>): Promise<void> {
  query.value = { ...query.value, ...change };
  trail.value = [undefined];
  await readPage();
}

/** How long typing pauses before it is looked for, in ms. */
const PAUSE = 200;

let pause: ReturnType<typeof setTimeout> | undefined;

/** Asks for the keys whose name begins so, once no more is typed. */
export function search(prefix: string): void {
  clearTimeout(pause);
  pause = setTimeout(() => ask({ prefix }).catch(tellError), PAUSE);
}

export async function turnForward(): Promise<void> {
  const next = page.value?.next;
  if (next === undefined) return;
  trail.value = [...trail.value, next];
  await readPage();
}

export async function turnBack(): Promise<void> {
  if (trail.value.length === 1) return;
  trail.value = trail.value.slice(0, -1);
  await readPage();
}

let asked = 0;

/** The page as it is now. What was asked for meanwhile supersedes it. */
export async function readPage(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const mine = ++asked;
  const { prefix, state, purpose } = query.value;
  const found = await open.keys.page({
    ...(prefix && { prefix }),
    ...(state && { state }),
    ...(purpose && { purpose }),
    after: trail.value.at(-1),
    limit: PAGE,
  });
  if (mine === asked && vault.value === open) page.value = found;
}

export function forgetKeys(): void {
  asked++;
  page.value = undefined;
  trail.value = [undefined];
  query.value = EVERYTHING;
  keys.value = undefined;
  moreKeys.value = false;
  chosenKey.value = undefined;
}

/** Makes a key; one that encrypts is chosen for new files. */
export async function createKey(options: KeyOptions): Promise<Key | undefined> {
  const open = vault.value;
  if (!open) return undefined;
  const key = await open.keys.create(options);
  if (key.purpose === "encrypt") chosenKey.value = key;
  await readAgain(open);
  tell(`Key “${key.alias}” is ready${key.purpose === "encrypt" ? " and chosen for new files" : ""}.`);
  return key;
}

/** Reads which keys new files can be encrypted with, and keeps the choice where that is one of them. */
export async function offerKeys(open: Vault): Promise<void> {
  const found = await open.keys.page({ purpose: "encrypt", state: "active", limit: OFFERED });
  const chosen = await stillChosen(open, found.keys);
  if (vault.value !== open) return;
  const shown = chosen && !found.keys.some(({ id }) => id === chosen.id);
  keys.value = shown ? [chosen, ...found.keys] : found.keys;
  moreKeys.value = found.next !== undefined;
  chosenKey.value = chosen ?? found.keys[0];
}

async function stillChosen(open: Vault, offered: readonly Key[]): Promise<Key | undefined> {
  const id = chosenKey.value?.id;
  if (!id) return undefined;
  const among = offered.find((key) => key.id === id);
  if (among) return among;
  const key = await open.keys.get(id);
  return key.state === "active" ? key : undefined;
}

/** What is shown of keys, after one has changed. Tells instead of failing: what was done is done. */
export async function readAgain(open: Vault): Promise<void> {
  try {
    await Promise.all([offerKeys(open), page.value && readPage()]);
  } catch (error) {
    if (vault.value === open) tellError(error);
  }
}
