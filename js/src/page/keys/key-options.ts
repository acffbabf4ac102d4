/** Options of what is done with a key. */
import type { Factor } from "../factors/factor.js";

export interface RevokeOptions {
  /** Kept in the version's history. */
  reason?: string | undefined;
  /** Somebody else may have the key: `compromised`, instead of `deactivated`. */
  compromised?: boolean | undefined;
}

export interface DestroyOptions {
  /** Although objects of the inventory still need it: they will open to nobody. */
  force?: boolean | undefined;
}

export interface ScheduleOptions extends DestroyOptions {
  /** An ISO 8601 duration from now: 30 days unless given, 1 to 365 unless forced. */
  after?: string | undefined;
}

export interface KeyChanges {
  alias?: string | undefined;
  /** In place of all that the key has. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** An ISO 8601 duration; `null` ends rotation by time. */
  rotateEvery?: string | null | undefined;
}

export interface ExportOptions {
  /** One that unlocks the vault. */
  factor: Factor;
  /** A version's id; the primary one unless given. */
  version?: string | undefined;
}
