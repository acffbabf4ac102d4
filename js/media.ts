/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Shows objects in place: `<video>`, `<audio>`, `<img>` and whatever else takes an address reads them through the
 * page's service worker, decrypted part by part.
 */
export { localUrl, revokeLocalUrl } from "./media/page.js";
export type { LocalUrlOptions } from "./media/page.js";
export { serveObjects } from "./media/serve.js";
