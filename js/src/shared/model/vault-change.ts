/** What an operation changed in a vault. */
export interface VaultChange {
  /** What was changed: one of the vault's lists, or the key that all records are under. */
  readonly noun: "keys" | "objects" | "uploads" | "factors" | "vaultKey";
  /**
   * The ids of the keys, objects or factors; of an upload, its object's. Empty for the vault key, and where another tab was closed
   * before it knew what became of its change.
   */
  readonly ids: readonly string[];
  /** Whether another tab did it, or another handle in this page. */
  readonly elsewhere: boolean;
}
