import { ArgumentError } from "../../shared/errors/index.js";
import { isPassphrase, type Passphrase } from "./passphrase.js";

/** Every kind of factor. */
export type Factor = Passphrase;

/** @throws ArgumentError @internal */
export function checkFactor(factor: Factor): void {
  if (!isPassphrase(factor)) throw new ArgumentError("not a factor; make one by passphrase()");
}

/** What a factor must be that a vault of that name gets. @throws ArgumentError, WeakPassphraseError @internal */
export function checkNewFactor(factor: Factor, vault: string): void {
  checkFactor(factor);
  factor.checkNew(vault);
}

/** The factor's secret, to be transferred or wiped. @internal */
export function encodeFactor(factor: Factor): Uint8Array<ArrayBuffer> {
  checkFactor(factor);
  return factor.encode();
}
