/** WebDriver BiDi: what pages and their Workers log, and which Workers there are. */

/** Listens from now on. @param {any} driver a browser that was started with `bidi` */
export async function listenTo(driver) {
  const bidi = await driver.getBidi();
  const texts = /** @type {string[]} */ ([]);
  bidi.socket.on("message", (/** @type {string} */ message) => {
    const { method, params } = JSON.parse(message);
    if (method === "log.entryAdded") texts.push(params.text);
  });
  const ask = async (/** @type {string} */ method, params = {}) => {
    const { result, error, message } = await bidi.send({ method, params });
    if (error) throw new Error(`${method}: ${message}`);
    return result;
  };
  await ask("session.subscribe", { events: ["log.entryAdded"] });
  return {
    /** Console output and uncaught errors, in pages and Workers. */
    logged: () => texts,
    /** The addresses of the Workers that run now. @returns {Promise<string[]>} */
    async workers() {
      const { realms } = await ask("script.getRealms");
      const workers = realms.filter((/** @type {{ type: string }} */ { type }) => type === "dedicated-worker");
      return workers.map((/** @type {{ origin: string }} */ { origin }) => origin);
    },
  };
}
