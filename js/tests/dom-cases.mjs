/** What a unit test in a test's DOM does with the package, whatever the DOM: the DOM's classes must be in place already. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { testingStore, testingVault } from "strongroom/testing";
import { pattern } from "./support.mjs";

/** @param {string} dom its name */
export function domCases(dom) {
  test(`${dom}: Files are encrypted, and come out again`, async () => {
    const vault = await testingVault({ keys: ["photos"] });
    for (const size of [0, 5, 700_000]) {
      const bytes = pattern(size);
      const file = new File([bytes], "a.txt", { type: "text/plain", lastModified: 5 });
      const object = await vault.encrypt(file, { key: "photos", context: { id: "1" } });
      const plain = await vault.decrypt(await object.blob(), { context: { id: "1" } });
      assert.deepEqual({ ...plain.metadata }, { name: "a.txt", type: "text/plain", size, modified: 5 });
      const back = await plain.file();
      assert.ok(back instanceof File);
      assert.deepEqual(new Uint8Array(await back.arrayBuffer()), bytes);
    }
    await vault.close();
  });

  test(`${dom}: it signs, locks, unlocks, backs up and restores`, async () => {
    const store = testingStore();
    const factor = passphrase("a test passphrase");
    const vault = await Strongroom.create({ name: "acme", factors: [factor], store });
    await vault.keys.create({ alias: "signer", purpose: "sign" });
    const token = await vault.sign("text", { key: "signer" });
    assert.equal(new TextDecoder().decode((await vault.verify(token)).payload), "text");
    const backup = await vault.backup();
    await vault.lock();
    await assert.rejects(vault.sign("text", { key: "signer" }), { code: "ERR_LOCKED" });
    await assert.rejects(vault.unlock(passphrase("another")), { code: "ERR_WRONG_FACTOR" });
    await vault.unlock(factor);
    const restored = await Strongroom.restore(backup, { name: "restored", store });
    await restored.unlock(factor);
    assert.deepEqual((await restored.keys.list()).map(({ alias }) => alias), ["signer"]);
    assert.deepEqual((await Strongroom.list({ store })).toSorted(), ["acme", "restored"]);
    const again = await Strongroom.openOrCreate({ name: "acme", factor, store });
    assert.deepEqual(await again.decryptValue(await again.encryptValue(["a"], { key: (await again.keys.create({ alias: "v" })).id })), ["a"]);
  });
}
