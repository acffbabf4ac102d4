/** Small values: each becomes a compact JWE under one of the vault's keys. */
import { abortable, report, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError, fromWire, PolicyError, type ErrorCode } from "../../shared/errors/index.js";
import { jsonText } from "../../shared/json-text.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { Json } from "../../shared/model/json.js";
import type { KeyReference, OpenedBy, Origin } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import { ABORT, check, type Checks, listOf, optionsOf, REASON, WATCH } from "../../shared/options.js";
import type { SettledValue } from "../../shared/protocol/vault-calls.js";
import { frozen, wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { contextText } from "../objects/context-text.js";
import type { Connection, UseEngine } from "../runtime/connection.js";

export interface ValueOptions extends AbortOptions, ReasonOptions {
  context?: EncryptionContext | undefined;
}

/** Of `decryptValue`. */
export interface DecryptValueOptions extends ValueOptions {
  /**
   * Opens also a value under a version that is compromised: others may have written it, and nothing tells it from your
   * own.
   */
  allowUnsigned?: boolean | undefined;
}

/** What `decryptValueDetails` gives. */
export interface DecryptedValue<T = Json> {
  readonly value: T;
  /** `"unsigned"`: opened by a version that is compromised, so that others may have written it. */
  readonly origin: Origin;
  /** The version that opened it. */
  readonly version: OpenedBy;
}

/**
 * `onProgress` counts values. Where it or a signal is given, the values are worked on 256 at a time, and an abort takes
 * effect before the next part.
 */
export interface ValuesOptions extends OperationOptions, ReasonOptions {
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
  /** As `DecryptValueOptions.allowUnsigned`, of all. */
  allowUnsigned?: boolean | undefined;
}

const VALUE = { ...ABORT, ...REASON, context: check.texts } satisfies Checks<ValueOptions>;
const DECRYPT_VALUE = { ...VALUE, allowUnsigned: check.flag } satisfies Checks<DecryptValueOptions>;
const VALUES = { ...WATCH, ...REASON, context: check.texts, contexts: check.any } satisfies Checks<ValuesOptions>;
const DECRYPT_VALUES = { ...VALUES, settle: check.flag, allowUnsigned: check.flag } satisfies Checks<DecryptValuesOptions>;
const KEY = { key: check.any } satisfies Checks<WithKey>;

/** @internal */
export async function encryptValue(use: UseEngine, value: unknown, options: ValueOptions & WithKey): Promise<string> {
  const { key, context, reason, signal } = optionsOf<ValueOptions & WithKey>(options, { ...VALUE, ...KEY });
  const [token] = await abortable(signal, () =>
    use().peer.call("encryptValues", keyName(key), [jsonText(value)], [contextText(context)], reason),
  );
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
  const contexts = contextTexts(bound, texts.length);
  const { peer } = use();
  return inBatches(texts.length, bound, (from, to) =>
    peer.call("encryptValues", keyName(key), texts.slice(from, to), contextsOf(contexts, from, to), bound.reason),
  );
}

/** @internal */
export async function decryptValue<T>(use: UseEngine, token: string, options?: DecryptValueOptions): Promise<T> {
  const { context, allowUnsigned = false, reason, signal } = optionsOf(options, DECRYPT_VALUE);
  const text = wellFormed(token, "a token");
  const [value] = await abortable(signal, () =>
    use().peer.call("decryptValues", [text], [contextText(context)], allowUnsigned, reason),
  );
  return JSON.parse(value as string) as T;
}

/** @internal */
export async function decryptValueDetails<T>(
  use: UseEngine,
  token: string,
  options?: DecryptValueOptions,
): Promise<DecryptedValue<T>> {
  const { context, allowUnsigned = false, reason, signal } = optionsOf(options, DECRYPT_VALUE);
  const text = wellFormed(token, "a token");
  const { json, origin, version } = await abortable(signal, () =>
    use().peer.call("decryptValueDetails", text, contextText(context), allowUnsigned, reason),
  );
  return Object.freeze({ value: JSON.parse(json) as T, origin, version: frozen(version as OpenedBy) });
}

/** @internal */
export async function decryptValues<T>(
  use: UseEngine,
  tokens: readonly string[],
  options?: DecryptValuesOptions,
): Promise<T[] | PromiseSettledResult<T>[]> {
  const { settle = false, allowUnsigned = false, ...bound } = optionsOf(options, DECRYPT_VALUES);
  const texts = listOf(tokens, "tokens").map((token, at) => indexed(at, () => wellFormed(token, "a token")));
  const contexts = contextTexts(bound, texts.length);
  const { peer } = use();
  const how = { settle, allowUnsigned, reason: bound.reason, signal: bound.signal };
  const all = await inBatches(texts.length, bound, (from, to) =>
    decryptBatch<T>(peer, texts.slice(from, to), contextsOf(contexts, from, to), { ...how, first: from }),
  );
  // All of one kind: `settle` says of which.
  return all as T[] | PromiseSettledResult<T>[];
}

/** How a part of the tokens is decrypted; `first`: where it begins in the list. */
interface DecryptBatchOptions {
  settle: boolean;
  allowUnsigned: boolean;
  reason: string | undefined;
  first: number;
  signal: AbortSignal | undefined;
}

async function decryptBatch<T>(
  peer: Connection["peer"],
  texts: string[],
  contexts: (string | undefined)[],
  { settle, allowUnsigned, reason, first, signal }: DecryptBatchOptions,
): Promise<(T | PromiseSettledResult<T>)[]> {
  try {
    const json = await peer.call("decryptValues", texts, contexts, allowUnsigned, reason);
    const values = json.map((value) => JSON.parse(value) as T);
    return settle ? values.map((value) => ({ status: "fulfilled" as const, value })) : values;
  } catch (error) {
    if (ENDS_ALL.has(asStrongroomError(error).code)) throw error;
    // Each alone would use up what is left, and give nothing.
    if (!settle && error instanceof PolicyError && error.rule === "maximumUses") throw error;
  }
  throwIfAborted(signal);
  // One of them failed, and only each alone tells which.
  const outcomes = await peer.call("settleValues", texts, contexts, settle, allowUnsigned, reason);
  const settled = outcomes.map((outcome, at) => settledAs<T>(outcome, first + at));
  const failed = settled.filter((result) => result.status === "rejected").map(({ reason: error }) => asStrongroomError(error));
  const ended = failed.find(({ code }) => ENDS_ALL.has(code)) ?? (settle ? undefined : failed[0]);
  if (ended) throw ended;
  return settle ? settled : settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/** Values between two looks at the signal: about 10 ms of work. */
const BATCH = 256;

/** Runs through a list from 0 to `count`: at once where nobody watches, otherwise part by part. */
async function inBatches<T>(
  count: number,
  { signal, onProgress }: OperationOptions,
  run: (from: number, to: number) => Promise<T[]>,
): Promise<T[]> {
  if (!signal && !onProgress) return run(0, count);
  const all: T[] = [];
  let done = 0;
  do {
    const to = Math.min(done + BATCH, count);
    all.push(...(await abortable(signal, () => run(done, to))));
    done = to;
    report(onProgress, { done, total: count });
  } while (done < count);
  return all;
}

/** Those of a part of the values, of the one for all or those for each. */
function contextsOf(contexts: (string | undefined)[], from: number, to: number): (string | undefined)[] {
  return contexts.length === 1 ? contexts : contexts.slice(from, to);
}

/** These are no token's own. */
const ENDS_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ERR_LOCKED", "ERR_CLOSED", "ERR_WASM", "ERR_WORKER"]);

function settledAs<T>(outcome: SettledValue, at: number): PromiseSettledResult<T> {
  try {
    if ("error" in outcome) throw fromWire(outcome.error);
    return { status: "fulfilled", value: JSON.parse(outcome.json) as T };
  } catch (error) {
    return { status: "rejected", reason: withIndex(error, at) };
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
