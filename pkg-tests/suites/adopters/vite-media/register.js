import { registerServiceWorker } from "strongroom/media";
// Vite makes it an address.
// oxlint-disable-next-line import/default
import address from "./service-worker.js?worker&url";

// Vite serves a module in development, and builds one classic script.
await registerServiceWorker(address, { type: import.meta.env.DEV ? "module" : "classic" });
