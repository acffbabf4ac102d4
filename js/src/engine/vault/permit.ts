/** What lets a body that was begun continue: its version may still do what it was begun for. */
import type { WasmVault } from "../wasm/bindings.js";

/** Called before anything of a body is given out. Throws once the version may no more, and whenever the vault is locked. */
export type Permit = () => Promise<void>;

/** What a body is used for. */
export type BodyUse = "read" | "write";

/**
 * @param vault gives the unlocked vault, or throws
 * @param ask runs an operation on it
 */
export function permitFor(
  vault: () => WasmVault,
  ask: (operation: (vault: WasmVault) => Promise<void>) => Promise<void>,
  kid: string,
  use: BodyUse,
): Permit {
  let seen = vault().epoch;
  return async () => {
    const { epoch } = vault();
    if (epoch === seen) return;
    await ask((unlocked) => unlocked.checkUnderWay(kid, use === "write"));
    seen = epoch;
  };
}
