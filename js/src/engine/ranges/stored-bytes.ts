/** Where objects are whose parts are read. */
import type { Bytes } from "../../shared/bytes.js";
import type { PageCalls } from "../../shared/protocol/page-calls.js";
import { FRONT, type WireParts } from "../../shared/protocol/range-calls.js";
import type { Peer } from "../../shared/rpc/peer.js";
import { unreadable } from "../readers/blob-reader.js";
import type { Reader } from "../readers/reader.js";

export interface StoredBytes {
  /** Bytes of the object. */
  readonly size: number;
  /** What was read of its beginning before. */
  readonly front: Bytes | undefined;
  /** Exactly these bytes. */
  read(from: number, to: number): Promise<Bytes>;
}

export function storedBytes(parts: WireParts, page: Peer<PageCalls>): StoredBytes {
  if (parts.kind === "parts") {
    const { source, size, front } = parts;
    return { size, front, read: (from, to) => page.call("readPart", source, from, to) };
  }
  const { blob } = parts;
  return { size: blob.size, front: undefined, read: (from, to) => partOf(blob, from, to) };
}

async function partOf(blob: Blob, from: number, to: number): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.slice(from, to).arrayBuffer());
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** The same place, whose beginning is read once. */
export async function withFront(place: StoredBytes): Promise<StoredBytes> {
  const front = place.front ?? (await place.read(0, Math.min(FRONT, place.size)));
  const read = async (from: number, to: number): Promise<Bytes> =>
    to <= front.byteLength ? front.slice(from, to) : place.read(from, to);
  return { ...place, front, read };
}

/** From its beginning on. */
export function readerOf(place: StoredBytes): Reader {
  let at = 0;
  return {
    read: async (size) => {
      const from = at;
      at = Math.min(from + size, place.size);
      return from < at ? place.read(from, at) : undefined;
    },
    cancel: () => {},
  };
}
