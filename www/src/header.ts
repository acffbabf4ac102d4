/**
 * The clear part of an attached object: magic `53 52 4D 01`, u32 big-endian header length, header.
 * The page reads it only to show it; opening it is the vault's work.
 */

/** Bytes before the header. */
export const PREFIX = 8;

/** No envelope is longer (1 MiB), so neither is a header that is worth fetching. */
const MAX_HEADER = 1024 * 1024;

const MAGIC = [0x53, 0x52, 0x4d, 0x01];

/** The header's length in bytes; `undefined` when this is no attached object. */
export function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < PREFIX || MAGIC.some((byte, index) => bytes[index] !== byte)) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  return length <= MAX_HEADER ? length : undefined;
}

/** The header as JSON with indentation, and with its protected part decoded beside it. */
export function describeHeader(header: Uint8Array): string {
  const text = new TextDecoder().decode(header);
  try {
    const envelope: unknown = JSON.parse(text);
    return JSON.stringify(envelope, null, 2);
  } catch {
    return text;
  }
}

/** What the protected header says in the clear; `undefined` when it cannot be read. */
export function describeProtected(header: Uint8Array): string | undefined {
  try {
    const { protected: encoded } = JSON.parse(new TextDecoder().decode(header)) as {
      protected: string;
    };
    const json = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return undefined;
  }
}
