/** Keys by the names that callers give them. */
import type { KeyReference } from "../../shared/model/key-info.js";
import { nonEmpty } from "../../shared/text.js";

/** A key's alias or id. @internal */
export function keyName(key: KeyReference): string {
  return nonEmpty(typeof key === "object" && key !== null ? key.id : key, "key");
}
