/** Bodies of objects: Google Tink's AES-GCM-HKDF streaming AEAD with segments of 262,144 bytes, over node:crypto. docs/format.md, section 5. */
import { createDecipheriv, hkdfSync } from "node:crypto";

const SEGMENT = 262_144;
const HEADER = 40;
const TAG = 16;

/** An object that is not opened. Its sentence has no word of the object, of a library or of a service. */
export class Refused extends Error {}

/**
 * The plaintext of a body, a segment at a time, each of which was authenticated, and the last one as the last.
 *
 * @param {AsyncIterable<Buffer>} blocks of the body, of 262,144 bytes each but for the last: a segment ends where a block does
 * @param {Uint8Array} dek 32 bytes
 * @param {Uint8Array} aad the context's canonical form
 */
export async function* openBody(blocks, dek, aad) {
  /** @type {Buffer | undefined} */
  let waiting;
  /** @type {{ key: Uint8Array, prefix: Buffer } | undefined} */
  let opener;
  let count = 0;
  const open = (/** @type {Buffer} */ segment, /** @type {boolean} */ last) => {
    const nonce = Buffer.alloc(12);
    opener?.prefix.copy(nonce);
    nonce.writeUInt32BE(count++, 7);
    nonce[11] = last ? 1 : 0;
    const cipher = createDecipheriv("aes-256-gcm", /** @type {any} */ (opener).key, nonce, { authTagLength: TAG });
    cipher.setAuthTag(segment.subarray(-TAG));
    const plain = cipher.update(segment.subarray(0, -TAG));
    try {
      return Buffer.concat([plain, cipher.final()]);
    } catch {
      throw new Refused("a segment that was changed, or a body that is cut");
    }
  };
  for await (const block of blocks) {
    if (waiting) yield open(waiting, false);
    if (opener) {
      waiting = block;
      continue;
    }
    if (block.length < HEADER + TAG || block[0] !== HEADER) throw new Refused("no body of an object");
    const key = new Uint8Array(hkdfSync("sha256", dek, block.subarray(1, 33), aad, 32));
    opener = { key, prefix: block.subarray(33, HEADER) };
    waiting = block.subarray(HEADER);
  }
  if (!waiting || waiting.length < TAG + (count > 0 ? 1 : 0)) throw new Refused("a body that is cut");
  yield open(waiting, true);
}

/** A file's bytes in blocks of 262,144. @param {AsyncIterable<Buffer>} stream */
export async function* blocksOf(stream) {
  let kept = Buffer.alloc(0);
  for await (const piece of stream) {
    kept = Buffer.concat([kept, piece]);
    for (; kept.length >= SEGMENT; kept = kept.subarray(SEGMENT)) yield kept.subarray(0, SEGMENT);
  }
  if (kept.length > 0) yield kept;
}
