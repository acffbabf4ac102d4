/** Serves the page, and signs its requests to the store. It sees no key, no name and no plaintext. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** `presign-aws-sdk.mjs` does the same with the AWS SDK. */
const { presign } = await import(process.env.PRESIGN ?? "./presign.mjs");
const here = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };
const ACTIONS = new Set([
  "GetObject",
  "PutObject",
  "DeleteObject",
  "CreateMultipartUpload",
  "UploadPart",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
  "ListParts",
]);
/** Bytes of ciphertext that one `PutObject` may bring. */
const LIMIT = 64 * 1024 * 1024;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  try {
    if (request.method === "POST" && pathname === "/presign") return await signed(request, response);
    await file(pathname, response);
  } catch {
    response.writeHead(404).end();
  }
});

/** Signs what this person may do. */
async function signed(request, response) {
  // Here an application asks its session who this is, and signs for objects of that person alone.
  const sameOrigin = request.headers["sec-fetch-site"] === "same-origin";
  const asked = await json(request).catch(() => ({}));
  const named = typeof asked.key === "string" && /^[\w-]{1,64}\.sr[mh]$/.test(asked.key);
  if (!sameOrigin || !named || !ACTIONS.has(asked.action) || asked.size > LIMIT) return response.writeHead(403).end();
  const answer = JSON.stringify(await presign(asked));
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(answer);
}

/** A file of the page, or of the package. */
async function file(pathname, response) {
  const [, name = ""] = /^\/strongroom\/([\w.-]+)$/.exec(pathname) ?? [];
  const path = name ? join("node_modules/strongroom/dist", name) : join("page", /^\/([\w.-]*)$/.exec(pathname)[1] || "index.html");
  const body = await readFile(join(here, path));
  response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
}

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
