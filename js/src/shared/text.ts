/** Strings and plain objects that cross into wasm. */
import type { Bytes } from "./bytes.js";
import { ArgumentError, UnsupportedError } from "./errors/index.js";

/**
 * A string without lone surrogates: those have no UTF-8 form, and `TextEncoder` would silently
 * replace each by U+FFFD, so that different strings became equal. @internal
 */
export function wellFormed(text: unknown, what: string): string {
  if (typeof text !== "string") throw new ArgumentError(`${what} must be a string`);
  if (/\p{Surrogate}/u.test(text)) throw new ArgumentError(`${what} is not well-formed UTF-16`);
  return text;
}

/** UTF-8. @throws UnsupportedError in a test's DOM that hides Node's own classes, as Jest's jsdom does @internal */
export function utf8(text: string): Bytes {
  if (typeof TextEncoder === "undefined") {
    const what = "a JavaScript without TextEncoder; let your tests' DOM have Node's globals, see docs/bundlers.md";
    throw new UnsupportedError(`not supported: ${what}`, { what });
  }
  return new TextEncoder().encode(text);
}

/** A well-formed string that is not empty. @internal */
export function nonEmpty(text: unknown, what: string): string {
  if (wellFormed(text, what) === "") throw new ArgumentError(`${what} must not be empty`);
  return text as string;
}

/** The deepest nesting of a request: options hold labels, and no more. */
const DEPTH = 16;

/**
 * A copy of a request to the core, of plain values alone: strings that are well-formed, numbers, flags, `null`, arrays and
 * plain objects, without the members that are `undefined`.
 *
 * @throws ArgumentError @internal
 */
export function plainCopy<T extends object>(request: T): T {
  return copied(request, "the request", DEPTH) as T;
}

function copied(value: unknown, name: string, depth: number): unknown {
  if (typeof value === "string") return wellFormed(value, name);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") throw new ArgumentError(`${name} must be text, a number, true or false, or an object`);
  if (depth === 0) throw new ArgumentError(`${name} is nested too deeply`);
  if (Array.isArray(value)) return Array.from(value as unknown[], (item) => copied(item, name, depth - 1));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([member, held]) => [wellFormed(member, "a member's name"), copied(held, member, depth - 1)]));
}

/** What the core returned, frozen all the way down. @internal */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
