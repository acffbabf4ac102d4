/** Vaults that take a passphrase and a passkey at once, with a made-up authenticator. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { beforeEach, test } from "node:test";
import { newRecoveryKit, passkey, passphrase, recoveryKit, SecondFactorError, Strongroom, thisDevice, ThisDeviceError } from "strongroom";
import { testingStore } from "strongroom/testing";
import { fake, named, newAuthenticator } from "./authenticator.mjs";
import { browser, keepsKeys, keepsNoKeys, keepsNoTab, keepsTab } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const HOST = "app.example";
const BOTH = /** @type {const} */ (["passphrase", "passkey"]);
const surviveReload = { for: "PT10M" };

const newKey = () => passkey({ rpId: HOST, userName: "ada" });
const key = () => passkey({ rpId: HOST });
const both = () => /** @type {const} */ ([secret(), key()]);
const guess = () => passphrase("none of this vault");

beforeEach(newAuthenticator);

async function made(/** @type {any} */ how = { requires: BOTH }) {
  const [store, kit] = [testingStore(), await newRecoveryKit()];
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), newKey(), kit], ...how, store });
  await vault.keys.create({ alias: "photos" });
  fake.requests.splice(0);
  return { vault, store, kit, typed: () => recoveryKit(kit.words) };
}

const create = (/** @type {any[]} */ factors, /** @type {any} */ requires = BOTH) =>
  Strongroom.create({ name: "acme", factors, requires, store: testingStore() });

const asked = () => fake.requests.splice(0).length;

test("both open it in either order, and the kit alone", async () => {
  const { vault, typed } = await made();
  assert.deepEqual(await vault.factors.required(), BOTH);
  assert.ok(Object.isFrozen(await vault.factors.required()));
  const token = await vault.encryptValue("kept", { key: "photos" });
  await vault.lock();
  const result = await vault.unlock(both());
  assert.deepEqual([result.factor.kind, result.second?.kind], ["passphrase", "passkey"]);
  assert.equal(await vault.decryptValue(token), "kept");
  await vault.lock();
  await vault.unlock([key(), secret()]);
  await vault.lock();
  await vault.unlock(typed());
  assert.equal(vault.lastUnlock?.factor.kind, "recovery-kit");
  assert.equal(vault.lastUnlock?.second, undefined);
  assert.equal(await vault.decryptValue(token), "kept");
});

test("one alone is refused by what is missing, before anybody is asked, and counts as no attempt", async () => {
  const { vault } = await made();
  const missing = async (/** @type {any} */ factor, /** @type {string} */ kind) => {
    const error = await vault.unlock(factor).catch((thrown) => thrown);
    assert.ok(error instanceof SecondFactorError, String(error));
    assert.deepEqual([error.code, error.kinds], ["ERR_SECOND_FACTOR", [kind]]);
  };
  await vault.lock();
  await missing(secret(), "passkey");
  await missing(key(), "passphrase");
  await missing([secret(), secret()], "passkey");
  await missing([key(), key()], "passphrase");
  assert.equal(asked(), 0);
  const { failedAttempts } = await vault.unlock(both());
  assert.equal(failedAttempts, undefined);
  const needed = code("ERR_SECOND_FACTOR");
  await assert.rejects(vault.factors.add(guess(), { factor: secret() }), needed);
  const [{ id }] = await vault.factors.list();
  await assert.rejects(vault.factors.replace(id, guess(), { factor: key() }), needed);
  await assert.rejects(vault.factors.revoke(id, { factor: secret() }), needed);
  await assert.rejects(vault.factors.require(undefined, { factor: secret() }), needed);
  const photos = await vault.keys.get("photos");
  await assert.rejects(photos.dangerouslyExport({ factor: secret() }), needed);
});

test("which one was wrong is not told, and both count as one attempt", async () => {
  const { vault } = await made();
  await vault.lock();
  const first = await vault.unlock([guess(), key()]).catch((error) => error);
  assert.equal(asked(), 1);
  fake.salt = () => randomBytes(8);
  const second = await vault.unlock(both()).catch((error) => error);
  fake.salt = () => "";
  for (const error of [first, second]) assert.deepEqual([error.code, error.message], ["ERR_WRONG_FACTOR", first.message]);
  const { failedAttempts } = await vault.unlock(both());
  assert.equal(failedAttempts?.count, 2);
});

test("a passkey that a person declines ends it before the passphrase is tried", async () => {
  const { vault } = await made();
  await vault.lock();
  fake.fails = named("NotAllowedError");
  await assert.rejects(vault.unlock([guess(), key()]), code("ERR_PASSKEY"));
  await assert.rejects(vault.unlock(both()), code("ERR_PASSKEY"));
});

test("secrets of both are wiped, and bytes of the caller's are not", async () => {
  const { vault } = await made();
  await vault.lock();
  const bytes = new TextEncoder().encode("none of this vault");
  await assert.rejects(vault.unlock([passphrase(bytes), key()]), code("ERR_WRONG_FACTOR"));
  assert.equal(new TextDecoder().decode(bytes), "none of this vault");
});

test("it is turned on with both, and off again, and every key is a new one", async () => {
  const { vault, typed } = await made({});
  const before = await vault.keys.get("photos").then(({ primary }) => primary);
  const token = await vault.encryptValue("kept", { key: "photos" });
  await assert.rejects(vault.factors.require(BOTH, { factor: secret() }), code("ERR_SECOND_FACTOR"));
  await assert.rejects(vault.factors.require(BOTH, { factor: typed() }), code("ERR_ARGUMENT"));
  const changes = /** @type {string[]} */ ([]);
  vault.addEventListener("change", ({ detail }) => void changes.push(detail.noun));
  await vault.factors.require(BOTH, { factor: both() });
  assert.deepEqual(changes.toSorted(), ["factors", "keys", "vaultKey"]);
  const after = await vault.keys.get("photos").then(({ primary }) => primary);
  assert.notDeepEqual(after, before);
  assert.equal(await vault.decryptValue(token), "kept");
  await assert.rejects(vault.factors.require(BOTH, { factor: both() }), code("ERR_ARGUMENT"));
  await vault.lock();
  await assert.rejects(vault.unlock(secret()), code("ERR_SECOND_FACTOR"));
  await vault.unlock(both());
  await vault.factors.require(undefined, { factor: typed() });
  assert.equal(await vault.factors.required(), undefined);
  await vault.lock();
  await vault.unlock(secret());
  assert.equal(await vault.decryptValue(token), "kept");
});

test("what would lock a person out is refused where it is asked for", async () => {
  const kit = await newRecoveryKit();
  await assert.rejects(create([secret(), newKey()]), code("ERR_LAST_FACTOR"));
  await assert.rejects(create([secret(), kit]), code("ERR_LAST_FACTOR"));
  await assert.rejects(create([newKey(), kit]), code("ERR_LAST_FACTOR"));
  for (const requires of [["passphrase"], ["passphrase", "recovery-kit"], ["passphrase", "passphrase"], "passphrase", [1, 2]]) {
    await assert.rejects(create([secret(), newKey(), kit], requires), code("ERR_ARGUMENT"));
  }
  assert.equal(asked(), 0);
  const { vault } = await made();
  for (const { id } of await vault.factors.list()) {
    await assert.rejects(vault.factors.revoke(id, { factor: both() }), code("ERR_LAST_FACTOR"));
  }
});

test("a device is no way in, and available() says why", async () => {
  keepsKeys();
  try {
    const { vault } = await made();
    const { kinds, missing } = await vault.factors.available();
    assert.ok(!kinds.includes("this-device"));
    assert.match(missing.find(({ kind }) => kind === "this-device")?.reason ?? "", /takes two factors/);
    const refused = await vault.factors.add(thisDevice({ expires: "P30D" }), { factor: both() }).catch((error) => error);
    assert.ok(refused instanceof ThisDeviceError);
    assert.equal(refused.reason, "two-needed");
    const kit = await newRecoveryKit();
    const factors = [secret(), newKey(), kit, thisDevice({ expires: "P30D" })];
    await assert.rejects(Strongroom.create({ name: "b", factors, requires: BOTH, store: testingStore() }), code("ERR_THIS_DEVICE"));
    const plain = await Strongroom.create({ name: "c", factors, store: testingStore() });
    const on = plain.factors.require(BOTH, { factor: both() });
    await assert.rejects(on, code("ERR_THIS_DEVICE"));
  } finally {
    keepsNoKeys();
  }
});

/**
 * In a browser that keeps both halves of a reload.
 *
 * @param {(tab: Map<string, string>) => Promise<void>} run gets what the tab has
 */
async function inTab(run) {
  const tab = new Map();
  keepsKeys();
  keepsTab(() => tab);
  try {
    await run(tab);
  } finally {
    keepsNoKeys();
    keepsNoTab();
  }
}

test("no reload opens it: it is not created so, and opens with nothing kept", () =>
  inTab(async (tab) => {
    const factors = [secret(), newKey(), await newRecoveryKit()];
    const refused = Strongroom.create({ name: "acme", factors, requires: BOTH, surviveReload, store: testingStore() });
    await assert.rejects(refused, { code: "ERR_ARGUMENT", message: /asks for both after each reload/ });
    assert.equal(asked(), 0);

    const { vault, store } = await made();
    const backup = await vault.backup();
    await vault.close();
    const where = { name: "acme", store, surviveReload };
    const restored = await Strongroom.restore(backup, { store: testingStore(), surviveReload });
    await restored.unlock(both());
    const opened = [
      restored,
      await Strongroom.open({ ...where, factor: both() }),
      await Strongroom.openOrCreate({ ...where, factor: both() }),
    ];
    for (const one of opened) assert.deepEqual([one.unlocked, one.survivesReload], [true, false]);
    assert.deepEqual([tab.size, browser.names()], [0, []]);
    assert.equal((await Strongroom.open(where)).unlocked, false);
  }));

test("turning it on ends what a reload opens, though both halves are planted back", () =>
  inTab(async (tab) => {
    const { vault, store } = await made({ surviveReload });
    assert.ok(vault.survivesReload);
    const planted = [new Map(tab), new Map(browser.kept)];
    assert.deepEqual([tab.size, browser.names().length], [1, 1]);
    await vault.factors.require(BOTH, { factor: both() });
    assert.deepEqual([vault.unlocked, vault.survivesReload], [true, false]);
    assert.deepEqual([tab.size, browser.names()], [0, []]);
    for (const [item, half] of planted[0]) tab.set(item, half);
    for (const [id, kept] of planted[1]) browser.kept.set(id, kept);
    assert.equal((await Strongroom.open({ name: "acme", store, surviveReload })).unlocked, false);
    assert.deepEqual([tab.size, browser.names()], [0, []]);

    // Turned off, it is kept again from the next unlock on.
    await vault.factors.require(undefined, { factor: both() });
    assert.equal(vault.survivesReload, false);
    await vault.lock();
    await vault.unlock(secret());
    assert.ok(vault.survivesReload);
    const reloaded = await Strongroom.open({ name: "acme", store, surviveReload });
    assert.deepEqual([reloaded.unlocked, reloaded.survivedReload], [true, true]);
  }));

test("two factors open no vault that takes one, and an array of another length is none", async () => {
  const { vault } = await made({});
  await vault.lock();
  await assert.rejects(vault.unlock(both()), code("ERR_ARGUMENT"));
  for (const bad of [[], [secret()], [secret(), key(), key()], [secret(), "key"], [undefined, key()]]) {
    await assert.rejects(vault.unlock(/** @type {any} */ (bad)), code("ERR_ARGUMENT"));
  }
  await vault.unlock(secret());
});

test("health says that it takes both", async () => {
  const { vault } = await made();
  const { checks } = await vault.health();
  const found = checks.find((check) => check.code.startsWith("factors-"));
  const spare = (await vault.factors.list()).find(({ kind }) => kind === "recovery-kit");
  assert.deepEqual([found?.code, found?.params], ["factors-one-spare", { factors: 3, requires: BOTH, id: spare?.id }]);
});

test("openOrCreate opens it by both, and makes none of two alone", async () => {
  const { store, vault } = await made();
  await vault.close();
  const opened = await Strongroom.openOrCreate({ name: "acme", factor: both(), store });
  assert.ok(opened.unlocked);
  await assert.rejects(Strongroom.openOrCreate({ name: "other", factor: both(), store }), code("ERR_NO_VAULT"));
  const again = await Strongroom.open({ name: "acme", factor: both(), store });
  assert.ok(again.unlocked);
});

test("a backup of it takes both", async () => {
  const { vault, typed } = await made();
  const backup = await vault.backup();
  const restored = await Strongroom.restore(backup, { store: testingStore() });
  await assert.rejects(restored.unlock(secret()), code("ERR_SECOND_FACTOR"));
  await restored.unlock(both());
  await vault.rotateVaultKey();
  await assert.rejects(vault.merge(backup, { factor: secret() }), code("ERR_SECOND_FACTOR"));
  await vault.merge(backup, { factor: both() });
  await vault.merge(backup, { factor: typed() });
});
