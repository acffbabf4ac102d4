/** What a page and its service worker say to each other. */

/** Below the service worker's scope: then come the page's client id and the object's token. */
export const FOLDER = "strongroom-objects/";

/** The page begins, with a port for `Greeted`. `claim`: it is not under the service worker's control yet. */
export interface Hello {
  strongroom: "hello";
  claim: boolean;
}

export interface Greeted {
  client: string;
}

/** The service worker asks for an object, with a port for `Head`. */
export interface Ask {
  strongroom: "object";
  token: string;
  method: string;
  range: string | null;
}

/** What the page answers, before the first `Part`. */
export interface Head {
  status: number;
  headers: Record<string, string>;
  body: boolean;
  /** The page understands `Want`'s "alive". Pages of earlier releases do not. */
  keeps?: true;
}

/** The next part is asked for, or no more; or the service worker says that it still reads. */
export type Want = "more" | "stop" | "alive";

/** Milliseconds after which a service worker that reads says so again. Firefox ends one that gets no event for 30 s. */
export const ALIVE_EVERY = 2000;

/** What the page answers "alive" with: an event, as a message of a port is none. */
export interface Awake {
  strongroom: "awake";
}

/** `undefined`: the end. */
export type MediaPart = { bytes: Uint8Array<ArrayBuffer> | undefined } | { failed: true };

export function isOurs<T extends Hello | Ask>(data: unknown, what: T["strongroom"]): data is T {
  return typeof data === "object" && data !== null && (data as Partial<T>).strongroom === what;
}

/** Listens to a port, which keeps messages until a listener is there. */
export function listen<T>(port: MessagePort, hear: (said: T) => void, options?: AddEventListenerOptions): void {
  port.addEventListener("message", ({ data }: MessageEvent<T>) => hear(data), options);
  port.start();
}
