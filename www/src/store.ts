/**
 * The store: the server's API for the list and for presigned URLs, and S3 itself for the bytes.
 * Nothing here knows of plaintext.
 */

export interface StoredObject {
  key: string;
  /** Stored bytes: header and ciphertext. */
  size: number;
  etag: string | null;
  /** RFC 3339. */
  modified: string | null;
}

export interface StoreInfo {
  origin: string;
  bucket: string;
}

/** One request to S3, as the server's API names it. */
export type Action =
  | { action: "get" | "put" | "delete" | "multipart-create"; key: string }
  | { action: "multipart-part"; key: string; upload: string; part: number }
  | { action: "multipart-complete" | "multipart-abort"; key: string; upload: string };

interface Presigned {
  method: string;
  url: string;
  headers: Record<string, string>;
}

/** The server or the store did not do what it was asked. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** The HTTP status; `undefined` when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** Where objects are kept. */
export async function storeInfo(): Promise<StoreInfo> {
  return (await api("/api/store")) as StoreInfo;
}

/** Every object of the page's. */
export async function listObjects(): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? "" : `?after=${encodeURIComponent(after)}`;
    const page = (await api(`/api/objects${query}`)) as {
      objects: StoredObject[];
      next: string | null;
    };
    objects.push(...page.objects);
    after = page.next;
  } while (after !== null);
  return objects;
}

/** The whole object, as it arrives. */
export function download(key: string, signal?: AbortSignal): Promise<Response> {
  return perform({ action: "get", key }, signal ? { signal } : {});
}

/** Bytes `from` up to but without `to`; fewer where the object ends earlier. */
export async function readRange(key: string, from: number, to: number): Promise<Uint8Array> {
  const headers = { range: `bytes=${from}-${to - 1}` };
  const response = await perform({ action: "get", key }, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A store that ignores Range answers 200 with everything.
  return response.status === 206 ? bytes : bytes.subarray(from, to);
}

export async function removeObject(key: string): Promise<void> {
  await perform({ action: "delete", key });
}

/** Asks for a URL and sends the one request that it is for. */
export async function perform(action: Action, init: RequestInit = {}): Promise<Response> {
  const { method, url, headers } = await presign(action);
  const response = await answer(url, { ...init, method, headers: { ...init.headers, ...headers } });
  if (!response.ok) throw storeError(response.status, await response.text());
  return response;
}

/**
 * Writes `body` with progress, which only XMLHttpRequest reports; the ETag that the store gave it.
 */
export async function send(
  action: Action,
  body: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<string> {
  const { method, url, headers } = await presign(action);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded }) => onSent(Math.min(loaded, body.size)));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      if (status < 200 || status > 299) reject(storeError(status, responseText));
      else resolve(request.getResponseHeader("etag") ?? "");
    });
    request.addEventListener("error", () => reject(new StoreError("The store cannot be reached.")));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    signal.addEventListener("abort", abort);
    request.send(body);
  });
}

async function presign(action: Action): Promise<Presigned> {
  const init = {
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

async function answer(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new StoreError("The store cannot be reached.", undefined, error);
  }
}

/** S3 answers errors in XML, with a code that can be looked up. */
export function storeError(status: number, xml: string): StoreError {
  const code = /<Code>([^<]*)<\/Code>/.exec(xml)?.[1];
  return new StoreError(`The store answered ${status}${code ? ` (${code})` : ""}.`, status);
}
