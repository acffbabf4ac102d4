/** The package's own files, inside this script: takes the place of `browser.ts` in `strongroom/inline`. */
import { fromBase64 } from "../../../shared/bytes.js";
import { startWorker } from "../worker-url.js";
import type * as browser from "./browser.js";

export const WORKER_HINT: typeof browser.WORKER_HINT = "does the page's policy allow worker-src blob:?";
export const WORKER_SOURCE: typeof browser.WORKER_SOURCE = "worker-src blob:";

export function packagedWasm(): Response {
  const body = new Blob([fromBase64(EMBEDDED_WASM)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(body, { headers: { "content-type": "application/wasm" } });
}

/** The address stays valid for the Workers that come later. */
export function packagedWorker(): Worker {
  workerAddress ??= URL.createObjectURL(new Blob([EMBEDDED_WORKER], { type: "text/javascript" }));
  // It is in one piece, and Chromium starts no module from a page's `file:`.
  return startWorker(workerAddress, "classic");
}

export const fetchFile = (address: string | URL): Promise<Response> => fetch(address);

let workerAddress: string | undefined;

/** `strongroom_bg.wasm`, compressed, as base64. The build puts it here. */
declare const EMBEDDED_WASM: string;
/** `worker.js` and all it imports. */
declare const EMBEDDED_WORKER: string;
