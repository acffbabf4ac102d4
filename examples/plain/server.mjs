/** Serves this folder, and keeps what the page stores: ciphertext under random names, in the folder `stored`. */
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const stored = join(here, "stored");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const [, name] = /^\/store\/([\w-]+\.sr[mh])$/.exec(pathname) ?? [];
  try {
    if (name) {
      const answer = await store(request, name, searchParams);
      return response.writeHead(200, { etag: '"1"' }).end(answer);
    }
    const path = pathname === "/" ? "index.html" : pathname;
    const body = await readFile(join(here, normalize(path)));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});

/** What a store does for one object. Here an application asks its session whose objects these are. */
async function store(request, name, query) {
  const at = join(stored, name);
  const [upload, part, parts] = ["upload", "part", "parts"].map((one) => query.get(one));
  if (upload && !/^[\w-]+$/.test(upload)) throw new Error("no such upload");
  if (request.method === "PUT") {
    await mkdir(stored, { recursive: true });
    return writeFile(upload ? join(stored, `${upload}.${Number(part)}`) : at, await buffer(request));
  }
  if (request.method === "DELETE" && !upload) return rm(at, { force: true });
  if (request.method === "DELETE") {
    const left = (await readdir(stored)).filter((file) => file.startsWith(`${upload}.`));
    return void (await Promise.all(left.map((file) => rm(join(stored, file)))));
  }
  if (request.method === "POST") return complete(at, upload, Number(parts));
  return readFile(at);
}

/** One object of the parts, which appears once it is whole. The answer is the one that S3 gives. */
async function complete(at, upload, parts) {
  const whole = join(stored, `${upload}.whole`);
  await writeFile(whole, "");
  for (let part = 1; part <= parts; part++) await appendFile(whole, await readFile(join(stored, `${upload}.${part}`)));
  await rename(whole, at);
  for (let part = 1; part <= parts; part++) await rm(join(stored, `${upload}.${part}`));
  return '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>';
}

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
