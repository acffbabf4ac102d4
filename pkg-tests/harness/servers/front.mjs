/** A proxy before the store: it lets pages send whatever headers a library has, and a tus server is beside the store. */
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { createReadStream, statSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { basename, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../consumer.mjs";
import { listenAsProxy } from "./listen.mjs";

/** Where the tus server is, at the store's origin. */
const TUS = "/tus";

/** @param {string} store its origin */
export async function startFront(store) {
  const folder = temporaryFolder();
  const tus = new Server({ path: TUS, datastore: new FileStore({ directory: folder }) });
  /** Where each chunk began that the tus server was sent. @type {number[]} */
  const offsets = [];
  /** How much of each of the next chunks arrives, before its connection breaks. @type {number[]} */
  const cuts = [];
  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    const path = url.replace(store, "");
    if (path.startsWith(TUS)) {
      request.url = path;
      // What `cut` sends on comes without an origin.
      if (method === "PATCH" && path !== url) {
        const offset = Number(headers["upload-offset"]);
        offsets.push(offset);
        const share = cuts.shift();
        if (share) return void cut(request, response, offset, share);
      }
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

  /**
   * Hands on the beginning of a chunk, and breaks off both connections once that is stored.
   *
   * @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response
   * @param {number} offset @param {number} share
   */
  async function cut(request, response, offset, share) {
    const { url = "", method, headers } = request;
    const body = await buffer(request);
    const some = body.subarray(0, body.length * share);
    const onward = forward(`http://${address}${url}`, { method, headers, agent: false });
    onward.on("error", () => {});
    onward.write(some);
    const file = join(folder, basename(url));
    while (statSync(file).size < offset + some.length && !response.destroyed) await pause(10);
    response.destroy();
    onward.destroy();
  }

  // What breaks off on a connection that was used before, Chromium sends again by itself.
  server.maxRequestsPerSocket = 1;
  const { address, stop } = await listenAsProxy(server);
  return {
    address,
    /** Of the tus server, to which browsers find by the proxy alone. */
    tus: `${store}${TUS}`,
    /** What the tus server has: contents, and beside each what it knows of it, in JSON. */
    folder,
    offsets,
    cuts,
    stop,
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
