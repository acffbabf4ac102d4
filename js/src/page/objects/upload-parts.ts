/** Bodies in parts, for stores that take them so. */
import type { Bytes } from "../../shared/bytes.js";
import { Chunker } from "../../shared/chunker.js";
import { ArgumentError, TooLargeError } from "../../shared/errors/index.js";

const MiB = 1024 * 1024;
/** S3's rules: parts of 5 MiB to 5 GiB, the last as small as it likes, and at most 10,000 of them. */
const LEAST = 5 * MiB;
const MOST = 5 * 1024 * MiB;
const COUNT = 10_000;
/** Four of them, three sent and one filled, are small beside a page. */
const USUAL = 8 * MiB;

export interface PartOptions {
  /**
   * Bytes of each part but the last, 5 MiB to 5 GiB; 8 MiB unless given. Rounded up to whole MiB, and further
   * where an object of known size would come to more than 10,000 parts.
   */
  size?: number | undefined;
  /** The number of the first part, 1 unless given. */
  from?: number | undefined;
}

/** A run of a body's bytes. Sent again, it is the same bytes again: nothing is encrypted twice. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly blob: Blob;
  /** Where in the body it begins. */
  readonly offset: number;
  readonly last: boolean;
}

/** Bytes of each part of a body of `total` bytes. @internal */
export function partSize({ size = USUAL }: Omit<PartOptions, "from">, total: number | undefined): number {
  if (!(size >= LEAST && size <= MOST)) throw new ArgumentError("a part is 5 MiB to 5 GiB");
  const wanted = Math.max(size, (total ?? 0) / COUNT);
  const whole = Math.ceil(wanted / MiB) * MiB;
  if (whole > MOST) throw new TooLargeError("more than 10,000 parts of 5 GiB");
  return whole;
}

/** Cuts a body, or what is left of it from one of its parts on: at least one byte. @internal */
export async function* partsOf(body: ReadableStream<Bytes>, size: number, first = 1): AsyncGenerator<Part, void> {
  const reader = body.getReader();
  const chunker = new Chunker(async () => (await reader.read()).value);
  try {
    for (let [number, last] = [first, false]; !last; number++) {
      if (number > COUNT) throw new TooLargeError("more than 10,000 parts; give a larger size");
      const pieces = await chunker.take(size);
      last = await chunker.atEnd();
      const blob = new Blob(pieces, { type: "application/octet-stream" });
      yield { number, blob, offset: (number - 1) * size, last };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
