/** A made-up database of a browser, with as much of IndexedDB as devices need. */
import assert from "node:assert/strict";

/** What the browser keeps, and what it gives back of that. */
export const browser = {
  /** @type {Map<string, any>} */
  kept: new Map(),
  /** @type {(value: unknown) => unknown} */
  given: (value) => value,
};

/** @param {unknown} [result] */
function request(result) {
  const made = Object.assign(new EventTarget(), { result, error: null });
  queueMicrotask(() => made.dispatchEvent(new Event("success")));
  return made;
}

/** As much of IndexedDB as is used. */
const indexedDB = {
  open: (/** @type {string} */ name) => {
    assert.equal(name, "strongroom-device-keys");
    return request({ transaction, close: () => {} });
  },
};

function transaction(/** @type {string} */ _store, /** @type {string} */ _mode, { durability = "" }) {
  assert.equal(durability, "strict");
  const keys = {
    put: (/** @type {unknown} */ value, /** @type {string} */ id) => request(void browser.kept.set(id, value)),
    get: (/** @type {string} */ id) => request(browser.given(browser.kept.get(id))),
    delete: (/** @type {string} */ id) => request(void browser.kept.delete(id)),
  };
  const begun = Object.assign(new EventTarget(), { error: null, objectStore: () => keys });
  setTimeout(() => begun.dispatchEvent(new Event("complete")));
  return begun;
}

export function keepsKeys() {
  browser.kept = new Map();
  browser.given = (value) => value;
  Object.defineProperty(globalThis, "indexedDB", { value: indexedDB, configurable: true });
}

export function keepsNoKeys() {
  Reflect.deleteProperty(globalThis, "indexedDB");
}
