/** Small values: each becomes a compact JWE under one of the vault's keys. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { Context } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import { check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { contextText } from "../objects/context-text.js";
import type { UseEngine } from "../runtime/connection.js";

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

/** The key that protects. */
export interface WithKey {
  key: KeyReference;
}

const VALUE = { context: check.any } satisfies Checks<ValueOptions>;
const VALUES = { contexts: check.any } satisfies Checks<ValuesOptions>;
const KEY = { key: check.any } satisfies Checks<WithKey>;

/** @internal */
export async function encryptValue(use: UseEngine, value: Json, options: ValueOptions & WithKey): Promise<string> {
  const { key, context } = optionsOf<ValueOptions & WithKey>(options, { ...VALUE, ...KEY });
  const [token] = await use().peer.call("encryptValues", keyName(key), [jsonText(value)], [contextText(context)]);
  return token as string;
}

/** @internal */
export async function encryptValues(
  use: UseEngine,
  values: readonly Json[],
  options: ValuesOptions & WithKey,
): Promise<string[]> {
  const { key, contexts } = optionsOf<ValuesOptions & WithKey>(options, { ...VALUES, ...KEY });
  const texts = listOf(values, "values").map(jsonText);
  return use().peer.call("encryptValues", keyName(key), texts, contextTexts(contexts));
}

/** @internal */
export async function decryptValue(use: UseEngine, token: string, options?: ValueOptions): Promise<Json> {
  const { context } = optionsOf(options, VALUE);
  const text = wellFormed(token, "a token");
  const [value] = await use().peer.call("decryptValues", [text], [contextText(context)]);
  return JSON.parse(value as string) as Json;
}

/** @internal */
export async function decryptValues(
  use: UseEngine,
  tokens: readonly string[],
  options?: ValuesOptions,
): Promise<Json[]> {
  const { contexts } = optionsOf(options, VALUES);
  const texts = listOf(tokens, "tokens").map((token) => wellFormed(token, "a token"));
  const values = await use().peer.call("decryptValues", texts, contextTexts(contexts));
  return values.map((value) => JSON.parse(value) as Json);
}

function contextTexts(contexts: readonly (Context | undefined)[] = [undefined]): (string | undefined)[] {
  return listOf(contexts, "contexts").map((context, at) => contextText(context, `contexts[${at}]`));
}

function jsonText(value: Json): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new ArgumentError("the value has no JSON form", { cause });
  }
  if (text === undefined) throw new ArgumentError("the value has no JSON form");
  return text;
}
