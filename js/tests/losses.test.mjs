/** What happens when somebody loses something: each row of docs/losses.md. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, beforeEach, test } from "node:test";
import { newRecoveryKit, passkey, passphrase, recoveryKit, recoveryShares, splitRecovery, Strongroom, thisDevice } from "strongroom";
import { testingStore } from "strongroom/testing";
import { fake, newAuthenticator } from "./authenticator.mjs";
import { keepsKeys, keepsNoKeys } from "./device-keys.mjs";
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

const another = () => passphrase("seven lanterns under snow");
const key = () => passkey({ rpId: HOST, userName: "ada" });
const wrong = code("ERR_WRONG_FACTOR");

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

/** Opens the vault, with what was kept in it. */
async function open(/** @type {any} */ { store, token, identity }, /** @type {any} */ factor) {
  const vault = await Strongroom.open({ name: "acme", factor, store, identity });
  if (token) assert.equal(await vault.decryptValue(token), "kept");
  return vault;
}

async function restored(/** @type {any} */ made, /** @type {any} */ factor) {
  const store = testingStore();
  await (await Strongroom.restore(made.file, { store })).close();
  return open({ ...made, store }, factor);
}

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
  const made = await lockedVault(secret(), key(), await newRecoveryKit());
  const vault = await open(made, key());
  await replaces(vault, "passphrase", another(), key());
  await (await open(made, another())).close();
});

row("the passphrase", "a passkey alone", async () => {
  const made = await lockedVault(secret(), key());
  const vault = await open(made, key());
  await replaces(vault, "passphrase", another(), key());
  await (await open(made, another())).close();
  await assert.rejects(open(made, secret()), wrong);
});

row("the passphrase", "this device alone", async () => {
  keepsKeys();
  try {
    const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
    const vault = await open(made, thisDevice());
    await assert.rejects(vault.factors.add(another(), { factor: thisDevice() }), code("ERR_PERSON_NEEDED"));
    await assert.rejects(replaces(vault, "passphrase", another(), thisDevice()), code("ERR_PERSON_NEEDED"));
    await moved(vault, made.token);
  } finally {
    keepsNoKeys();
  }
});

row("the passphrase", "an unlocked tab", async () => {
  const made = await lockedVault(secret());
  const vault = await open(made, secret());
  await assert.rejects(vault.factors.add(another(), { factor: passphrase("not that one") }), wrong);
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

/** A vault that a passphrase and two of three shares open. */
async function sharedOut() {
  const shares = await splitRecovery({ threshold: 2, shares: 3 });
  return { made: await lockedVault(secret(), shares), mnemonics: shares.mnemonics };
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

row("everything but the recovery kit", "a backup", async () => {
  const kit = await newRecoveryKit();
  const vault = await restored(await lockedVault(secret(), kit), kit);
  await replaces(vault, "passphrase", another(), kit);
  await vault.close();
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
  await assert.rejects(open(made, secret()), wrong);
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

row("this device, unlocked by itself", "the passphrase, elsewhere", async () => {
  keepsKeys();
  try {
    const made = await lockedVault(secret(), thisDevice({ expires: "P30D" }));
    const now = await isRevoked(made, thisDevice(), "this-device", secret(), undefined);
    await assert.rejects(open(now, thisDevice()), code("ERR_THIS_DEVICE"));
    await (await open(now, secret())).close();
  } finally {
    keepsNoKeys();
  }
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
