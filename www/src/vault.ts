/** The vault's life: create, unlock, lock, delete, backup, restore, and its keys. */

import { passphrase, Strongroom } from "strongroom";
import { forgetOpened, openHeaders } from "./objects";
import { saveAs } from "./save";
import { chosenKey, compared, keys, tell, vault, vaultNames, type Vault } from "./state";
import { cancelAll } from "./transfers";

/** The key a new vault starts with, so that a file can be dropped at once. */
const FIRST_KEY = "files";

export async function readVaults(): Promise<void> {
  vaultNames.value = (await Strongroom.list()).toSorted();
}

export async function createVault(name: string, phrase: string): Promise<void> {
  const created = await Strongroom.create({ name, factors: [passphrase(phrase)] });
  await created.keys.create({ alias: FIRST_KEY });
  await readVaults();
  await enter(created);
  tell(`Vault “${name}” is ready, with a key named “${FIRST_KEY}”.`);
}

export async function unlockVault(name: string, phrase: string): Promise<void> {
  const found = await Strongroom.open({ name });
  try {
    await found.unlock(passphrase(phrase));
  } catch (error) {
    found.close();
    throw error;
  }
  await enter(found);
  tell(`Vault “${name}” is unlocked.`);
}

/** Ends the vault's Worker, and with it every key in memory. */
export async function lockVault(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  leave();
  await open.lock();
  open.close();
  tell(`Vault “${open.name}” is locked.`);
}

export async function deleteVault(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  leave();
  await open.lock();
  open.close();
  await Strongroom.delete(open.name);
  await readVaults();
  tell(`Vault “${open.name}” is deleted from this browser.`);
}

export async function createKey(alias: string): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const key = await open.keys.create({ alias });
  keys.value = await open.keys.list();
  chosenKey.value = key.alias;
  tell(`Key “${alias}” is ready and chosen for new files.`);
}

/** The backup as a file: encrypted records, which the same passphrase opens. */
export async function backupVault(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  saveAs(await open.backup(), `${open.name}.strongroom-backup`);
  tell("The backup is saved. It opens with this vault's passphrase.");
}

export async function restoreVault(backup: Blob): Promise<void> {
  const restored = await Strongroom.restore(backup);
  restored.close();
  await readVaults();
  tell(`Vault “${restored.name}” is restored. Unlock it with its passphrase.`);
}

async function enter(open: Vault): Promise<void> {
  keys.value = await open.keys.list();
  chosenKey.value = keys.value[0]?.alias ?? "";
  vault.value = open;
  open.onLock = () => lockedFromOutside(open);
  void openHeaders();
}

/** Locked or deleted in another tab, or its Worker stopped. */
function lockedFromOutside(open: Vault): void {
  if (vault.value !== open) return;
  leave();
  open.close();
  void readVaults();
  tell(`Vault “${open.name}” was locked, perhaps in another tab. Unlock it to go on.`);
}

/** Forgets what only an unlocked vault shows, before it locks. */
function leave(): void {
  cancelAll();
  compared.value = undefined;
  vault.value = undefined;
  keys.value = [];
  forgetOpened();
}
