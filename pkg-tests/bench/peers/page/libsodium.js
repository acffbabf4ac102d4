/** libsodium's secretstream in messages of 256 KiB. */
import sodium from "libsodium-wrappers-sumo";

const FRAME = 256 * 1024;

export async function secretstream() {
  await sodium.ready;
  const key = sodium.crypto_secretstream_xchacha20poly1305_keygen();
  const { crypto_secretstream_xchacha20poly1305_TAG_MESSAGE: MESSAGE } = sodium;
  const overhead = sodium.crypto_secretstream_xchacha20poly1305_ABYTES;

  const push = () => {
    const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
    return { header, step: (chunk) => sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, null, MESSAGE) };
  };
  const pull = (header) => {
    const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
    return (chunk) => sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk).message;
  };
  return {
    encrypt: async (/** @type {Uint8Array} */ bytes) => {
      const { header, step } = push();
      const parts = [header];
      for (let at = 0; at < bytes.length; at += FRAME) parts.push(step(bytes.subarray(at, at + FRAME)));
      return joined(parts);
    },
    decrypt: async (/** @type {Uint8Array} */ sealed) => {
      const length = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES;
      const step = pull(sealed.subarray(0, length));
      const parts = [];
      for (let at = length; at < sealed.length; at += FRAME + overhead) {
        parts.push(step(sealed.subarray(at, at + FRAME + overhead)));
      }
      return joined(parts);
    },
    encryptStream: (/** @type {ReadableStream} */ stream) => {
      const { step } = push();
      return stream.pipeThrough(frames(FRAME)).pipeThrough(
        new TransformStream({ transform: (chunk, out) => out.enqueue(step(chunk)) }),
      );
    },
  };
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Cuts chunks of any size into frames. */
export function frames(size) {
  let rest = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, out) {
      let at = 0;
      if (rest.length > 0) {
        at = Math.min(size - rest.length, chunk.length);
        rest = joined([rest, chunk.subarray(0, at)]);
        if (rest.length < size) return;
        out.enqueue(rest);
        rest = new Uint8Array(0);
      }
      for (; at + size <= chunk.length; at += size) out.enqueue(chunk.subarray(at, at + size));
      rest = chunk.slice(at);
    },
    flush(out) {
      if (rest.length > 0) out.enqueue(rest);
    },
  });
}
