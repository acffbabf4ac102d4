/** Anything that JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * `T` where JSON gives it back as it was, and otherwise a type that takes none of its values: a `Date`, a `Map`, a
 * function or a `bigint` has no JSON form of its own. Members that may be `undefined` are left out by JSON.
 */
export type JsonOf<T> = T extends string | number | boolean | null
  ? T
  : T extends bigint | symbol | undefined | ((...given: never[]) => unknown)
    ? never
    : T extends object
      ? { [Name in keyof T]: JsonOf<T[Name]> | Extract<T[Name], undefined> }
      : never;
