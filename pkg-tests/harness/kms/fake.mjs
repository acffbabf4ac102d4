/**
 * A FAKE of a cloud KMS, for tests. It keeps private keys in plain memory: never give it a key that matters.
 *
 * What the three protocols beside this file share: a server on a free port of 127.0.0.1 that says in a header of every
 * answer that it is a fake, a log of what was asked, and faults that a test switches on. The fakes count because the
 * vendors' own clients pass `suites/kms/conformance.test.mjs` against them.
 */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { listen } from "../servers/listen.mjs";

/** In every answer. */
export const FAKE_HEADER = "x-fake-kms";
export const FAKE_NOTICE = "a fake for tests, not a KMS";

/**
 * @typedef {object} Asked a request, as it arrived
 * @property {string} method
 * @property {string} path with the query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {Buffer} body
 */

/**
 * @typedef {object} Faults what a test can switch on
 * @property {number} throttle how many requests from now on are refused as too many
 * @property {number} retryAfter seconds that such a refusal asks for, where the provider sends `Retry-After`
 * @property {number} drop how many requests from now on end without an answer, by a connection that closes
 * @property {number} unavailable how many requests from now on are answered by 503
 * @property {number} delay milliseconds before each answer
 * @property {boolean} denied whether the caller may use no key
 * @property {((answer: any) => any) | undefined} tamper changes each good answer: another key's name, another CRC, fewer bytes
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {unknown} json
 * @property {Record<string, string>} [headers]
 */

/**
 * @typedef {object} Protocol
 * @property {string} type the content type of answers
 * @property {(asked: Asked) => Record<string, string>} cors headers of an answer to a page of another origin, if the provider has any
 * @property {(asked: Asked) => Answer} answer
 * @property {(faults: Faults) => Refusal} throttled
 */

/** An answer that refuses, thrown. */
export class Refusal extends Error {
  /** @param {number} status @param {unknown} json @param {Record<string, string>} [headers] */
  constructor(status, json, headers = {}) {
    super(JSON.stringify(json));
    this.answer = { status, json, headers };
  }
}

/** Serves a protocol until `stop`. @param {Protocol} protocol */
export async function serveFake({ type, cors, answer, throttled }) {
  /** @type {Faults} */
  const faults = { throttle: 0, retryAfter: 1, drop: 0, unavailable: 0, delay: 0, denied: false, tamper: undefined };
  /** @type {Asked[]} */
  const log = [];
  const reply = (/** @type {Asked} */ asked) => {
    if (faults.throttle > 0) {
      faults.throttle -= 1;
      throw throttled(faults);
    }
    if (faults.unavailable > 0) {
      faults.unavailable -= 1;
      throw new Refusal(503, {});
    }
    const { json, ...rest } = answer(asked);
    return { ...rest, json: faults.tamper ? faults.tamper(json) : json };
  };
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const asked = { method, path, headers, body: await buffer(request) };
    response.setHeader(FAKE_HEADER, FAKE_NOTICE);
    for (const [name, value] of Object.entries(cors(asked))) response.setHeader(name, value);
    if (method === "OPTIONS") {
      response.writeHead(200).end();
      return;
    }
    log.push(asked);
    if (faults.delay > 0) await setTimeout(faults.delay);
    if (faults.drop > 0) {
      faults.drop -= 1;
      request.socket.destroy();
      return;
    }
    const { status, json, headers: more } = settled(() => reply(asked));
    response.writeHead(status, { "content-type": type, ...more }).end(JSON.stringify(json));
  });
  const { origin, stop } = await listen(server);
  return {
    origin,
    faults,
    /** What was asked since this was called last, without preflights. */
    asked: () => log.splice(0),
    stop,
  };
}

/** @param {() => Answer} work @returns {Answer} */
function settled(work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    // A fault of the fake's own is none of the provider's answers.
    return { status: 501, json: { fake: String(error) } };
  }
}

/** The body as JSON; what is none is refused. @param {Asked} asked @param {() => Refusal} otherwise @returns {any} */
export function jsonOf({ body }, otherwise) {
  try {
    return JSON.parse(body.toString() || "{}");
  } catch {
    throw otherwise();
  }
}
