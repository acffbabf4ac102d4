/** A server on a free port of 127.0.0.1. */
import { once } from "node:events";

/**
 * Starts it, and returns where it listens and what ends it. It ends with the process, too: a test that failed before its last line keeps no run waiting.
 * @param {import("node:http").Server} server
 */
export async function listen(server) {
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const address = `127.0.0.1:${port}`;
  return {
    address,
    origin: `http://${address}`,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The same for a browser's proxy. @param {import("node:http").Server} server */
export function listenAsProxy(server) {
  // Browsers ask their makers' servers over TLS, which is none of the page's doing.
  server.on("connect", (_, socket) => socket.destroy());
  return listen(server);
}
