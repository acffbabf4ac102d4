/** Buffers that move to the other side of the RPC. */

const transfers = new WeakMap<object, Transferable[]>();

/** Marks an argument or a result whose buffers move to the other side instead of being copied. */
export function transfer<T extends object>(value: T, buffers: Transferable[]): T {
  transfers.set(value, buffers);
  return value;
}

/**
 * Moves secret bytes to the other side, and wipes them here. V8 keeps arrays of up to 64 bytes in its heap, and leaves
 * them there, out of reach, when a buffer is made of them to be moved: so the buffer comes first.
 */
export function transferSecret(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const [moved] = transferSecrets([bytes]) as [Uint8Array<ArrayBuffer>];
  return transfer(moved, [moved.buffer]);
}

/** As `transferSecret`, of several in one argument. */
export function transferSecrets(secrets: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const moved = secrets.map((bytes) => {
    const apart = new Uint8Array(new ArrayBuffer(bytes.byteLength));
    apart.set(bytes);
    bytes.fill(0);
    return apart;
  });
  return transfer(moved, moved.map((bytes) => bytes.buffer));
}

export function buffersOf(value: unknown): Transferable[] {
  return typeof value === "object" && value !== null ? (transfers.get(value) ?? []) : [];
}
