/** Keeps objects under any path and serves parts of them to pages of other origins; does it wrong when told. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { listen } from "./listen.mjs";

/**
 * How it answers: as it should; without `Range`; without saying which part; with another part; with fewer bytes; with
 * a weak `ETag`; without one; not letting the page see what CORS hides; not at all; with a status of its own.
 *
 * @typedef {"right" | "whole" | "unsaid" | "elsewhere" | "short" | "weak" | "untagged" | "hidden" | "silent" | number} How
 */

export async function serveRanges() {
  /** @type {Map<string, Buffer>} */
  const objects = new Map();
  /** @type {{ range: string | undefined, tag: string | undefined, sent: number }[]} */
  const requests = [];
  /** `wait`: milliseconds before each answer that begins behind the first MiB. @type {{ how: How, wait: number }} */
  const state = { how: "right", wait: 0 };
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    response.setHeader("access-control-allow-origin", "*");
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "GET, PUT");
      response.setHeader("access-control-allow-headers", "range, if-match, content-type, x-asked");
      response.setHeader("access-control-max-age", "600").writeHead(204).end();
      return;
    }
    if (request.method === "PUT") {
      objects.set(path, await buffer(request));
      response.writeHead(204).end();
      return;
    }
    const { range, "if-match": tag } = request.headers;
    const { status, headers, body } = answer(objects.get(path), range, tag, state.how);
    requests.push({ range, tag, sent: body.length });
    if (state.how === "silent") return;
    if (state.wait > 0 && Number(/^bytes=(\d+)/.exec(range ?? "")?.[1]) >= 1024 * 1024) await setTimeout(state.wait);
    response.writeHead(status, headers).end(body);
  });
  const { origin, stop } = await listen(server);
  return {
    origin,
    /** @type {Map<string, Buffer>} */
    objects,
    state,
    /** What was asked for since it was asked last. */
    asked: () => requests.splice(0),
    stop,
  };
}

/**
 * @param {Buffer | undefined} object
 * @param {string | undefined} range
 * @param {string | undefined} match
 * @param {How} how
 * @returns {{ status: number, headers: Record<string, string>, body: Buffer }}
 */
function answer(object, range, match, how) {
  const nothing = Buffer.alloc(0);
  const bare = (/** @type {number} */ status) => ({ status, headers: {}, body: nothing });
  if (typeof how === "number") return bare(how);
  if (!object) return bare(404);
  const tag = `"${createHash("sha256").update(object).digest("hex")}"`;
  /** @type {Record<string, string>} */
  const headers = { "accept-ranges": "bytes" };
  if (how !== "untagged") headers.etag = how === "weak" ? `W/${tag}` : tag;
  if (how !== "hidden") headers["access-control-expose-headers"] = "etag, content-range";
  if (match !== undefined && match !== tag) return { status: 412, headers, body: nothing };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (first === undefined || how === "whole") return { status: 200, headers, body: object };
  const from = Number(first) + (how === "elsewhere" ? 1 : 0);
  const to = Math.min(Number(last) + 1, object.length) - (how === "short" ? 1 : 0);
  if (from >= object.length) return { status: 416, headers, body: nothing };
  if (how !== "unsaid") headers["content-range"] = `bytes ${from}-${to - 1}/${object.length}`;
  return { status: 206, headers, body: object.subarray(from, to) };
}
