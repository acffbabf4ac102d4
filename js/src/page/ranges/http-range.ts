/** An object behind an address, of which a part is asked for at a time (RFC 9110 §14). */
import { answerBody, dropBody } from "../../shared/answer-body.js";
import type { Bytes } from "../../shared/bytes.js";
import { ChangedError, InputError, NoRangesError } from "../../shared/errors/index.js";
import { FRONT } from "../../shared/protocol/range-calls.js";

const REPLACED = "the object was replaced since it was opened; open it again";

/** How requests reach the server. */
export interface RangeRequests {
  /** The answer to a `GET` with these headers, whatever its status. */
  send(headers: Headers, signal: AbortSignal | undefined): Promise<Response>;
  /** What an answer that broke off, or fell silent, is. */
  broken(cause: unknown): Error;
}

/** Holds each answer to the first one: it must be of the same object, and the part that was asked for. */
export class HttpRange {
  readonly #requests: RangeRequests;
  #size = 0;
  /** The first answer's, strong or weak. */
  #tag: string | null = null;

  constructor(requests: RangeRequests) {
    this.#requests = requests;
  }

  /** Asks for the object's beginning: says how large it is, and is what later answers are held to. */
  async open(signal?: AbortSignal): Promise<{ front: Bytes; size: number }> {
    const response = await this.#ask(0, FRONT, signal);
    const { from, to, size } = contentRange(response);
    if (from !== 0 || to !== Math.min(FRONT, size)) throw strayed(response);
    const front = await this.#body(response, to);
    this.#size = size;
    this.#tag = response.headers.get("etag");
    return { front, size };
  }

  async read(from: number, to: number, signal?: AbortSignal): Promise<Bytes> {
    const response = await this.#ask(from, to, signal);
    const place = contentRange(response);
    if (place.size !== this.#size || response.headers.get("etag") !== this.#tag) {
      dropBody(response);
      throw new ChangedError(REPLACED);
    }
    if (place.from !== from || place.to !== to) throw strayed(response);
    return this.#body(response, to - from);
  }

  async #ask(from: number, to: number, signal: AbortSignal | undefined): Promise<Response> {
    const headers = new Headers({ range: `bytes=${from}-${to - 1}` });
    // A weak one never matches here (RFC 9110 §13.1.1).
    if (this.#tag?.startsWith('"')) headers.set("if-match", this.#tag);
    const response = await this.#requests.send(headers, signal);
    if (response.status === 206) return response;
    dropBody(response);
    throw rangeRefusal(response.status, this.#size > 0);
  }

  async #body(response: Response, length: number): Promise<Bytes> {
    const bytes = await answerBody(response, length).catch((cause: unknown) => {
      throw this.#requests.broken(cause);
    });
    if (bytes?.byteLength !== length) throw strayed(response);
    return bytes;
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

/** Other bytes than were asked for. */
function strayed(response: Response): NoRangesError {
  dropBody(response);
  return new NoRangesError("the server answered with another part than it was asked for");
}
