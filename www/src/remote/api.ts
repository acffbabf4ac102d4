/** Requests to the server's API: the store's address, its list of objects, and presigned URLs. */

import type { Presigned } from "strongroom/s3";
import { SILENT, StoreError } from "./store-error";

/** A body and its header: two objects of the store. */
export interface StoredObject {
  /** The body's name. */
  key: string;
  /** Stored bytes of the body. */
  size: number;
  /** RFC 3339; the body's. */
  modified: string | null;
  /** `undefined` where there is no header beside the body. */
  header: { key: string; size: number } | undefined;
}

export interface StoreInfo {
  origin: string;
  bucket: string;
}

/** One request to S3, as the server's API names it. */
type S3Request =
  | { action: "get" | "put" | "delete" | "multipart-create"; key: string }
  | { action: "multipart-part"; key: string; upload: string; part: number }
  | { action: "multipart-list"; key: string; upload: string; after: number }
  | { action: "multipart-complete" | "multipart-abort"; key: string; upload: string };

interface Listed {
  key: string;
  size: number;
  modified: string | null;
}

/** How long the page waits for an answer that it reads for itself, in ms. */
const PATIENCE = 30_000;

/** Characters at the beginning of a name by which the package marks what belongs to one file. */
const FILE_ID = 22;

/** The address of the store. */
export async function storeInfo(): Promise<StoreInfo> {
  return (await read("/api/store")) as StoreInfo;
}

/** All bodies that the store has, each with its header. */
export async function listObjects(): Promise<StoredObject[]> {
  const all: Listed[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? "" : `?after=${encodeURIComponent(after)}`;
    const page = (await read(`/api/objects${query}`)) as { objects: Listed[]; next: string | null };
    all.push(...page.objects);
    after = page.next;
  } while (after !== null);
  const headers = all.filter(({ key }) => key.endsWith(".srh"));
  // A header that was replaced has a name of its own.
  const found = new Map(headers.flatMap((one) => [[one.key.slice(0, FILE_ID), one], [stem(one.key), one]]));
  const headerOf = (key: string) => found.get(stem(key)) ?? found.get(key.slice(0, FILE_ID));
  const bodies = all.filter(({ key }) => key.endsWith(".srm"));
  return bodies.map(({ key, size, modified }) => ({ key, size, modified, header: headerOf(key) }));
}

const stem = (key: string): string => key.slice(0, -".srm".length);

/** The package, which asks for it, also says how long it waits. */
export async function presign(request: S3Request): Promise<Presigned> {
  const headers = { "content-type": "application/json" };
  return (await ask("/api/presign", { method: "POST", headers, body: JSON.stringify(request) })) as Presigned;
}

async function read(path: string): Promise<unknown> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), PATIENCE);
  return ask(path, { signal: silent.signal }).finally(() => clearTimeout(timer));
}

async function ask(path: string, init: RequestInit): Promise<unknown> {
  const { ok, status, text } = await answerTo(path, init);
  const value = parsed(text);
  if (ok && value !== undefined) return value;
  throw new StoreError((value as { error?: string } | undefined)?.error ?? `The server answered ${status}.`, status);
}

/** The whole answer: one that falls silent in the middle is none. */
async function answerTo(path: string, init: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(path, init);
    const { ok, status } = response;
    return { ok, status, text: await response.text() };
  } catch (error) {
    throw new StoreError(init.signal?.aborted ? SILENT : "The store cannot be reached.", undefined, error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
