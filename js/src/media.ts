/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Shows objects in place: `<video>`, `<audio>`, `<img>` and all else that takes an address reads them through the
 * page's service worker, decrypted part by part.
 */
export { localUrl, revokeLocalUrl } from "./adapters/media/local-url.js";
export type { LocalUrlOptions } from "./adapters/media/local-url.js";
export { registerServiceWorker } from "./adapters/media/register.js";
export { serveObjects } from "./adapters/media/service-worker.js";
