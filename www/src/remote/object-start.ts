/** The start of a stored object, and its header as text: what anyone who has both can read without a key. */

import { downloadFromS3, openFromS3 } from "strongroom/s3";
import type { StoredObject } from "./api";
import { remote } from "./remote";

/** Bytes of the body that are read. */
const EXCERPT = 128;

export interface ObjectStart {
  /** `undefined` when there is none beside the body. */
  header: Uint8Array | undefined;
  /** The body's first bytes. */
  body: Uint8Array;
}

export async function readStart({ key, header }: StoredObject, signal?: AbortSignal): Promise<ObjectStart> {
  const [front, body] = await Promise.all([header && readHeader(header.key, signal), readExcerpt(key, signal)]);
  return { header: front, body };
}

// Without further attempts: a person waits, and can ask again.

export async function readHeader(key: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await downloadFromS3(remote(key), { retries: 0, signal });
  return new Uint8Array(await response.arrayBuffer());
}

async function readExcerpt(key: string, signal?: AbortSignal): Promise<Uint8Array> {
  const stored = await openFromS3(remote(key), { retries: 0, signal });
  return stored.read(0, Math.min(stored.size, EXCERPT));
}

/** The header as indented JSON. */
export function describeHeader(header: Uint8Array): string {
  const text = new TextDecoder().decode(header);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The decoded protected header; `undefined` when it cannot be read. */
export function describeProtected(header: Uint8Array): string | undefined {
  try {
    const { protected: encoded } = JSON.parse(new TextDecoder().decode(header)) as { protected: string };
    const json = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return undefined;
  }
}
