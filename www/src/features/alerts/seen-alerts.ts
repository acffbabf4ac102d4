/**
 * The alerts that somebody has dealt with, on this device: the log that most of them rest on is this device's, too.
 * Who can write to the browser's storage can hide an alert by that, or the log itself.
 */

import type { Vault } from "strongroom";

/** More than a year of them. */
const MOST = 1000;

const nameOf = (vault: Vault) => `strongroom-demo:seen-alerts:${vault.id}`;

export function seenAlerts(vault: Vault): ReadonlySet<string> {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(nameOf(vault)) ?? "[]");
    return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : []);
  } catch {
    return new Set();
  }
}

export function noteSeen(vault: Vault, ids: ReadonlySet<string>): void {
  try {
    localStorage.setItem(nameOf(vault), JSON.stringify([...ids].slice(-MOST)));
  } catch {
    // A browser that stores nothing has no vault to watch either.
  }
}

export function forgetSeen(vault: Vault): void {
  try {
    localStorage.removeItem(nameOf(vault));
  } catch {
    // See above.
  }
}
