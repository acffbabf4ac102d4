/**
 * The package's own files, beside this script. In Node's build `node.ts` stands in its place, in `strongroom/inline`
 * `embedded.ts`.
 */
import { startWorker, viaBlob } from "../worker-url.js";

/** What to look at when the Worker does not start. */
export const WORKER_HINT: string = "is worker.js served?";

/** What a page's policy has to allow for it. */
export const WORKER_SOURCE: string = "worker-src";

export function packagedWasm(): URL {
  return new URL("./strongroom_bg.wasm", import.meta.url);
}

export function packagedWorker(): Worker {
  // Loaded from another origin (a CDN), and not moved by a bundler.
  const here = import.meta.url;
  const elsewhere = /^https?:/.test(here) && new URL(here).origin !== location.origin;
  // Not the literal pattern: a bundler would copy a second worker.js for it.
  if (elsewhere) return viaBlob(new URL("worker.js", here));
  // Bundlers copy it for this pattern, as the wasm. They would also find `new Worker(new URL("…", import.meta.url))`, but
  // Trusted Types want an address that comes out of a policy, and no global is replaced to make room for one.
  return startWorker(new URL("./worker.js", import.meta.url));
}

/** As text, because Turbopack makes URLs without an origin. */
export const fetchFile = (address: string | URL): Promise<Response> => fetch(String(address));
