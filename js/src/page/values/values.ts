/** Small values: each becomes a compact JWE under one of the vault's keys. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import { check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { contextText } from "../objects/context-text.js";
import type { UseEngine } from "../runtime/connection.js";

export interface ValueOptions {
  context?: EncryptionContext | undefined;
}

export interface ValuesOptions {
  /** Bound to all of the values. */
  context?: EncryptionContext | undefined;
  /** In place of `context`: as many as there are values, each bound to the value in its place. */
  contexts?: readonly (EncryptionContext | undefined)[] | undefined;
}

/** The key that protects. */
export interface WithKey {
  key: KeyReference;
}

const VALUE = { context: check.texts } satisfies Checks<ValueOptions>;
const VALUES = { ...VALUE, contexts: check.any } satisfies Checks<ValuesOptions>;
const KEY = { key: check.any } satisfies Checks<WithKey>;

/** @internal */
export async function encryptValue(use: UseEngine, value: unknown, options: ValueOptions & WithKey): Promise<string> {
  const { key, context } = optionsOf<ValueOptions & WithKey>(options, { ...VALUE, ...KEY });
  const [token] = await use().peer.call("encryptValues", keyName(key), [jsonText(value)], [contextText(context)]);
  return token as string;
}

/** @internal */
export async function encryptValues(
  use: UseEngine,
  values: readonly unknown[],
  options: ValuesOptions & WithKey,
): Promise<string[]> {
  const { key, ...bound } = optionsOf<ValuesOptions & WithKey>(options, { ...VALUES, ...KEY });
  const texts = listOf(values, "values").map(jsonText);
  return use().peer.call("encryptValues", keyName(key), texts, contextTexts(bound, texts.length));
}

/** @internal */
export async function decryptValue<T>(use: UseEngine, token: string, options?: ValueOptions): Promise<T> {
  const { context } = optionsOf(options, VALUE);
  const text = wellFormed(token, "a token");
  const [value] = await use().peer.call("decryptValues", [text], [contextText(context)]);
  return JSON.parse(value as string) as T;
}

/** @internal */
export async function decryptValues<T>(
  use: UseEngine,
  tokens: readonly string[],
  options?: ValuesOptions,
): Promise<T[]> {
  const bound = optionsOf(options, VALUES);
  const texts = listOf(tokens, "tokens").map((token) => wellFormed(token, "a token"));
  const values = await use().peer.call("decryptValues", texts, contextTexts(bound, texts.length));
  return values.map((value) => JSON.parse(value) as T);
}

/** One for all, or one for each. */
function contextTexts({ context, contexts }: ValuesOptions, count: number): (string | undefined)[] {
  if (contexts === undefined) return [contextText(context)];
  if (context !== undefined) throw new ArgumentError("context is for all values, contexts for each: give one of them");
  const list = listOf(contexts, "contexts");
  if (list.length !== count) {
    throw new ArgumentError(`contexts must be as many as the values: ${count}; one for all is context`);
  }
  return list.map((each, at) => contextText(each, `contexts[${at}]`));
}

function jsonText(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new ArgumentError("the value has no JSON form", { cause });
  }
  if (text === undefined) throw new ArgumentError("the value has no JSON form");
  return text;
}
