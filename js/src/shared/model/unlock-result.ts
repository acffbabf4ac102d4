/** What an unlock tells. */
export interface UnlockResult {
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
