/** One attempt at sending a batch, and what its end means. */
import { aborted } from "../../shared/async.js";
import { isStrongroomError, TransferError } from "../../shared/errors/index.js";
import { isResponse } from "../../shared/kinds.js";
import type { AuditBatch, AuditSend } from "./audit-batch.js";

/** What became of an attempt. `has`: the receiver has so many entries, and takes those that come after them. */
export type SendOutcome =
  | { readonly is: "taken" }
  | { readonly is: "again"; readonly error: TransferError; readonly wait: number | undefined }
  | { readonly is: "has"; readonly size: number; readonly error: TransferError }
  | { readonly is: "refused"; readonly error: TransferError };

/** Milliseconds in which an attempt must end: then it counts as unanswered. */
const SEND_TIMEOUT = 60_000;
/** Milliseconds of a `Retry-After` that is believed. */
const LONGEST_RETRY_AFTER = 60 * 60 * 1000;
/** Bytes that are read of an answer. */
const MOST_OF_ANSWER = 4096;

/** Sends batches to a URL. A redirect is not followed: whoever answers there was not named. @internal */
export function toUrl(url: string, headers: Record<string, string>): AuditSend {
  return async (batch, { signal }) =>
    fetch(url, {
      method: "POST",
      body: JSON.stringify(batch),
      headers: { ...headers, "content-type": "application/json" },
      redirect: "manual",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal,
    });
}

/** @throws AbortedError once the signal is aborted @internal */
export async function attempt(send: AuditSend, batch: AuditBatch, signal: AbortSignal): Promise<SendOutcome> {
  const ends = new AbortController();
  const stop = (): void => ends.abort(signal.reason);
  const timer = setTimeout(() => ends.abort(new Error("no answer within a minute")), SEND_TIMEOUT);
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) throw aborted(signal);
    const answer = await unlessEnded(ends.signal, (async () => send(batch, { signal: ends.signal }))());
    const outcome: SendOutcome = isResponse(answer) ? await outcomeOf(answer, ends.signal) : { is: "taken" };
    if (signal.aborted) throw aborted(signal);
    return outcome;
  } catch (error) {
    if (signal.aborted) throw aborted(signal);
    return failure(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** A function of the caller's may not look at its signal. */
function unlessEnded<T>(signal: AbortSignal, sent: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    sent.then(resolve, reject);
  });
}

async function outcomeOf(answer: Response, signal: AbortSignal): Promise<SendOutcome> {
  const { status } = answer;
  if (answer.ok) {
    // Nobody waits for a body that does not end.
    void answer.body?.cancel().catch(() => {});
    return { is: "taken" };
  }
  // A browser does not tell which one.
  if (answer.type === "opaqueredirect" || (status >= 300 && status < 400)) return { is: "refused", error: transferError("a redirect, which is not followed") };
  const text = await beginningOf(answer, signal);
  const retryAfter = secondsOf(answer.headers.get("retry-after"));
  const said = text === "" ? "" : `: ${text.slice(0, 200)}`;
  return outcomeOfError(transferError(`the receiver answered ${status}${said}`, { status, retryAfter }), sizeIn(text));
}

function failure(error: unknown): SendOutcome {
  const { status, retryAfter } = (typeof error === "object" && error !== null ? error : {}) as { status?: unknown; retryAfter?: unknown };
  const known = typeof status === "number" && status !== 0 ? status : undefined;
  const wait = typeof retryAfter === "number" && retryAfter >= 0 ? retryAfter : undefined;
  const why = error instanceof Error ? error.message : String(error);
  const told = isStrongroomError(error) && error instanceof TransferError ? error : transferError(why, { status: known, retryAfter: wait, cause: error });
  return outcomeOfError(told, undefined);
}

/** What may pass is tried again; what the receiver says of the batch itself is final, unless it says what it has. */
function outcomeOfError(error: TransferError, size: number | undefined): SendOutcome {
  const { status, retryAfter } = error;
  if (status === 409 && size !== undefined) return { is: "has", size, error };
  const passes = status === undefined || status === 408 || status === 425 || status === 429 || status >= 500;
  if (!passes) return { is: "refused", error };
  const wait = retryAfter === undefined ? undefined : Math.min(1000 * retryAfter, LONGEST_RETRY_AFTER);
  return { is: "again", error, wait };
}

function transferError(why: string, details: ConstructorParameters<typeof TransferError>[1] = {}): TransferError {
  return new TransferError(`entries of the audit log were not taken: ${why}`, details);
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}

async function beginningOf(answer: Response, signal: AbortSignal): Promise<string> {
  if (!answer.body) return "";
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let read = 0; read < MOST_OF_ANSWER; ) {
      const { value, done } = await unlessEnded(signal, reader.read());
      if (done) break;
      read += value.byteLength;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // Its status is all that counts.
  }
  void reader.cancel().catch(() => {});
  return text;
}

function sizeIn(text: string): number | undefined {
  try {
    const { size } = JSON.parse(text) as { size?: unknown };
    return Number.isSafeInteger(size) && (size as number) >= 0 ? (size as number) : undefined;
  } catch {
    return undefined;
  }
}
