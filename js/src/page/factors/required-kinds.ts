/** The kinds of factors that a vault takes at once. */
import { listOf } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";

/** A passphrase and a passkey, or one of them and a key management service, in either order. */
export type RequiredKinds =
  | readonly ["passphrase", "passkey"]
  | readonly ["passkey", "passphrase"]
  | readonly ["passphrase" | "passkey", "kms"]
  | readonly ["kms", "passphrase" | "passkey"];

/** What the engine is given of them. @throws ArgumentError @internal */
export function requiredKinds(requires: RequiredKinds): string[] {
  return listOf<string>(requires, "requires").map((kind) => nonEmpty(kind, "requires"));
}
