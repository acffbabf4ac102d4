/** Strings and JSON that cross into wasm. */
import { ArgumentError } from "./errors/index.js";

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
export function nonEmpty(text: unknown, what: string): string {
  if (wellFormed(text, what) === "") throw new ArgumentError(`${what} must not be empty`);
  return text as string;
}

/** A request to the core as JSON text, all its strings well-formed. @internal */
export function requestText(request: object): string {
  try {
    return JSON.stringify(request, (name, value: unknown) => {
      wellFormed(name, "a member's name");
      return typeof value === "string" ? wellFormed(value, name) : value;
    });
  } catch (cause) {
    // A `BigInt`, or an object that holds itself.
    throw cause instanceof ArgumentError ? cause : new ArgumentError("an argument has no JSON form", { cause });
  }
}

/** JSON from the core, frozen all the way down. @internal */
export function frozenJson<T>(text: string): T {
  return JSON.parse(text, (_, value: unknown) => Object.freeze(value)) as T;
}
