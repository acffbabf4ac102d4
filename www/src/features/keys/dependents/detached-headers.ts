/** Reads headers from the store, and replaces them there. */

import type { TrackedObject } from "strongroom";
import { readHeader, replaceHeader } from "../../../remote/api";
import { withRetries, type RetryPolicy } from "../../../remote/retry";
import { StoreError } from "../../../remote/store-error";
import { storedObjects } from "../../files/stored-objects";

export class DetachedHeaders {
  readonly #policy: RetryPolicy;
  /** ETags of the headers that were read and not yet replaced, by location. */
  readonly #etags = new Map<string, string>();

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  async fetch({ location = "" }: TrackedObject): Promise<Uint8Array> {
    const stored = storedObjects.peek()?.find(({ key }) => key === location);
    if (stored && stored.header === undefined) {
      throw new StoreError("Its header is part of the body: re-encrypt the file instead.", 0);
    }
    const { bytes, etag } = await withRetries(() => readHeader(location, this.#policy.signal), this.#policy);
    this.#etags.set(location, etag);
    return bytes;
  }

  async replace({ location = "" }: TrackedObject, header: Uint8Array | undefined): Promise<void> {
    const etag = this.#etags.get(location);
    // A header that was not read here is kept by the vault itself.
    if (!header || etag === undefined) return;
    const { signal } = this.#policy;
    const put = (again: boolean) =>
      replaceHeader(location, etag, header, signal).catch((error: unknown) => {
        if (!again || !isReplaced(error)) throw error;
        return unlessOther(location, header, error);
      });
    await withRetries(put, this.#policy);
    this.#etags.delete(location);
  }
}

const isReplaced = (error: unknown): boolean => error instanceof StoreError && error.status === 412;

/** After an attempt that was stored although its answer was lost, the old ETag no longer matches. */
async function unlessOther(location: string, header: Uint8Array, error: unknown): Promise<void> {
  const { bytes } = await readHeader(location);
  const same = bytes.length === header.length && bytes.every((byte, at) => byte === header[at]);
  if (!same) throw error;
}
