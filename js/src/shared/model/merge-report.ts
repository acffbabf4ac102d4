/** What a merge of a backup did, and what it left. */
import type { VersionState } from "./key-info.js";

export interface MergeReport {
  /**
   * Whether the backup is under the vault key that the vault has now. Of another one only what was missing was taken: it opens what
   * it protected, as `unsigned`, and protects nothing.
   */
  readonly proven: boolean;
  /** Which vault key the backup is under, counted from 1. */
  readonly generation: number;
  /** The ids of the keys that were not here. */
  readonly keys: readonly string[];
  /** The versions that were not here, of these and of other keys. */
  readonly versions: readonly MergedVersion[];
  /** The versions that were here and are in another state now. */
  readonly changed: readonly ChangedVersion[];
  /** The keys that have another alias now than they had here, or in the backup. */
  readonly renamed: readonly RenamedKey[];
  /** How many versions and objects the backup still has that were destroyed, forgotten or shredded, and stay so. */
  readonly tombstones: number;
  /** How many objects were entered into the inventory, or changed there. */
  readonly objects: number;
  /** How many objects were taken out of the inventory, because the other copy has forgotten or shredded them. */
  readonly removed: number;
  /** Whether the vault's own policies are other ones now: see `vault.policy()`. */
  readonly policy: boolean;
  /** Whether another policy of the vault's organisation is in force now: see `vault.organisation()`. */
  readonly organisation: boolean;
  readonly skipped: readonly SkippedRecord[];
}

export interface MergedVersion {
  /** The key's id. */
  readonly key: string;
  readonly version: string;
  /** The state that it is in now. */
  readonly state: VersionState;
}

export interface ChangedVersion {
  /** The key's id. */
  readonly key: string;
  readonly version: string;
  readonly from: VersionState;
  readonly to: VersionState;
}

export interface RenamedKey {
  /** The key's id. */
  readonly key: string;
  /** What it was called, here or in the backup. */
  readonly from: string;
  readonly to: string;
}

/** Something of the backup that was left. */
export interface SkippedRecord {
  readonly record: "key" | "version" | "object" | "factor" | "upload" | "policy" | "organisation";
  readonly id: string;
  /**
   * - `conflict`: the vault has something else of that id, another organisation's policy, or lacks the key that an object needs
   * - `no-material`: the backup has no material of the version
   * - `unproven`: the backup is of another vault key, and this would prove something or open the vault
   * - `of-device`: a pending upload, which only the device resumes that began it
   * - `too-many`: the key has as many versions, or the vault as many policies, as it can have
   * - `factor`: a factor that the vault does not have; add it by `vault.factors.add`
   */
  readonly reason: "conflict" | "no-material" | "unproven" | "of-device" | "too-many" | "factor";
}
