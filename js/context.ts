/** The encryption context and the other texts that cross into wasm. */
import { ArgumentError } from "./errors.js";
import type { KeyReference } from "./key-info.js";

/**
 * Names and values that are bound to a ciphertext and must be given again to decrypt. Authenticated,
 * not secret. At most 64 members and 8 KiB; names beginning with `strongroom:` are reserved.
 */
export type Context = Readonly<Record<string, string>>;

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

/**
 * A string without lone surrogates: those have no UTF-8 form, and `TextEncoder` would silently
 * replace each by U+FFFD, so that different strings became equal. @internal
 */
export function wellFormed(text: unknown, what: string): string {
  if (typeof text !== "string") throw new ArgumentError(`${what} must be a string`);
  if (/\p{Surrogate}/u.test(text)) throw new ArgumentError(`${what} is not well-formed UTF-16`);
  return text;
}

/** A well-formed string that is not empty. @internal */
export function named(text: unknown, what: string): string {
  if (wellFormed(text, what) === "") throw new ArgumentError(`${what} must not be empty`);
  return text as string;
}

/** A key's alias or id. @internal */
export function keyName(key: KeyReference): string {
  return named(typeof key === "object" && key !== null ? key.id : key, "key");
}

/** A request to the core as JSON text, all its strings well-formed. @internal */
export function requestText(request: object): string {
  return JSON.stringify(request, (name, value: unknown) => {
    wellFormed(name, "a member's name");
    return typeof value === "string" ? wellFormed(value, name) : value;
  });
}

/** JSON from the core, frozen all the way down. @internal */
export function frozenJson<T>(text: string): T {
  return JSON.parse(text, (_, value: unknown) => Object.freeze(value)) as T;
}
