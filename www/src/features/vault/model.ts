/** Vaults in this browser: create, unlock, lock, delete, back up, restore. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { newRecoveryKit, Strongroom, thisDevice, ThisDeviceError, type Passkey, type Passphrase, type PresentedFactor, type StrongroomError, type Vault } from "strongroom";
import { explain } from "../../app/explain";
import { notify, notifyError, warn } from "../../app/notice";
import { endSession, startSession, type Session } from "../../app/session";
import { saveAs } from "../../ui/save";
import { forgetSeen } from "../alerts/seen-alerts";
import { failedSentence } from "../factors/failed-attempts";
import { isOnPaper, wayOf } from "../factors/labels";
import { uncheckedKit } from "../factors/model";
import { forgetBackups, noteBackup } from "./backups";
import { FIRST_KEY } from "./first-key";
import { forgetWay, noteDevice, noteWay } from "./last-way";

const names = signal<readonly string[] | undefined>(undefined);

/** The vaults in this browser; `undefined` until they were read. */
export const vaultNames: ReadonlySignal<readonly string[] | undefined> = names;

export async function readVaults(): Promise<void> {
  names.value = (await Strongroom.list()).toSorted();
}

/** Creates a vault, and proposes a recovery kit for it. With a passkey it has the kit from the start: passkeys alone are refused. */
export async function createVault(name: string, factor: Passphrase | Passkey): Promise<void> {
  const kit = factor.kind === "passkey" ? await newRecoveryKit() : undefined;
  const vault = await Strongroom.create({ name, factors: kit ? [factor, kit] : [factor] });
  await vault.keys.create({ alias: FIRST_KEY });
  noteWay(name, factor.kind);
  await readVaults();
  if (kit) {
    enter(vault).factors.propose({ of: "kit", factor, kit, declined: uncheckedKit(name, factor) });
    return;
  }
  const declined = `Vault “${name}” is ready, without a recovery kit: words that were shown open nothing. You can add one under “Access”.`;
  enter(vault).factors.propose({ of: "kit", factor, declined });
}

/**
 * Unlocks a vault. One that was opened from paper is proposed something in the place of what was lost.
 *
 * @param identity the one that the person has compared, where it is another one than the factor knows
 */
export async function unlockVault(name: string, factor: PresentedFactor, identity?: string): Promise<void> {
  const vault = await Strongroom.open({ name });
  try {
    const { failedAttempts } = await vault.unlock(factor, { identity });
    noteWay(name, wayOf(factor));
    const { factors } = enter(vault);
    const done = `Vault “${name}” is unlocked.${failedAttempts ? ` ${failedSentence(failedAttempts)}` : ""}`;
    if (isOnPaper(wayOf(factor))) factors.propose({ of: "instead", factor, declined: done });
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
  forgetWay(vault.name);
  forgetSeen(vault);
  await readVaults();
  notify(`Vault “${vault.name}” is deleted from this browser.`);
}

/** Saves the backup as a file: encrypted records, which the same factors open. */
export async function backupVault(vault: Vault): Promise<void> {
  saveAs(await vault.backup(), `${vault.name}.strongroom-backup`);
  noteBackup(vault);
  notify("The backup is saved. It opens with what opens this vault now.");
}

/** @returns what to know before the vault is used */
export async function restoreVault(backup: Blob): Promise<readonly string[]> {
  const vault = await Strongroom.restore(backup);
  vault.close();
  await readVaults();
  notify(`Vault “${vault.name}” is restored. Unlock it with what opened it when the backup was saved.`);
  return warningsOf(vault);
}

/**
 * Restores a vault that another device has, and opens it. Where it does not open, nothing is left of it here.
 *
 * @param name another one than it has there
 */
export async function bringVault(backup: Blob, factor: PresentedFactor, name: string | undefined): Promise<void> {
  const vault = await Strongroom.restore(backup, { name });
  try {
    await vault.unlock(factor);
  } catch (error) {
    vault.close();
    await Strongroom.delete(vault.name);
    throw error;
  }
  noteWay(vault.name, wayOf(factor));
  await readVaults();
  enter(vault).factors.propose({ of: "device", factor, warnings: warningsOf(vault), declined: `Vault “${vault.name}” is unlocked.` });
}

/** Unlocks a vault with the key that this browser keeps. */
export async function unlockByDevice(name: string): Promise<void> {
  try {
    await unlockVault(name, thisDevice());
  } catch (error) {
    if (error instanceof ThisDeviceError && error.reason !== "clock") noteDevice(name, false);
    throw error;
  }
}

export async function rotateVaultKey(vault: Vault): Promise<void> {
  const { generation, records } = await vault.rotateVaultKey();
  notify(`The vault key is rotated to generation ${generation}. It wraps ${records} records.`);
}

const warningsOf = ({ restored }: Vault): string[] => restored?.warnings.map(({ message }) => message) ?? [];

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
