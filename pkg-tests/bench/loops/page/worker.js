/** Reads and encrypts, or reads for another that does. */
import { readings } from "./readings.js";

const FRAME = 262_144 - 16;

addEventListener("message", async ({ data: { feeds, loop, file, port } }) => {
  try {
    if (feeds) return await feed(loop, file, port);
    const read = loop.by ? asking(port) : readings[loop.reading](file, loop.piece);
    await (loop.encrypts ? encrypting(read, loop) : discarding(read));
    postMessage({ done: true });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});

function feed(loop, file, port) {
  const read = readings[loop.reading](file, loop.piece);
  port.addEventListener("message", async ({ data: { spare } }) => {
    const piece = await read(spare);
    port.postMessage({ piece }, piece ? [piece.buffer] : []);
  });
  port.start();
}

/** Asks the other side for each piece; the buffer of the last goes along. */
function asking(port) {
  const waiting = [];
  port.addEventListener("message", ({ data: { piece } }) => waiting.shift()(piece));
  port.start();
  return (spare) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port.postMessage({ spare }, spare ? [spare] : []);
    });
}

async function discarding(read) {
  for (let piece = await read(); piece; piece = await read(piece.buffer));
}

/** One piece is read while another is encrypted; its frames side by side. */
async function encrypting(read, { overlaps }) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  let count = 0;
  const seal = (frame) => {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(7, count++);
    return crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, frame);
  };
  let spare;
  let before;
  for (let ahead = read(); ; ) {
    const piece = await ahead;
    if (!piece) break;
    ahead = read(spare);
    const frames = [];
    for (let at = 0; at < piece.length; at += FRAME) frames.push(seal(piece.subarray(at, at + FRAME)));
    // Of a piece whose frames are on their way, `crypto.subtle` has a copy.
    spare = piece.buffer;
    if (before) hand(await before);
    before = Promise.all(frames);
    if (!overlaps) before = void hand(await before);
  }
  if (before) hand(await before);
}

function hand(sealed) {
  postMessage({ sealed }, sealed);
}
