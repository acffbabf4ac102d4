import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { newRecoveryKit, passphrase, recoveryKit, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

/** A vault that a passphrase and a kit open, and the kit. */
async function vaultWithKit() {
  const [store, kit] = [testingStore(), await newRecoveryKit()];
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), kit], store });
  return { vault, kit, store };
}

test("a lost passphrase: the kit opens the vault, and a new passphrase takes the lost one's place", async () => {
  const { vault, kit } = await vaultWithKit();
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [lost, other] = await vault.factors.list();
  assert.deepEqual([lost.kind, other.kind, other.known], ["passphrase", "recovery-kit", true]);
  await vault.lock();

  const typed = recoveryKit(`  ${kit.words.join("\n").toUpperCase()} `);
  await vault.unlock(typed);
  assert.equal(await vault.decryptValue(token), "kept");
  await vault.factors.replace(lost.id, passphrase("another passphrase"), { factor: typed });
  await vault.lock();
  await vault.unlock(passphrase("another passphrase"));
  await vault.lock();
  await vault.unlock(recoveryKit(kit.words));
});

test("a lost kit is replaced while the vault is open, and opens it no more", async () => {
  const { vault, kit } = await vaultWithKit();
  const [, lost] = await vault.factors.list();
  const next = await newRecoveryKit();
  const made = await vault.factors.replace(lost.id, next, { factor: secret(), name: "in the safe" });
  assert.deepEqual([made.kind, made.name], ["recovery-kit", "in the safe"]);
  await vault.lock();
  await assert.rejects(vault.unlock(recoveryKit(kit.words)), code("ERR_WRONG_FACTOR"));
  await vault.unlock(recoveryKit(next.words));
  await vault.factors.revoke(made.id, { factor: next });
  await vault.lock();
  await assert.rejects(vault.unlock(next), code("ERR_NO_FACTOR"));
  await vault.unlock(secret());
});

test("a kit is 24 words, another one each time, and typed ones are not enrolled", async () => {
  const [one, other] = [await newRecoveryKit(), await newRecoveryKit()];
  assert.equal(one.words.length, 24);
  assert.ok(one.words.every((word) => /^[a-z]{3,8}$/.test(word)));
  assert.notDeepEqual(one.words, other.words);
  const typed = recoveryKit(one.words);
  const create = Strongroom.create({ name: "acme", factors: [secret(), typed], store: testingStore() });
  await assert.rejects(create, code("ERR_ARGUMENT"));
  const { vault } = await vaultWithKit();
  await assert.rejects(vault.factors.add(typed, { factor: secret() }), code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("a kit is enrolled once", async () => {
  const { vault, kit } = await vaultWithKit();
  await assert.rejects(vault.factors.add(kit, { factor: secret() }), code("ERR_ARGUMENT"));
  const twice = Strongroom.create({ name: "twice", factors: [kit, kit], store: testingStore() });
  await assert.rejects(twice, code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("a wrong word is named by its place", async () => {
  const { vault, kit } = await vaultWithKit();
  await vault.lock();
  const wrong = (words) => vault.unlock(recoveryKit(words));
  const misspelled = kit.words.with(6, "strongrom");
  await assert.rejects(wrong(misspelled), (error) => {
    assert.deepEqual([error.code, error.position, error.name], ["ERR_RECOVERY_WORDS", 7, "RecoveryWordsError"]);
    return !error.message.includes("strongrom");
  });
  await assert.rejects(wrong(kit.words.slice(1)), { code: "ERR_RECOVERY_WORDS", position: undefined });
  await assert.rejects(wrong(""), code("ERR_RECOVERY_WORDS"));
  await assert.rejects(wrong("word ".repeat(100_000)), code("ERR_RECOVERY_WORDS"));
  // What is no kit at all is no failed attempt, which the next one would wait for.
  assert.equal((await vault.unlock(kit)).failedAttempts, undefined);
  for (const odd of [undefined, null, 24, [1, 2], "\uD800"]) {
    assert.throws(() => recoveryKit(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  }
});

test("the kit of another vault, and a vault without one", async () => {
  const { vault } = await vaultWithKit();
  await vault.lock();
  await assert.rejects(vault.unlock(await newRecoveryKit()), code("ERR_WRONG_FACTOR"));
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await without.lock();
  await assert.rejects(without.unlock(await newRecoveryKit()), code("ERR_NO_FACTOR"));
});

test("a backup opens by the kit in another browser", async () => {
  const { vault, kit } = await vaultWithKit();
  const backup = await vault.backup();
  const restored = await Strongroom.restore(backup, { store: testingStore() });
  await restored.unlock(recoveryKit(kit.words));
  assert.equal((await restored.factors.list()).length, 2);
});

test("a kit shows nothing of its words where it is printed", async () => {
  const kit = await newRecoveryKit();
  const shown = `${inspect(kit, { depth: 9, showHidden: true })} ${JSON.stringify(kit)} ${String(kit)}`;
  // One word alone may be in it by chance: "object" is one.
  const pairs = kit.words.slice(1).map((word, at) => new RegExp(`${kit.words[at]}\\W+${word}`));
  assert.deepEqual(pairs.filter((pair) => pair.test(shown)), []);
});
