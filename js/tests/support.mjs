/** Helpers shared by the tests, which run on the inline engine over Node's memory store. */
import { passphrase, Strongroom } from "strongroom";

let made = 0;

export const secret = () => passphrase("correct horse battery staple");

/** A vault of its own with a key called "photos". */
export async function vaultWithKey(options = {}) {
  const name = `vault-${made++}`;
  const vault = await Strongroom.create({ name, factors: [secret()], ...options });
  await vault.keys.create({ alias: "photos" });
  return vault;
}

/** Bytes that repeat with no period that divides a segment. */
export function pattern(length) {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

export async function gather(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** A stream of `bytes` in chunks of `size`; `cancelled` holds the reason once it was. */
export function streamOf(bytes, size) {
  let at = 0;
  const seen = { cancelled: undefined };
  const stream = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
    cancel(reason) {
      seen.cancelled = reason;
    },
  });
  return { stream, seen };
}

/** For `assert.rejects`. */
export const code = (expected) => (error) => {
  if (error.code === expected && error instanceof Error) return true;
  throw error;
};
