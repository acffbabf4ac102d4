/** The vault's life: create, unlock, lock, delete, backup, restore. */

import { passphrase, Strongroom, type StrongroomError } from "strongroom";
import { forgetBackups, noteBackup } from "./backups";
import { forgetConsole } from "./console";
import { offerKeys } from "./keyring";
import { forgetOpened, openHeaders } from "./objects";
import { saveAs } from "./save";
import { compared, notice, tell, tellError, vault, vaultNames, type Vault } from "./state";
import { explain } from "./errors";
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
  enter(created);
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
  enter(found);
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
  forgetBackups(open);
  await readVaults();
  tell(`Vault “${open.name}” is deleted from this browser.`);
}

/** The backup as a file: encrypted records, which the same passphrase opens. */
export async function backupVault(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  saveAs(await open.backup(), `${open.name}.strongroom-backup`);
  noteBackup(open);
  tell("The backup is saved. It opens with this vault's passphrase.");
}

export async function restoreVault(backup: Blob): Promise<void> {
  const restored = await Strongroom.restore(backup);
  restored.close();
  await readVaults();
  tell(`Vault “${restored.name}” is restored. Unlock it with its passphrase.`);
}

function enter(open: Vault): void {
  vault.value = open;
  open.onLock = (reason) => lockedFromOutside(open, reason);
  void openHeaders();
  // Not waited for: a vault of very many keys reads through them first.
  offerKeys(open).catch(tellError);
}

/** Locked or deleted in another tab, changed from outside, or its Worker stopped. */
function lockedFromOutside(open: Vault, reason: StrongroomError): void {
  if (vault.value !== open) return;
  leave();
  open.close();
  readVaults().catch(tellError);
  if (reason.code === "ERR_LOCKED") {
    tell(`Vault “${open.name}” was locked, perhaps in another tab. Unlock it to go on.`);
  } else {
    notice.value = { kind: "error", text: `Vault “${open.name}” was locked. ${explain(reason)}` };
  }
}

/** Forgets what only an unlocked vault shows, before it locks. */
function leave(): void {
  cancelAll();
  compared.value = undefined;
  vault.value = undefined;
  forgetConsole();
  forgetOpened();
}
