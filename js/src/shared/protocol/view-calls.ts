/** What the engine serves to a view of a vault, on a port of its own. */
import type { EngineCalls } from "./engine-calls.js";

/** The calls of a view, by their names. Whatever is not here does not exist on its port. */
export const VIEW_CALLS = [
  "listKeys",
  "findKey",
  "manage",
  "can",
  "sign",
  "verify",
  "signContent",
  "verifyContent",
  "encryptValues",
  "decryptValues",
  "settleValues",
  "decryptValueDetails",
  "encrypt",
  "decrypt",
  "reencrypt",
  "inspect",
  "rewrap",
  "noteStored",
  "openObject",
  "readObject",
  "pull",
  "drop",
  "stop",
  "endView",
] as const satisfies readonly (keyof EngineCalls)[];

/** @internal */
export type ViewCalls = Pick<EngineCalls, (typeof VIEW_CALLS)[number]>;
