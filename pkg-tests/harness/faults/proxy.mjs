/** A bad network: a proxy that drops, cuts, delays, doubles and refuses what goes to one origin, at random. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { listenAsProxy } from "../servers/listen.mjs";

/** @typedef {"pass" | "delay" | "refuse" | "drop" | "lose" | "cut" | "cut the answer" | "twice" | "hold"} Fault */

/** @type {[Fault, number][]} Out of a hundred requests; the others pass. */
const FAULTS = [
  ["delay", 5],
  ["refuse", 4],
  ["drop", 4],
  ["lose", 4],
  ["cut", 4],
  ["cut the answer", 6],
  ["twice", 4],
];

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). @param {number} seed */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {() => number} random @returns {Fault} */
function drawn(random) {
  let at = random() * 100;
  return FAULTS.find(([, share]) => (at -= share) < 0)?.[0] ?? "pass";
}

/** @typedef {import("node:http").IncomingMessage} Incoming */
/** @typedef {{ status: number, headers: string[], body: Buffer }} Answer */

/** @param {string} target the origin that is hard to reach @param {number} seed */
export async function startProxy(target, seed) {
  const random = seeded(seed);
  /** Hashes of what was sent whole, by object and part. @type {Map<string, Set<string>>} */
  const sent = new Map();
  /** Uploads whose id the page was never told. @type {Set<string>} */
  const untold = new Set();
  /** Uploads that the page gave up: whether the store was told. @type {Map<string, boolean>} */
  const givenUp = new Map();
  /** Headers of downloads that go on. @type {import("node:http").IncomingHttpHeaders[]} */
  const resumed = [];
  /** @type {Record<string, number>} */
  const counts = {};
  /** By method, what happens to the next request. @type {Map<string, Fault>} */
  const forced = new Map();
  /** How many requests the store has answered and nobody will hear of. */
  let held = 0;
  let bad = true;
  let gone = false;

  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined);
    // The page itself gave up.
    if (!body) return;
    const hard = request.url?.startsWith(target);
    const fault = (hard && forced.get(request.method ?? "")) || (hard && bad ? drawn(random) : "pass");
    if (hard && !gone) forced.delete(request.method ?? "");
    counts[fault] = (counts[fault] ?? 0) + 1;
    if (hard) note(request, body);
    try {
      await answer(fault, request, body, response);
    } catch {
      response.destroy();
    }
  });

  /** @param {Incoming} request @param {Buffer} body */
  function note({ method, url = "", headers }, body) {
    const { pathname, searchParams } = new URL(url);
    if (method === "GET" && headers.range) resumed.push(headers);
    const upload = searchParams.get("uploadId");
    // A browser asks first whether it may: where that does not come through, the page cannot tell the store either.
    const asks = method === "OPTIONS" && headers["access-control-request-method"] === "DELETE";
    if ((method === "DELETE" || asks) && upload) givenUp.set(upload, givenUp.get(upload) ?? false);
    if (method !== "PUT") return;
    const part = `${pathname} ${searchParams.get("partNumber") ?? "whole"}`;
    const hash = createHash("sha256").update(body).digest("hex");
    sent.set(part, (sent.get(part) ?? new Set()).add(hash));
  }

  /** @param {Fault} fault @param {Incoming} request @param {Buffer} body @param {import("node:http").ServerResponse} response */
  async function answer(fault, request, body, response) {
    if (fault === "delay") await pause(random() * 1500);
    if (fault === "refuse") {
      const { origin = "*" } = request.headers;
      const readable = { "access-control-allow-origin": origin, "access-control-expose-headers": "retry-after" };
      response.writeHead(503, { ...readable, ...(random() < 0.5 && { "retry-after": "1" }) }).end();
      return;
    }
    if (fault === "drop") throw new Error(fault);
    if (fault === "cut" && body.length > 0) return cut(request, body.subarray(0, body.length * random()));
    const first = await passed(request, body, response);
    if (fault === "hold") {
      held++;
      return;
    }
    const last = fault === "twice" ? await passed(request, body, response) : first;
    const upload = idIn(first);
    if (upload && first !== last) untold.add(upload);
    if (fault === "lose" || fault === "cut the answer") {
      const told = idIn(last);
      if (told) untold.add(told);
    }
    // An empty answer is whole at once: the next request would be on the connection that is cut.
    if (fault === "lose" || (fault === "cut the answer" && last.body.length === 0)) throw new Error(fault);
    response.writeHead(last.status, last.headers);
    if (fault !== "cut the answer") return void response.end(last.body);
    response.write(last.body.subarray(0, last.body.length * random()));
    await pause(20);
    throw new Error(fault);
  }

  /**
   * Only as long as the page waits for it.
   *
   * @param {Incoming} request @param {Buffer} body @param {import("node:http").ServerResponse} response
   * @returns {Promise<Answer>}
   */
  async function passed({ method, url = "", headers }, body, response) {
    if (response.destroyed) throw new Error("nobody waits");
    const onward = forward(url, { method, headers, agent: false });
    response.once("close", () => onward.destroy());
    // Also after the answer, where the store has not read all of what is sent.
    onward.on("error", () => {});
    onward.end(body);
    const [incoming] = await once(onward, "response");
    const upload = new URL(url).searchParams.get("uploadId");
    if (method === "DELETE" && upload) givenUp.set(upload, true);
    return { status: incoming.statusCode, headers: incoming.rawHeaders, body: await buffer(incoming) };
  }

  const { address, stop } = await listenAsProxy(server);
  return {
    address,
    sent,
    untold,
    givenUp,
    resumed,
    counts,
    forced,
    held: () => held,
    /** From here on everything passes, but what is forced. */
    mend() {
      bad = gone = false;
      forced.clear();
    },
    /** From here on nothing passes. Browsers try some requests again by themselves. */
    vanish() {
      gone = true;
      for (const method of ["GET", "PUT", "POST", "DELETE", "OPTIONS"]) forced.set(method, "drop");
    },
    /** From here on, it is bad again. */
    spoil() {
      bad = true;
    },
    stop,
  };
}

/** @param {Incoming} request @param {Buffer} some of the body */
async function cut({ method, url = "", headers }, some) {
  const onward = forward(url, { method, headers, agent: false });
  onward.on("error", () => {});
  onward.write(some);
  await pause(20);
  onward.destroy();
  throw new Error("cut");
}

/** The id of the upload that an answer tells of. @param {Answer} answer */
function idIn({ body }) {
  return body.length < 10_000 ? /<UploadId>(.*?)<\/UploadId>/.exec(body.toString())?.[1] : undefined;
}
