/**
 * The times at which backups were saved from this page, so that it can name them before a key is destroyed. The
 * vault itself knows all backups, and its report names them afterwards.
 */

import type { Vault } from "strongroom";

const nameOf = (vault: Vault) => `strongroom-demo:backups:${vault.id}`;

/** Milliseconds since 1970, the oldest first. */
export function backupsOf(vault: Vault): readonly number[] {
  try {
    const times: unknown = JSON.parse(localStorage.getItem(nameOf(vault)) ?? "[]");
    return Array.isArray(times) ? times.filter((time) => typeof time === "number") : [];
  } catch {
    return [];
  }
}

export function noteBackup(vault: Vault): void {
  try {
    localStorage.setItem(nameOf(vault), JSON.stringify([...backupsOf(vault), Date.now()]));
  } catch {
    // A browser that stores nothing has no vault to back up either.
  }
}

export function forgetBackups(vault: Vault): void {
  try {
    localStorage.removeItem(nameOf(vault));
  } catch {
    // See above.
  }
}
