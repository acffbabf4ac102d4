/**
 * The strings that a page of Chromium has in memory: not its Workers'. What stands in buffers of bytes, a
 * heap snapshot does not show.
 *
 * @param {any} driver
 * @returns {Promise<{ place: string, bytes: Buffer }>}
 */
export async function pageStrings(driver) {
  const connection = await driver.createCDPConnection("page");
  const chunks = /** @type {string[]} */ ([]);
  const listen = (/** @type {any} */ message) => {
    const { method, params } = JSON.parse(message);
    if (method === "HeapProfiler.addHeapSnapshotChunk") chunks.push(params.chunk);
  };
  // Selenium gives no other way to events of DevTools.
  const { _wsConnection: socket } = connection;
  socket.on("message", listen);
  // The chunks come before the answer.
  await connection.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  socket.off("message", listen);
  return { place: "heap", bytes: Buffer.from(chunks.join("")) };
}
