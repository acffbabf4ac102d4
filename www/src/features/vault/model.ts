/** Vaults in this browser: create, unlock, lock, delete, back up, restore. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { Strongroom, type Factor, type Passphrase, type StrongroomError, type Vault } from "strongroom";
import { explain } from "../../app/explain";
import { notify, notifyError, warn } from "../../app/notice";
import { endSession, startSession, type Session } from "../../app/session";
import { saveAs } from "../../ui/save";
import { failedSentence } from "../factors/failed-attempts";
import { forgetBackups, noteBackup } from "./backups";
import { FIRST_KEY } from "./first-key";

const names = signal<readonly string[] | undefined>(undefined);

/** The vaults in this browser; `undefined` until they were read. */
export const vaultNames: ReadonlySignal<readonly string[] | undefined> = names;

export async function readVaults(): Promise<void> {
  names.value = (await Strongroom.list()).toSorted();
}

/** Creates a vault, and proposes a recovery kit for it. */
export async function createVault(name: string, factor: Passphrase): Promise<void> {
  const vault = await Strongroom.create({ name, factors: [factor] });
  await vault.keys.create({ alias: FIRST_KEY });
  await readVaults();
  const declined = `Vault “${name}” is ready, without a recovery kit: words that were shown open nothing. You can add one under “Access”.`;
  enter(vault).factors.propose({ of: "kit", factor, declined });
}

/**
 * Unlocks a vault. One that was opened with its recovery kit is proposed another passphrase.
 *
 * @param identity the one that the person has compared, where it is another one than the factor knows
 */
export async function unlockVault(name: string, factor: Factor, identity?: string): Promise<void> {
  const vault = await Strongroom.open({ name });
  try {
    const { failedAttempts } = await vault.unlock(factor, { identity });
    const { factors } = enter(vault);
    const done = `Vault “${name}” is unlocked.${failedAttempts ? ` ${failedSentence(failedAttempts)}` : ""}`;
    if (factor.kind === "recovery-kit") factors.propose({ of: "passphrase", factor, declined: done });
    // Whoever looks away for some seconds must not miss what failed.
    else notify(done, { stays: failedAttempts !== undefined });
  } catch (error) {
    vault.close();
    throw error;
  }
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

/** Saves the backup as a file: encrypted records, which the same factors open. */
export async function backupVault(vault: Vault): Promise<void> {
  saveAs(await vault.backup(), `${vault.name}.strongroom-backup`);
  noteBackup(vault);
  notify("The backup is saved. It opens with what opens this vault now.");
}

export async function restoreVault(backup: Blob): Promise<void> {
  const restored = await Strongroom.restore(backup);
  restored.close();
  await readVaults();
  notify(`Vault “${restored.name}” is restored. Unlock it with what opened it when the backup was saved.`);
}

export async function rotateVaultKey(vault: Vault): Promise<void> {
  const { generation, records } = await vault.rotateVaultKey();
  notify(`The vault key is rotated to generation ${generation}. It wraps ${records} records.`);
}

function enter(vault: Vault): Session {
  return startSession(vault, (reason) => lockedFromOutside(vault, reason));
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
