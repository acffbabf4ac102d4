/**
 * Requests to the server's API (list, presigned URLs) and to S3 itself (bytes). This module never sees
 * plaintext.
 */

import { SILENT, StoreError } from "./store-error";

/** A body and its header: two objects of the store, `NAME.srm` and `NAME.srh`. */
export interface StoredObject {
  /** The body's. */
  key: string;
  /** Stored bytes of the body. */
  size: number;
  /** RFC 3339; the body's. */
  modified: string | null;
  /** Bytes of the header; `undefined` where there is none beside the body. */
  header: number | undefined;
}

/** A stored header and its version at the store. */
interface StoredHeader {
  bytes: Uint8Array;
  /** A replacement names the header it replaces by this. */
  etag: string;
}

export interface StoreInfo {
  origin: string;
  bucket: string;
}

/** One request to S3, as the server's API names it. */
type PresignRequest =
  | { action: "get" | "put" | "delete" | "multipart-create"; key: string }
  | { action: "replace"; key: string; etag: string }
  | { action: "multipart-part"; key: string; upload: string; part: number }
  | { action: "multipart-complete" | "multipart-abort"; key: string; upload: string };

/** Pause between two attempts to clean up while the store cannot be reached, in ms. */
const CLEAN_UP_PAUSE = 5000;

const UNREACHABLE = "The store cannot be reached.";

/** How long nothing of an answer may arrive, in ms. */
const SILENCE = 30_000;

interface Presigned {
  method: string;
  url: string;
  headers: Record<string, string>;
}

/** The address of the store. */
export async function storeInfo(): Promise<StoreInfo> {
  return (await api("/api/store")) as StoreInfo;
}

interface Listed {
  key: string;
  size: number;
  modified: string | null;
}

/** All objects of this page, each with its header. */
export async function listObjects(): Promise<StoredObject[]> {
  const all: Listed[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? "" : `?after=${encodeURIComponent(after)}`;
    const page = (await api(`/api/objects${query}`)) as { objects: Listed[]; next: string | null };
    all.push(...page.objects);
    after = page.next;
  } while (after !== null);
  const sizes = new Map(all.map(({ key, size }) => [key, size]));
  const bodies = all.filter(({ key }) => key.endsWith(".srm"));
  return bodies.map(({ key, size, modified }) => ({
    key,
    size,
    modified,
    header: sizes.get(headerKey(key)),
  }));
}

/** The key of an object's header. */
const headerKey = (key: string): string => key.replace(/m$/, "h");

export async function readHeader(key: string, signal?: AbortSignal): Promise<StoredHeader> {
  const action = { action: "get", key: headerKey(key) } as const;
  // The header may have been replaced since.
  const response = await perform(action, { cache: "no-store", ...(signal && { signal }) });
  const etag = response.headers.get("etag");
  if (!etag) throw new StoreError("The store's CORS rules must expose ETag.", 0);
  return { bytes: new Uint8Array(await response.arrayBuffer()), etag };
}

export async function writeHeader(key: string, header: Uint8Array, signal: AbortSignal): Promise<void> {
  const body = new Blob([header as BlobPart]);
  await perform({ action: "put", key: headerKey(key) }, { body, signal });
}

/** Replaces the header that has this ETag. */
export async function replaceHeader(
  key: string,
  etag: string,
  header: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const body = new Blob([header as BlobPart]);
  await perform({ action: "replace", key: headerKey(key), etag }, { body, signal });
}

/** The bytes from `from` to before `to`; fewer where the object ends earlier. */
export async function readRange(key: string, from: number, to: number): Promise<Uint8Array> {
  const headers = { range: `bytes=${from}-${to - 1}` };
  const response = await perform({ action: "get", key }, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A store that ignores Range answers 200 with everything.
  return response.status === 206 ? bytes : bytes.subarray(from, to);
}

/** Deletes the header first: without it nobody can open the body, and a body left behind is still listed. */
export async function removeObject(key: string): Promise<void> {
  await perform({ action: "delete", key: headerKey(key) }).catch(unlessGone);
  await perform({ action: "delete", key }).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!(error instanceof StoreError && error.status === 404)) throw error;
}

/** Asks for a presigned URL and sends its request. */
export async function perform(action: PresignRequest, init: RequestInit = {}): Promise<Response> {
  const { method, url, headers } = await presign(action, init.signal);
  const full = { ...init, method, headers: { ...init.headers, ...headers } };
  const response = await answer(url, full);
  if (!response.ok) throw storeError(response.status, await response.text());
  return response;
}

/**
 * Removes leftovers by `work`: in the background, and again while the store cannot be reached. If the page is
 * closed before, a lifecycle rule of the store removes them.
 */
export async function cleanUp(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoreError) || error.status !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, CLEAN_UP_PAUSE));
    await cleanUp(work);
  }
}

export async function presign(action: PresignRequest, signal?: AbortSignal | null): Promise<Presigned> {
  const init = {
    ...(signal && { signal }),
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(action),
  };
  return (await api("/api/presign", init)) as Presigned;
}

async function api(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await answer(path, init);
  const value = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.ok) return value;
  throw new StoreError(value.error ?? `The server answered ${response.status}.`, response.status);
}

/** The whole answer: one that falls silent in the middle is none. */
async function answer(url: string, init: RequestInit): Promise<Response> {
  const silent = new AbortController();
  const tell = (): void => silent.abort();
  let timer = setTimeout(tell, SILENCE);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, SILENCE);
  };
  const signal = AbortSignal.any([silent.signal, ...(init.signal ? [init.signal] : [])]);
  try {
    const response = await fetch(url, { ...init, signal });
    const body = await wholeBody(response, heard);
    const { status, headers } = response;
    // 204 and the like must have none.
    return new Response(body.size > 0 ? body : null, { status, headers });
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new StoreError(silent.signal.aborted ? SILENT : UNREACHABLE, undefined, error);
  } finally {
    clearTimeout(timer);
  }
}

async function wholeBody({ body }: Response, heard: () => void): Promise<Blob> {
  const chunks: BlobPart[] = [];
  const reader = body?.getReader();
  for (;;) {
    heard();
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return new Blob(chunks);
    chunks.push(value);
  }
}

/** The error of an S3 answer, with the code from its XML. */
function storeError(status: number, xml: string): StoreError {
  const code = /<Code>([^<]*)<\/Code>/.exec(xml)?.[1];
  return new StoreError(`The store answered ${status}${code ? ` (${code})` : ""}.`, status);
}
