/** The page's service worker, as its maker would write it. */
import { serveObjects } from "./strongroom/dist/media.js";

serveObjects();
addEventListener("install", () => skipWaiting());
