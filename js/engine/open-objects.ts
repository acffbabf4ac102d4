/** The objects whose parts are read. */
import { ArgumentError, ClosedError } from "../errors.js";
import type { DecryptRequest, Opened } from "../protocol.js";
import { transfer } from "../rpc.js";
import { BODY_HEADER, makeOpener, takeHeader, type Makers } from "./contents.js";
import { readerOf, withFront, type Place } from "./places.js";
import { Front } from "./reader.js";
import { Segments } from "./segments.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** All of one engine, by the numbers the page chose. */
export class OpenObjects {
  readonly #objects = new Map<number, Segments>();

  /** Opens the header, and the body's end: it gives nothing of a body that was cut. */
  async open(number: number, place: Place, request: DecryptRequest, makers: Makers): Promise<Opened> {
    const { about, segments } = await begin(place, request, makers);
    this.#objects.set(number, segments);
    await segments.prove().catch((error: unknown) => {
      this.close(number);
      throw error;
    });
    return { ...about, size: segments.size };
  }

  async read(number: number, from: number, to: number, more: boolean): Promise<Bytes> {
    const segments = this.#objects.get(number);
    if (!segments) throw new ClosedError("this object was closed");
    const bytes = await segments.read(from, to, more);
    return transfer(bytes, [bytes.buffer]);
  }

  close(number: number): void {
    this.#objects.get(number)?.close();
    this.#objects.delete(number);
  }

  clear(): void {
    for (const number of this.#objects.keys()) this.close(number);
  }
}

async function begin(
  place: Place,
  request: DecryptRequest,
  makers: Makers,
): Promise<{ about: Omit<Opened, "size">; segments: Segments }> {
  const { from, header } = request;
  const object = "object" in from ? from.object : undefined;
  const known = await withFront(place);
  const front = new Front(readerOf(known));
  const embedded = await takeHeader(front, (header ?? object) !== undefined, makers.bindings);
  const given = object ?? header ?? embedded?.header;
  if (given === undefined) throw new ArgumentError("a detached body needs { header }");
  const bodyFront = await front.take(BODY_HEADER);
  const opener = await makeOpener(given, request, makers);
  try {
    const { id, metadata, origin } = JSON.parse(opener.about()) as Opened;
    const start = embedded?.length ?? 0;
    const ranges = opener.ranges(place.size - start, bodyFront);
    const unchanged = async (): Promise<boolean> => {
      const now = await place.read(start, start + BODY_HEADER);
      return now.every((byte, at) => byte === bodyFront[at]);
    };
    const read = (first: number, end: number): Promise<Bytes> => known.read(start + first, start + end);
    return { about: { id, metadata, origin }, segments: new Segments(ranges, { read, unchanged }) };
  } finally {
    opener.free();
  }
}
