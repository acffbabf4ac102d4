import { ArgumentError } from "../../shared/errors/index.js";
import { isPassphrase, type Passphrase } from "./passphrase.js";

/** Every kind of factor. */
export type Factor = Passphrase;

/** @throws ArgumentError @internal */
export function checkFactor(factor: Factor): void {
  if (!isPassphrase(factor)) throw new ArgumentError("not a factor; make one by passphrase()");
}

/** The factor's secret, to be transferred or wiped. @internal */
export function encodeFactor(factor: Factor): Uint8Array<ArrayBuffer> {
  checkFactor(factor);
  return factor.encode();
}
