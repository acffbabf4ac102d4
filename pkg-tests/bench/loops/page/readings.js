/**
 * Ways of reading a file in pieces of one size: each gives a function that gives the next piece, and may put it into the
 * buffer that it is given.
 */
export const readings = {
  /** The default reader's chunks, copied into pieces. */
  stream(file, size) {
    const reader = file.stream().getReader();
    let rest = new Uint8Array(0);
    return async (spare) => {
      const piece = new Uint8Array(spare ?? size);
      let filled = 0;
      while (filled < size) {
        if (rest.length === 0) rest = (await reader.read()).value ?? rest;
        if (rest.length === 0) break;
        const part = rest.subarray(0, size - filled);
        piece.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return filled > 0 ? piece.subarray(0, filled) : undefined;
    };
  },

  /** A byte stream's reader, into buffers that come back. */
  "byte stream"(file, size) {
    const reader = file.stream().getReader({ mode: "byob" });
    let left = file.size;
    return async (spare) => {
      const wanted = Math.min(size, left);
      left -= wanted;
      let buffer = spare?.byteLength === size ? spare : new ArrayBuffer(size);
      for (let filled = 0; filled < wanted; ) {
        const { value } = await reader.read(new Uint8Array(buffer, filled, wanted - filled));
        buffer = value.buffer;
        filled += value.byteLength;
      }
      return wanted > 0 ? new Uint8Array(buffer, 0, wanted) : undefined;
    };
  },

  /** As `byte stream`, into fresh buffers. */
  "byte stream, fresh"(file, size) {
    const read = readings["byte stream"](file, size);
    return () => read(undefined);
  },

  slice(file, size) {
    let at = 0;
    return async () => {
      if (at >= file.size) return undefined;
      const piece = file.slice(at, (at += size));
      return new Uint8Array(await piece.arrayBuffer());
    };
  },
};
