import type { FactorInfo } from "./factor-info.js";

/** What an unlock tells. */
export interface UnlockResult {
  /** The factor that opened the vault. */
  readonly factor: FactorInfo;
  /** The one that opened it together with that, of a vault that takes two at once (`requires`). */
  readonly second: FactorInfo | undefined;
  /**
   * How many new vault keys the vault has had since this factor opened it or was rehearsed: 0 where none. A factor knows an older
   * copy of the vault in this one's place only as far as it remembers; `lastSeenHead`, kept outside this browser, knows the rest.
   */
  readonly generationsBehind: number;
  /**
   * The identity that the factor knew until now, where another one signs since: a factor was revoked as compromised, and `identity`
   * said that this is the vault. `undefined` as a rule.
   */
  readonly supersededIdentity: string | undefined;
  /**
   * Whether a guess at this passphrase costs more from now on: the release's default cost has risen since it was set. Who copied the
   * vault before still guesses at the old cost.
   */
  readonly strengthened: boolean;
  /**
   * Whether a KMS that is a gate could not be reached, and the vault was opened by what this device had kept of its answer (`kmsGate` with `offlineGrace`).
   * Such an unlock proves no person for a policy.
   */
  readonly offlineGrace: boolean;
  /** Attempts to open the vault that failed since it was opened last, on this device; `undefined` where there were none. */
  readonly failedAttempts: FailedAttempts | undefined;
}

/**
 * Attempts with a factor that does not open the vault. Unproven: they are kept beside the vault, where each script of the page's
 * origin can write them and take them away, and so can who has the device.
 */
export interface FailedAttempts {
  readonly count: number;
  /** When the last of them failed, by the device's clock. */
  readonly last: Date;
}
