/** Options and other arguments, as callers give them: checked before anything is done with them. */
import { ArgumentError } from "./errors/index.js";
import type { ApprovalOptions, ReasonOptions } from "./model/key-policy.js";
import type { PageOptions } from "./model/key-info.js";
import type { AbortOptions, OperationOptions } from "./model/progress.js";
import { nonEmpty, wellFormed } from "./text.js";

/** Checks one value and returns it. All of them refuse `null`. @internal */
export type Check = (value: unknown, name: string) => unknown;

/** One check for each member of an option type: a list that lacks one, or has one more, does not compile. @internal */
export type Checks<T> = { readonly [Name in keyof T]-?: Check };

/**
 * A call's options: a plain object with members of these names and no others. Members that are `undefined` are left out.
 *
 * @param within what the members belong to, where that is an option itself
 * @throws ArgumentError @internal
 */
export function optionsOf<T extends object>(given: T | undefined, checks: Checks<T>, within?: string): T {
  const checked: Record<string, unknown> = {};
  if (given === undefined) return checked as T;
  for (const [name, value] of membersOf(given, within ?? "the options")) {
    const path = within === undefined ? name : `${within}.${name}`;
    if (!Object.hasOwn(checks, name)) throw new ArgumentError(`unknown option \`${path}\``);
    if (value !== undefined) checked[name] = checks[name as keyof T](value, path);
  }
  return checked as T;
}

/**
 * The members of a plain object. Other objects (a `Map`, a `Date`, an instance of a class) have none that count, and one
 * with accessors may say something else each time it is asked. @internal
 */
export function membersOf(given: unknown, what: string): [name: string, value: unknown][] {
  if (!isPlain(given)) throw new ArgumentError(`${what} must be a plain object`);
  return Reflect.ownKeys(given).map((name) => {
    if (typeof name === "symbol") throw new ArgumentError(`unknown option \`${String(name)}\``);
    const member = Object.getOwnPropertyDescriptor(given, name);
    if (!member || !("value" in member)) throw new ArgumentError(`${what} must have no accessors: ${name}`);
    return [wellFormed(name, "an option's name"), member.value as unknown];
  });
}

/**
 * Made by `{}`, in this realm or another, or without a prototype. What inherits from an object without a prototype has
 * members that nobody would see. @internal
 */
export function isPlain(given: unknown): given is object {
  if (typeof given !== "object" || given === null) return false;
  const prototype = Object.getPrototypeOf(given) as object | null;
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** The checks that lists of options are made of. @internal */
export const check = {
  /** Any value: checked where it is used. */
  any: (value, name) => {
    if (value === null) throw new ArgumentError(`${name} must not be null`);
    return value;
  },
  /** A string without lone surrogates. */
  text: wellFormed,
  /** A string that is not empty. */
  name: nonEmpty,
  flag: (value, name) => typed("boolean", value, name, "true or false"),
  number: (value, name) => typed("number", value, name, "a number"),
  callback: (value, name) => typed("function", value, name, "a function"),
  signal: (value, name) => {
    const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
    if (typeof aborted === "boolean" && typeof addEventListener === "function") return value;
    throw new ArgumentError(`${name} must be an AbortSignal`);
  },
  /** A plain object of strings, under any names. */
  texts: (value, name) => {
    const members = membersOf(value, name);
    for (const [member, content] of members) wellFormed(content, `${name}.${member}`);
    return Object.fromEntries(members);
  },
} as const satisfies Record<string, Check>;

/** @internal */
export const ABORT = { signal: check.signal } satisfies Checks<AbortOptions>;

/** @internal */
export const REASON = { reason: check.text } satisfies Checks<ReasonOptions>;

/** @internal */
export const APPROVAL = {
  approval: (value, name) => {
    const given = Array.isArray(value) ? value : [value];
    return given.map((one) => nonEmpty(one, name));
  },
} satisfies Checks<ApprovalOptions>;

/** @internal */
export const WATCH = { ...ABORT, onProgress: check.callback } satisfies Checks<OperationOptions>;

/** @internal */
export const PAGE = { after: check.text, limit: check.number } satisfies Checks<PageOptions>;

function typed(type: "boolean" | "number" | "function", value: unknown, name: string, what: string): unknown {
  if (typeof value !== type || Number.isNaN(value)) throw new ArgumentError(`${name} must be ${what}`);
  return value;
}

/** A check that lets `null` pass. @internal */
export function orNull(checked: Check): Check {
  return (value, name) => (value === null ? value : checked(value, name));
}

/** An object that has these methods, of any class. @internal */
export function withMethods<T extends object>(value: T, what: string, methods: readonly (keyof T)[]): T {
  const having = typeof value === "object" && value !== null;
  if (having && methods.every((method) => typeof value[method] === "function")) return value;
  throw new ArgumentError(`${what} must be an object with ${methods.map(String).join(", ")}`);
}

/** A copy without holes: `map` and `some` pass them over, so that nobody would check what comes out of them. @internal */
export function listOf<T>(value: readonly T[], what: string): readonly T[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${what} must be an array`);
  return Array.from(value as readonly T[]);
}
