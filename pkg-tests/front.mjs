/** A proxy before the store: it lets pages send whatever headers a library has, and a tus server is beside the store. */
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, request as forward } from "node:http";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "./consumer.mjs";

/** Where the tus server is, at the store's origin. */
const TUS = "/tus";

/** @param {string} store its origin */
export async function startFront(store) {
  const folder = temporaryFolder();
  const tus = new Server({ path: TUS, datastore: new FileStore({ directory: folder }) });
  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    if (url.startsWith(`${store}${TUS}`)) {
      request.url = url.slice(store.length);
      // The server's own answer to this is for its own origin.
      if (method === "GET") {
        response.writeHead(200, { "access-control-allow-origin": "*" });
        return void createReadStream(join(folder, basename(url))).pipe(response);
      }
      return void tus.handle(request, response);
    }
    if (method === "OPTIONS") {
      const { origin = "*", "access-control-request-headers": wanted = "" } = headers;
      return void response
        .writeHead(204, {
          "access-control-allow-origin": origin,
          "access-control-allow-headers": wanted,
          "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
        })
        .end();
    }
    const onward = forward(url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      if (method === "POST" && url.includes("uploadId=")) void located(answer, url, response);
      else answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  // Browsers ask their makers' servers over TLS, which is none of the page's doing.
  server.on("connect", (_, socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `127.0.0.1:${port}`,
    /** Of the tus server, to which browsers find by the proxy alone. */
    tus: `${store}${TUS}`,
    /** What the tus server has: contents, and beside each what it knows of it, in JSON. */
    folder,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Adds where a completed upload is: S3 says so, Uppy wants to hear it, and s3s-fs leaves it out.
 *
 * @param {import("node:http").IncomingMessage} answer @param {string} url @param {import("node:http").ServerResponse} response
 */
async function located(answer, url, response) {
  const [address = ""] = url.split("?");
  response.end((await text(answer)).replace("<Key>", `<Location>${address}</Location><Key>`));
}
