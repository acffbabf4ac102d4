/** The journal of attempts that failed: who waits for whom, how long, and what is told of it. */
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { passphrase, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const EXPORTS = `export { AttemptJournal, delayAfter, readFailures } from "./src/page/vault/failed-attempts.js";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false });
const { AttemptJournal, delayAfter, readFailures } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const wrong = () => passphrase("wrong");
const NOW = Date.UTC(2031, 0, 1);

/** A newer Node has one. */
const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator") ?? { value: undefined, configurable: true };

afterEach(() => {
  mock.timers.reset();
  Object.defineProperty(globalThis, "navigator", navigator);
  for (const name of ["indexedDB", "localStorage"]) Reflect.deleteProperty(globalThis, name);
});

test("each failure doubles the delay, up to a minute", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1000, Number.MAX_SAFE_INTEGER].map((count) => delayAfter({ count, last: NOW }, NOW));
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((seconds) => 1000 * seconds));
});

test("what has passed since the failure is waited for no more, and a clock that stands before it counts for nothing", () => {
  const after = (/** @type {number} */ passed) => delayAfter({ count: 3, last: NOW }, NOW + passed);
  assert.deepEqual([0, 1500, 3999, 4000, 1e12].map(after), [4000, 2500, 1, 0, 0]);
  assert.deepEqual([-1, -5000, -1e12].map(after), [4000, 4000, 4000]);
  assert.equal(delayAfter({ count: 3, last: NOW }, NaN), 4000);
});

const HOSTILE = [
  "", "x", "null", "[]", "{}", "7", '"7"', "{", '{"count":3}', `{"last":${NOW}}`,
  ...["0", "-1", "1.5", "1e999", "null", '"3"', "[3]", "{}"].map((count) => `{"count":${count},"last":${NOW}}`),
  ...["1e999", "null", '"now"', "8.7e15", "[]"].map((last) => `{"count":3,"last":${last}}`),
  `{"count":3,"last":${NOW}${" ".repeat(1_000_000)}}`,
];

test("an entry that makes no sense is none", () => {
  for (const text of [null, undefined, ...HOSTILE]) assert.equal(readFailures(text), undefined, String(text).slice(0, 50));
  assert.deepEqual(readFailures(`{"count":3,"last":${NOW},"x":1}`), { count: 3, last: NOW });
});

/** A page's `localStorage` with that entry, for the vault "id". @param {string} [entry] */
function storageWith(entry) {
  const items = new Map(entry === undefined ? [] : [["strongroom-failed-attempts:id", entry]]);
  const localStorage = {
    getItem: (/** @type {string} */ name) => items.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => items.set(name, value),
    removeItem: (/** @type {string} */ name) => items.delete(name),
  };
  Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
  Object.defineProperty(globalThis, "indexedDB", { value: {}, configurable: true });
  return items;
}

const journal = (shared = false, id = "id") => new AttemptJournal({ name: "acme", id }, shared);
const live = () => ({ signal: undefined, ended: new AbortController().signal });
const failing = async () => {
  throw Object.assign(new Error("no"), { code: "ERR_WRONG_FACTOR" });
};
const opening = async () => "open";
/** One attempt. @param {() => Promise<string>} begin */
const present = (begin, person = true, isLogged = false) => journal(true).present(begin, live(), person, { isLogged: () => isLogged });
/** Lets everything happen that waits for no timer. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
};

/** Fails that often, one after the other. @param {any} attempts @param {number} times */
async function fail(attempts, times) {
  for (let count = 0; count < times; count++) {
    const failed = assert.rejects(attempts.present(failing, live()), { code: "ERR_WRONG_FACTOR" });
    await settled();
    mock.timers.runAll();
    await failed;
  }
}

/** Presents a factor, and tells when it was. @param {any} attempts @param {any} [ends] @param {() => Promise<any>} [begin] */
function presented(attempts, ends = live(), begin = opening) {
  const seen = { begun: false, done: /** @type {any} */ (undefined) };
  const watched = () => {
    seen.begun = true;
    return begin();
  };
  seen.done = attempts.present(watched, ends);
  seen.done.catch(() => {});
  return seen;
}

test("a hostile entry neither fails an attempt nor holds it for more than a minute", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  for (const entry of HOSTILE) {
    storageWith(entry);
    assert.deepEqual(await journal(true).present(opening, live()), { value: "open", failed: undefined, unlogged: 0 });
  }
  for (const from of [-NOW, -8e15, -60_000, -59_999, 0, 1, 1e12]) {
    const last = Date.now() + from;
    storageWith(JSON.stringify({ count: Number.MAX_SAFE_INTEGER, last }));
    const attempt = presented(journal(true));
    await settled();
    assert.equal(attempt.begun, from <= -60_000, String(from));
    mock.timers.tick(60_000);
    const { failed } = await attempt.done;
    assert.deepEqual([failed.count, failed.last.getTime()], [Number.MAX_SAFE_INTEGER, last]);
  }
});

test("a clock that was set back holds one attempt for its delay, and no later one for longer", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  const items = storageWith(JSON.stringify({ count: 2, last: NOW + 1e10 }));
  const attempt = presented(journal(true), live(), failing);
  await settled();
  mock.timers.tick(1999);
  await settled();
  assert.equal(attempt.begun, false);
  mock.timers.tick(1);
  await assert.rejects(attempt.done, { code: "ERR_WRONG_FACTOR" });
  assert.deepEqual([...items.values()].map((text) => JSON.parse(text)), [{ count: 3, last: NOW + 2000 }]);
});

const blocked = () => {
  throw new DOMException("blocked", "SecurityError");
};

test("where the storage is full or blocked, failures are kept in memory", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  storageWith();
  for (const name of ["getItem", "setItem", "removeItem"]) globalThis.localStorage[name] = blocked;
  await fail(journal(true), 1);
  const attempt = presented(journal(true));
  await settled();
  assert.equal(attempt.begun, false);
  mock.timers.tick(1000);
  assert.equal((await attempt.done).failed.count, 1);
  assert.equal((await journal(true).present(opening, live())).failed, undefined);
});

test("attempts made at once after a failure take turns, and each that fails makes the next one wait longer", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  await fail(journal(), 1);
  // A handle of its own each, as in another part of the page; an hour has passed.
  mock.timers.tick(3_600_000);
  const attempts = Array.from({ length: 4 }, () => presented(journal(), live(), failing));
  const begun = () => attempts.filter((attempt) => attempt.begun).length;
  await settled();
  assert.equal(begun(), 1);
  for (const [at, seconds] of [2, 4, 8].entries()) {
    mock.timers.tick(1000 * seconds - 1);
    await settled();
    assert.equal(begun(), at + 1);
    mock.timers.tick(1);
    await settled();
    assert.equal(begun(), at + 2);
  }
  for (const { done } of attempts) await assert.rejects(done, { code: "ERR_WRONG_FACTOR" });
  mock.timers.tick(60_000);
  assert.equal((await journal().present(opening, live())).failed.count, 5);
});

test("failures that the log does not tell of are given out once, by whatever opens the vault next", async () => {
  const items = storageWith(JSON.stringify({ count: 2, last: NOW - 3_600_000 }));
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  await assert.rejects(present(failing, true, true));
  mock.timers.setTime(NOW + 60_000);
  assert.equal((await present(opening, false)).unlogged, 2);
  assert.deepEqual([...items.values()].map((text) => JSON.parse(text)), [{ count: 3, last: NOW, logged: 3 }]);
  assert.equal((await present(opening, false)).unlogged, 0);
  assert.equal((await present(opening)).unlogged, 0);
  for (const logged of [-1, 4, 1.5, '"2"']) assert.deepEqual(readFailures(`{"count":3,"last":${NOW},"logged":${logged}}`), { count: 3, last: NOW });
});

const kmsRefuses = () => Promise.reject(Object.assign(new Error("no"), { code: "ERR_KMS" }));

/** One attempt that asks a key management service so often. @param {() => Promise<string>} begin @param {number} asked @param {boolean} [isLogged] */
const asking = (begin, asked, isLogged = false) => journal(true).present(begin, live(), true, { asked: () => asked, isLogged: () => isLogged });

test("calls of a key management service in vain are counted whatever the attempt failed with, and hold up nobody", async () => {
  const items = storageWith();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  await assert.rejects(asking(kmsRefuses, 1), { code: "ERR_KMS" });
  assert.deepEqual([...items.values()].map((text) => JSON.parse(text)), [{ count: 0, last: NOW, asked: 1 }]);
  await assert.rejects(asking(kmsRefuses, 2), { code: "ERR_KMS" });
  assert.deepEqual(await asking(opening, 1), { value: "open", failed: undefined, unlogged: 0, askedInVain: 3 });
  assert.equal(items.size, 0);
  // The log of an open vault has them already, and an attempt that asked nobody leaves none.
  await assert.rejects(asking(kmsRefuses, 1, true), { code: "ERR_KMS" });
  await assert.rejects(asking(kmsRefuses, 0), { code: "ERR_KMS" });
  assert.equal(items.size, 0);
  // Beside a wrong passphrase: a refusal after that makes nobody wait longer.
  await assert.rejects(asking(failing, 1), { code: "ERR_WRONG_FACTOR" });
  mock.timers.setTime(NOW + 1000);
  await assert.rejects(asking(kmsRefuses, 2000), { code: "ERR_KMS" });
  assert.deepEqual([...items.values()].map((text) => JSON.parse(text)), [{ count: 1, last: NOW, asked: 1000 }]);
  assert.deepEqual(await asking(opening, 1), { value: "open", failed: { count: 1, last: new Date(NOW) }, unlogged: 1, askedInVain: 1000 });
});

test("an entry of an earlier release tells of no calls, and one that makes no sense of none either", () => {
  assert.deepEqual(readFailures(`{"count":3,"last":${NOW},"logged":1}`), { count: 3, last: NOW, logged: 1 });
  assert.deepEqual(readFailures(`{"count":0,"last":${NOW},"asked":1000}`), { count: 0, last: NOW, asked: 1000 });
  assert.equal(readFailures(`{"count":0,"last":${NOW}}`), undefined);
  const most = Number.MAX_SAFE_INTEGER;
  assert.deepEqual(readFailures(JSON.stringify({ count: most, last: NOW, logged: most, asked: 1000 })), { count: most, last: NOW, logged: most, asked: 1000 });
  for (const asked of [-1, 0, 1001, 1.5, '"2"', "[1]", "null"]) assert.deepEqual(readFailures(`{"count":3,"last":${NOW},"asked":${asked}}`), { count: 3, last: NOW });
});

test("as long as nothing failed, attempts do not wait for each other, and other failures are none", async () => {
  const never = presented(journal(), live(), () => new Promise(() => {}));
  assert.deepEqual(await journal().present(opening, live()), { value: "open", failed: undefined, unlogged: 0 });
  assert.equal(never.begun, true);
  for (const other of ["ERR_INTEGRITY", "ERR_ABORTED", "ERR_LOCKED"]) {
    const failure = Object.assign(new Error("no"), { code: other });
    await assert.rejects(journal().present(() => Promise.reject(failure), live()), failure);
  }
  assert.equal((await journal().present(opening, live())).failed, undefined);
});

test("a signal and the end of the engine end waiting, and the one after has its turn", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  await fail(journal(), 8);
  const [caller, engine, queued] = [new AbortController(), new AbortController(), new AbortController()];
  const waits = presented(journal(), { signal: caller.signal, ended: engine.signal });
  const stands = presented(journal(), { signal: queued.signal, ended: engine.signal });
  const last = presented(journal());
  await settled();
  queued.abort("why");
  await assert.rejects(stands.done, { code: "ERR_ABORTED", cause: "why" });
  caller.abort("why");
  await assert.rejects(waits.done, { code: "ERR_ABORTED", cause: "why" });
  const locked = Object.assign(new Error("locked"), { code: "ERR_LOCKED" });
  const ends = presented(journal(), { signal: undefined, ended: engine.signal });
  await settled();
  engine.abort(locked);
  await assert.rejects(ends.done, locked);
  assert.deepEqual([waits, stands, ends].map(({ begun }) => begun), [false, false, false]);
  mock.timers.tick(59_999);
  await settled();
  assert.equal(last.begun, false);
  mock.timers.tick(1);
  assert.equal((await last.done).failed.count, 8);
});

/** Web Locks whose one lock others hold for good, or `undefined` where it is free. @param {Promise<void>} [others] */
function locksHeldBy(others = Promise.resolve()) {
  let last = others;
  const request = (/** @type {string} */ _name, /** @type {any} */ { signal }, /** @type {any} */ held) => {
    const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const before = last;
    const granted = Promise.race([before, aborted]).then(() => held({}));
    last = granted.catch(() => before);
    return granted;
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
}

test("the turn of another tab comes after the delay, as that tab may read the entry late", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  locksHeldBy();
  storageWith();
  await fail(journal(true), 1);
  mock.timers.tick(3_600_000);
  const attempts = Array.from({ length: 2 }, () => presented(journal(true), live(), failing));
  await settled();
  // What the other tab reads still is the entry of the first failure, an hour ago.
  storageWith(JSON.stringify({ count: 2, last: Date.now() - 3_600_000 }));
  mock.timers.tick(0);
  await settled();
  assert.deepEqual(attempts.map(({ begun }) => begun), [true, false]);
});

test("a lock that nobody lets go holds an attempt for a minute", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  locksHeldBy(new Promise(() => {}));
  storageWith(JSON.stringify({ count: 1, last: NOW - 3_600_000 }));
  const caller = new AbortController();
  const ends = presented(journal(true), { ...live(), signal: caller.signal });
  const attempt = presented(journal(true));
  mock.timers.tick(59_999);
  await settled();
  caller.abort("why");
  await assert.rejects(ends.done, { code: "ERR_ABORTED", cause: "why" });
  assert.equal(attempt.begun, false);
  mock.timers.tick(1);
  assert.equal((await attempt.done).value, "open");
});

test("a vault that opens tells what failed before, and makes wrong passphrases slow", async () => {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "told", factors: [secret()], store });
  assert.equal(vault.lastUnlock, undefined);
  await vault.lock();
  const begun = performance.now();
  const before = Date.now();
  for (let count = 0; count < 2; count++) await assert.rejects(vault.unlock(wrong()), code("ERR_WRONG_FACTOR"));
  const after = Date.now();
  const again = await Strongroom.open({ name: "told", factor: secret(), store });
  // One second before the second attempt, two before the third. A timer of Node may be a millisecond early.
  assert.ok(performance.now() - begun >= 3000 - 10);
  const { failedAttempts } = /** @type {any} */ (again.lastUnlock);
  assert.equal(failedAttempts.count, 2);
  assert.ok(failedAttempts.last >= before && failedAttempts.last <= after);
  assert.ok(Object.isFrozen(again.lastUnlock) && Object.isFrozen(failedAttempts));

  const told = await vault.unlock(secret());
  const [factor] = await vault.factors.list();
  const expected = { factor, second: undefined, generationsBehind: 0, supersededIdentity: undefined, strengthened: false, offlineGrace: false };
  assert.deepEqual(told, { ...expected, failedAttempts: undefined });
  assert.equal(vault.failedAttempts, undefined);
  assert.equal(vault.lastUnlock, told);
});

async function opened(/** @type {any} */ { name }, /** @type {any} */ store) {
  return /** @type {any} */ ((await Strongroom.open({ name, factor: secret(), store })).lastUnlock);
}

test("every call that takes a factor counts, and waits", async () => {
  const calls = {
    open: ({ name }, store) => Strongroom.open({ name, factor: wrong(), store }),
    openOrCreate: ({ name }, store) => Strongroom.openOrCreate({ name, factor: wrong(), store }),
    add: (vault) => vault.factors.add(passphrase("another one"), { factor: wrong() }),
    replace: async (vault) => vault.factors.replace((await vault.factors.list())[0].id, passphrase("another one"), { factor: wrong() }),
    revoke: async (vault) => vault.factors.revoke((await vault.factors.list())[0].id, { factor: wrong() }),
    export: async (vault) => (await vault.keys.create({ alias: "a" })).dangerouslyExport({ factor: wrong() }),
  };
  await Promise.all(Object.entries(calls).map(async ([name, call]) => {
    const store = testingStore();
    const vault = await Strongroom.create({ name: `counted ${name}`, factors: [secret(), passphrase("a second one")], store });
    await assert.rejects(call(vault, store), code("ERR_WRONG_FACTOR"), name);
    const begun = performance.now();
    const second = (await vault.factors.list())[1];
    const { failedAttempts } = name === "add" ? await vault.unlock(secret()) : await opened(vault, store);
    assert.equal(failedAttempts?.count, 1, name);
    assert.ok(performance.now() - begun > 500, name);
    await vault.factors.revoke(second.id, { factor: secret() });
  }));
});

test("lock() and close() end the wait, the vault stays locked, and no copy of the passphrase stays", async () => {
  for (const [end, expected] of /** @type {const} */ ([["lock", "ERR_LOCKED"], ["close", "ERR_CLOSED"]])) {
    const vault = await Strongroom.create({ name: `ended by ${end}`, factors: [secret()], store: testingStore() });
    await assert.rejects(vault.factors.add(passphrase("another one"), { factor: wrong() }), code("ERR_WRONG_FACTOR"));
    /** @type {Uint8Array[]} */
    const given = [];
    const encode = () => {
      given.push(new TextEncoder().encode("correct horse battery staple"));
      return { kind: "passphrase", secrets: [given.at(-1)] };
    };
    const factor = /** @type {any} */ ({ kind: "passphrase", [Symbol.for("strongroom.factor.passphrase")]: true, encode });
    const calls = [
      vault.unlock(factor),
      vault.factors.add(passphrase("another one"), { factor }),
      vault.factors.replace((await vault.factors.list())[0].id, passphrase("another one"), { factor }),
    ];
    const refused = Promise.all(calls.map((call) => assert.rejects(call, code(expected))));
    const late = new Promise((resolve) => {
      setTimeout(resolve, 700, "late");
    });
    await vault[end]();
    assert.equal(await Promise.race([refused, late]) === "late", false, end);
    assert.equal(vault.unlocked, false);
    assert.deepEqual(given.map((bytes) => Math.max(...bytes)), [0, 0, 0]);
  }
});

test("a vault that is deleted takes its failures along", async () => {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "deleted", factors: [secret()], store });
  const backup = await vault.backup();
  await assert.rejects(vault.unlock(wrong()), code("ERR_WRONG_FACTOR"));
  await vault.close();
  await Strongroom.delete("deleted", { store });
  const restored = await Strongroom.restore(backup, { store });
  assert.equal(restored.id, vault.id);
  assert.equal((await restored.unlock(secret())).failedAttempts, undefined);
});
