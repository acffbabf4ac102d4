/** Whether two streams give the same bytes. They are read side by side, so that neither is in memory as a whole. */
export async function haveSameBytes(one: ReadableStream<Uint8Array>, other: ReadableStream<Uint8Array>): Promise<boolean> {
  const [left, right] = [one.getReader(), other.getReader()];
  let [a, b] = [await more(left), await more(right)];
  try {
    while (a && b) {
      const length = Math.min(a.length, b.length);
      if (!a.subarray(0, length).every((byte, at) => byte === b?.[at])) return false;
      a = a.length > length ? a.subarray(length) : await more(left);
      b = b.length > length ? b.subarray(length) : await more(right);
    }
    return a === b;
  } finally {
    await Promise.allSettled([left.cancel(), right.cancel()]);
  }
}

/** The next bytes, if any come. */
async function more(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  for (;;) {
    const { value } = await reader.read();
    if (!value || value.length > 0) return value;
  }
}
