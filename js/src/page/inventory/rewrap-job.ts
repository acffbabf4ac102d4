/** Moves objects' headers to another version or key, one after the other. No body is touched. */
import { report, throwIfAborted } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import {
  ArgumentError,
  asStrongroomError,
  InputError,
  type ErrorCode,
  type StrongroomError,
} from "../../shared/errors/index.js";
import { isUint8Array } from "../../shared/kinds.js";
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { KeyElsewhere } from "../../shared/model/key-elsewhere.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import { check, type Checks, optionsOf, REASON, WATCH } from "../../shared/options.js";
import type { RewrapRequest, RewrapResult } from "../../shared/protocol/vault-calls.js";
import { throwIfRefused } from "../../shared/refused-answer.js";
import { plainCopy, wellFormed } from "../../shared/text.js";
import { keyThumbprintOf } from "../factors/key-dependents.js";
import { jwkJson } from "../keys/jwk-json.js";
import { keyName } from "../keys/key-reference.js";
import { headerBytes, headerOf, signatureBytes, signatureOf, type Headed } from "../objects/header.js";
import type { UseEngine } from "../runtime/connection.js";

/** Where a header comes from: bytes or text; or something that has one. */
export type HeaderSource = Uint8Array | string | Headed;

/** A header; of an object that is for others too, whose signature stands beside it, with that. */
export type FetchedHeader = Uint8Array | string | { readonly header: Uint8Array | string; readonly signature?: Uint8Array | string | undefined };

/** `onProgress` counts headers. An abort takes effect before the next one. */
export interface RewrapOptions<Source = HeaderSource> extends OperationOptions, ReasonOptions {
  /** Another key of the vault, instead of the primary version of each header's own. */
  to?: KeyReference | undefined;
  /**
   * Another key in the place of a recipient's, in every header that names that one: the KMS has a new key, say. Of a header under the primary version
   * already, too. Whoever had the old key keeps what it opened, and what any copy of an old header gives.
   */
  replaceRecipient?: ReplaceRecipient | undefined;
  /** Only looks: gives no headers, and writes nothing but uses, of keys whose policy bounds them, that go to another key. */
  dryRun?: boolean | undefined;
  /**
   * Gives the header of an object that the inventory has and the vault has not (`header: "elsewhere"`); of one that is for others too
   * with its signature, as `{ header, signature }`.
   */
  fetchHeader?: ((source: Source) => FetchedHeader | Promise<FetchedHeader>) | undefined;
}

/** Which recipient of objects goes, and which one comes. */
export interface ReplaceRecipient {
  /** Its thumbprint, its public JWK, or an adapter that has it; not its name. */
  from: KeyElsewhere;
  /** A public JWK with a `kid`, as `recipients` of `encrypt` takes them. */
  to: PublicJwk | RsaPublicJwk | JsonWebKey;
}

const REPLACE = { from: check.any, to: check.any } satisfies Checks<ReplaceRecipient>;

const REWRAP = {
  ...WATCH,
  ...REASON,
  to: check.any,
  replaceRecipient: check.any,
  dryRun: check.flag,
  fetchHeader: check.callback,
} satisfies Checks<RewrapOptions>;

/** A header that was moved: to be stored in place of the old one. */
export interface Rewrapped<Source = HeaderSource> {
  /** What was given. */
  readonly source: Source;
  /** The object's id. */
  readonly id: string;
  /** The id of the key that opens it now. */
  readonly key: string;
  /** The id of the version that opened the old header. */
  readonly from: string;
  /** The id of the version that opens the new one. */
  readonly to: string;
  /** `undefined` where there is nothing to store: in a dry run, and where the vault keeps the header. */
  readonly header: Bytes | undefined;
  /** The new signature of an object that is for others too, to be stored with the header: neither counts without the other. */
  readonly signature: string | undefined;
}

export interface RewrapFailure<Source = HeaderSource> {
  readonly source: Source;
  readonly error: StrongroomError;
}

/** How far it came. */
export interface RewrapReport<Source = HeaderSource> {
  /** All together. */
  readonly processed: number;
  /** Moved, and stored; in a dry run, those that would be. */
  readonly done: number;
  /** There already. */
  readonly skipped: number;
  readonly failed: number;
  /** The first 1,000 that failed, and why. */
  readonly failures: readonly RewrapFailure<Source>[];
}

/** Errors that say something of one header; all others end the iteration. */
const ERRORS_OF_ONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ERR_DECRYPT",
  "ERR_INPUT",
  "ERR_MALFORMED",
  "ERR_NO_KEY",
  "ERR_NO_OBJECT",
  "ERR_NO_VERSION",
  "ERR_POLICY",
  "ERR_PURPOSE",
  "ERR_STATE",
  "ERR_TOO_LARGE",
  "ERR_UNSIGNED",
  "ERR_UNSUPPORTED",
]);

/** Failures that are kept. */
const KEPT_FAILURES = 1000;

/**
 * What `vault.rewrap` gives: the headers that were moved, one by one, each made when it is asked for. Asking for
 * the next one says that the last was stored, and the inventory takes note of it. Stopped early or interrupted,
 * it is started again over the same headers: those that were moved are skipped.
 */
export class RewrapJob<Source extends HeaderSource = HeaderSource>
  implements AsyncIterable<Rewrapped<Source>>
{
  readonly #use: UseEngine;
  readonly #options: RewrapOptions<Source>;
  readonly #items: AsyncGenerator<Rewrapped<Source>, void, undefined>;
  readonly #count = { done: 0, skipped: 0, failed: 0 };
  readonly #failures: RewrapFailure<Source>[] = [];

  /** @internal */
  constructor(
    use: UseEngine,
    sources: Iterable<Source> | AsyncIterable<Source>,
    options: RewrapOptions<Source> | undefined,
    total?: number,
  ) {
    this.#use = use;
    this.#options = optionsOf(options, REWRAP);
    checkIterable(sources);
    this.#items = this.#each(sources, total);
  }

  /** How far it came by now. */
  get report(): RewrapReport<Source> {
    return { processed: this.#processed, ...this.#count, failures: [...this.#failures] };
  }

  [Symbol.asyncIterator](): AsyncIterator<Rewrapped<Source>, void, undefined> {
    return this.#items;
  }

  /**
   * Takes all that are left, waits for `store` to store each, and gives the report. A `Response` that `store` gives
   * and that is no success counts as a header that was not stored.
   *
   * @throws InputError where it was not
   */
  async run(store?: (rewrapped: Rewrapped<Source>) => unknown): Promise<RewrapReport<Source>> {
    if (store !== undefined) check.callback(store, "store");
    for await (const rewrapped of this) throwIfRefused(await store?.(rewrapped), "a header");
    return this.report;
  }

  async *#each(
    sources: Iterable<Source> | AsyncIterable<Source>,
    total: number | undefined,
  ): AsyncGenerator<Rewrapped<Source>, void, undefined> {
    const to = { to: await this.#target(), replace: await this.#replaced() };
    throwIfAborted(this.#options.signal);
    for await (const source of sources) {
      const rewrapped = await this.#attempt(source, to);
      if (rewrapped) {
        yield rewrapped;
        await this.#stored(rewrapped.header, rewrapped.signature);
        this.#count.done++;
      }
      this.#progress(total);
      throwIfAborted(this.#options.signal);
    }
  }

  /** That there is no such key is no header's fault. */
  async #target(): Promise<string | undefined> {
    const { to } = this.#options;
    if (to === undefined) return undefined;
    const name = keyName(to);
    await this.#use().peer.call("findKey", name);
    return name;
  }

  async #replaced(): Promise<Target["replace"]> {
    const { replaceRecipient, signal } = this.#options;
    if (replaceRecipient === undefined) return undefined;
    const { from, to } = optionsOf(replaceRecipient, REPLACE);
    if (from === undefined || to === undefined) throw new ArgumentError("replaceRecipient needs from, the key that goes, and to, the one that comes");
    return { from: await keyThumbprintOf(from, signal), to: jwkJson(to, "replaceRecipient.to") };
  }

  async #attempt(source: Source, to: Target): Promise<Rewrapped<Source> | undefined> {
    try {
      const { header, signature } = await this.#header(source);
      const { status, header: text, signature: signed, ...about } = await this.#rewrap(header, signature, to, expectedId(source));
      if (status === "done") return { source, ...about, header: text === undefined ? text : headerBytes(text), signature: signed };
      // It may have been moved by a run that was interrupted before the inventory heard of it.
      await this.#stored(header, signature);
      this.#count.skipped++;
    } catch (error) {
      this.#fail(source, asStrongroomError(error));
    }
    return undefined;
  }

  async #rewrap(
    header: Bytes | string,
    signature: Bytes | undefined,
    { to, replace }: Target,
    expect: string | undefined,
  ): Promise<RewrapResult> {
    const { dryRun, reason } = this.#options;
    return this.#use().peer.call("rewrap", header, plainCopy({ to, replace, expect, dryRun, reason }), signature);
  }

  /** Tells the inventory, which has an object whose header is in the vault right already. */
  async #stored(header: Bytes | string | undefined, signature: Bytes | string | undefined): Promise<void> {
    if (this.#options.dryRun || typeof header !== "object") return;
    await this.#use().peer.call("noteStored", header, this.#options.reason, signatureBytes(signature));
  }

  /** A header's bytes, or the id of an object whose header is in the vault. */
  async #header(source: Source): Promise<GivenHeader> {
    if (typeof source === "string" || isUint8Array(source)) return { header: headerBytes(source) };
    if (typeof source !== "object" || !source) return { header: headerBytes(source) };
    if (source.header === "elsewhere") return this.#fetched(source);
    return { header: headerOf(source), signature: await signatureOf(source) };
  }

  async #fetched(source: Source): Promise<GivenHeader> {
    const { fetchHeader } = this.#options;
    if (!fetchHeader) throw new InputError("the header is elsewhere; give fetchHeader");
    try {
      const fetched = await fetchHeader(source);
      if (typeof fetched === "string" || isUint8Array(fetched)) return { header: headerBytes(fetched) };
      const { header, signature } = (fetched ?? {}) as Exclude<FetchedHeader, Uint8Array | string>;
      return { header: headerBytes(header), signature: signatureBytes(signature) };
    } catch (cause) {
      throw new InputError("the header could not be fetched", { cause });
    }
  }

  #fail(source: Source, error: StrongroomError): void {
    if (!ERRORS_OF_ONE.has(error.code)) throw error;
    this.#count.failed++;
    if (this.#failures.length < KEPT_FAILURES) this.#failures.push({ source, error });
  }

  #progress(total: number | undefined): void {
    report(this.#options.onProgress, { done: this.#processed, total });
  }

  get #processed(): number {
    const { done, skipped, failed } = this.#count;
    return done + skipped + failed;
  }
}

/** To which key headers go, and for which recipient. */
type Target = Pick<RewrapRequest, "to" | "replace">;

/** A header's bytes with its signature, or the id of an object whose header is in the vault. */
interface GivenHeader {
  header: Bytes | string;
  signature?: Bytes | undefined;
}

/** What the core says of one header. */
function checkIterable(sources: unknown): void {
  const { [Symbol.iterator]: each, [Symbol.asyncIterator]: eachAwaited } = Object(sources) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  if (typeof sources === "object" && (each ?? eachAwaited)) return;
  throw new ArgumentError("the headers must be in an array or another iterable");
}

/** A store that gives out another object's header must not have it moved in this one's place. */
function expectedId(source: HeaderSource): string | undefined {
  if (typeof source !== "object" || source instanceof Uint8Array) return undefined;
  return source.id === undefined ? undefined : wellFormed(source.id, "an object's id");
}
