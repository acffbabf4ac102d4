/** crypto.subtle alone: AES-256-GCM, in one call and in frames of 256 KiB, four in flight. */
const FRAME = 256 * 1024;
const AT_ONCE = 4;

const generated = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

export async function oneShot() {
  const key = await generated();
  return {
    encrypt: async (/** @type {Uint8Array} */ bytes) => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
    },
    decrypt: ({ iv, sealed }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed),
  };
}

export async function framed() {
  const key = await generated();
  const iv = (at) => {
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setUint32(7, at);
    return nonce;
  };
  const all = async (way, bytes, size) => {
    const frames = [];
    for (let at = 0; at * size < bytes.length; at += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, (_, next) => bytes.subarray((at + next) * size, (at + next + 1) * size));
      const run = (frame, next) => crypto.subtle[way]({ name: "AES-GCM", iv: iv(at + next) }, key, frame);
      frames.push(...(await Promise.all(some.filter((frame) => frame.length > 0).map(run))));
    }
    return frames;
  };
  return {
    encrypt: (/** @type {Uint8Array} */ bytes) => all("encrypt", bytes, FRAME),
    decrypt: async (frames) =>
      Promise.all(frames.map((frame, at) => crypto.subtle.decrypt({ name: "AES-GCM", iv: iv(at) }, key, frame))),
    encryptFile: async (/** @type {File} */ file) => {
      for (let at = 0; at < file.size; at += AT_ONCE * FRAME) {
        const piece = new Uint8Array(await file.slice(at, at + AT_ONCE * FRAME).arrayBuffer());
        await all("encrypt", piece, FRAME);
      }
    },
  };
}
