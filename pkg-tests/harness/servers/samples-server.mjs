/** What the documentation's samples ask: their page, a tus server, a server that signs, and a place for what they put. */
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { readFile } from "node:fs/promises";
import { createServer, request as forward } from "node:http";
import { extname, join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { temporaryFolder } from "../consumer.mjs";
import { listen } from "./listen.mjs";

/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** @param {string} folder the page's */
export async function serveSamples(folder) {
  /** @type {Map<string, Buffer>} */
  const stored = new Map();
  const tus = new Server({ path: "/files", datastore: new FileStore({ directory: temporaryFolder() }) });
  const whereToSign = { origin: "" };
  /** What the AWS SDK is given in the page. @type {unknown} */
  let credentials;

  const server = createServer(async (request, response) => {
    const { method, url = "/", headers } = request;
    const { pathname } = new URL(url, "http://localhost");
    if (pathname.startsWith("/files")) return void tus.handle(request, response);
    if (pathname === "/store-credentials") return void response.end(JSON.stringify(credentials));
    if (pathname === "/presign") {
      const onward = forward(`${whereToSign.origin}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      return void request.pipe(onward);
    }
    if (/^\/(store|headers|signatures)\/|\.jws$/.test(pathname)) {
      if (method === "PUT") stored.set(pathname, await buffer(request));
      const body = stored.get(pathname);
      return void response.writeHead(body ? 200 : 404, { etag: '"1"' }).end(method === "GET" ? body : undefined);
    }
    try {
      const body = await readFile(join(folder, normalize(pathname === "/" ? "/index.html" : pathname)));
      response.setHeader("content-type", TYPES[extname(pathname === "/" ? ".html" : pathname)] ?? "").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const { origin, stop } = await listen(server);
  return {
    origin,
    /** Says who signs, and with which credentials a page may ask the store itself. @param {string} signer @param {unknown} given */
    use(signer, given) {
      whereToSign.origin = signer;
      credentials = given;
    },
    stop,
  };
}
