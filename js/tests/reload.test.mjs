/**
 * Unlocks that survive a reload, over a made-up browser: what each half opens alone, and what ends them. A reload is another handle,
 * while nobody ended the first. Whether browsers keep both halves over a reload is tested in browsers.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { passphrase, Strongroom, thisDevice } from "strongroom";
import { testingStore } from "strongroom/testing";
import { browser, keepsKeys, keepsNoKeys, keepsNoTab, keepsTab } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const NOW = Date.UTC(2031, 0, 1);
const MINUTE = 60_000;
const ITEM = "strongroom:reload:acme";
const surviveReload = { for: "PT10M" };

/** The tab's storage. @type {Map<string, string>} */
let tab;

beforeEach(() => {
  keepsKeys();
  tab = new Map();
  keepsTab(() => tab);
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
});
afterEach(() => {
  mock.timers.reset();
  keepsNoKeys();
  keepsNoTab();
});

async function kept(options = {}) {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [secret()], store, surviveReload, ...options });
  await vault.keys.create({ alias: "photos" });
  const reloaded = (again = {}) => Strongroom.open({ name: "acme", store, surviveReload, ...options, ...again });
  return { vault, store, reloaded };
}

/** Waits until what was begun is done. @param {() => boolean} done */
async function until(done) {
  for (let turns = 0; !done() && turns < 10_000; turns++) await setImmediate();
  assert.ok(done());
}

/** What a call comes to that waits for its turn. @template T @param {Promise<T>} call */
async function later(call) {
  const ticking = new AbortController();
  call.then(() => ticking.abort(), () => ticking.abort());
  while (!ticking.signal.aborted) {
    mock.timers.tick(100);
    await setImmediate();
  }
  return call;
}

const isForgotten = () => tab.size === 0 && browser.kept.size === 0;

test("a reload opens the vault by two halves, and tells that no factor did", async () => {
  const { reloaded } = await kept();
  const before = JSON.parse(tab.get(ITEM) ?? "");
  assert.deepEqual(Object.keys(before), ["key", "text"]);
  assert.deepEqual(browser.names(), [before.key]);
  const { type, extractable, usages } = browser.kept.get(before.key);
  assert.deepEqual([type, extractable, usages], ["secret", false, ["sign"]]);

  const vault = await reloaded();
  assert.deepEqual([vault.unlocked, vault.survivedReload, vault.lastUnlock], [true, true, undefined]);
  assert.equal((await vault.keys.get("photos")).alias, "photos");
  // Other halves are kept for the next one.
  const after = JSON.parse(tab.get(ITEM) ?? "");
  assert.deepEqual(browser.names(), [after.key]);
  assert.notEqual(after.key, before.key);
  assert.notEqual(after.text.slice(0, 43), before.text.slice(0, 43));
  const third = await reloaded();
  assert.deepEqual([third.unlocked, third.survivesReload], [true, true]);
  await third.lock();
  assert.deepEqual([third.unlocked, third.survivedReload, third.survivesReload], [false, false, false]);
});

test("nothing is kept, and nothing opened, unless the page says so", async () => {
  const { vault, store } = await kept({ surviveReload: undefined });
  assert.ok(isForgotten());
  assert.deepEqual([vault.survivedReload, vault.survivesReload], [false, false]);
  await kept();
  const other = await Strongroom.open({ name: "acme", store });
  assert.equal(other.unlocked, false);
});

test("each half alone opens nothing, and the other is deleted", async () => {
  const first = await kept();
  const keys = new Map(browser.kept);
  browser.kept.clear();
  assert.equal((await first.reloaded()).unlocked, false);
  assert.ok(isForgotten());

  // The key is there again, and the tab's half is gone: that of another tab, for instance.
  for (const [id, key] of keys) browser.kept.set(id, key);
  assert.equal((await first.reloaded()).unlocked, false);
  assert.equal(tab.size, 0);
});

test("each half is of one use: what was copied before opens nothing", async () => {
  const { reloaded } = await kept();
  const copied = new Map(tab);
  assert.ok((await reloaded()).unlocked);
  tab = copied;
  assert.equal((await reloaded()).unlocked, false);
});

test("the halves of another vault open nothing", async () => {
  const one = await kept();
  const foreign = new Map(tab);
  const two = await kept();
  assert.notEqual(one.vault.id, two.vault.id);
  tab = foreign;
  assert.equal((await two.reloaded()).unlocked, false);
  assert.equal(tab.size, 0);
});

test("locking deletes both halves, and so does closing", async () => {
  for (const end of ["lock", "close"]) {
    const { vault, reloaded } = await kept();
    const halves = [new Map(tab), new Map(browser.kept)];
    await vault[/** @type {"lock" | "close"} */ (end)]();
    assert.equal(tab.size, 0, "at once");
    await until(isForgotten);
    assert.equal((await reloaded()).unlocked, false);
    assert.ok(halves.every((half) => half.size > 0));
  }
});

test("locking deletes what other tabs have of it too, though they are closed", async () => {
  const { store } = await kept();
  const closed = new Map(tab);
  const vault = await Strongroom.open({ name: "acme", factor: secret(), store, surviveReload });
  assert.equal(browser.names().length, 2);
  await vault.lock();
  await until(isForgotten);
  tab = closed;
  assert.equal((await Strongroom.open({ name: "acme", store, surviveReload })).unlocked, false);
});

test("a vault that locks itself deletes both halves", async () => {
  const { vault } = await kept({ autoLock: { idle: "PT2M" } });
  mock.timers.tick(2 * MINUTE);
  assert.deepEqual([vault.unlocked, tab.size], [false, 0]);
  await until(isForgotten);
});

test("a new vault key deletes both halves, and what is planted back opens nothing", async () => {
  const { vault, reloaded } = await kept();
  const planted = [new Map(tab), new Map(browser.kept)];
  assert.ok(vault.survivesReload);
  await vault.rotateVaultKey();
  await until(isForgotten);
  assert.deepEqual([vault.unlocked, vault.survivesReload], [true, false]);
  [tab, browser.kept] = /** @type {any} */ (planted);
  assert.equal((await reloaded()).unlocked, false);
  assert.ok(isForgotten());
});

test("a vault that is deleted leaves no half", async () => {
  const { store } = await kept();
  await Strongroom.delete("acme", { store });
  assert.equal(tab.size, 0);
});

test("it opens until its deadline, which no reload moves", async () => {
  const { reloaded } = await kept();
  mock.timers.setTime(NOW + 9 * MINUTE);
  assert.ok((await reloaded()).unlocked);
  const halves = [new Map(tab), new Map(browser.kept)];
  mock.timers.setTime(NOW + 10 * MINUTE);
  assert.equal((await reloaded()).unlocked, false);
  assert.ok(isForgotten());
  // Nor does a shorter time that the page asks for later.
  [tab, browser.kept] = /** @type {any} */ (halves);
  mock.timers.setTime(NOW + 9 * MINUTE);
  assert.equal((await reloaded({ surviveReload: { for: "PT9M" } })).unlocked, false);
});

test("both halves are deleted at the deadline while the vault stays open", async () => {
  const { vault } = await kept();
  mock.timers.tick(10 * MINUTE - 1);
  assert.deepEqual([vault.survivesReload, tab.size], [true, 1]);
  mock.timers.tick(1);
  assert.deepEqual([vault.unlocked, vault.survivesReload, tab.size], [true, false, 0]);
  await until(isForgotten);
});

test("the deadline is no use of the vault: it locks itself when it would have", async () => {
  const { vault } = await kept({ autoLock: { idle: "PT5M" } });
  mock.timers.tick(1000);
  await vault.keys.list();
  mock.timers.tick(5 * MINUTE - 1000);
  assert.equal(tab.size, 0);
  await until(isForgotten);
  mock.timers.tick(999);
  assert.ok(vault.unlocked);
  mock.timers.tick(1);
  assert.equal(vault.unlocked, false);
});

test("halves that two tabs have open the vault in one of them, though both are loaded at once", async () => {
  const { reloaded } = await kept();
  // Both read what neither has taken away yet.
  const half = String(tab.get(ITEM));
  const remove = tab.delete.bind(tab);
  tab.delete = () => true;
  const opening = Promise.all([reloaded(), reloaded()]);
  assert.equal(tab.get(ITEM), half);
  const opened = (await opening).filter(({ unlocked }) => unlocked);
  tab.delete = remove;
  assert.equal(opened.length, 1);
});

test("locking ends them by whatever handle, one without the option or one that is locked", async () => {
  const { store } = await kept();
  const plain = await Strongroom.open({ name: "acme", store });
  await plain.lock();
  await until(() => browser.kept.size === 0);

  const again = await Strongroom.open({ name: "acme", factor: secret(), store, surviveReload });
  assert.equal(browser.names().length, 1);
  await plain.lock();
  await until(() => browser.kept.size === 0);
  await again.close();
});

test("those whose tab was closed are deleted once somebody opens a vault so, after their deadline", async () => {
  const { store } = await kept();
  tab = new Map();
  mock.timers.setTime(NOW + 10 * MINUTE - 1);
  await Strongroom.open({ name: "acme", store, surviveReload });
  assert.equal(browser.names().length, 1);
  mock.timers.setTime(NOW + 10 * MINUTE);
  await Strongroom.open({ name: "acme", store, surviveReload });
  assert.equal(browser.names().length, 0);
});

test("a factor that is given after a reload is what opened the vault from then on", async () => {
  const { reloaded } = await kept();
  const vault = await reloaded();
  assert.ok(vault.survivedReload);
  await vault.unlock(secret());
  assert.deepEqual([vault.unlocked, vault.survivedReload], [true, false]);
});

test("a clock that stands behind the time of writing opens nothing", async () => {
  const { reloaded } = await kept();
  mock.timers.setTime(NOW + 5 * MINUTE);
  assert.ok((await reloaded()).unlocked);
  mock.timers.setTime(NOW + 4 * MINUTE);
  assert.equal((await reloaded()).unlocked, false);
  assert.ok(isForgotten());
});

test("a vault locks itself after its time, however often the page is reloaded", async () => {
  const { reloaded } = await kept({ autoLock: { after: "PT5M" } });
  mock.timers.setTime(NOW + 4 * MINUTE);
  const vault = await reloaded();
  assert.ok(vault.unlocked);
  mock.timers.tick(MINUTE - 1);
  assert.ok(vault.unlocked);
  mock.timers.tick(1);
  assert.equal(vault.unlocked, false);
  assert.equal((await reloaded()).unlocked, false);
});

test("a limit of autoLock ends what a reload opens, in a tab that was closed meanwhile too", async () => {
  for (const autoLock of [{ idle: "PT2M" }, { hidden: "PT2M" }, { after: "PT2M" }]) {
    const { reloaded } = await kept({ autoLock });
    mock.timers.setTime(Date.now() + 2 * MINUTE);
    assert.equal((await reloaded()).unlocked, false);
  }
});

test("what somebody wrote into the tab's storage opens nothing and deletes no other key", async () => {
  const { vault, reloaded } = await kept();
  await vault.factors.add(thisDevice({ expires: "P1D" }), { factor: secret() });
  const device = browser.names().find((id) => !id.startsWith("reload"));
  const { key, text } = JSON.parse(tab.get(ITEM) ?? "");
  const written = ["", "{", "null", "[]", "7", JSON.stringify({ key }), JSON.stringify({ key: 7, text }),
    JSON.stringify({ key: device, text }), JSON.stringify({ key, text: text.slice(0, -1) }), JSON.stringify({ key: device, text: "" })];
  for (const content of written) {
    tab.set(ITEM, content);
    assert.equal((await reloaded()).unlocked, false, content);
    assert.equal(tab.size, 0);
  }
  assert.ok(browser.kept.has(device));
});

test("a reload proves no person, and ends no delay of failed attempts", async () => {
  const { vault, reloaded } = await kept();
  await vault.factors.add(thisDevice({ expires: "P1D" }), { factor: secret() });
  const again = await reloaded();
  assert.ok(again.survivedReload);
  const [phrase] = await again.factors.list();
  const refused = [
    again.factors.revoke(phrase.id, { factor: thisDevice() }),
    again.factors.add(secret(), { factor: thisDevice() }),
    again.keys.get("photos").then((found) => found.dangerouslyExport({ factor: thisDevice() })),
  ];
  for (const call of refused) await assert.rejects(call, code("ERR_PERSON_NEEDED"));
  assert.equal(phrase.rehearsedAt, undefined);

  await assert.rejects(again.unlock(passphrase("a guess of somebody's")), code("ERR_WRONG_FACTOR"));
  const third = await reloaded();
  assert.ok(third.survivedReload);
  assert.equal((await later(third.unlock(secret()))).failedAttempts?.count, 1);
});

test("a browser that keeps no key, or has no place for a half, unlocks the vault all the same", async () => {
  browser.given = () => null;
  const { vault } = await kept();
  assert.deepEqual([vault.unlocked, vault.survivesReload, isForgotten()], [true, false, true]);
  keepsNoTab();
  const untabbed = (await kept()).vault;
  assert.deepEqual([untabbed.unlocked, untabbed.survivesReload], [true, false]);
});

test("what is no time of minutes, and what contradicts it, is refused before anything is made", async () => {
  const store = testingStore();
  const refused = [
    { surviveReload: {} }, { surviveReload: { for: "PT59S" } }, { surviveReload: { for: "PT15M1S" } }, { surviveReload: { for: 600 } },
    { surviveReload: { for: "PT10M", until: "PT1M" } }, { surviveReload: "PT10M" }, { surviveReload: true }, { surviveReload: null },
    { surviveReload, autoLock: { leave: true } }, { surviveReload, autoLock: { hidden: "PT0S" } },
  ];
  for (const options of /** @type {any[]} */ (refused)) {
    await assert.rejects(Strongroom.create({ name: "acme", factors: [secret()], store, ...options }), code("ERR_ARGUMENT"));
  }
  assert.deepEqual(await Strongroom.list({ store }), []);
});
