/** Small values: what callers give and get. */
import type { Context } from "../../shared/model/encryption-context.js";

/** Anything that JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface ValueOptions {
  context?: Context | undefined;
}

export interface ValuesOptions {
  /** One for all values, or as many as there are, each for the value in its place. */
  contexts?: readonly (Context | undefined)[] | undefined;
}
