/** What the pages ask of a key's versions. */

import type { VaultKey } from "strongroom";

export type Version = VaultKey["versions"][number];

/** The version that protects new content; there is none while the primary one is not active. */
export function protectingVersion(key: VaultKey): Version | undefined {
  return key.primaryVersion.can("protect") ? key.primaryVersion : undefined;
}

/** Whether a version protects, or does so again once it is resumed: what `revoke` without more would end. */
export const isInUse = (version: Version): boolean => version.can("suspend") || version.can("resume");
