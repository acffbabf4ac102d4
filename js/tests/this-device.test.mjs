/**
 * Devices, over a made-up database of a browser: what counts as a key that is kept, and what is told where none is. Whether browsers
 * keep one is tested in browsers.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { PersonNeededError, Strongroom, thisDevice, ThisDeviceError } from "strongroom";
import { testingStore } from "strongroom/testing";
import { browser, keepsKeys, keepsNoKeys } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const NEW = { expires: "P30D" };

beforeEach(keepsKeys);
afterEach(keepsNoKeys);

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
  assert.deepEqual([...browser.kept.keys()], [device.key]);
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
  assert.equal(browser.kept.size, 1);
  const [, own] = /** @type {any} */ (await vault.factors.list());
  await vault.factors.revoke(own.id, { factor: secret() });
  assert.equal(browser.kept.size, 0);
  await vault.factors.add(thisDevice(NEW), { factor: secret() });
  const second = await vault.factors.add(thisDevice(NEW), { factor: secret() });
  const renewed = { factor: secret(), compromised: /** @type {const} */ (true), keep: [second.id] };
  const [, first] = /** @type {any} */ (await vault.factors.list());
  const third = await vault.factors.add(thisDevice(NEW), { factor: secret() });
  await vault.factors.revoke(first.id, renewed);
  assert.deepEqual([...browser.kept.keys()], [second.device?.key], third.id);
  await vault.close();
  await Strongroom.delete("acme", { store });
  assert.equal(browser.kept.size, 0);
});

test("a device that is added has a deadline, and no id", async () => {
  const { vault } = await vaultWithDevice();
  const factor = secret();
  for (const options of [{}, { id: "x", expires: "P1D" }, { expires: "soon" }, { expires: "P0D" }]) {
    await assert.rejects(vault.factors.add(thisDevice(options), { factor }), code("ERR_ARGUMENT"));
  }
  const unknown = /** @type {any} */ ({ expire: "P1D" });
  assert.throws(() => thisDevice(unknown), code("ERR_ARGUMENT"));
  assert.equal(browser.kept.size, 1);
  await vault.close();
});
