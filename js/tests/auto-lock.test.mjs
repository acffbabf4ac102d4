/** Vaults that lock themselves, by a clock of the test's own: what counts as a use, what puts a lock off, and for how long. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const NOW = Date.UTC(2031, 0, 1);
const MINUTE = 60_000;

/** As much of a page as is listened to. */
let page;

beforeEach(() => {
  page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const listen = (/** @type {Parameters<EventTarget["addEventListener"]>} */ ...given) => page.addEventListener(...given);
  const parts = { document, addEventListener: listen };
  for (const [name, value] of Object.entries(parts)) Object.defineProperty(globalThis, name, { value, configurable: true });
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
});
afterEach(() => {
  mock.timers.reset();
  for (const name of ["document", "addEventListener"]) Reflect.deleteProperty(globalThis, name);
});

/** @param {import("strongroom").AutoLockOptions} autoLock */
async function vaultThat(autoLock) {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [secret()], store, autoLock });
  await vault.keys.create({ alias: "photos" });
  /** @type {unknown[]} */
  const told = [];
  vault.addEventListener("lock", ({ detail }) => told.push([detail.automatic, detail.elsewhere, detail.reason.code]));
  return { vault, told, store };
}

const locked = (/** @type {string} */ cause) => [[cause, false, "ERR_LOCKED"]];

/** Passes time as a machine does that sleeps: no timer runs. @param {number} milliseconds */
const sleep = (milliseconds) => mock.timers.setTime(Date.now() + milliseconds);

/** @param {"hidden" | "visible"} state */
function show(state) {
  Object.assign(document, { visibilityState: state });
  document.dispatchEvent(new Event("visibilitychange"));
}

test("a vault that is not used locks itself, and each use puts it off", async () => {
  const { vault, told } = await vaultThat({ idle: "PT10M" });
  mock.timers.tick(9 * MINUTE);
  await vault.keys.get("photos");
  mock.timers.tick(9 * MINUTE);
  assert.ok(vault.unlocked);
  page.dispatchEvent(new Event("keydown"));
  mock.timers.tick(MINUTE);
  assert.deepEqual([vault.unlocked, told], [false, locked("idle")]);
  await assert.rejects(vault.keys.get("photos"), code("ERR_LOCKED"));

  await vault.unlock(secret());
  mock.timers.tick(11 * MINUTE);
  assert.equal(told.length, 2, "and so it does after the next unlock");
});

test("what a person does on the page counts where that is wanted", async () => {
  const { vault } = await vaultThat({ idle: "PT10M", activity: true });
  for (const name of ["keydown", "pointerdown", "touchstart", "wheel"]) {
    mock.timers.tick(9 * MINUTE);
    page.dispatchEvent(new Event(name));
  }
  assert.ok(vault.unlocked);
  mock.timers.tick(10 * MINUTE);
  page.dispatchEvent(new Event("keydown"));
  assert.ok(!vault.unlocked);
});

test("a vault locks after its time, however much it is used", async () => {
  const { vault, told } = await vaultThat({ after: "PT1H", idle: "PT10M" });
  for (let minute = 0; minute < 59; minute++) {
    mock.timers.tick(MINUTE);
    await vault.keys.get("photos");
  }
  mock.timers.tick(MINUTE);
  assert.deepEqual(told, locked("after"));
  await vault.close();
});

test("a page that is hidden for longer than its grace locks", async () => {
  const { vault, told } = await vaultThat({ hidden: "PT1M" });
  show("hidden");
  mock.timers.tick(30_000);
  show("visible");
  mock.timers.tick(10 * MINUTE);
  assert.ok(vault.unlocked);
  show("hidden");
  mock.timers.tick(MINUTE);
  assert.deepEqual(told, locked("hidden"));

  const { vault: other } = await vaultThat({ hidden: "PT0S" });
  mock.timers.tick(MINUTE);
  show("hidden");
  assert.ok(!other.unlocked, "at once");
});

test("a page that is left locks, though the browser keeps it", async () => {
  const { vault: stays } = await vaultThat({ idle: "PT10M" });
  const { vault, told } = await vaultThat({ leave: true });
  page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual([vault.unlocked, told, stays.unlocked], [false, locked("leave"), true]);
  await stays.close();
});

test("a body that is open puts a lock off, for an hour at most", async () => {
  const { vault, told } = await vaultThat({ idle: "PT1M", after: "PT2M" });
  const object = await vault.encrypt(new Blob([new Uint8Array(3_000_000)]), { key: "photos", context: { object: "x" } });
  const reader = object.stream().getReader();
  await reader.read();
  mock.timers.tick(10 * MINUTE);
  assert.ok(vault.unlocked, "an upload waits for its network");
  for (let read = await reader.read(); !read.done; read = await reader.read());
  mock.timers.tick(2000);
  assert.deepEqual([vault.unlocked, told.length], [false, 1]);

  const { vault: other } = await vaultThat({ idle: "PT1M" });
  const left = await other.encrypt(new Blob([new Uint8Array(3_000_000)]), { key: "photos", context: { object: "x" } });
  await left.stream().getReader().read();
  mock.timers.tick(60 * MINUTE);
  assert.ok(other.unlocked);
  mock.timers.tick(2 * MINUTE);
  assert.ok(!other.unlocked, "what nobody reads any more");
});

test("a clock that is turned back makes no time shorter, and one that jumps forward locks", async () => {
  const { vault, told } = await vaultThat({ after: "PT1H" });
  mock.timers.setTime(NOW + 30 * MINUTE);
  await vault.keys.get("photos");
  mock.timers.setTime(NOW + 61 * MINUTE);
  mock.timers.tick(MINUTE);
  await setImmediate();
  assert.deepEqual(told, locked("after"));
});

test("a vault that is locked or closed watches nothing", async () => {
  const { vault, told } = await vaultThat({ idle: "PT1M", leave: true });
  await vault.lock();
  mock.timers.tick(10 * MINUTE);
  page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(told, [[undefined, false, "ERR_LOCKED"]]);
  await vault.close();
});

test("what is no duration, and what is unknown, is refused before anything is made", async () => {
  const store = testingStore();
  const refused = [
    { idle: 600 }, { idle: "" }, { idle: "10M" }, { idle: "P" }, { idle: "PT" }, { idle: "P1DT" }, { idle: "P1M" }, { after: "P1Y" },
    { hidden: "PT1.5S" }, { idle: "PT1M1H" }, { leave: "yes" }, { ilde: "PT1M" }, new Map(), null, "PT1M",
  ];
  for (const autoLock of /** @type {any[]} */ (refused)) {
    await assert.rejects(Strongroom.create({ name: "acme", factors: [secret()], store, autoLock }), code("ERR_ARGUMENT"));
  }
  assert.deepEqual(await Strongroom.list({ store }), []);
});

test("a vault that is opened locks itself too", async () => {
  const { vault, store } = await vaultThat({});
  const backup = await vault.backup();
  await vault.close();
  const autoLock = { idle: "P1DT1M" };
  const opened = await Strongroom.open({ name: "acme", factor: secret(), store, autoLock });
  const same = await Strongroom.openOrCreate({ name: "acme", factor: secret(), store, autoLock });
  const restored = await Strongroom.restore(backup, { name: "again", store, autoLock });
  await restored.unlock(secret());
  mock.timers.tick(24 * 60 * MINUTE);
  assert.deepEqual([opened, same, restored].map(({ unlocked }) => unlocked), [true, true, true]);
  mock.timers.tick(MINUTE);
  assert.deepEqual([opened, same, restored].map(({ unlocked }) => unlocked), [false, false, false]);
});

// The last one: it takes the timers away, and what was begun before clears some that are no more.
test("a machine that slept, or a timer that was late, locks before the next use", async () => {
  for (const wake of [
    () => page.dispatchEvent(new Event("pageshow")),
    () => page.dispatchEvent(new Event("focus")),
    () => show("visible"),
    () => undefined,
  ]) {
    const { vault, told } = await vaultThat({ idle: "PT10M" });
    // Timers count no time that a machine sleeps: here, the clock jumps and none runs.
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
    sleep(11 * MINUTE);
    wake();
    await assert.rejects(vault.keys.get("photos"), code("ERR_LOCKED"));
    assert.deepEqual(told, locked("idle"));
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  }
});
