/** An object behind an address, of which a part is asked for at a time (RFC 9110 §14). */
import { answerBody, dropBody, SilentAnswer } from "../../shared/answer-body.js";
import type { Bytes } from "../../shared/bytes.js";
import { policyRefusal, watchPolicy } from "../../shared/connect-policy.js";
import { ChangedError, InputError, NoRangesError } from "../../shared/errors/index.js";
import { FRONT } from "../../shared/protocol/range-calls.js";
import { watchSilence } from "../../shared/watch-silence.js";

const SILENT_SERVER = "the server has stopped answering; reading again may work";
const REPLACED = "the object was replaced since it was opened; open it again";

export class HttpRange {
  readonly #url: string;
  readonly #init: RequestInit;
  readonly #ended = new AbortController();
  #size = 0;
  /** The first answer's, strong or weak. */
  #tag: string | null = null;

  /** What was sent may be stale in the browser's cache, so that it is left out unless `init` says otherwise. */
  constructor(url: string, init: RequestInit) {
    this.#url = url;
    this.#init = { cache: "no-store", ...init };
  }

  /** Asks for the object's beginning: says how large it is, and is what later answers are held to. */
  async open(): Promise<{ front: Bytes; size: number }> {
    const response = await this.#ask(0, FRONT);
    const { from, to, size } = contentRange(response);
    if (from !== 0 || to !== Math.min(FRONT, size)) throw strayed(response);
    this.#size = size;
    this.#tag = response.headers.get("etag");
    return { front: await bodyBytes(response, to), size };
  }

  async read(from: number, to: number): Promise<Bytes> {
    const response = await this.#ask(from, to);
    const place = contentRange(response);
    if (place.size !== this.#size || response.headers.get("etag") !== this.#tag) {
      dropBody(response);
      throw new ChangedError(REPLACED);
    }
    if (place.from !== from || place.to !== to) throw strayed(response);
    return bodyBytes(response, to - from);
  }

  close(): void {
    this.#ended.abort();
  }

  async #ask(from: number, to: number): Promise<Response> {
    const headers = new Headers(this.#init.headers);
    headers.set("range", `bytes=${from}-${to - 1}`);
    // A weak one never matches here (RFC 9110 §13.1.1).
    if (this.#tag?.startsWith('"')) headers.set("if-match", this.#tag);
    const response = await this.#fetch(headers);
    if (response.status === 206) return response;
    dropBody(response);
    throw rangeRefusal(response.status, this.#size > 0);
  }

  async #fetch(headers: Headers): Promise<Response> {
    const silent = new AbortController();
    const watch = watchSilence(() => silent.abort());
    const signal = AbortSignal.any([this.#ended.signal, silent.signal]);
    watchPolicy();
    try {
      return await fetch(this.#url, { ...this.#init, method: "GET", headers, signal });
    } catch (cause) {
      if (silent.signal.aborted) throw new InputError(SILENT_SERVER, { cause });
      const refusal = await policyRefusal(this.#url);
      if (refusal !== undefined) throw new InputError(refusal, { cause });
      const hint = "offline, or CORS does not let this page send Range and If-Match?";
      throw new InputError(`the object could not be fetched; ${hint}`, { cause });
    } finally {
      watch.end();
    }
  }
}

/** Why there is no 206. */
function rangeRefusal(status: number, opened: boolean): InputError | ChangedError | NoRangesError {
  // 412: `If-Match` did not. 416: it is shorter than it was.
  if (opened && (status === 412 || status === 416)) return new ChangedError(REPLACED);
  if (status === 200) {
    return new NoRangesError("the server ignores Range and sends whole objects; let it answer 206, or use decrypt");
  }
  if (status === 416) return new NoRangesError("the server has no such range (416): is the object empty?");
  return new InputError(`the object could not be fetched: status ${status}`);
}

/** Which bytes came, and of how many. */
function contentRange(response: Response): { from: number; to: number; size: number } {
  const range = response.headers.get("content-range");
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? "") ?? [];
  if (size === undefined) {
    dropBody(response);
    const why = range === null ? "is missing, or CORS does not expose it" : `is ${range}`;
    throw new NoRangesError(`the server's answer does not say which part it is: Content-Range ${why}`);
  }
  return { from: Number(first), to: Number(last) + 1, size: Number(size) };
}

async function bodyBytes(response: Response, length: number): Promise<Bytes> {
  const bytes = await answerBody(response, length).catch((cause: unknown) => {
    throw new InputError(cause instanceof SilentAnswer ? SILENT_SERVER : "the download broke off", { cause });
  });
  if (bytes?.byteLength !== length) throw strayed(response);
  return bytes;
}

/** Other bytes than were asked for. */
function strayed(response: Response): NoRangesError {
  dropBody(response);
  return new NoRangesError("the server answered with another part than it was asked for");
}
