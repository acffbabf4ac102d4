/** What happens when somebody loses something: each row of docs/losses.md. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, beforeEach, mock, test } from "node:test";
import {
  escrow,
  escrowKey,
  kmsGate,
  KmsError,
  newRecoveryKit,
  passkey,
  passphrase,
  recoveryKit,
  recoveryShares,
  splitRecovery,
  Strongroom,
  thisDevice,
} from "strongroom";
import { testingStore } from "strongroom/testing";
import { fake, newAuthenticator } from "./authenticator.mjs";
import { browser, keepsKeys, keepsNoKeys } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const HOST = "app.example";
const guide = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");
const rows = new Set(guide.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.split(" | ").slice(0, 2).join(" | ").slice(2)));
for (const head of ["lost | and there is", "somebody has | and you have", "--- | ---"]) rows.delete(head);

/** A row of the guide, by its first two columns. */
function row(/** @type {string} */ lost, /** @type {string} */ left, /** @type {() => Promise<void>} */ happens) {
  const name = `${lost} | ${left}`;
  assert.ok(rows.delete(name), `docs/losses.md has no row “${name}”`);
  test(`lost: ${lost}; left: ${left}`, happens);
}

after(() => assert.deepEqual([...rows], [], "rows of docs/losses.md without a test"));
beforeEach(newAuthenticator);
afterEach(() => {
  mock.timers.reset();
  keepsNoKeys();
});

const another = () => passphrase("seven lanterns under snow");
const key = () => passkey({ rpId: HOST, userName: "ada" });
const guess = () => passphrase("nine kettles in the attic");
const wrong = code("ERR_WRONG_FACTOR");
const BOTH = /** @type {const} */ (["passphrase", "passkey"]);

/** The clock alone is set: after a failed attempt the next one does not have to wait. */
function laterBy(/** @type {number} */ minutes) {
  const now = Date.now() + minutes * 60_000;
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now });
}

/** A vault of these factors with a value in it, locked; and the store that it is in. */
async function lockedVault(/** @type {any[]} */ ...factors) {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors, store });
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const file = await vault.backup();
  const identity = await vault.identity();
  await vault.close();
  return { store, token, file, identity };
}

/** As `lockedVault`, of one that takes a passphrase and a passkey at once. */
async function takesBoth(/** @type {any} */ kit) {
  const made = await lockedVault(secret(), key(), kit);
  const vault = await open(made, secret());
  await vault.factors.require(BOTH, { factor: [secret(), key()] });
  const file = await vault.backup();
  await vault.close();
  return { ...made, file };
}

/** Opens the vault, with what was kept in it. */
async function open(/** @type {any} */ { store, token, identity }, /** @type {any} */ factor) {
  const vault = await Strongroom.open({ name: "acme", factor, store, identity });
  if (token) assert.equal(await vault.decryptValue(token), "kept");
  return vault;
}

/** The vault as its backup has it, in another store. */
async function copyOf(/** @type {any} */ made) {
  const store = testingStore();
  await (await Strongroom.restore(made.file, { store })).close();
  return { ...made, store };
}

const restored = async (/** @type {any} */ made, /** @type {any} */ factor) => open(await copyOf(made), factor);

const find = async (/** @type {any} */ vault, /** @type {string} */ kind) =>
  (await vault.factors.list()).find((/** @type {any} */ factor) => factor.kind === kind);

/** Gives the vault another one in the place of that kind's. */
async function replaces(/** @type {any} */ vault, /** @type {string} */ kind, /** @type {any} */ added, /** @type {any} */ factor) {
  const { id } = await find(vault, kind);
  return vault.factors.replace(id, added, { factor });
}

/** What the vault still decrypts, in a new one. */
async function moved(/** @type {any} */ vault, /** @type {string} */ token) {
  const fresh = await Strongroom.create({ name: "new", factors: [another()], store: testingStore() });
  await fresh.keys.create({ alias: "photos" });
  const again = await fresh.encryptValue(await vault.decryptValue(token), { key: "photos" });
  assert.equal(await fresh.decryptValue(again), "kept");
}

row("the passphrase", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await lockedVault(secret(), kit);
  const vault = await open(made, recoveryKit(kit.words));
  await replaces(vault, "passphrase", another(), kit);
  await vault.close();
  await (await open(made, another())).close();
  await assert.rejects(open(made, secret()), wrong);
});

row("the passphrase", "a passkey and a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await lockedVault(secret(), key(), kit);
  const vault = await open(made, key());
  await replaces(vault, "passphrase", another(), key());
  for (const factor of [another(), key(), recoveryKit(kit.words)]) await (await open(made, factor)).close();
  await assert.rejects(open(made, secret()), wrong);
});

row("the passphrase", "a passkey alone", async () => {
  const made = await lockedVault(secret(), key());
  const vault = await open(made, key());
  await replaces(vault, "passphrase", another(), key());
  await (await open(made, another())).close();
  await assert.rejects(open(made, secret()), wrong);
});

/** All that asks for a factor once more is refused, and nothing came of it. */
async function changesNothing(/** @type {any} */ vault, /** @type {any} */ factor, /** @type {any} */ refused) {
  const before = await vault.factors.list();
  const attempts = [
    () => vault.factors.add(another(), { factor }),
    () => replaces(vault, "passphrase", another(), factor),
    () => vault.factors.revoke(before[1].id, { factor }),
    () => vault.factors.revoke(before[1].id, { factor, compromised: true, keep: [before[0].id] }),
    async () => (await vault.keys.get("photos")).dangerouslyExport({ factor }),
  ];
  for (const attempt of attempts) {
    await assert.rejects(attempt(), refused);
    laterBy(1);
  }
  assert.deepEqual(await vault.factors.list(), before);
}

row("the passphrase", "this device alone", async () => {
  keepsKeys();
  const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
  const vault = await open(made, thisDevice());
  await changesNothing(vault, thisDevice(), code("ERR_PERSON_NEEDED"));
  await moved(vault, made.token);
  laterBy(31 * 24 * 60);
  await assert.rejects(open(made, thisDevice()), { code: "ERR_THIS_DEVICE", reason: "expired" });
});

row("the passphrase", "an unlocked tab", async () => {
  const made = await lockedVault(secret(), another());
  const vault = await open(made, secret());
  await changesNothing(vault, guess(), wrong);
  await moved(vault, made.token);
});

row("the passphrase", "a backup", async () => {
  await assert.rejects(restored(await lockedVault(secret()), another()), wrong);
});

row("the passphrase", "nothing else", async () => {
  const made = await lockedVault(secret());
  await assert.rejects(open(made, another()), wrong);
  await assert.rejects(open(made, await newRecoveryKit()), code("ERR_NO_FACTOR"));
});

row("the recovery kit", "the passphrase", async () => {
  const [lost, kit] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), lost);
  const vault = await open(made, secret());
  await replaces(vault, "recovery-kit", kit, secret());
  await (await open(made, kit)).close();
  await assert.rejects(open(made, lost), code("ERR_KIT_REPLACED"));
});

row("a passkey", "the passphrase", async () => {
  const made = await lockedVault(secret(), key());
  fake.secrets.clear();
  await assert.rejects(open(made, key()), code("ERR_PASSKEY"));
  const vault = await open(made, secret());
  await vault.factors.revoke((await find(vault, "passkey")).id, { factor: secret() });
  assert.equal((await vault.factors.list()).length, 1);
});

row("the passphrase, of a vault that takes it and a passkey at once", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await takesBoth(kit);
  await assert.rejects(open(made, key()), code("ERR_SECOND_FACTOR"));
  const vault = await open(made, kit);
  await replaces(vault, "passphrase", another(), kit);
  await (await open(made, [another(), key()])).close();
  await assert.rejects(open(made, [secret(), key()]), wrong);
});

row("a passkey, of a vault that takes it and a passphrase at once", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await takesBoth(kit);
  fake.secrets.clear();
  await assert.rejects(open(made, secret()), code("ERR_SECOND_FACTOR"));
  await assert.rejects(open(made, [secret(), key()]), code("ERR_PASSKEY"));
  const vault = await open(made, kit);
  await replaces(vault, "passkey", key(), kit);
  await (await open(made, [secret(), key()])).close();
});

row("the recovery kit, of a vault that takes two at once", "the passphrase and the passkey", async () => {
  const [kit, fresh] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await takesBoth(kit);
  const vault = await open(made, [secret(), key()]);
  await replaces(vault, "recovery-kit", fresh, [secret(), key()]);
  await (await open(made, fresh)).close();
  await assert.rejects(open(made, kit), code("ERR_KIT_REPLACED"));
});

row("the passphrase and the passkey, of a vault that takes both at once", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await takesBoth(kit);
  fake.secrets.clear();
  const vault = await open(made, recoveryKit(kit.words));
  await replaces(vault, "passphrase", another(), kit);
  await replaces(vault, "passkey", key(), kit);
  await vault.close();
  await (await open(made, [another(), key()])).close();
  await assert.rejects(open(made, [secret(), key()]), wrong);
});

row("the passphrase and the passkey, of a vault that takes both at once", "as many recovery shares as it takes", async () => {
  const shares = await splitRecovery({ threshold: 2, shares: 3 });
  const { mnemonics } = shares;
  const made = await takesBoth(shares);
  fake.secrets.clear();
  await assert.rejects(async () => open(made, recoveryShares(mnemonics.slice(2))), code("ERR_RECOVERY_SHARES"));
  const two = recoveryShares(mnemonics.slice(1));
  const vault = await open(made, two);
  await replaces(vault, "passphrase", another(), two);
  await replaces(vault, "passkey", key(), two);
  await vault.close();
  await (await open(made, [another(), key()])).close();
  await assert.rejects(open(made, [secret(), key()]), wrong);
});

row("the recovery kit and one of the pair, of a vault that takes two at once", "the other one of the pair", async () => {
  const made = await takesBoth(await newRecoveryKit());
  const single = code("ERR_SECOND_FACTOR");
  // The passphrase is forgotten.
  for (const factor of [key(), [key(), key()]]) await assert.rejects(open(made, factor), single);
  await assert.rejects(open(made, [guess(), key()]), wrong);
  laterBy(1);
  // The passkey is lost, and one that is new is none of the vault's.
  fake.secrets.clear();
  for (const factor of [secret(), [secret(), another()]]) await assert.rejects(open(made, factor), single);
  await assert.rejects(open(made, [secret(), key()]), code("ERR_PASSKEY"));
  await assert.rejects(open(made, await newRecoveryKit()), wrong);
  laterBy(1);
  // A backup takes both, too.
  const copy = await copyOf(made);
  await assert.rejects(open(copy, secret()), single);
  await assert.rejects(open(copy, key()), single);
});

row("a passkey", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await lockedVault(key(), kit);
  fake.secrets.clear();
  const vault = await open(made, kit);
  await replaces(vault, "passkey", key(), kit);
  await vault.factors.add(another(), { factor: kit });
  await (await open(made, key())).close();
  await (await open(made, another())).close();
});

/** A vault that a passphrase, two of three shares and what else is given open. */
async function sharedOut(/** @type {any[]} */ ...others) {
  const shares = await splitRecovery({ threshold: 2, shares: 3 });
  return { made: await lockedVault(secret(), shares, ...others), mnemonics: shares.mnemonics };
}

row("the passphrase", "as many recovery shares as it takes", async () => {
  const { made, mnemonics } = await sharedOut();
  const vault = await open(made, recoveryShares(mnemonics.slice(1)));
  await replaces(vault, "passphrase", another(), recoveryShares(mnemonics.slice(1)));
  await (await open(made, another())).close();
});

row("a recovery share", "the passphrase, and enough other shares", async () => {
  const { made, mnemonics } = await sharedOut();
  const vault = await open(made, secret());
  const next = await splitRecovery({ threshold: 2, shares: 3 });
  await replaces(vault, "recovery-shares", next, secret());
  await (await open(made, recoveryShares(next.mnemonics.slice(0, 2)))).close();
  await assert.rejects(open(made, recoveryShares(mnemonics)), code("ERR_KIT_REPLACED"));
});

row("so many shares that too few are left", "the passphrase", async () => {
  const { made, mnemonics } = await sharedOut();
  await assert.rejects(async () => open(made, recoveryShares(mnemonics.slice(2))), code("ERR_RECOVERY_SHARES"));
  const vault = await open(made, secret());
  const next = await splitRecovery({ threshold: 2, shares: 3 });
  await replaces(vault, "recovery-shares", next, secret());
  await (await open(made, recoveryShares(next.mnemonics.slice(1)))).close();
});

row("the passphrase", "fewer recovery shares than it takes", async () => {
  const { made, mnemonics } = await sharedOut();
  for (const mnemonic of mnemonics) {
    await assert.rejects(async () => open(made, recoveryShares([mnemonic])), { code: "ERR_RECOVERY_SHARES", reason: "missing" });
  }
  const { mnemonics: [other] } = await splitRecovery({ threshold: 2, shares: 3 });
  await assert.rejects(async () => open(made, recoveryShares([mnemonics[0], other])), { code: "ERR_RECOVERY_SHARES", reason: "other-set" });
  await assert.rejects(open(made, guess()), wrong);
});

row("the passphrase and a passkey", "as many recovery shares as it takes", async () => {
  const { made, mnemonics } = await sharedOut(key());
  fake.secrets.clear();
  const two = recoveryShares(mnemonics.slice(0, 2));
  const vault = await open(made, two);
  await replaces(vault, "passphrase", another(), two);
  await replaces(vault, "passkey", key(), two);
  await vault.close();
  await (await open(made, key())).close();
  await (await open(made, another())).close();
  await assert.rejects(open(made, secret()), wrong);
});

row("the recovery kit and a passkey", "the passphrase", async () => {
  const [lost, kit] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), key(), lost);
  fake.secrets.clear();
  const vault = await open(made, secret());
  await replaces(vault, "recovery-kit", kit, secret());
  await replaces(vault, "passkey", key(), secret());
  await vault.close();
  await (await open(made, kit)).close();
  await (await open(made, key())).close();
  await assert.rejects(open(made, lost), code("ERR_KIT_REPLACED"));
});

/** The device opens it no more for that reason, and another key of the device takes the place of the old one. */
async function deviceAnew(/** @type {any} */ made, /** @type {string} */ reason) {
  await assert.rejects(open(made, thisDevice()), { code: "ERR_THIS_DEVICE", reason });
  const vault = await open(made, secret());
  await replaces(vault, "this-device", thisDevice({ expires: "P30D" }), secret());
  assert.equal((await vault.factors.list()).length, 2);
  await vault.close();
  await (await open(made, thisDevice())).close();
}

row("this device's key, with the browser's data or by itself", "the passphrase", async () => {
  keepsKeys();
  const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
  browser.kept.clear();
  await deviceAnew(made, "missing");
});

row("this device's key, since its time is over", "the passphrase", async () => {
  keepsKeys();
  const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
  laterBy(31 * 24 * 60);
  await deviceAnew(made, "expired");
  assert.equal(browser.names().length, 1);
});

row("the passphrase and a passkey", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const made = await lockedVault(secret(), key(), kit);
  fake.secrets.clear();
  const vault = await open(made, kit);
  await replaces(vault, "passphrase", another(), kit);
  await replaces(vault, "passkey", key(), kit);
  await (await open(made, key())).close();
  await (await open(made, another())).close();
});

row("the passphrase and the recovery kit", "a passkey", async () => {
  const [lost, kit] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), key(), lost);
  const vault = await open(made, key());
  await replaces(vault, "passphrase", another(), key());
  await replaces(vault, "recovery-kit", kit, key());
  await (await open(made, kit)).close();
  await assert.rejects(open(made, lost), code("ERR_KIT_REPLACED"));
});

/** A pair on P-256 that is elsewhere: the public half, the private one, and a service that has it. */
async function pairElsewhere(/** @type {string} */ kid) {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const [publicJwk, service] = [/** @type {any} */ ({ kty, crv, x, y, kid }), { state: "there" }];
  const unwrap = async (/** @type {any} */ { epk }) => {
    if (service.state === "gone") throw new KmsError("no such key", { reason: "not-found" });
    if (service.state === "away") throw new KmsError("out of reach", { reason: "unavailable" });
    const other = await crypto.subtle.importKey("jwk", epk, { name: "ECDH", namedCurve: "P-256" }, false, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, pair.privateKey, 256));
  };
  return { publicJwk, privateJwk: { kty, crv, x, y, d }, service, adapter: { keyIds: [kid], publicKey: async () => publicJwk, unwrap } };
}

/** As `lockedVault`, of one that takes a passphrase and a gate at once. */
async function takesGate(/** @type {any} */ kit, /** @type {any} */ options = undefined) {
  const gate = await pairElsewhere("gate-1");
  const store = testingStore();
  const factors = [secret(), kmsGate(gate.publicJwk, options), kit];
  const vault = await Strongroom.create({ name: "acme", factors, requires: ["passphrase", "kms"], store });
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [file, identity] = [await vault.backup(), await vault.identity()];
  await vault.close();
  return { made: { store, token, file, identity }, gate };
}

row("the key of an escrow", "the passphrase", async () => {
  const [lost, next] = [await pairElsewhere("escrow-1"), await pairElsewhere("escrow-2")];
  const made = await lockedVault(secret(), escrow(lost.publicJwk));
  const vault = await open(made, secret());
  await replaces(vault, "escrow", escrow(next.publicJwk), secret());
  await (await open(made, escrowKey(next.adapter))).close();
  await assert.rejects(open(made, escrowKey(lost.privateJwk)), wrong);
  await (await restored(made, escrowKey(lost.privateJwk))).close();
});

row("the passphrase", "an escrow's key, and the vault's identity", async () => {
  const { publicJwk, adapter } = await pairElsewhere("escrow-1");
  const made = await lockedVault(secret(), escrow(publicJwk));
  const vault = await open(made, escrowKey(adapter));
  await replaces(vault, "passphrase", another(), escrowKey(adapter));
  await (await open(made, another())).close();
  await assert.rejects(open(made, secret()), wrong);
});

row("the key of a [gate](factors.md#a-key-management-service-as-a-gate)", "a recovery kit", async () => {
  const [kit, next] = [await newRecoveryKit(), await pairElsewhere("gate-2")];
  const { made, gate } = await takesGate(kit);
  gate.service.state = "gone";
  await assert.rejects(open(made, [secret(), kmsGate(gate.adapter)]), code("ERR_KMS"));
  const vault = await open(made, kit);
  await replaces(vault, "kms", kmsGate(next.publicJwk), kit);
  await (await open(made, [secret(), kmsGate(next.adapter)])).close();
});

row("the passphrase, of a vault that takes it and a gate at once", "a recovery kit", async () => {
  const kit = await newRecoveryKit();
  const { made, gate } = await takesGate(kit);
  await assert.rejects(open(made, kmsGate(gate.adapter)), code("ERR_SECOND_FACTOR"));
  const vault = await open(made, kit);
  await replaces(vault, "passphrase", another(), kit);
  await (await open(made, [another(), kmsGate(gate.adapter)])).close();
});

row("the recovery kit and the key of a gate", "the passphrase", async () => {
  const { made, gate } = await takesGate(await newRecoveryKit());
  gate.service.state = "gone";
  for (const of of [made, await copyOf(made)]) {
    await assert.rejects(open(of, secret()), code("ERR_SECOND_FACTOR"));
    await assert.rejects(open(of, [secret(), kmsGate(gate.adapter)]), code("ERR_KMS"));
  }
});

row("the way to a gate's service, for some hours", "the passphrase, and a device within its `offlineGrace`", async () => {
  keepsKeys();
  const { made, gate } = await takesGate(await newRecoveryKit(), { offlineGrace: "PT8H" });
  const both = () => [secret(), kmsGate(gate.adapter)];
  await (await open(made, both())).close();
  gate.service.state = "away";
  const vault = await open(made, both());
  await assert.rejects(vault.factors.add(another(), { factor: both() }), code("ERR_KMS"));
  await vault.close();
  laterBy(9 * 60);
  await assert.rejects(open(made, both()), code("ERR_KMS"));
});

row("everything but the recovery kit", "a backup", async () => {
  const kit = await newRecoveryKit();
  const made = await copyOf(await lockedVault(secret(), key(), kit));
  const old = new Map(fake.secrets);
  fake.secrets.clear();
  const vault = await open(made, recoveryKit(kit.words));
  await replaces(vault, "passphrase", another(), kit);
  await replaces(vault, "passkey", key(), kit);
  await vault.close();
  for (const factor of [another(), key(), kit]) await (await open(made, factor)).close();
  await assert.rejects(open(made, secret()), wrong);
  // The old passkey turns up again.
  fake.secrets = old;
  await assert.rejects(open(made, key()), { code: "ERR_PASSKEY", reason: "not-used" });
});

row("the browser's data", "a backup and the passphrase", async () => {
  await (await restored(await lockedVault(secret()), secret())).close();
});

row("the browser's data", "a backup and a recovery kit", async () => {
  const kit = await newRecoveryKit();
  await (await restored(await lockedVault(secret(), kit), kit)).close();
});

// That a browser removed it by itself is told apart in browsers: pkg-tests/suites/package/failures.test.mjs.
row("the browser's data", "no backup", async () => {
  await assert.rejects(open({ store: testingStore() }, secret()), code("ERR_NO_VAULT"));
});

row("a device with keys that this one lacks", "its backup", async () => {
  const made = await lockedVault(secret());
  const theirs = await restored(made, secret());
  await theirs.keys.create({ alias: "letters" });
  const letter = await theirs.encryptValue("from there", { key: "letters" });
  const vault = await open(made, secret());
  await (await vault.keys.get("photos")).primaryVersion.revoke({ compromised: true });
  await vault.merge(await theirs.backup());
  assert.equal(await vault.decryptValue(letter), "from there");
  assert.deepEqual((await vault.keys.get("photos")).versions.map(({ state }) => state), ["compromised"]);
});

row("the last weeks", "an older backup", async () => {
  const made = await lockedVault(secret(), another());
  const vault = await open(made, secret());
  await (await vault.keys.get("photos")).primaryVersion.revoke({ compromised: true });
  await vault.factors.revoke((await vault.factors.list())[1]?.id ?? "", { factor: secret() });
  const old = await restored(made, another());
  assert.deepEqual((await old.keys.get("photos")).versions.map(({ state }) => state), ["active"]);
});

row("the passphrase, and no copy of the vault", "the passphrase", async () => {
  const made = await lockedVault(secret());
  const vault = await open(made, secret());
  await replaces(vault, "passphrase", another(), secret());
  const file = await vault.backup();
  await vault.close();
  await assert.rejects(open(made, secret()), wrong);
  await assert.rejects(restored({ ...made, file }, secret()), wrong);
  laterBy(1);
  await (await restored({ ...made, file }, another())).close();
});

/** Revokes that kind as compromised: the copy opens still, and what it makes counts for nothing here. */
async function isRevoked(/** @type {any} */ made, /** @type {any} */ stolen, /** @type {string} */ kind, /** @type {any} */ mine, /** @type {any} */ kit) {
  const theirs = await restored(made, stolen);
  const vault = await open({ ...made, identity: undefined }, mine);
  const { id } = await find(vault, kind);
  const { identity } = await vault.factors.revoke(id, { factor: mine, compromised: true, kit });
  assert.notEqual(identity, made.identity);
  const forged = await theirs.encryptValue("forged", { key: "photos" });
  await assert.rejects(vault.decryptValue(forged), code("ERR_UNSIGNED"));
  await assert.rejects(vault.decryptValue(made.token), code("ERR_UNSIGNED"));
  assert.equal(await vault.decryptValue(made.token, { allowUnsigned: true }), "kept");
  await vault.close();
  return { ...made, token: undefined, identity };
}

row("the passphrase and a copy of the vault", "a recovery kit", async () => {
  const [kit, next] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), kit);
  const now = await isRevoked(made, secret(), "passphrase", kit, next);
  await assert.rejects(open(now, secret()), code("ERR_NO_FACTOR"));
  await (await open(now, next)).close();
});

row("the recovery kit, and perhaps a copy", "the passphrase", async () => {
  const [kit, next] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), kit);
  const now = await isRevoked(made, kit, "recovery-kit", secret(), next);
  await assert.rejects(open(now, kit), code("ERR_KIT_REPLACED"));
  await (await open(now, next)).close();
});

/** The store after a thief with an older copy went on in it, under a vault key that is later than the one there is. */
async function goneOn(/** @type {any} */ made, /** @type {any} */ stolen) {
  const copy = await copyOf(made);
  const theirs = await open({ ...copy, token: undefined }, stolen);
  for (let generation = 0; generation < 3; generation++) await theirs.rotateVaultKey();
  return { theirs, copy };
}

row("a factor that was revoked, an older copy and write access to the store", "the passphrase", async () => {
  const made = await lockedVault(secret(), another());
  const vault = await open(made, secret());
  const [, { id }] = await vault.factors.list();
  await vault.factors.revoke(id, { factor: secret() });
  const head = await vault.lastSeenHead();
  const since = await vault.encryptValue("since", { key: "photos" });
  await vault.close();
  const { theirs, copy } = await goneOn(made, another());
  assert.equal(await theirs.decryptValue(since), "since");
  const mine = await Strongroom.open({ name: "acme", factor: secret(), store: copy.store, identity: made.identity, lastSeenHead: head });
  const { id: letters } = await mine.keys.create({ alias: "letters" });
  const letter = await mine.encryptValue("written from then on", { key: letters });
  assert.equal(await theirs.decryptValue(letter), "written from then on");
});

row("a factor that was revoked as compromised, an older copy and write access to the store", "the passphrase and the identity", async () => {
  const made = await lockedVault(secret(), another());
  const vault = await open(made, secret());
  const [, { id }] = await vault.factors.list();
  const { identity } = await vault.factors.revoke(id, { factor: secret(), compromised: true });
  const since = await vault.encryptValue("since", { key: "photos" });
  await vault.close();
  const { theirs, copy } = await goneOn(made, another());
  await assert.rejects(theirs.decryptValue(since), code("ERR_NO_VERSION"));
  await assert.rejects(open({ ...copy, identity }, secret()), code("ERR_INTEGRITY"));
});

row("as many recovery shares as it takes, and a copy of the vault", "the passphrase", async () => {
  const { made, mnemonics } = await sharedOut();
  const next = await splitRecovery({ threshold: 2, shares: 3 });
  const now = await isRevoked(made, recoveryShares(mnemonics.slice(1)), "recovery-shares", secret(), next);
  await assert.rejects(open(now, recoveryShares(mnemonics)), code("ERR_KIT_REPLACED"));
  await (await open(now, recoveryShares(next.mnemonics.slice(1)))).close();
});

row("one of the two that a vault takes at once, and a copy of since it takes both", "both", async () => {
  const made = await copyOf(await takesBoth(await newRecoveryKit()));
  await assert.rejects(open(made, secret()), code("ERR_SECOND_FACTOR"));
  await assert.rejects(open(made, key()), code("ERR_SECOND_FACTOR"));
  await assert.rejects(open(made, [guess(), key()]), wrong);
  laterBy(1);
  fake.secrets.clear();
  await assert.rejects(open(made, [secret(), key()]), code("ERR_PASSKEY"));
});

row("one of the two that a vault takes at once, and a copy of before it took both", "both and a recovery kit", async () => {
  const [kit, next] = [await newRecoveryKit(), await newRecoveryKit()];
  const made = await lockedVault(secret(), key(), kit);
  const vault = await open(made, secret());
  await vault.factors.require(BOTH, { factor: [secret(), key()] });
  const since = await vault.encryptValue("since", { key: "photos" });

  const theirs = await restored(made, secret());
  await assert.rejects(theirs.decryptValue(since), code("ERR_NO_VERSION"));
  const forged = await theirs.encryptValue("forged", { key: "photos" });
  assert.equal(await vault.decryptValue(forged), "forged");

  await vault.factors.add(another(), { factor: kit });
  const { id } = await find(vault, "passphrase");
  const { identity } = await vault.factors.revoke(id, { factor: [another(), key()], compromised: true, kit: next });
  assert.notEqual(identity, made.identity);
  await assert.rejects(vault.decryptValue(forged), code("ERR_UNSIGNED"));
  await vault.close();
  const now = { ...made, token: undefined, identity };
  await (await open(now, [another(), key()])).close();
  await (await open(now, next)).close();
  await assert.rejects(open(now, [secret(), key()]), wrong);
});

row("this device, unlocked by itself", "the passphrase, elsewhere", async () => {
  keepsKeys();
  const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
  const now = await isRevoked(made, thisDevice(), "this-device", secret(), undefined);
  await assert.rejects(open(now, thisDevice()), code("ERR_THIS_DEVICE"));
  await (await open(now, secret())).close();
});

row("a backup", "the passphrase", async () => {
  const made = await lockedVault(secret());
  const vault = await open(made, secret());
  await replaces(vault, "passphrase", another(), secret());
  await vault.rotateVaultKey();
  await (await restored(made, secret())).close();
});

row("the last factor", "nothing else", async () => {
  const vault = await open(await lockedVault(secret()), secret());
  const [last] = await vault.factors.list();
  for (const compromised of [false, true]) {
    await assert.rejects(vault.factors.revoke(last.id, { factor: secret(), compromised }), code("ERR_LAST_FACTOR"));
  }
});
