/** Two streams, read side by side. */
import { sameBytes } from "../../shared/bytes.js";

/** Whether both give the same bytes, in chunks of whatever sizes. @internal */
export async function haveSameContent(
  one: ReadableStream<Uint8Array>,
  other: ReadableStream<Uint8Array>,
): Promise<boolean> {
  const readers = [one.getReader(), other.getReader()] as const;
  try {
    let [left, right] = await Promise.all(readers.map(nextBytes));
    while (left && right) {
      const length = Math.min(left.byteLength, right.byteLength);
      if (!sameBytes(left.subarray(0, length), right.subarray(0, length))) return false;
      [left, right] = await Promise.all([
        left.byteLength > length ? left.subarray(length) : nextBytes(readers[0]),
        right.byteLength > length ? right.subarray(length) : nextBytes(readers[1]),
      ]);
    }
    return left === right;
  } finally {
    for (const reader of readers) reader.cancel().catch(() => {});
  }
}

/** `undefined` at the end. */
async function nextBytes(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  for (;;) {
    const { value } = await reader.read();
    if (value?.byteLength !== 0) return value;
  }
}
