/** Serves a folder with headers of the test's choice. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** Where browsers report what a policy made them refuse. */
export const REPORTS = "/refused";

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
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
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
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${address.port}`,
    /** The paths that were asked for; `REPORTS` among them when a browser refused something by the policy. */
    requests,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
