import { passphrase, Strongroom } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

export async function backupsRestored(): Promise<void> {
  const made = await unlocked();
  const chosenFile = await made.backup();
  const warned: string[] = [];
  const warn = (message: string): void => void warned.push(message);
  // sample: docs/backups.md "restored?.warnings"
  assert(warned.length === 1 && vault.name === "restored");
  await vault.close();
  await Strongroom.delete("restored");
}

export async function backupsMerged(): Promise<void> {
  const vault = await unlocked();
  const chosenFile = await vault.backup();
  const note = (text: string): void => assert(text.length > 0);
  // sample: docs/backups.md "vault.merge(chosenFile"
  assert(report.proven && report.skipped.length === 0);
}

export async function mergeComment(): Promise<void> {
  const vault = await unlocked();
  const file = await vault.backup();
  const note = (text: string): void => assert(text.length > 0);
  // sample: js/src/page/vault/vault.ts "vault.merge(file"
  assert(report.proven && report.skipped.length === 0);
}
