/** The objects whose parts are read. */
import { sameBytes, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, objectClosed } from "../../shared/errors/index.js";
import type { DecryptRequest } from "../../shared/protocol/body-calls.js";
import type { Opened } from "../../shared/protocol/range-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { sha256 } from "../bodies/aes.js";
import { givenHeader, takeHeader } from "../bodies/attached.js";
import { makeDecryptor, permitToRead, type OpenedAbout } from "../bodies/begin-body.js";
import type { BodyMakers } from "../bodies/body-makers.js";
import { PushbackReader } from "../readers/pushback-reader.js";
import type { Permit } from "../vault/permit.js";
import { SegmentCache } from "./segment-cache.js";
import { readerOf, withFront, type StoredBytes } from "./stored-bytes.js";

/** All of one engine, by the numbers the page chose. */
export class RangeRegistry {
  readonly #objects = new Map<number, OpenObject>();

  /** Opens the header, and the body's end: it gives nothing of a body that was cut. */
  async open(number: number, place: StoredBytes, request: DecryptRequest, makers: BodyMakers): Promise<Opened> {
    const { about, ...object } = await openRanges(place, request, makers);
    const { segments } = object;
    this.#objects.set(number, object);
    await segments.prove().catch((error: unknown) => {
      this.close(number);
      throw error;
    });
    return { ...about, size: segments.size };
  }

  async read(number: number, from: number, to: number, more: boolean): Promise<Bytes> {
    const object = this.#objects.get(number);
    if (!object) throw objectClosed();
    const { segments, permit } = object;
    await permit?.();
    const bytes = await segments.read(from, to, more);
    return transfer(bytes, [bytes.buffer]);
  }

  close(number: number): void {
    this.#objects.get(number)?.segments.close();
    this.#objects.delete(number);
  }

  clear(): void {
    for (const number of this.#objects.keys()) this.close(number);
  }
}

/** An object that is open, and what lets it be read; none outside a vault. */
interface OpenObject {
  segments: SegmentCache;
  permit: Permit | undefined;
}

async function openRanges(
  place: StoredBytes,
  request: DecryptRequest,
  makers: BodyMakers,
): Promise<OpenObject & { about: Omit<Opened, "size"> }> {
  const { from, header, signature } = request;
  const object = "object" in from ? from.object : undefined;
  const known = await withFront(place);
  const front = new PushbackReader(readerOf(known));
  const embedded = await takeHeader(front, (header ?? object) !== undefined, makers.bindings);
  const given = givenHeader(object, { header, signature }, embedded);
  if (given === undefined) throw new ArgumentError("a detached body needs { header }");
  const [, bodyHeader] = makers.bindings.layout();
  const bodyFront = await front.take(bodyHeader);
  const decryptor = await makeDecryptor(given, request, makers);
  try {
    const { kid, ...about } = decryptor.about() as OpenedAbout;
    const start = embedded?.length ?? 0;
    const ranges = decryptor.ranges(place.size - start, bodyFront);
    const unchanged = async (): Promise<boolean> =>
      sameBytes(await place.read(start, start + bodyFront.byteLength), bodyFront);
    const read = (first: number, end: number): Promise<Bytes> => known.read(start + first, start + end);
    const segments = new SegmentCache(ranges, { read, unchanged }, (piece) => sha256(piece, makers.bindings));
    return { about, segments, permit: permitToRead(from, kid, makers) };
  } finally {
    decryptor.free();
  }
}
