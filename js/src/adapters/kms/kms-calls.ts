/** Calls of a key management service: time limits, further attempts, and answers as JSON. */
import { abortable, aborted } from "../../shared/async.js";
import { ArgumentError, isStrongroomError, KmsError } from "../../shared/errors/index.js";
import type { KmsReason } from "../../shared/errors/index.js";
import { check, type Checks } from "../../shared/options.js";
import type { Bytes } from "../../shared/bytes.js";
import { membersIn, splitSecret } from "../../shared/kms-secret-member.js";
import type { KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsRequest, KmsResponse, SecretMember } from "../../shared/model/kms-request.js";
import type { KmsSecret } from "../../shared/model/kms-secret.js";
import { fetchTransport, type KmsTransport } from "./kms-transport.js";

/** What all adapters take. */
export interface KmsCallOptions {
  /** How requests are sent: by `fetch`, unless given. */
  transport?: KmsTransport | undefined;
  /** How long one attempt may take, in ms: 10,000 unless given. */
  timeout?: number | undefined;
  /** Further attempts where the service throttles or fails: 3 unless given, 10 at most. */
  retries?: number | undefined;
}

/** Why a request was refused, and in which words. */
export interface KmsRefusal {
  readonly reason: KmsReason;
  /** The service's own words. */
  readonly words: string;
}

/** How credentials are asked for, by a callback of the page's. `renew`: those that were given last were refused. */
type AskCredentials<C> = (asked: { readonly renew: boolean; readonly signal: AbortSignal }) => Promise<C>;

/** A request with them, made anew for each attempt: signatures and tokens expire. */
type MakeRequest<C> = (credentials: C) => Promise<OutgoingRequest> | OutgoingRequest;
/** @internal */
export type OutgoingRequest = Omit<KmsRequest, "signal">;

/** @internal */
export const CALLS = { transport: check.callback, timeout: check.number, retries: check.number } satisfies Checks<KmsCallOptions>;

const TIMEOUT = 10_000;
const RETRIES = 3;
/** The first pause, in ms, which doubles; and the longest of its own accord. */
const PAUSE = 200;
const LONGEST_BACKOFF = 5000;
/** Seconds that are waited at most where the service asks for it. */
const LONGEST_ASKED_WAIT = 20;
/** So much of a service's own words is told. */
const WORDS = 300;
/** Headers whose values are told to nobody, though a service says them again. */
const SECRETS = ["authorization", "x-amz-security-token"];

/** What a person can do, by reason. */
const KMS_ADVICE: Readonly<Record<KmsReason, string>> = {
  denied: "ask whoever administers the key for permission to decrypt with it",
  disabled: "have the key enabled, or unlock in another way",
  "pending-deletion": "have the deletion cancelled while that is possible, or unlock in another way",
  "not-found": "check the name of the key in the configuration",
  "wrong-key": "check that the key in the configuration is the one of the vault, and that it is for decryption",
  "wrong-region": "check the region in the configuration: the key is in another one",
  "expired-token": "sign in again; check the clock of this device, too",
  throttled: "try again later",
  cors: "give a transport that sends the requests by a server of your own",
  offline: "connect this device and try again, or unlock in another way",
  timeout: "try again later, or unlock in another way",
  unavailable: "try again later, or unlock in another way",
  malformed: "check the address and what lies between this page and the service",
};

/** The error of a reason: who says it, what, and what to do. @internal */
export function kmsError(service: string, { reason, words }: KmsRefusal, details: { status?: number; retryAfter?: number | undefined; cause?: unknown } = {}): KmsError {
  return new KmsError(`${service}: ${seenWords(words)}; ${KMS_ADVICE[reason]}`, { reason, ...details });
}

/** One service, as it is called. @internal */
export class KmsCalls {
  readonly #service: string;
  readonly #refusalOf: (response: KmsResponse, json: object) => KmsRefusal;
  readonly #transport: KmsTransport | undefined;
  readonly #timeout: number;
  readonly #retries: number;
  /** What callbacks of the page's rejected with. */
  readonly #unsigned = new WeakSet<Error>();

  /** @throws ArgumentError */
  constructor(service: string, refusalOf: (response: KmsResponse, json: object) => KmsRefusal, options: KmsCallOptions) {
    const { transport, timeout = TIMEOUT, retries = RETRIES } = options;
    if (!(timeout >= 1 && timeout <= 600_000)) throw new ArgumentError("timeout must be from 1 to 600000 milliseconds");
    if (!Number.isInteger(retries) || retries < 0 || retries > 10) throw new ArgumentError("retries must be a whole number from 0 to 10");
    this.#service = service;
    this.#refusalOf = refusalOf;
    this.#transport = transport;
    this.#timeout = timeout;
    this.#retries = retries;
  }

  /**
   * The answer's members. Credentials that were refused are renewed once; who gives none is not asked again.
   *
   * @param via how the request is sent @throws KmsError, AbortedError
   */
  async call<C>(
    ask: AskCredentials<C>,
    make: MakeRequest<C>,
    signal: AbortSignal | undefined,
    via = this.#transport ?? fetchTransport,
  ): Promise<Record<string, unknown>> {
    let [attempt, renew, renewed] = [0, false, false];
    for (;;) {
      const credentials = await this.#ask(ask, renew, signal);
      renew = false;
      try {
        return await this.#attempt(() => make(credentials), signal, via);
      } catch (error) {
        if (!isKmsError(error)) throw error;
        if (error.reason === "expired-token" && !renewed) {
          [renew, renewed] = [true, true];
          continue;
        }
        const { retryAfter = 0 } = error;
        const passes = error.reason === "throttled" || error.reason === "unavailable";
        if (!passes || attempt >= this.#retries || retryAfter > LONGEST_ASKED_WAIT || isOwn(error)) throw error;
        await backOff(Math.max(pauseBefore(attempt), retryAfter * 1000), signal);
        attempt++;
      }
    }
  }

  /**
   * As `call`, of an answer with a secret: a ticket for it, which lies in the vault's Worker. The bytes themselves where a page's own transport
   * sends the request, or no vault asks.
   *
   * @param accept throws at an answer that does not count @throws KmsError, AbortedError
   */
  async callForSecret<C>(
    ask: AskCredentials<C>,
    make: MakeRequest<C>,
    { signal, send }: KmsUnwrapRequest,
    member: SecretMember,
    accept: (json: object) => void,
  ): Promise<Bytes | KmsSecret> {
    if (send && !this.#transport) {
      let kept: KmsSecret | undefined;
      const json = await this.call(ask, make, signal, async (request) => {
        const answer = await send({ ...request, ...member });
        kept = answer.secret;
        return answer;
      });
      accept(json);
      if (!kept) throw this.malformed("the answer has no secret");
      return kept;
    }
    const { json, secret } = splitSecret(await this.call(ask, make, signal), member);
    try {
      accept(json);
      return secret;
    } catch (error) {
      secret.fill(0);
      throw error;
    }
  }

  /** That the service's answer is none. */
  malformed(words: string): KmsError {
    return kmsError(this.#service, { reason: "malformed", words });
  }

  /** Whether a page's callback gave no credentials: another region would ask it again. */
  isUnsigned(error: unknown): boolean {
    return error instanceof Error && this.#unsigned.has(error);
  }

  /** A person may have to sign in: it takes as long as it takes. */
  async #ask<C>(ask: AskCredentials<C>, renew: boolean, signal: AbortSignal = new AbortController().signal): Promise<C> {
    try {
      return await abortable(signal, () => ask({ renew, signal }));
    } catch (cause) {
      if (signal.aborted) throw aborted(signal);
      const error = isStrongroomError(cause) ? cause : kmsError(this.#service, { reason: "expired-token", words: "no credentials were given" }, { cause });
      this.#unsigned.add(error);
      throw error;
    }
  }

  async #attempt(make: () => Promise<OutgoingRequest> | OutgoingRequest, signal: AbortSignal | undefined, via: KmsTransport): Promise<Record<string, unknown>> {
    if (signal?.aborted) throw aborted(signal);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeout);
    const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    try {
      return await untilAborted(both, async () => {
        const request = await make();
        return this.#answer(await via({ ...request, signal: both }), request);
      });
    } catch (cause) {
      if (signal?.aborted) throw aborted(signal);
      if (late.signal.aborted) throw kmsError(this.#service, { reason: "timeout", words: `no answer for ${this.#timeout} ms` }, { cause });
      if (isStrongroomError(cause)) throw cause;
      throw kmsError(this.#service, { reason: "unavailable", words: "the request could not be sent" }, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #answer(response: KmsResponse, request: OutgoingRequest): Record<string, unknown> {
    const { status, body } = response;
    const json = membersIn(body);
    if (status >= 200 && status < 300) {
      if (!json) throw this.malformed("the answer is no JSON");
      return json;
    }
    const { reason, words } = this.#refusalOf(response, json ?? {});
    throw kmsError(this.#service, { reason, words: withoutSecrets(words, request) }, { status, retryAfter: retryAfterOf(response) });
  }
}

/** Whether an error is a `KmsError` of any copy of the package: what the vault's sends may be another one. @internal */
export function isKmsError(error: unknown): error is KmsError {
  return isStrongroomError(error) && error.code === "ERR_KMS";
}

/** A header of an answer, by its name in lower case. @internal */
export function kmsHeader({ headers }: KmsResponse, name: string): string | undefined {
  if (typeof headers.get === "function") return (headers as Headers).get(name) ?? undefined;
  return (headers as Record<string, string>)[name];
}

/** A member that is text. @internal */
export function textIn(json: object, name: string): string {
  const value = (json as Record<string, unknown>)[name];
  return typeof value === "string" ? value : "";
}

/** A member that is an object. @internal */
export function membersOfJson(json: object, name: string): Record<string, unknown> {
  const value = (json as Record<string, unknown>)[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * What a status says of a refusal with that code of the service's own. What none of them would say comes from elsewhere, and so does a refusal
 * without a code: as a proxy, or a relay that does not know the path, gives it. That says nothing of the key. @internal
 */
export function reasonOfStatus(status: number, code: string): KmsReason {
  if (status === 401) return "expired-token";
  if (status === 403 && code) return "denied";
  if (status === 404 && code) return "not-found";
  if (status === 429) return "throttled";
  return status >= 500 ? "unavailable" : "malformed";
}

/** Reasons of the transport, which has waited already. */
function isOwn({ status }: KmsError): boolean {
  return status === undefined;
}

/** Values of headers, and what follows their scheme. */
function withoutSecrets(words: string, { headers }: OutgoingRequest): string {
  let told = words;
  for (const name of SECRETS) {
    const value = headers[name] ?? "";
    for (const secret of [value, value.slice(value.indexOf(" ") + 1)]) if (secret) told = told.replaceAll(secret, "…");
  }
  return told;
}

function seenWords(words: string): string {
  const seen = words.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return seen.length > WORDS ? `${seen.slice(0, WORDS)}…` : seen || "it refuses without a reason";
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfterOf(response: KmsResponse): number | undefined {
  const text = kmsHeader(response, "retry-after");
  if (text === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** Between half and all of what doubles each time, so that many pages do not come back at once. */
function pauseBefore(attempt: number): number {
  return Math.min(LONGEST_BACKOFF, PAUSE * 2 ** attempt) * (0.5 + Math.random() / 2);
}

function backOff(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(aborted(signal));
      else resolve();
    }
    signal?.addEventListener("abort", done);
  });
}

/** A page's own transport may not look at the signal. */
function untilAborted<T>(signal: AbortSignal, begin: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort);
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
