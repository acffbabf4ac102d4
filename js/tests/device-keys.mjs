/** A made-up database of a browser, with as much of IndexedDB as devices need. */
import assert from "node:assert/strict";

/** What the browser keeps, and what it gives back of that. */
export const browser = {
  /** @type {Map<string, any>} */
  kept: new Map(),
  /** @type {(value: unknown) => unknown} */
  given: (value) => value,
  /** The names of the keys, without what is noted beside them. */
  names: () => [...browser.kept.keys()].filter((name) => !name.endsWith(" seen")),
};

/** The real one: a test's clock stops others. */
const later = setTimeout;

/** As much of a range as is used. */
class IDBKeyRange {
  /** @param {string} lower @param {string} upper */
  static bound = (lower, upper) => Object.assign(new IDBKeyRange(), { lower, upper });
  lower = "";
  upper = "";
}

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
    get: (/** @type {string} */ id) => request(id.endsWith(" seen") ? browser.kept.get(id) : browser.given(browser.kept.get(id))),
    getAllKeys: () => request([...browser.kept.keys()]),
    delete: (/** @type {string | IDBKeyRange} */ which) => {
      const { lower, upper } = which instanceof IDBKeyRange ? which : { lower: which, upper: which };
      for (const id of browser.kept.keys()) if (lower <= id && id <= upper) browser.kept.delete(id);
      return request();
    },
  };
  const begun = Object.assign(new EventTarget(), { error: null, objectStore: () => keys });
  later(() => begun.dispatchEvent(new Event("complete")));
  return begun;
}

export function keepsKeys() {
  browser.kept = new Map();
  browser.given = (value) => value;
  for (const [name, value] of Object.entries({ indexedDB, IDBKeyRange })) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
}

export function keepsNoKeys() {
  for (const name of ["indexedDB", "IDBKeyRange"]) Reflect.deleteProperty(globalThis, name);
}

/** A tab's storage. @param {() => Map<string, string>} tab what it has */
export function keepsTab(tab) {
  const sessionStorage = {
    getItem: (/** @type {string} */ name) => tab().get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void tab().set(name, value),
    removeItem: (/** @type {string} */ name) => void tab().delete(name),
  };
  Object.defineProperty(globalThis, "sessionStorage", { value: sessionStorage, configurable: true });
}

export function keepsNoTab() {
  Reflect.deleteProperty(globalThis, "sessionStorage");
}
