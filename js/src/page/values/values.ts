/** Small values: each becomes a compact JWE under one of the vault's keys. */
import { ArgumentError, asStrongroomError, type ErrorCode } from "../../shared/errors/index.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import { check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { contextText } from "../objects/context-text.js";
import type { Connection, UseEngine } from "../runtime/connection.js";

type EnginePeer = Connection["peer"];

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

/** Of `decryptValues`. */
export interface DecryptValuesOptions extends ValuesOptions {
  /** Says of each token how it ended, as `Promise.allSettled` does, instead of failing with the first. */
  settle?: boolean | undefined;
}

const VALUE = { context: check.texts } satisfies Checks<ValueOptions>;
const VALUES = { ...VALUE, contexts: check.any } satisfies Checks<ValuesOptions>;
const DECRYPT_VALUES = { ...VALUES, settle: check.flag } satisfies Checks<DecryptValuesOptions>;
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
  const texts = listOf(values, "values").map((value, at) => indexed(at, () => jsonText(value)));
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
  options?: DecryptValuesOptions,
): Promise<T[] | PromiseSettledResult<T>[]> {
  const { settle = false, ...bound } = optionsOf(options, DECRYPT_VALUES);
  const texts = listOf(tokens, "tokens").map((token, at) => indexed(at, () => wellFormed(token, "a token")));
  const contexts = contextTexts(bound, texts.length);
  const { peer } = use();
  try {
    const values = (await peer.call("decryptValues", texts, contexts)).map((value) => JSON.parse(value) as T);
    return settle ? values.map((value) => ({ status: "fulfilled" as const, value })) : values;
  } catch (error) {
    if (ENDS_ALL.has(asStrongroomError(error).code)) throw error;
  }
  // One of them failed, and only each alone tells which.
  const each = texts.map((text, at) => decryptAlone<T>(peer, text, contexts[contexts.length === 1 ? 0 : at], at));
  const settled = await Promise.allSettled(each);
  const failed = settled.filter((result) => result.status === "rejected").map(({ reason }) => asStrongroomError(reason));
  const ended = failed.find(({ code }) => ENDS_ALL.has(code)) ?? (settle ? undefined : failed[0]);
  if (ended) throw ended;
  return settle ? settled : settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/** These are no token's own. */
const ENDS_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ERR_LOCKED", "ERR_CLOSED", "ERR_WASM", "ERR_WORKER"]);

async function decryptAlone<T>(peer: EnginePeer, text: string, context: string | undefined, at: number): Promise<T> {
  try {
    const [value] = await peer.call("decryptValues", [text], [context]);
    return JSON.parse(value as string) as T;
  } catch (error) {
    throw withIndex(error, at);
  }
}

function indexed<T>(at: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withIndex(error, at);
  }
}

function withIndex(error: unknown, index: number): Error {
  return Object.assign(asStrongroomError(error), { index });
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
