import { membersOf } from "../../shared/options.js";
import { nonEmpty, plainCopy } from "../../shared/text.js";

/** A JWK as JSON text; of text, that text. @throws ArgumentError @internal */
export function jwkJson(jwk: object | string, what = "a JWK"): string {
  if (typeof jwk === "string") return nonEmpty(jwk, what);
  return JSON.stringify(plainCopy(Object.fromEntries(membersOf(jwk, what))));
}
