/** The vault's inventory of what is stored, kept complete: destroying a key counts what it has. */

import { StrongroomError } from "strongroom";
import { tellError, vault as unlocked, type Vault } from "./state";

/** Ids of the objects in the inventory of the vault that is unlocked. */
let known: { vault: Vault; ids: Promise<Set<string>> } | undefined;

/**
 * Enters an object that the inventory has not: uploaded in another browser, or after the backup that this vault
 * was restored from.
 */
export async function adopt(
  vault: Vault,
  object: { id: string; header: Uint8Array; size: number },
  location: string,
): Promise<void> {
  try {
    const ids = await tracked(vault);
    if (ids.has(object.id)) return;
    ids.add(object.id);
    await vault.track(object, { location });
  } catch (error) {
    if (unlocked.value === vault) tellError(error);
  }
}

/** Takes an object out, if it is in. */
export async function forget(vault: Vault, id: string): Promise<void> {
  const ids = await tracked(vault);
  if (ids.delete(id)) await vault.objects.untrack(id).catch(unlessGone);
}

/** Another tab may have been first. */
function unlessGone(error: unknown): void {
  if (!(error instanceof StrongroomError && error.code === "ERR_NO_OBJECT")) throw error;
}

/** What was entered by `object.track`. */
export async function noteTracked(vault: Vault, id: string): Promise<void> {
  (await tracked(vault)).add(id);
}

function tracked(vault: Vault): Promise<Set<string>> {
  if (known?.vault !== vault) {
    const read = async () => new Set((await vault.objects.list()).map(({ id }) => id));
    const ids = read();
    known = { vault, ids };
    // What failed is tried again when it is needed next.
    ids.catch(() => (known = undefined));
  }
  return known.ids;
}
