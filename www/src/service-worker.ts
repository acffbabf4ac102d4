/** Passes on what elements of the page ask for, so that stored files are shown in place. */

import { serveObjects } from "strongroom/media";

serveObjects();
addEventListener("install", () => {
  void (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
});
