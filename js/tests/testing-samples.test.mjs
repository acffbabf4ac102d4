/** The code of docs/testing.md and of `strongroom/testing`'s doc comments. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { testingStore, testingVault } from "strongroom/testing";

test("a note is encrypted", async () => {
  const vault = await testingVault({ keys: ["notes"] });
  const token = await vault.encryptValue({ text: "milk" }, { key: "notes" });
  assert.deepEqual(await vault.decryptValue(token), { text: "milk" });
});

test("a vault of the key photos", async () => {
  const vault = await testingVault({ keys: ["photos"] });
  assert.equal((await vault.keys.get("photos")).alias, "photos");
});

test("what the application does with a store", async () => {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [passphrase("a test passphrase")], store });
  await vault.lock();
  const again = await Strongroom.open({ name: "acme", factor: passphrase("a test passphrase"), store });
  assert.ok(again.unlocked);
});

test("what is due next year", async () => {
  mock.timers.enable({ apis: ["Date"], now: Date.UTC(2031, 0, 1) });
  const vault = await testingVault({ keys: ["photos"] });
  const { versions } = await vault.keys.get("photos");
  assert.equal(versions[0].created, Date.UTC(2031, 0, 1));
  mock.timers.reset();
});
