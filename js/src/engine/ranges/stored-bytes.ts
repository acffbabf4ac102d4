/** Where objects are whose parts are read. */
import { bytesOfBlob } from "../../shared/blobs.js";
import type { Bytes } from "../../shared/bytes.js";
import { ChangedError, InputError } from "../../shared/errors/index.js";
import { isUint8Array } from "../../shared/kinds.js";
import type { PageCalls } from "../../shared/protocol/page-calls.js";
import { FRONT, type WireParts } from "../../shared/protocol/range-calls.js";
import type { Peer } from "../../shared/rpc/peer.js";
import { unreadable } from "../readers/unreadable.js";
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
    return { size, front, read: async (from, to) => partIn(await page.call("readPart", source, from, to), to - from) };
  }
  const { blob } = parts;
  return { size: blob.size, front: undefined, read: (from, to) => partOf(blob, from, to) };
}

/** A view's page may answer anything. */
function partIn(read: unknown, size: number): Bytes {
  if (isUint8Array(read) && read.byteLength === size) return read as Bytes;
  throw new InputError("what reads the object must give the bytes that were asked for");
}

async function partOf(blob: Blob, from: number, to: number): Promise<Bytes> {
  try {
    const bytes = await bytesOfBlob(blob.slice(from, to));
    if (bytes.byteLength === to - from) return bytes;
  } catch (cause) {
    throw await unreadable(blob, cause);
  }
  throw new ChangedError("the file is shorter than when it was chosen; choose it again");
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
