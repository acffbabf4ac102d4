/** jsdom's classes in the place of Node's, as test runners put them: import it before the package. */
import { JSDOM } from "jsdom";

export const { window } = new JSDOM("", { url: "https://app.example/" });
const NAMES = ["document", "navigator", "location", "localStorage", "Blob", "File", "FileReader", "Headers", "FormData"];
const EVENTS = ["Event", "EventTarget", "MessageEvent", "CustomEvent", "AbortController", "AbortSignal", "DOMException"];

for (const name of [...NAMES, ...EVENTS]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
Object.defineProperty(globalThis, "window", { value: window, configurable: true });
