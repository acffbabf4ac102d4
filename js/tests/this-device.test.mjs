/**
 * Devices, over a made-up database of a browser: what counts as a key that is kept, and what is told where none is. Whether browsers
 * keep one is tested in browsers.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { passphrase, PersonNeededError, Strongroom, thisDevice, ThisDeviceError } from "strongroom";
import { testingStore } from "strongroom/testing";
import { browser, keepsKeys, keepsNoKeys } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const NEW = { expires: "P30D" };

beforeEach(keepsKeys);
afterEach(keepsNoKeys);
afterEach(() => mock.timers.reset());

async function vaultWithDevice() {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), thisDevice(NEW)], store });
  return { vault, store };
}

/** @param {string} reason */
const because = (reason) => (/** @type {any} */ error) => {
  assert.ok(error instanceof ThisDeviceError);
  assert.equal(error.reason, reason);
  return true;
};

test("a device opens the vault by a key that cannot be extracted", async () => {
  const { vault } = await vaultWithDevice();
  const [, { kind, device }] = /** @type {any} */ (await vault.factors.list());
  assert.equal(kind, "this-device");
  assert.deepEqual(browser.names(), [device.key]);
  const key = browser.kept.get(device.key);
  assert.deepEqual([key.type, key.extractable, key.usages], ["secret", false, ["sign"]]);
  await vault.lock();
  await vault.unlock(thisDevice());
  await vault.close();
});

test("no key counts that the browser does not give back", async () => {
  const other = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
  const open = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, true, ["sign"]);
  for (const back of [null, undefined, {}, other, open]) {
    browser.given = () => back;
    await assert.rejects(vaultWithDevice(), because("unsupported"));
    assert.equal(browser.kept.size, 0);
  }
});

test("a browser without a database says so, and keeps nothing", async () => {
  Reflect.deleteProperty(globalThis, "indexedDB");
  await assert.rejects(vaultWithDevice(), because("unsupported"));
  const { kinds, missing } = await Strongroom.availableFactors();
  assert.deepEqual(kinds, ["passphrase", "recovery-kit", "recovery-shares"]);
  assert.deepEqual(missing.map(({ kind }) => kind), ["passkey", "this-device"]);
  assert.match(missing[1]?.reason ?? "", /IndexedDB/);
});

test("what the browser can do is tried, and nothing of that stays", async () => {
  assert.ok((await Strongroom.availableFactors()).kinds.includes("this-device"));
  assert.equal(browser.kept.size, 0);
  browser.given = () => null;
  const { missing } = await Strongroom.availableFactors();
  assert.match(missing.find(({ kind }) => kind === "this-device")?.reason ?? "", /keeps no such key/);
});

test("a key that is gone is told, and is no failed attempt", async () => {
  const { vault } = await vaultWithDevice();
  browser.kept.clear();
  await vault.lock();
  await assert.rejects(vault.unlock(thisDevice()), because("missing"));
  assert.equal((await vault.unlock(secret())).failedAttempts, undefined);
  await vault.close();
});

const DAY = 24 * 60 * 60 * 1000;
const BEGIN = Date.UTC(2026, 0, 1);

/** Sets the device's clock. @param {number} time milliseconds after the tests' begin */
function clockAt(time) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now: BEGIN + time });
}

/** @param {Strongroom} vault */
async function unlockedBy(vault, factor = thisDevice()) {
  await vault.lock();
  await vault.unlock(factor);
}

test("a clock that was put back since the last unlock opens nothing", async () => {
  clockAt(0);
  const { vault } = await vaultWithDevice();
  clockAt(10 * DAY);
  await unlockedBy(vault);
  clockAt(10 * DAY - 2 * 60_000);
  await assert.rejects(unlockedBy(vault), because("clock"));
  await vault.unlock(secret());
  // It is set right by seconds while the browser runs.
  clockAt(10 * DAY - 59_000);
  await unlockedBy(vault);
  clockAt(20 * DAY);
  await unlockedBy(vault, /** @type {any} */ (secret()));
  clockAt(15 * DAY);
  await assert.rejects(unlockedBy(vault), because("clock"));
  clockAt(20 * DAY);
  await unlockedBy(vault);
  await vault.close();
});

test("a clock that was put back to before the deadline opens nothing, where the deadline was seen to pass", async () => {
  clockAt(0);
  const { vault } = await vaultWithDevice();
  clockAt(30 * DAY);
  await Strongroom.availableFactors();
  clockAt(30 * DAY - 1000);
  await assert.rejects(unlockedBy(vault), because("clock"));
  assert.equal(browser.names().length, 1);
  clockAt(30 * DAY);
  await assert.rejects(vault.unlock(thisDevice()), because("expired"));
  assert.equal(browser.kept.size, 0);
  clockAt(30 * DAY - 1000);
  await assert.rejects(vault.unlock(thisDevice()), because("missing"));
  await vault.close();
});

test("a device that is added again has nothing of a clock that stood wrong", async () => {
  clockAt(0);
  const { vault } = await vaultWithDevice();
  clockAt(29 * DAY);
  await unlockedBy(vault);
  clockAt(DAY);
  await assert.rejects(unlockedBy(vault), because("clock"));
  await vault.unlock(secret());
  await vault.factors.add(thisDevice(NEW), { factor: secret() });
  await unlockedBy(vault);
  await vault.close();
});

test("a key of an earlier release, which has no time beside it, opens its vault; and so where others wrote nonsense there", async () => {
  const { vault } = await vaultWithDevice();
  const [name] = browser.names();
  for (const noted of [undefined, "soon", NaN, Infinity, { seen: 1 }]) {
    browser.kept.delete(`${name} seen`);
    if (noted !== undefined) browser.kept.set(`${name} seen`, noted);
    await unlockedBy(vault);
    assert.equal(typeof browser.kept.get(`${name} seen`), "number");
  }
  await vault.close();
});

test("a device that opens the vault ends no delay after wrong attempts, which it is told of", async () => {
  mock.timers.enable({ apis: ["Date"], now: BEGIN });
  const { vault } = await vaultWithDevice();
  const wrong = async () => {
    clockAt(Date.now() - BEGIN + 60_000);
    await assert.rejects(vault.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
  };
  await vault.lock();
  await wrong();
  await wrong();
  clockAt(Date.now() - BEGIN + 60_000);
  assert.equal((await vault.unlock(thisDevice())).failedAttempts?.count, 2);
  await vault.factors.rehearse(thisDevice());
  await vault.lock();
  await wrong();
  clockAt(Date.now() - BEGIN + 60_000);
  assert.equal((await vault.unlock(secret())).failedAttempts?.count, 3, "the person is told of all");
  assert.equal((await vault.unlock(secret())).failedAttempts, undefined);
  await vault.close();
});

test("a device proves no person", async () => {
  const { vault } = await vaultWithDevice();
  const [phrase] = await vault.factors.list();
  await assert.rejects(vault.factors.revoke(phrase.id, { factor: thisDevice() }), (error) => {
    assert.ok(error instanceof PersonNeededError);
    assert.deepEqual(error.kinds, ["passphrase"]);
    return true;
  });
  await vault.close();
});

test("its key goes with the factor, with the vault, and where it was not added", async () => {
  const { vault, store } = await vaultWithDevice();
  const wrong = vault.factors.add(thisDevice(NEW), { factor: thisDevice() });
  await assert.rejects(wrong, code("ERR_PERSON_NEEDED"));
  assert.equal(browser.names().length, 1);
  const [, own] = /** @type {any} */ (await vault.factors.list());
  await vault.factors.revoke(own.id, { factor: secret() });
  assert.equal(browser.kept.size, 0);
  await vault.factors.add(thisDevice(NEW), { factor: secret() });
  const second = await vault.factors.add(thisDevice(NEW), { factor: secret() });
  const renewed = { factor: secret(), compromised: /** @type {const} */ (true), keep: [second.id] };
  const [, first] = /** @type {any} */ (await vault.factors.list());
  const third = await vault.factors.add(thisDevice(NEW), { factor: secret() });
  await vault.factors.revoke(first.id, renewed);
  assert.deepEqual(browser.names(), [second.device?.key], third.id);
  await vault.close();
  await Strongroom.delete("acme", { store });
  assert.equal(browser.kept.size, 0);
});

test("its key stays as long as another copy of the vault has its record", async () => {
  const { vault, store } = await vaultWithDevice();
  const backup = await vault.backup();
  await vault.close();
  const copyAs = async (/** @type {string} */ name) => {
    const copy = await Strongroom.restore(backup, { name, store });
    await copy.unlock(thisDevice());
    return copy;
  };
  const opens = async () => (await Strongroom.open({ name: "acme", factor: thisDevice(), store })).close();

  await (await copyAs("deleted")).close();
  await Strongroom.delete("deleted", { store });
  await opens();

  const copy = await copyAs("copy");
  const [, own] = /** @type {any} */ (await copy.factors.list());
  await copy.factors.replace(own.id, thisDevice(NEW), { factor: secret() });
  assert.equal(browser.names().length, 2);
  await opens();
  const [, replaced] = /** @type {any} */ (await copy.factors.list());
  await copy.factors.revoke(replaced.id, { factor: secret() });
  assert.deepEqual(browser.names(), [own.device.key]);
  await copy.close();
  await opens();

  await Strongroom.delete("acme", { store });
  assert.equal(browser.kept.size, 0);
});

test("its key goes by a compromised revocation, though a store says that another copy has its record", async () => {
  const { vault, store } = await vaultWithDevice();
  const copy = await Strongroom.restore(await vault.backup(), { name: "copy", store });
  const [, device] = /** @type {any} */ (await vault.factors.list());
  await vault.factors.revoke(device.id, { factor: secret(), compromised: true });
  assert.equal(browser.kept.size, 0);
  await copy.close();
  await vault.close();
});

test("the health of a vault tells whether the browser's key still opens it, by trying", async () => {
  clockAt(0);
  const { vault } = await vaultWithDevice();
  const ofDevice = async () => (await vault.health()).checks.map(({ code: of }) => of).filter((of) => of.startsWith("device-"));
  assert.deepEqual(await ofDevice(), ["device-opens"]);
  const [name] = browser.names();
  const key = browser.kept.get(name);
  const other = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
  browser.kept.set(name, other);
  assert.deepEqual(await ofDevice(), ["device-broken"]);
  browser.kept.delete(name);
  assert.deepEqual(await ofDevice(), [], "as one of another browser");
  browser.kept.set(name, key);
  clockAt(25 * DAY);
  assert.deepEqual(await ofDevice(), ["device-expiring"]);
  clockAt(20 * DAY);
  assert.deepEqual(await ofDevice(), ["device-broken"], "the clock was put back");
  clockAt(30 * DAY);
  assert.deepEqual(await ofDevice(), ["device-expired"]);
  assert.equal(browser.names().length, 1, "health() takes nothing away");
  assert.equal(vault.failedAttempts, undefined);
  assert.equal((await vault.unlock(secret())).failedAttempts, undefined);
  await vault.close();
});

test("a device that is added has a deadline, and no id", async () => {
  const { vault } = await vaultWithDevice();
  const factor = secret();
  for (const options of [{}, { id: "x", expires: "P1D" }, { expires: "soon" }, { expires: "P0D" }]) {
    await assert.rejects(vault.factors.add(thisDevice(options), { factor }), code("ERR_ARGUMENT"));
  }
  const unknown = /** @type {any} */ ({ expire: "P1D" });
  assert.throws(() => thisDevice(unknown), code("ERR_ARGUMENT"));
  assert.equal(browser.names().length, 1);
  await vault.close();
});
