/**
 * The clear part of an attached object: magic `53 52 4D 01`, u32 big-endian header length, header.
 * The page reads it only to show it; the vault opens it.
 */

/** Bytes before the header. */
export const PREFIX = 8;

/** The largest envelope in bytes (1 MiB), and so the largest header worth fetching. */
const MAX_HEADER = 1024 * 1024;

const MAGIC = [0x53, 0x52, 0x4d, 0x01];

/** The header's length in bytes; `undefined` when these bytes begin no attached object. */
export function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < PREFIX || MAGIC.some((byte, index) => bytes[index] !== byte)) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  return length <= MAX_HEADER ? length : undefined;
}

/** The header as indented JSON. */
export function describeHeader(header: Uint8Array): string {
  const text = new TextDecoder().decode(header);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The decoded protected header; `undefined` when it cannot be read. */
export function describeProtected(header: Uint8Array): string | undefined {
  try {
    const { protected: encoded } = JSON.parse(new TextDecoder().decode(header)) as { protected: string };
    const json = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return undefined;
  }
}
