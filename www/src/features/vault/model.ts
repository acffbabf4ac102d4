/** Vaults in this browser: create, unlock, lock, delete, back up, restore. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { passphrase, Strongroom, type FailedAttempts, type StrongroomError, type Vault } from "strongroom";
import { explain } from "../../app/explain";
import { notify, notifyError, warn } from "../../app/notice";
import { endSession, startSession } from "../../app/session";
import { counted, formatDate } from "../../ui/format";
import { saveAs } from "../../ui/save";
import { forgetBackups, noteBackup } from "./backups";
import { FIRST_KEY } from "./first-key";

const names = signal<readonly string[] | undefined>(undefined);

/** The vaults in this browser; `undefined` until they were read. */
export const vaultNames: ReadonlySignal<readonly string[] | undefined> = names;

export async function readVaults(): Promise<void> {
  names.value = (await Strongroom.list()).toSorted();
}

export async function createVault(name: string, phrase: string): Promise<void> {
  const vault = await Strongroom.create({ name, factors: [passphrase(phrase)] });
  await vault.keys.create({ alias: FIRST_KEY });
  await readVaults();
  enter(vault);
  notify(`Vault “${name}” is ready, with a key named “${FIRST_KEY}”.`);
}

export async function unlockVault(name: string, phrase: string): Promise<void> {
  const vault = await Strongroom.open({ name });
  try {
    const { failedAttempts } = await vault.unlock(passphrase(phrase));
    enter(vault);
    notify(`Vault “${name}” is unlocked.${failedAttempts ? ` ${describeFailed(failedAttempts)}` : ""}`);
  } catch (error) {
    vault.close();
    throw error;
  }
}

function describeFailed({ count, last }: FailedAttempts): string {
  const moment = formatDate(last.getTime());
  if (count === 1) return `1 failed attempt since the last unlock, at ${moment}.`;
  return `${counted(count, "failed attempt")} since the last unlock, the last at ${moment}.`;
}

/** Ends the vault's Worker, and with it every key in memory. */
export async function lockVault(vault: Vault): Promise<void> {
  await leave(vault);
  notify(`Vault “${vault.name}” is locked.`);
}

export async function deleteVault(vault: Vault): Promise<void> {
  await leave(vault);
  await Strongroom.delete(vault.name);
  forgetBackups(vault);
  await readVaults();
  notify(`Vault “${vault.name}” is deleted from this browser.`);
}

/** Saves the backup as a file: encrypted records, which the same passphrase opens. */
export async function backupVault(vault: Vault): Promise<void> {
  saveAs(await vault.backup(), `${vault.name}.strongroom-backup`);
  noteBackup(vault);
  notify("The backup is saved. It opens with this vault's passphrase.");
}

export async function restoreVault(backup: Blob): Promise<void> {
  const restored = await Strongroom.restore(backup);
  restored.close();
  await readVaults();
  notify(`Vault “${restored.name}” is restored. Unlock it with its passphrase.`);
}

export async function rotateVaultKey(vault: Vault): Promise<void> {
  const { generation, records } = await vault.rotateVaultKey();
  notify(`The vault key is rotated to generation ${generation}. It wraps ${records} records.`);
}

function enter(vault: Vault): void {
  startSession(vault, (reason) => lockedFromOutside(vault, reason));
}

async function leave(vault: Vault): Promise<void> {
  endSession();
  await vault.lock();
  vault.close();
}

/** Locked or deleted in another tab, changed from outside, or its Worker stopped. */
function lockedFromOutside(vault: Vault, reason: StrongroomError): void {
  endSession();
  vault.close();
  readVaults().catch(notifyError);
  if (reason.code === "ERR_LOCKED") {
    notify(`Vault “${vault.name}” was locked, perhaps in another tab. Unlock it to continue.`);
  } else {
    warn(`Vault “${vault.name}” was locked. ${explain(reason)}`);
  }
}
