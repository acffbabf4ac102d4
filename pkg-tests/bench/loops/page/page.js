/** Runs one loop over the file that was chosen, and drops the ciphertext that comes out of it. */
import { readings } from "./readings.js";

const file = () => document.querySelector("#file").files[0];

window.story = {
  /** Milliseconds. `loop`: as `loops.mjs` lists them. */
  async run(loop) {
    const worker = new Worker("worker.js", { type: "module" });
    const from = performance.now();
    const ended = new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data: { done, error } }) => {
        if (error) reject(new Error(error));
        else if (done) resolve();
      });
    });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ loop, file: file(), port: port2 }, [port2]);
    const reader = loop.by === "page" || loop.by === "another Worker" ? feed(loop, port1) : undefined;
    await ended;
    const took = performance.now() - from;
    worker.terminate();
    reader?.terminate?.();
    return took;
  },
};

/** Reads for the Worker that encrypts: it gives the buffers back that it was given. */
function feed(loop, port) {
  if (loop.by === "another Worker") {
    const reader = new Worker("worker.js", { type: "module" });
    reader.postMessage({ feeds: true, loop, file: file(), port }, [port]);
    return reader;
  }
  const read = readings[loop.reading](file(), loop.piece);
  port.addEventListener("message", async ({ data: { spare } }) => {
    const piece = await read(spare);
    port.postMessage({ piece }, piece ? [piece.buffer] : []);
  });
  port.start();
  return undefined;
}
