/** The page's part: it has the objects, and answers its service worker. */
import { harmlessType } from "../../page/objects/safe-types.js";
import type { ObjectReader } from "../../page/ranges/object-reader.js";
import { report, withTimeout } from "../../shared/async.js";
import { asStrongroomError, UnsupportedError, WorkerError, type StrongroomError } from "../../shared/errors/index.js";
import { check, optionsOf, withMethods, type Checks } from "../../shared/options.js";
import { wellFormed } from "../../shared/text.js";
import { answerTo, refused, type Answer } from "./answer.js";
import {
  ALIVE_EVERY,
  FOLDER,
  isOurs,
  listen,
  type Ask,
  type Awake,
  type Greeted,
  type Head,
  type Hello,
  type MediaPart,
  type Want,
} from "./messages.js";
import { WorkerWatch } from "./worker-watch.js";

export interface LocalUrlOptions {
  /**
   * The name of the file that a browser saves, in place of showing the object: where a link to the address is followed, or a
   * page goes there. The page stays. The link has no attribute `download`: with it, Chromium asks the page's server.
   */
  download?: string | undefined;
  /** In place of the object's own type; other types than `DecryptedObject.blob` lets through are binary here too. */
  type?: string | undefined;
  /**
   * Told why a request failed; the element that made it is only told that it did, or not even that: where the browser ends
   * the service worker, what was read so far may look whole.
   */
  onError?: ((error: StrongroomError) => void) | undefined;
}

const LOCAL_URL = { download: check.name, type: check.text, onError: check.callback } satisfies Checks<LocalUrlOptions>;

interface Entry extends LocalUrlOptions {
  readonly object: ObjectReader;
}

/** By their tokens. Of an object that was closed, only that it was there. */
const entries = new Map<string, Entry | "gone">();

/**
 * An address under which this page's elements read an object, through the service worker, which calls `serveObjects`.
 * It is good until the object is closed, the vault is locked or the page is gone, and is answered by 410 from then on;
 * or until `revokeLocalUrl` is called, and by 404 from then on.
 *
 * ```ts
 * const film = await vault.openObject(url, { context });
 * video.src = await localUrl(film);
 * ```
 *
 * @throws UnsupportedError where there are no service workers; WorkerError when none answers
 */
export async function localUrl(object: ObjectReader, options?: LocalUrlOptions): Promise<string> {
  const checked = optionsOf(options, LOCAL_URL);
  withMethods(object, "the object", ["stream", "close"]);
  folder ??= greetWorker().catch((error: unknown) => {
    folder = undefined;
    throw error;
  });
  const token = crypto.randomUUID();
  const url = (await folder) + token;
  entries.set(token, { ...checked, object });
  return url;
}

/** Ends an address; the object stays open. */
export function revokeLocalUrl(url: string): void {
  const address = wellFormed(url, "the address");
  entries.delete(address.slice(address.lastIndexOf("/") + 1));
}

/** Where this page's objects are, once its service worker has answered. */
let folder: Promise<string> | undefined;

/** Milliseconds in which a service worker must have started and answered. */
const WORKER_TIMEOUT = 20_000;

async function greetWorker(): Promise<string> {
  const { serviceWorker } = navigator as Partial<Navigator>;
  if (!serviceWorker) {
    const what = "service workers";
    throw new UnsupportedError(`not supported: ${what}; is the page served over TLS?`, { what });
  }
  const { active, scope } = await soon(serviceWorker.ready, "none is registered for this page");
  const controlled = serviceWorker.controller ? undefined : nextEvent(serviceWorker, "controllerchange");
  const { port1, port2 } = new MessageChannel();
  const greeted = new Promise<Greeted>((resolve) => {
    listen(port1, resolve);
  });
  active?.postMessage({ strongroom: "hello", claim: controlled !== undefined } satisfies Hello, [port2]);
  const { client } = await soon(greeted, "it does not answer: does it call serveObjects?");
  if (controlled) await soon(controlled, "it does not control this page");
  serviceWorker.addEventListener("message", ({ data, source, ports: [port] }) => {
    const awake: Awake = { strongroom: "awake" };
    if (port && isOurs<Ask>(data, "object")) void answerRequest(data, port, () => source?.postMessage(awake));
  });
  serviceWorker.startMessages();
  return `${scope}${FOLDER}${encodeURIComponent(client)}/`;
}

/** @param wake sends the service worker an event */
async function answerRequest({ token, method, range }: Ask, port: MessagePort, wake: () => void): Promise<void> {
  const entry = entries.get(token);
  if (!entry || entry === "gone") return port.postMessage(refused(entry ? 410 : 404));
  const { object } = entry;
  const type = harmlessType(entry.type ?? object.metadata.type);
  const answer = answerTo(method, range, { size: object.size, type, download: entry.download });
  try {
    await give(entry, answer, port, wake);
  } catch (error) {
    const { code } = told(entry, error);
    const gone = code === "ERR_CLOSED" || code === "ERR_LOCKED";
    if (gone) entries.set(token, "gone");
    port.postMessage(refused(gone ? 410 : 500));
  }
}

/** Says that there is something only when the first of it is there. */
async function give(entry: Entry, { head, from, to }: Answer, port: MessagePort, wake: () => void): Promise<void> {
  const reader = entry.object.stream({ from, to }).getReader();
  const waking = setInterval(wake, ALIVE_EVERY);
  const begun = reader.read().finally(() => clearInterval(waking));
  let first: ReadableStreamReadResult<Uint8Array<ArrayBuffer>> | undefined = await begun;
  const watch = new WorkerWatch(() => {
    told(entry, new WorkerError("the browser ended the service worker while it read an object: what was read is cut"));
    reader.cancel().catch(() => {});
  });
  listen<Want>(port, async (want) => {
    if (want === "alive") {
      watch.alive();
      return wake();
    }
    if (want === "stop") {
      watch.end();
      return reader.cancel();
    }
    try {
      const { value } = first ?? (await reader.read());
      first = undefined;
      if (!value) watch.end();
      post(port, { bytes: value });
    } catch (error) {
      watch.end();
      told(entry, error);
      post(port, { failed: true });
    }
  });
  port.postMessage({ ...head, keeps: true } satisfies Head);
}

function post(port: MessagePort, part: MediaPart): void {
  port.postMessage(part, "bytes" in part && part.bytes ? [part.bytes.buffer] : []);
}

function told({ onError }: Entry, error: unknown): StrongroomError {
  const failure = asStrongroomError(error);
  report(onError, failure);
  return failure;
}

function nextEvent(target: EventTarget, type: string): Promise<unknown> {
  return new Promise((resolve) => {
    target.addEventListener(type, resolve, { once: true });
  });
}

/** What comes soon, or the reason that it does not. */
function soon<T>(coming: Promise<T>, why: string): Promise<T> {
  return withTimeout(coming, WORKER_TIMEOUT, () => {
    throw new WorkerError(`no service worker: ${why}`);
  });
}
