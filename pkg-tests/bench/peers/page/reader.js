/** A Worker that reads a file and does nothing else with it. */
const PIECE = 1024 * 1024;

const ways = {
  async stream(file) {
    for (const reader = file.stream().getReader(); ; ) if ((await reader.read()).done) return;
  },
  async byob(file) {
    let buffer = new ArrayBuffer(PIECE);
    for (const reader = file.stream().getReader({ mode: "byob" }); ; ) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      buffer = value.buffer;
    }
  },
  async slice(file) {
    for (let at = 0; at < file.size; at += PIECE) await file.slice(at, at + PIECE).arrayBuffer();
  },
  /** The next piece is asked for before the last one is there. */
  async "slice ahead"(file) {
    const read = (at) => file.slice(at, at + PIECE).arrayBuffer();
    let ahead = read(0);
    for (let at = PIECE; at < file.size; at += PIECE) {
      const next = read(at);
      await ahead;
      ahead = next;
    }
    await ahead;
  },
  async response(file) {
    for (const reader = new Response(file).body.getReader(); ; ) if ((await reader.read()).done) return;
  },
};

addEventListener("message", async ({ data: { way, file } }) => {
  try {
    const from = performance.now();
    await ways[way](file);
    postMessage({ took: performance.now() - from });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
