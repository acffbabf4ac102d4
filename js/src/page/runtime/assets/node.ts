/** The package's own files in Node: takes the place of `browser.ts` in the build that the condition `node` names. */
import { readFile } from "node:fs/promises";
import type * as browser from "./browser.js";

export { packagedWasm, packagedWorker, WORKER_HINT, WORKER_SOURCE } from "./browser.js";

/** The package's files have `file:` addresses, which Node's `fetch` does not know. */
export const fetchFile: typeof browser.fetchFile = async (address) => {
  if (!String(address).startsWith("file:")) return fetch(address);
  return new Response(await readFile(new URL(address)));
};
