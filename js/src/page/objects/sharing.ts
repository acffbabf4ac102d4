/** For whom an object is besides its vault, and what is signed then. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { Covers } from "../../shared/model/key-info.js";
import { jwkJson } from "../keys/jwk-json.js";

/** Recipients of an object besides its vault, at most. */
const MOST_OTHERS = 16;

/** Others as they cross to the engine. */
interface Sharing {
  others: string[] | undefined;
  sign: Covers | undefined;
}

/** @internal */
export function sharing(recipients: unknown, sign: unknown): Sharing {
  if (recipients === undefined) {
    if (sign !== undefined) throw new ArgumentError("sign is for an object with recipients");
    return { others: undefined, sign: undefined };
  }
  if (sign !== undefined && sign !== "header" && sign !== "content") {
    throw new ArgumentError('sign must be "header" or "content"');
  }
  const listed: unknown[] | undefined = Array.isArray(recipients) ? Array.from(recipients as unknown[]) : undefined;
  if (!listed || listed.length === 0 || listed.length > MOST_OTHERS) {
    throw new ArgumentError("recipients must be an array of 1 to 16 public JWKs");
  }
  return { others: listed.map((jwk) => jwkJson(jwk as object, "a recipient")), sign: sign ?? "content" };
}
