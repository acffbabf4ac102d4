/** Forwards requests of the page's elements to the page, so that stored files are shown in place. */

import { serveObjects } from "strongroom/media";

serveObjects();
addEventListener("install", () => {
  void (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
});
