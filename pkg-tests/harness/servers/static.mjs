/** Serves a folder with headers of the test's choice. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { json } from "node:stream/consumers";
import { listen } from "./listen.mjs";

/** Where browsers report what a policy made them refuse. */
const REPORTS = "/reports";

/** What a page asks for at a logout: the browser then removes all that the origin keeps. */
const CLEAR = "/clear-site-data";

/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/**
 * @param {string} folder
 * @param {{ policy?: string, missing?: string }} [how] `policy`: a Content-Security-Policy for every
 *   response; `missing`: a file that is not found
 */
export async function serveFolder(folder, { policy, missing } = {}) {
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const refused = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === REPORTS) {
      const { "csp-report": report } = /** @type {any} */ (await json(request));
      refused.push(`${report["effective-directive"] ?? report["violated-directive"]}: ${report["blocked-uri"]}`);
      response.writeHead(204).end();
      return;
    }
    if (pathname === CLEAR) {
      response.writeHead(204, { "clear-site-data": '"storage"' }).end();
      return;
    }
    requests.push(pathname);
    const path = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    if (policy) response.setHeader("content-security-policy", `${policy}; report-uri ${REPORTS}`);
    try {
      if (missing && path.endsWith(missing)) throw new Error("missing");
      const body = await readFile(path);
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const { origin, stop } = await listen(server);
  return {
    origin,
    /** The paths that were asked for. */
    requests,
    /** What browsers reported that they refused by the policy: the directive, and the address. */
    refused,
    stop,
  };
}
