/** How well a vault is kept: what is said of what is known, and where that comes from. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { newRecoveryKit, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const EXPORTS = `
export { checksOf } from "./src/page/health/checks.ts";
export { storageFacts } from "./src/page/health/storage-facts.ts";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false });
const { checksOf, storageFacts } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2031, 0, 1);
const GiB = 2 ** 30;

const phrase = { id: "p", kind: "passphrase", known: true, pinned: true, added: NOW };
const kit = { id: "k", kind: "recovery-kit", known: true, pinned: true, added: NOW, name: undefined, rehearsedAt: undefined };
const shares = { ...kit, id: "s", kind: "recovery-shares", shares: { threshold: 2, shares: 3 } };
const laptop = { id: "d", kind: "this-device", known: true, pinned: true, added: NOW };
const kept = { kept: "indexeddb", secure: true, persisted: true, left: GiB };
const well = { now: NOW, storage: kept, marked: true, factors: [phrase, kit], devices: [], backup: { at: NOW, changes: 0 }, overdueReviews: 0, latest: NOW };

const daysAgo = (/** @type {number | undefined} */ days) => (days === undefined ? undefined : NOW - days * DAY);
const refuses = async () => {
  throw new TypeError("no");
};

/** What is not well, by severity and code. */
const told = (/** @type {object} */ facts) =>
  checksOf({ ...well, ...facts }).filter(({ severity }) => severity !== "ok").map(({ severity, code: of }) => `${severity} ${of}`);
const found = (/** @type {object} */ facts, /** @type {string} */ of) => checksOf({ ...well, ...facts }).find(({ code: is }) => is === of);

test("a vault that is kept well has nothing to do", () => {
  const checks = checksOf(well);
  assert.deepEqual(told({}), []);
  assert.ok(checks.every(({ message, advice, params }) => message && advice === undefined && params));
  assert.deepEqual(checks.map(({ code: of }) => of), [
    "context-secure", "storage-persistent", "space-enough", "eviction-told", "backup-recent", "factors-enough", "rehearsal-done",
    "clock-plausible",
  ]);
});

test("where it is kept says what can become of it", () => {
  assert.deepEqual(told({ storage: { ...kept, persisted: false } }), ["warning storage-evictable"]);
  assert.deepEqual(told({ storage: { ...kept, persisted: undefined } }), ["notice storage-unknown"]);
  assert.deepEqual(told({ storage: { ...kept, kept: "memory" }, marked: false }), ["warning storage-in-memory"]);
  assert.deepEqual(told({ storage: { ...kept, kept: "page", persisted: undefined, left: undefined }, marked: false }), []);
  assert.deepEqual(told({ storage: { ...kept, left: GiB / 8 } }), ["warning space-low"]);
  assert.equal(found({ storage: { ...kept, left: undefined } }, "space-unknown")?.severity, "ok");
  assert.deepEqual(told({ marked: false }), ["notice eviction-untold"]);
  assert.deepEqual(told({ storage: { ...kept, secure: false } }), ["critical context-insecure"]);
});

test("a backup is old after a month in which something was changed", () => {
  const backup = (/** @type {number} */ days, /** @type {number} */ changes) => ({ backup: { at: NOW - days * DAY, changes } });
  assert.deepEqual(told({ backup: undefined }), ["warning backup-missing"]);
  assert.deepEqual(told(backup(29, 12)), []);
  assert.deepEqual(told(backup(300, 0)), []);
  assert.deepEqual(told(backup(30, 1)), ["warning backup-old"]);
  const { message, params, advice } = found(backup(30, 1), "backup-old");
  assert.equal(message, "The last backup was made 30 days ago, and lacks 1 change since.");
  assert.deepEqual(params, { at: NOW - 30 * DAY, changes: 1 });
  assert.ok(advice);
});

test("a kit is to be tried after 30 days, after 90 more, and then every 180", () => {
  const due = (/** @type {number | undefined} */ added, /** @type {number | undefined} */ rehearsed) => {
    return told({ factors: [phrase, { ...kit, added: daysAgo(added), rehearsedAt: daysAgo(rehearsed) }] }).length === 1;
  };
  assert.equal(due(29, undefined), false);
  assert.equal(due(30, undefined), true);
  assert.equal(due(110, 89), false);
  assert.equal(due(110, 90), true);
  assert.equal(due(400, 179), false);
  assert.equal(due(400, 180), true);
  // Of the first factors of an earlier release's vault nobody knows since when.
  assert.equal(due(undefined, undefined), true);
  assert.equal(due(undefined, 179), false);
  assert.equal(due(undefined, 180), true);
  assert.equal(found({}, "rehearsal-done")?.message, "The recovery kit is to be tried in 30 days.");
  const tried = { ...kit, rehearsedAt: NOW - DAY };
  assert.equal(found({ factors: [phrase, tried] }, "rehearsal-done")?.message, "The recovery kit was last tried 1 day ago; the next trial is in 89 days.");
  const { params, message } = found({ factors: [phrase, { ...kit, added: undefined, name: "in the safe" }] }, "rehearsal-due");
  assert.deepEqual(params, { id: "k", at: undefined, due: undefined });
  assert.equal(message, "The recovery kit “in the safe” was never tried.");
  assert.equal(found({ factors: [phrase, shares] }, "rehearsal-done")?.message, "The set of recovery shares is to be tried in 30 days.");
  const untried = found({ factors: [phrase, { ...shares, added: undefined, name: "with the family" }] }, "rehearsal-due");
  assert.equal(untried?.message, "The set of recovery shares “with the family” was never tried.");
  assert.match(untried?.advice, /2 shares/);
});

test("what opens it says who can be locked out", () => {
  const later = { ...kit, id: "l", kind: "sundial", known: false };
  assert.deepEqual(told({ factors: [phrase] }), ["warning factors-without-recovery"]);
  assert.deepEqual(told({ factors: [phrase, { ...phrase, id: "q" }] }), ["warning factors-without-recovery"]);
  assert.deepEqual(told({ factors: [kit] }), ["warning factors-single"]);
  assert.deepEqual(told({ factors: [kit, later] }), ["warning factors-single", "notice factors-unknown"]);
  assert.deepEqual(told({ factors: [kit, shares] }), ["warning factors-single"], "paper alone");
  // An organisation's key is no way in for whose vault it is.
  const escrowed = { ...phrase, id: "e", kind: "escrow", key: { thumbprint: "thumbprint", kid: undefined }, gate: undefined };
  assert.deepEqual(told({ factors: [phrase, escrowed] }), ["warning factors-without-recovery"]);
  assert.deepEqual(told({ factors: [kit, escrowed] }), ["warning factors-single"]);
  assert.deepEqual(found({ factors: [phrase, kit, escrowed] }, "factors-escrowed")?.params, { ids: ["e"], keys: [escrowed.key] });
  assert.match(found({ factors: [phrase, kit, escrowed] }, "factors-escrowed")?.message, /opens the vault, too: thumbprint\.$/);
  const second = { ...escrowed, id: "f", key: { thumbprint: "another", kid: "arn:aws:kms:1" } };
  const both = found({ factors: [phrase, kit, escrowed, second] }, "factors-escrowed");
  assert.deepEqual(both?.params, { ids: ["e", "f"], keys: [escrowed.key, second.key] });
  assert.equal(both?.message, "2 keys of organisations open the vault, too: thumbprint, “arn:aws:kms:1” (another).");
  assert.equal(found({ factors: [phrase, kit, escrowed] }, "factors-enough")?.params.factors, 2);
  const gate = { ...escrowed, id: "g", kind: "kms", gate: { renews: false } };
  assert.deepEqual(found({ factors: [phrase, kit, gate] }, "gates-unrenewed")?.params, { ids: ["g"] });
  assert.equal(found({ factors: [phrase, kit, { ...gate, gate: { renews: true } }] }, "gates-unrenewed"), undefined);
  assert.equal(found({ factors: [phrase, kit, gate] }, "gates-graced"), undefined);
  const graced = { ...gate, gate: { renews: true, offlineGrace: "PT8H" } };
  assert.deepEqual(found({ factors: [phrase, kit, graced] }, "gates-graced")?.params, { ids: ["g"] });
  assert.equal(found({ factors: [phrase, kit, shares, later] }, "factors-enough")?.params.factors, 3);
  assert.deepEqual(told({ factors: [{ ...phrase, pinned: false }, kit] }), ["warning factors-unpinned"]);
  assert.deepEqual(found({ factors: [{ ...phrase, pinned: false }, kit] }, "factors-unpinned")?.params, { ids: ["p"] });
});

const counted = (/** @type {object} */ facts) => found(facts, "factors-enough")?.params.factors;

test("a device that opens nothing does not count", () => {
  const having = (/** @type {any[]} */ factors, /** @type {number} */ expires, /** @type {boolean} */ opens) => ({
    factors: [...factors, { ...laptop, device: { expires } }],
    devices: [{ factor: laptop, expires, opens }],
  });
  assert.deepEqual(told(having([kit], NOW + 8 * DAY, true)), []);
  assert.deepEqual(told(having([kit], NOW, false)), ["warning factors-single", "notice device-expired"]);
  assert.deepEqual(told(having([kit], NOW + 8 * DAY, false)), ["warning factors-single", "warning device-broken"]);
  assert.equal(counted(having([phrase, kit], NOW + 8 * DAY, true)), 3);
  assert.equal(counted(having([phrase, kit], NOW, false)), 2);
  // One of another browser is not tried here, and counts until its time is over.
  assert.deepEqual(told({ factors: [kit, { ...laptop, device: { expires: NOW + DAY } }] }), []);
});

test("a vault that takes two at once says where one spare is all that it has", () => {
  const key = { ...phrase, id: "w", kind: "passkey" };
  const pair = (/** @type {any[]} */ ...more) => ({ requires: ["passphrase", "passkey"], factors: [phrase, key, kit, ...more] });
  assert.deepEqual(told(pair()), ["notice factors-one-spare"]);
  const { params, message, advice } = found(pair(), "factors-one-spare");
  assert.deepEqual(params, { factors: 3, requires: ["passphrase", "passkey"], id: "k" });
  assert.match(message, /a passphrase and a passkey at once .* The only spare is the recovery kit: .* for good\.$/);
  assert.ok(advice);
  assert.deepEqual(told(pair({ ...key, id: "x" })), ["notice factors-one-spare"], "the passphrase has no second");
  assert.deepEqual(told(pair({ ...key, id: "x" }, { ...phrase, id: "q" })), []);
  assert.deepEqual(told(pair(shares)), []);
  assert.deepEqual(found(pair(shares), "factors-paired")?.params, { factors: 4, requires: ["passphrase", "passkey"] });
  assert.deepEqual(told({ requires: ["passphrase", "passkey"], factors: [phrase, key] }), ["warning factors-without-recovery"]);
});

test("a device is told of where it does not open the vault, and before and after its time", () => {
  const device = (/** @type {number} */ days, opens = true) => told({ devices: [{ factor: { id: "d" }, expires: NOW + days * DAY, opens }] });
  assert.deepEqual(device(8), []);
  assert.deepEqual(device(7), ["notice device-expiring"]);
  assert.deepEqual(device(0, false), ["notice device-expired"]);
  assert.deepEqual(device(8, false), ["warning device-broken"]);
  assert.deepEqual(found({ devices: [{ factor: { id: "d" }, expires: NOW + 8 * DAY, opens: true }] }, "device-opens")?.params, { id: "d", expires: NOW + 8 * DAY });
});

test("a clock that stands behind what was noted is told, and a few minutes are not", () => {
  assert.deepEqual(told({ latest: NOW + 5 * 60_000 }), []);
  assert.deepEqual(told({ latest: NOW + 5 * 60_000 + 1 }), ["warning clock-behind"]);
  assert.deepEqual(told({ latest: undefined }), []);
});

const BROWSER = ["indexedDB", "BroadcastChannel", "isSecureContext", "navigator"];
const before = BROWSER.map((name) => /** @type {const} */ ([name, Object.getOwnPropertyDescriptor(globalThis, name)]));

afterEach(() => {
  for (const [name, descriptor] of before) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
});

function browser(/** @type {unknown} */ storage, isSecureContext = true) {
  const values = { indexedDB: {}, BroadcastChannel: Object, isSecureContext, navigator: { storage } };
  for (const [name, value] of Object.entries(values)) Object.defineProperty(globalThis, name, { value, configurable: true });
}

test("what the browser does not say is not known", async () => {
  const facts = { kept: "indexeddb", secure: true, persisted: undefined, left: undefined };
  browser(undefined);
  assert.deepEqual(await storageFacts({}), facts);
  browser({ persisted: refuses, estimate: refuses });
  assert.deepEqual(await storageFacts({}), facts);
  browser({ persisted: async () => false, estimate: async () => ({ quota: 10, usage: 12 }) }, false);
  assert.deepEqual(await storageFacts({}), { kept: "indexeddb", secure: false, persisted: false, left: 0 });
  browser({ persisted: async () => true, estimate: async () => ({ quota: 10 }) });
  assert.deepEqual(await storageFacts({}), { ...facts, persisted: true, left: 10 });
});

test("an open vault tells of its backup and its kit", async () => {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "kept", factors: [secret()], store });
  const health = async () => {
    const { severity, checks, at } = await vault.health();
    assert.ok(Math.abs(Date.now() - at) < 60_000);
    return { severity, codes: checks.map(({ code: of }) => of) };
  };
  assert.deepEqual(await health(), {
    severity: "warning",
    codes: ["backup-missing", "factors-without-recovery", "context-secure", "storage-of-page", "clock-plausible"],
  });
  const mine = await newRecoveryKit();
  await vault.factors.add(mine, { factor: secret() });
  await vault.factors.rehearse(mine);
  await vault.backup();
  const report = await vault.health();
  assert.equal(report.severity, "ok");
  assert.ok(Object.isFrozen(report) && Object.isFrozen(report.checks) && Object.isFrozen(report.checks[0]?.params));
  const rehearsed = /** @type {any} */ (report.checks.find(({ code: of }) => of === "rehearsal-done"));
  const [, factor] = await vault.factors.list();
  assert.deepEqual(rehearsed.params, { id: factor?.id, at: factor?.rehearsedAt, due: Number(factor?.rehearsedAt) + 90 * DAY });

  await assert.rejects(vault.health(/** @type {any} */ ({ deep: true })), code("ERR_ARGUMENT"));
  await assert.rejects(vault.health({ signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  await vault.lock();
  await assert.rejects(vault.health(), code("ERR_LOCKED"));
  await vault.close();
  await assert.rejects(vault.health(), code("ERR_CLOSED"));
});
