/** An application's presigner, each of whose answers is checked before anything is sent by it. */
import { ArgumentError } from "../../shared/errors/index.js";
import { isUrl } from "../../shared/kinds.js";
import { check, listOf, membersOf, withMethods } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";
import type { DownloadPresigner, ListedPart, Presigned, UploadPresigner } from "./presigner.js";

/** The highest number of a part, from 1. @internal */
export const LAST_PART = 10_000;

/** @throws ArgumentError by its methods, where they give something else than a request @internal */
export function checkedPresigner(presigner: UploadPresigner): UploadPresigner {
  const { list, get } = presigner;
  if (list !== undefined) check.callback(list, "the presigner's list");
  if (get !== undefined) check.callback(get, "the presigner's get");
  return {
    put: async (size) => requestOf(await presigner.put(size), "put"),
    create: async (size) => {
      const given = await presigner.create(size);
      return typeof given === "string" ? nonEmpty(given, "the upload's id that create gave") : requestOf(given, "create");
    },
    part: async (upload, number, size) => requestOf(await presigner.part(upload, number, size), "part"),
    complete: async (upload, parts) => requestUnlessDone(await presigner.complete(upload, parts), "complete"),
    ...checkedAbort(presigner),
    ...(list && { list: async (upload, after) => listedBy(await presigner.list!(upload, after)) }),
    ...(get && checkedGet(presigner as DownloadPresigner)),
  };
}

/** @internal */
export function checkedGet(presigner: DownloadPresigner): DownloadPresigner {
  return { get: async () => requestOf(await presigner.get(), "get") };
}

/** @param from a presigner, or a presigned URL, which stays the same @internal */
export function checkedDownload(from: DownloadPresigner | URL | string): DownloadPresigner["get"] {
  if (typeof from !== "string" && !isUrl(from)) return checkedGet(withMethods(from, "the presigner", ["get"])).get;
  const url = storeAddress(from, "the address");
  return async () => ({ url });
}

/** @internal */
export function checkedDelete(presigner: { delete(): Promise<Presigned | void> }): typeof presigner {
  return { delete: async () => requestUnlessDone(await presigner.delete(), "delete") };
}

/** @internal */
export function checkedAbort(presigner: Pick<UploadPresigner, "abort">): Pick<UploadPresigner, "abort"> {
  return { abort: async (upload) => requestUnlessDone(await presigner.abort(upload), "abort") };
}

/** The address of a request, absolute or from the page's root: any other would go to the page's own server. @internal */
export function storeAddress(given: unknown, what: string): URL {
  if (isUrl(given) || (typeof given === "string" && /^(https?:|\/)/i.test(given))) {
    const url = parsed(String(given));
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
  throw new ArgumentError(`${what} must be an address that begins with https://, http:// or /`);
}

function parsed(address: string): URL | undefined {
  const base = globalThis.location?.href as string | undefined;
  return URL.canParse(address, base) ? new URL(address, base) : undefined;
}

function requestUnlessDone(given: unknown, by: string): Presigned | undefined {
  return given === undefined ? undefined : requestOf(given, by);
}

function requestOf(given: unknown, by: string): Presigned {
  const what = `what the presigner's ${by} gave`;
  if (Array.isArray(given)) throw new ArgumentError(`${what} must be { url }, not a list`);
  const { url, method, headers } = Object.fromEntries(membersOf(given, what)) as { [Name in keyof Presigned]?: unknown };
  const address = storeAddress(url, `the url in ${what} (is its server's answer an error?)`);
  return { url: address, method: methodOf(method ?? undefined, what), headers: headersOf(headers ?? {}, what) };
}

function methodOf(given: unknown, what: string): string | undefined {
  if (given === undefined || (typeof given === "string" && /^[a-z]+$/i.test(given))) return given;
  throw new ArgumentError(`the method in ${what} must be a word`);
}

function headersOf(given: unknown, what: string): Record<string, string> {
  const headers = check.texts(given, `the headers in ${what}`) as Record<string, string>;
  try {
    void new Headers(headers);
  } catch (cause) {
    throw new ArgumentError(`the headers in ${what} are no HTTP headers`, { cause });
  }
  return headers;
}

function listedBy(given: unknown): Presigned | readonly ListedPart[] {
  if (!Array.isArray(given)) return requestOf(given, "list");
  const parts = listOf(given, "the parts").map(partGiven).toSorted((one, other) => one.number - other.number);
  const twice = parts.some(({ number }, at) => number === parts[at - 1]?.number);
  if (twice) throw new ArgumentError("the presigner's list gave a part twice");
  return parts;
}

function partGiven(given: unknown): ListedPart {
  const { number, etag, size } = Object.fromEntries(membersOf(given, "a part that the presigner's list gave")) as {
    [Name in keyof ListedPart]?: unknown;
  };
  const counted = isCount(number) && number >= 1 && number <= LAST_PART && isCount(size);
  if (counted && typeof etag === "string" && etag !== "") return { number, etag, size };
  throw new ArgumentError("the presigner's list must give { number, etag, size } of each part, numbers from 1");
}

/** @internal */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
