/** The encryption context as it crosses into wasm. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { Context } from "../../shared/model/encryption-context.js";
import { wellFormed } from "../../shared/text.js";

/** The context as JSON text; `undefined` when there is none, which an empty one equals. @internal */
export function contextText(context: Context | undefined): string | undefined {
  if (context === undefined) return undefined;
  if (typeof context !== "object" || context === null || Array.isArray(context)) {
    throw new ArgumentError("context must be an object of strings");
  }
  const members = Object.entries(context);
  for (const [name, value] of members) {
    wellFormed(name, "a context's name");
    wellFormed(value, `context.${name}`);
  }
  return members.length === 0 ? undefined : JSON.stringify(Object.fromEntries(members));
}
