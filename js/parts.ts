/** Bodies in parts, for stores that take them so. */
import { ArgumentError, TooLargeError } from "./errors.js";

type Bytes = Uint8Array<ArrayBuffer>;

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
export async function* cut(
  body: ReadableStream<Bytes>,
  size: number,
  first = 1,
): AsyncGenerator<Part, void> {
  const reader = body.getReader();
  let held: Bytes[] = [];
  let length = 0;
  let number = first - 1;
  const part = (last: boolean): Part => {
    const offset = number++ * size;
    if (number > COUNT) throw new TooLargeError("more than 10,000 parts; give a larger size");
    const blob = new Blob(held, { type: "application/octet-stream" });
    [held, length] = [[], 0];
    return { number, blob, offset, last };
  };
  try {
    for (;;) {
      const { value } = await reader.read();
      if (!value) break;
      for (let rest = value; rest.byteLength > 0; ) {
        // Only what follows shows that a full part is not the last.
        if (length === size) yield part(false);
        const piece = rest.subarray(0, size - length);
        held.push(piece);
        length += piece.byteLength;
        rest = rest.subarray(piece.byteLength);
      }
    }
    yield part(true);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
