/** Where objects are whose parts are read. */
import { FRONT, type PageCalls, type WireParts } from "../protocol.js";
import type { Peer } from "../rpc.js";
import { unreadable } from "./blob-reader.js";
import type { Reader } from "./reader.js";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Place {
  /** Bytes of the object. */
  readonly size: number;
  /** What was read of its beginning before. */
  readonly front: Bytes | undefined;
  /** Exactly these bytes. */
  read(from: number, to: number): Promise<Bytes>;
}

export function placeOf(parts: WireParts, page: Peer<PageCalls>): Place {
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
export async function withFront(place: Place): Promise<Place> {
  const front = place.front ?? (await place.read(0, Math.min(FRONT, place.size)));
  const read = async (from: number, to: number): Promise<Bytes> =>
    to <= front.byteLength ? front.slice(from, to) : place.read(from, to);
  return { ...place, front, read };
}

/** From its beginning on. */
export function readerOf(place: Place): Reader {
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
