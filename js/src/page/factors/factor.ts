import { ArgumentError } from "../../shared/errors/index.js";
import { Passphrase } from "./passphrase.js";

/** Every kind of factor. */
export type Factor = Passphrase;

/** The factor's secret, to be transferred or wiped. @internal */
export function encodeFactor(factor: Factor): Uint8Array<ArrayBuffer> {
  if (factor instanceof Passphrase) return factor.encode();
  throw new ArgumentError("not a factor; make one by passphrase()");
}
