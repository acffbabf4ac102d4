/** The package in happy-dom, whose classes stand in the place of Node's, as its test environments put them. */
import assert from "node:assert/strict";
import { Window } from "happy-dom";

const window = new Window({ url: "https://app.example/" });
const NAMES = ["document", "navigator", "location", "localStorage", "Blob", "File", "FileReader", "Headers", "FormData"];
const EVENTS = ["Event", "EventTarget", "MessageEvent", "CustomEvent", "AbortController", "AbortSignal", "DOMException"];
const STREAMS = ["Response", "Request", "ReadableStream", "URL"];
for (const name of [...NAMES, ...EVENTS, ...STREAMS]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
Object.defineProperty(globalThis, "window", { value: window, configurable: true });

const { domCases } = await import("./dom-cases.mjs");
assert.equal(globalThis.window, window);
domCases("happy-dom");
