/** The start of a stored object: what anyone who has it can read without a key. */

import { readHeader, readRange, type StoredObject } from "./api";
import { headerLength, PREFIX } from "./object-header";

/** Bytes of the first read. An attached header has a few hundred: one request is enough. */
const FIRST_READ = 4096;

export interface ObjectStart {
  /** `undefined` when the object has no strongroom header. */
  header: Uint8Array | undefined;
  /** Whether the header is an object of its own, beside the body. */
  detached: boolean;
  /** Stored bytes from the first on: of the body, and before it of an attached header. */
  bytes: Uint8Array;
}

/** @param excerpt how many bytes of the body to read at least, where there are so many */
export async function readStart({ key, size, header }: StoredObject, excerpt = 0): Promise<ObjectStart> {
  const read = async (to: number) => {
    const end = Math.min(size, to);
    return end > 0 ? readRange(key, 0, end) : new Uint8Array();
  };
  if (header !== undefined) {
    const [{ bytes: front }, bytes] = await Promise.all([readHeader(key), read(excerpt)]);
    return { header: front, detached: true, bytes };
  }
  const first = await read(FIRST_READ);
  const end = PREFIX + (headerLength(first) ?? 0);
  const bytes = Math.min(size, end + excerpt) <= first.length ? first : await read(end + excerpt);
  return { header: end > PREFIX ? bytes.subarray(PREFIX, end) : undefined, detached: false, bytes };
}
