/** One request to the store, and its answer. */
import { watchPolicy } from "../../shared/connect-policy.js";
import { TransferError } from "../../shared/errors/index.js";
import { SILENCE, watchSilence } from "../../shared/watch-silence.js";
import { LONGEST_ANSWER } from "./answer-text.js";
import type { Presigned } from "./presigner.js";
import { noteAnswer, unreachable } from "./reachability.js";
import { refusalOf } from "./refusals.js";
import { SILENT } from "./silence.js";

/** @internal */
export interface RequestOptions {
  method: string;
  body?: Blob | string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Bytes of the body that have left so far. */
  onSent?: (bytes: number) => void;
  /** How long the store may take to answer, in ms. */
  silence?: number;
}

/** The answer, which is a success. @throws TransferError @internal */
export async function request(signed: Presigned, sending: RequestOptions): Promise<Response> {
  // Only XMLHttpRequest tells how far an upload is; Node has none.
  const watched = sending.onSent && typeof XMLHttpRequest !== "undefined";
  const response = await (watched ? viaXhr(signed, sending) : viaFetch(signed, sending));
  noteAnswer(signed, signed.method ?? sending.method);
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** Where a page cannot tell the store's answer from another's. */
const NO_ETAG = "the ETag cannot be read: the store's CORS rules must expose it";

/** The ETag that the store gave what was written; what is written without one was not written by a store. @internal */
export function etagOf(response: Response): string {
  const etag = response.headers.get("etag");
  if (etag) return etag;
  const { status } = response;
  throw new TransferError(NO_ETAG, { status });
}

async function viaFetch(signed: Presigned, sending: RequestOptions): Promise<Response> {
  const { method, body, signal, silence = SILENCE } = sending;
  const silent = new AbortController();
  const watch = watchSilence(() => silent.abort(), silence);
  const signals = signal ? [silent.signal, signal] : [silent.signal];
  // Nothing but ciphertext that is read once, under names whose objects change: not for a cache.
  const init = { cache: "no-store", method: signed.method ?? method, headers: { ...sending.headers, ...signed.headers } } as const;
  watchPolicy();
  try {
    return await fetch(signed.url, { ...init, body: body ?? null, signal: AbortSignal.any(signals) });
  } catch (cause) {
    if (silent.signal.aborted) throw new TransferError(SILENT, { cause });
    throw unreachable(signed, init.method, cause);
  } finally {
    watch.end();
  }
}

function viaXhr(signed: Presigned, sending: RequestOptions): Promise<Response> {
  const { method, body, signal, onSent, silence } = sending;
  return new Promise((resolve, reject) => {
    watchPolicy();
    const xhr = new XMLHttpRequest();
    const abort = (): void => xhr.abort();
    const watch = watchSilence(() => {
      reject(new TransferError(SILENT));
      abort();
    }, silence);
    const verb = signed.method ?? method;
    xhr.open(verb, signed.url);
    const headers = { ...sending.headers, ...signed.headers };
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener("progress", ({ loaded }) => {
      watch.heard();
      onSent?.(loaded);
    });
    xhr.addEventListener("progress", ({ loaded }) => {
      if (loaded <= LONGEST_ANSWER) return;
      reject(new TransferError("the store's answer does not end", { status: xhr.status }));
      abort();
    });
    xhr.addEventListener("load", () => {
      try {
        resolve(responseOf(xhr));
      } catch (cause) {
        const { status } = xhr;
        reject(new TransferError(`the store's answer (${status}) is none that HTTP has`, { status, cause }));
      }
    });
    xhr.addEventListener("error", () => reject(unreachable(signed, verb)));
    xhr.addEventListener("abort", () => reject(new TransferError("the request was aborted", { cause: signal?.reason })));
    xhr.addEventListener("loadend", () => {
      watch.end();
      signal?.removeEventListener("abort", abort);
    });
    signal?.addEventListener("abort", abort);
    xhr.send(body);
    if (signal?.aborted) abort();
  });
}

function responseOf(xhr: XMLHttpRequest): Response {
  // All of those that CORS exposes; asking for another one by its name is an error in Chromium's console.
  const lines = xhr.getAllResponseHeaders().split("\r\n").filter(Boolean);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const { status, responseText } = xhr;
  // 204 and the like must have no body.
  return new Response(responseText || null, { status, headers });
}
