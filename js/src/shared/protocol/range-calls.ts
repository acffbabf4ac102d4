/** Objects of which ranges are read. */
import type { Decrypted, DecryptRequest } from "./body-calls.js";

/** An object whose parts are read: a Blob by reference; of anything else the page reads them. */
export type WireParts =
  | { kind: "blob"; blob: Blob }
  | { kind: "parts"; source: number; size: number; front: Uint8Array<ArrayBuffer> | undefined };

/** Bytes that are read first of an object whose parts are read: a header with a few recipients, and what follows. */
export const FRONT = 16 * 1024;

/** `size`: bytes of plaintext. */
export interface Opened extends Omit<Decrypted, "header"> {
  size: number;
}

export interface RangeCalls {
  openObject(object: number, parts: WireParts, request: DecryptRequest): Promise<Opened>;
  /**
   * Plaintext from one offset to another, or fewer bytes of it: some, unless the range is empty. `more`: another
   * such call follows at once; nothing is fetched before the last of them.
   */
  readObject(object: number, from: number, to: number, more: boolean): Promise<Uint8Array<ArrayBuffer>>;
}
