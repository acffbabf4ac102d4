/** What follows from the state of a key's versions. */

import type { VaultKey } from "strongroom";

export type Version = VaultKey["versions"][number];

export function primaryOf(key: VaultKey): Version {
  return key.version(key.primary);
}

/** The version that protects new content; there is none while the primary one is not active. */
export function protectingVersion(key: VaultKey): Version | undefined {
  const primary = primaryOf(key);
  return primary.state === "active" ? primary : undefined;
}

/** Whether a version opens what it protected. */
export function opens({ state }: Version): boolean {
  return state === "active" || state === "deactivated" || state === "compromised";
}

/** Whether a version is the primary one, or was until it was suspended. */
export const isInUse = ({ state }: Version): boolean => state === "active" || state === "suspended";
