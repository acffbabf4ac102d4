/** How well a vault is kept: what `vault.health()` tells. */
import type { FactorKeyInfo } from "./factor-info.js";
import type { RequiredFactor } from "./organisation.js";
import type { Statement } from "./report.js";

/** `"notice"`: worth knowing; `"warning"`: one more mishap, and something is lost; `"critical"`: it can be lost at any time. */
export type HealthSeverity = "ok" | "notice" | "warning" | "critical";

/** Something that was looked at, and what was found. */
export interface HealthFinding<Code extends string, Params extends object = Record<never, never>>
  extends Statement<Code, Params> {
  readonly severity: HealthSeverity;
  /** What to do about it: a sentence for a person. `undefined` where nothing is to be done. */
  readonly advice: string | undefined;
}

/** Whether this is a secure context (HTTPS, or localhost): browsers take the storage and the keys of others away some day. */
export type ContextCheck = HealthFinding<"context-secure"> | HealthFinding<"context-insecure">;

/** Where the vault is kept, and whether the browser may remove it when the disk is full or nobody comes for a while. */
export type StorageCheck =
  | HealthFinding<"storage-persistent">
  | HealthFinding<"storage-evictable">
  | HealthFinding<"storage-unknown">
  | HealthFinding<"storage-in-memory">
  | HealthFinding<"storage-of-page">;

/** How much room the browser says that there is left for this origin, in bytes. */
export type SpaceCheck =
  | HealthFinding<"space-enough", { bytes: number }>
  | HealthFinding<"space-low", { bytes: number }>
  | HealthFinding<"space-unknown">;

/** Whether an eviction would be told from a vault that never was there. */
export type EvictionCheck = HealthFinding<"eviction-told"> | HealthFinding<"eviction-untold">;

/** The last backup: when it was made, in milliseconds since 1970, and how many changes it lacks. */
export type BackupCheck =
  | HealthFinding<"backup-recent", { at: number; changes: number }>
  | HealthFinding<"backup-old", { at: number; changes: number }>
  | HealthFinding<"backup-missing">;

/**
 * How many factors open the vault. Devices whose time is over, or whose key does not open it, do not count, nor do keys of organisations. `id` is the
 * recovery factor that is the only spare of a vault that takes two at once.
 */
export type FactorsCheck =
  | HealthFinding<"factors-enough", { factors: number }>
  | HealthFinding<"factors-single">
  | HealthFinding<"factors-paired", { factors: number; requires: readonly string[] }>
  | HealthFinding<"factors-one-spare", { factors: number; requires: readonly string[]; id: string }>
  | HealthFinding<"factors-without-recovery", { factors: number }>;

/** Factors that have not seen the identity that signs for the vault now, by their ids. */
export type PinsCheck = HealthFinding<"factors-unpinned", { ids: readonly string[] }>;

/** Factors that organisations have, by their ids, and the key of each: its thumbprint, and its name as it was enrolled. */
export type EscrowCheck = HealthFinding<"factors-escrowed", { ids: readonly string[]; keys: readonly FactorKeyInfo[] }>;

/**
 * KMS gates. `gates-graced`: devices that asked them do without them for hours. `gates-unrenewed`: a new vault key does not enrol them anew, since they were
 * added before their public keys were kept.
 */
export type GateCheck = HealthFinding<"gates-graced" | "gates-unrenewed", { ids: readonly string[] }>;

/** Factors of kinds that this release does not know, by their ids. */
export type KindsCheck = HealthFinding<"factors-unknown", { ids: readonly string[] }>;

/**
 * Of each recovery kit and each set of recovery shares, by its id as a factor: when it was rehearsed last, if it was,
 * and when that is due, in milliseconds since 1970. A vault of an earlier release does not know when its first factors
 * were added: their rehearsal is due from the beginning.
 */
export type RehearsalCheck =
  | HealthFinding<"rehearsal-done", { id: string; at: number | undefined; due: number }>
  | HealthFinding<"rehearsal-due", { id: string; at: number | undefined; due: number | undefined }>;

/** How many policies, of keys and of the vault, are overdue for review (`reviewEvery`). */
export type PolicyReviewCheck = HealthFinding<"policies-unreviewed", { policies: number }>;

/** Why the audit log does not come to an organisation's collector from this page. `elsewhere`: it is shipped, and not there. */
export type CollectorProblem = "not-shipped" | "elsewhere" | "failing" | "stopped";

/** Whether the policy of the vault's organisation has expired, and what the vault lacks of it; nothing of a vault that none binds. */
export type OrganisationCheck =
  | HealthFinding<"organisation-current", { organisation: string; sequence: number; notAfter: number }>
  | HealthFinding<"organisation-expired", { organisation: string; sequence: number; notAfter: number }>
  | HealthFinding<"organisation-unknown">
  | HealthFinding<"organisation-refresh-failed", { error: string; failed: number }>
  | HealthFinding<"organisation-escrow-missing">
  | HealthFinding<"organisation-factors-missing", { factors: readonly RequiredFactor[] }>
  | HealthFinding<"organisation-passphrases-weak", { ids: readonly string[] }>
  | HealthFinding<"organisation-rotations-late", { keys: number }>
  | HealthFinding<"organisation-collector-served", { collector: string }>
  | HealthFinding<"organisation-collector-unserved", { collector: string; problem: CollectorProblem }>;

/** The device's clock, beside the latest time that the vault has noted of its backups and factors. */
export type ClockCheck = HealthFinding<"clock-plausible"> | HealthFinding<"clock-behind", { latest: number }>;

/**
 * Of each device that opens the vault from this browser, by its id as a factor: whether it does, which is tried, and until when, in
 * milliseconds since 1970. One whose time is over is told whichever browser it is of.
 */
export type DeviceCheck =
  | HealthFinding<"device-opens", { id: string; expires: number }>
  | HealthFinding<"device-expiring", { id: string; expires: number }>
  | HealthFinding<"device-expired", { id: string; expires: number }>
  | HealthFinding<"device-broken", { id: string; expires: number }>;

export type HealthCheck =
  | ContextCheck
  | StorageCheck
  | SpaceCheck
  | EvictionCheck
  | BackupCheck
  | FactorsCheck
  | PinsCheck
  | EscrowCheck
  | GateCheck
  | KindsCheck
  | RehearsalCheck
  | DeviceCheck
  | PolicyReviewCheck
  | OrganisationCheck
  | ClockCheck;

/** How well a vault is kept, on this device and now. */
export interface VaultHealth {
  /** The worst of the checks. */
  readonly severity: HealthSeverity;
  /** When it was looked at, in milliseconds since 1970. */
  readonly at: number;
  /** The worst first. Later releases may add codes, for which a page falls back on `message` and `advice`. */
  readonly checks: readonly HealthCheck[];
}
