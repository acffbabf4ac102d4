/** `strongroom/testing` in jsdom. */
import assert from "node:assert/strict";
import { window } from "./jsdom.mjs";
import { domCases } from "./dom-cases.mjs";

assert.equal(globalThis.window, window);
domCases("jsdom");
