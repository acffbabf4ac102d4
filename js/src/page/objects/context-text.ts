/** The encryption context as it crosses into wasm. */
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import { check } from "../../shared/options.js";

/**
 * The context as JSON text; `undefined` when there is none, which an empty one equals. A member that is `undefined` is
 * refused, since an object without it would be bound to less than the caller believes.
 *
 * @throws ArgumentError @internal
 */
export function contextText(context: EncryptionContext | undefined, name = "context"): string | undefined {
  if (context === undefined) return undefined;
  const members = check.texts(context, name) as EncryptionContext;
  return Object.keys(members).length === 0 ? undefined : JSON.stringify(members);
}
