import type { Vault } from "strongroom";

/** What every model of an unlocked vault works with. It ends with the session. */
export interface Scope {
  readonly vault: Vault;
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
  /** Shows the error of background work, unless the session has ended. */
  readonly fail: (error: unknown) => void;
}
