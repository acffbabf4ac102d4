/** The service worker's part: it asks the page that has an object, and holds neither a key nor anything of it. */
import { refused } from "./answer.js";
import {
  ALIVE_EVERY,
  FOLDER,
  isOurs,
  listen,
  type Ask,
  type Greeted,
  type Head,
  type Hello,
  type MediaPart,
  type Want,
} from "./messages.js";

/** What is used of a service worker's global scope, whose types cannot be had beside a page's. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { get(id: string): Promise<Client | undefined>; claim(): Promise<void> };
  addEventListener(type: "fetch", listen: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listen: (event: PageMessage) => void): void;
}

interface Client {
  readonly id: string;
  postMessage(message: Ask, transfer: Transferable[]): void;
}

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface PageMessage extends Event {
  readonly data: unknown;
  readonly source: Client | null;
  readonly ports: readonly MessagePort[];
  waitUntil(done: Promise<unknown>): void;
}

/** Milliseconds after which a page that says nothing is looked for. */
const PAGE_CHECK = 2000;

/**
 * Answers requests for the addresses that `localUrl` gives, and no others. Call it in the page's own service worker
 * while its script first runs, before other listeners for `fetch` are added:
 *
 * ```ts
 * import { serveObjects } from "strongroom/media";
 * serveObjects();
 * ```
 */
export function serveObjects(): void {
  const scope = globalThis as unknown as Scope;
  scope.addEventListener("message", (event) => {
    const { data, source, ports } = event;
    if (source && isOurs<Hello>(data, "hello")) event.waitUntil(greetPage(scope, data, source, ports));
  });
  scope.addEventListener("fetch", (event) => {
    const folder = scope.registration.scope + FOLDER;
    const { url } = event.request;
    if (url.startsWith(folder)) event.respondWith(answer(scope, url.slice(folder.length), event.request));
  });
}

async function greetPage(
  scope: Scope,
  { claim }: Hello,
  { id }: Client,
  [port]: readonly MessagePort[],
): Promise<void> {
  if (claim) await scope.clients.claim();
  port?.postMessage({ client: id } satisfies Greeted);
}

async function answer(scope: Scope, path: string, { method, headers }: Request): Promise<Response> {
  const [id = "", token = ""] = path.split(/[/?#]/).map(decodeURIComponent);
  const client = await scope.clients.get(id);
  if (!client) return response(refused(410));
  const { port1: port, port2 } = new MessageChannel();
  const next = <T>(say: () => void): Promise<T | undefined> => replied<T>(port, say, () => scope.clients.get(id));
  const ask: Ask = { strongroom: "object", token, method, range: headers.get("range") };
  const head = await next<Head>(() => client.postMessage(ask, [port2]));
  return head ? response(head, port, next) : response(refused(410));
}

type Next = <T>(say: () => void) => Promise<T | undefined>;

/** The page is asked for a part when it is read, not before. */
function response({ status, headers, body, keeps }: Head, port?: MessagePort, next?: Next): Response {
  if (!body || !port || !next) return new Response(null, { status, headers });
  const say = (want: Want) => port.postMessage(want);
  const alive = keeps && setInterval(say, ALIVE_EVERY, "alive" satisfies Want);
  if (keeps) say("alive");
  const end = (): void => {
    clearInterval(alive);
    port.close();
  };
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const part = await next<MediaPart>(() => say("more"));
        if (part && "bytes" in part && part.bytes) return controller.enqueue(part.bytes);
        end();
        if (part && "bytes" in part) controller.close();
        else controller.error(new TypeError("the object can no longer be read"));
      },
      cancel: () => {
        say("stop");
        end();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status, headers });
}

/** What a port says next, or nothing when the page is gone. */
function replied<T>(port: MessagePort, say: () => void, page: () => Promise<Client | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const settle = (said: T | undefined): void => {
      clearInterval(watch);
      resolve(said);
    };
    const watch = setInterval(() => void page().then((there) => there ?? settle(undefined)), PAGE_CHECK);
    listen<T>(port, settle, { once: true });
    say();
  });
}
