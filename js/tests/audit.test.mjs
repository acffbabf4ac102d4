/** The audit log, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ArgumentError, passphrase, PolicyError, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

/** A vault that writes a log, whose key is "photos". */
async function audited() {
  const vault = await vaultWithKey();
  await vault.audit.start({ reason: "the auditors want it" });
  return vault;
}

/** All of a log, the first entry first. @param {import("strongroom").Vault} vault */
async function all(vault) {
  const entries = [];
  for await (const entry of vault.audit.each()) entries.unshift(entry);
  return entries;
}

test("a vault writes none until it is told to", async () => {
  const vault = await vaultWithKey();
  assert.equal(await vault.audit.state(), undefined);
  await vault.audit.flush();
  const refused = /** @type {const} */ (["page", "verify", "checkpoint"]);
  for (const call of refused) await assert.rejects(vault.audit[call](), ArgumentError);
  await assert.rejects(vault.audit.prove(0), ArgumentError);
  await vault.close();
});

test("uses, changes and refusals are entries that name their keys, and why", async () => {
  const vault = await audited();
  const photos = await vault.keys.get("photos");
  const bytes = await (await vault.encrypt("a file", { key: "photos", reason: "ticket 7" })).bytes();
  await (await vault.decrypt(bytes)).text();
  const token = await vault.encryptValue(1, { key: "photos" });
  await vault.decryptValues([token, token]);
  await photos.setPolicy({ operations: ["setPolicy"] });
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), PolicyError);

  const entries = await all(vault);
  assert.deepEqual(
    entries.map(({ sequence, operation, error, rule }) => [sequence, operation, error, rule]),
    [
      [0, "beginAudit", undefined, undefined],
      [1, "startAudit", undefined, undefined],
      [2, "encrypt", undefined, undefined],
      [3, "decrypt", undefined, undefined],
      [4, "encryptValue", undefined, undefined],
      [5, "decryptValue", undefined, undefined],
      [6, "setPolicy", undefined, undefined],
      [7, "encryptValue", "ERR_POLICY", "operations"],
    ],
  );
  assert.deepEqual([entries[1]?.reason, entries[2]?.reason], ["the auditors want it", "ticket 7"]);
  for (const entry of entries.slice(2)) assert.deepEqual(entry.keys.map(({ key }) => key), [photos.id]);
  const version = photos.primaryVersion.id;
  assert.deepEqual(entries[5]?.keys, [{ key: photos.id, version, uses: 2 }]);
  assert.ok(Object.isFrozen(entries[0]));
  assert.ok(entries.every(({ at }) => Math.abs(at - Date.now()) < 60_000));

  const refusals = await vault.audit.page({ key: "photos", error: "ERR_POLICY" });
  assert.deepEqual(refusals.entries.map(({ sequence }) => sequence), [7]);
  const done = await vault.audit.page({ key: photos, done: true, limit: 2 });
  assert.deepEqual([done.entries.map(({ sequence }) => sequence), done.next], [[6, 5], 5]);
  const later = await vault.audit.page({ from: Date.now() + 60_000 });
  assert.deepEqual(later.entries, []);
  for (const wrong of [{ keys: "photos" }, { limit: 0 }, { limit: 1001 }, { done: 1 }, { before: -1 }]) {
    await assert.rejects(vault.audit.page(/** @type {any} */ (wrong)), ArgumentError, JSON.stringify(wrong));
  }
  await assert.rejects(vault.audit.page({ key: "nobody's" }), code("ERR_NO_KEY"));
  await vault.close();
});

test("entries that wait are written within seconds, and at once with the next change or export", async () => {
  const vault = await audited();
  await vault.encryptValue(1, { key: "photos" });
  assert.equal((await vault.audit.state())?.waiting, 1);
  const photos = await vault.keys.get("photos");
  await photos.dangerouslyExport({ factor: secret() });
  assert.deepEqual([(await vault.audit.state())?.waiting, (await vault.audit.state())?.size], [0, 4]);
  await vault.encryptValue(1, { key: "photos" });
  const until = Date.now() + 20_000;
  while ((await vault.audit.state())?.waiting !== 0) {
    assert.ok(Date.now() < until, "the entry still waits");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal((await vault.audit.state())?.size, 5);
  await vault.close();
});

test("a log that fails closed has the entry of each use written at once", async () => {
  const vault = await vaultWithKey();
  await vault.audit.start({ failClosed: true });
  await vault.encryptValue(1, { key: "photos" });
  const { waiting, failClosed, size } = (await vault.audit.state()) ?? {};
  assert.deepEqual([waiting, failClosed, size], [0, true, 3]);
  await assert.rejects(vault.audit.start(/** @type {any} */ ({ failclosed: true })), ArgumentError);
  await vault.close();
});

test("unlocks name their factor, and tell how many failed before", async () => {
  const vault = await audited();
  await vault.encryptValue(1, { key: "photos" });
  await vault.audit.flush();
  await vault.encryptValue(1, { key: "photos" });
  await vault.lock();
  await assert.rejects(vault.unlock(passphrase("another one, that is wrong")), code("ERR_WRONG_FACTOR"));
  await vault.unlock(secret());
  const [own] = await vault.factors.list();
  const entries = (await all(vault)).slice(2);
  const told = entries.map(({ operation, factor, failed }) => [operation, factor, failed]);
  assert.deepEqual(told, [
    ["encryptValue", undefined, undefined],
    ["unlock", own?.id, undefined],
    ["failUnlock", undefined, 1],
  ]);
  await vault.close();
});

test("a log that is whole verifies, against a checkpoint that was kept too, and proves its entries", async () => {
  const vault = await audited();
  const kept = await vault.audit.checkpoint();
  assert.match(kept.note, new RegExp(`^strongroom/${vault.id}/[\\w-]{22}\n2\n`));
  for (const alias of ["one", "two", "three"]) await vault.keys.create({ alias });
  const verified = await vault.audit.verify({ lastCheckpoint: kept.note });
  assert.deepEqual([verified.size, verified.intact, verified.fault], [5, 5, undefined]);
  assert.notEqual(verified.root, kept.root);
  await assert.rejects(vault.audit.verify({ lastCheckpoint: "nothing" }), code("ERR_MALFORMED"));

  const { entry, proof, verifier, certificate } = await vault.audit.prove(3);
  assert.equal(JSON.parse(entry).operation, "createKey");
  assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 3\n/);
  assert.equal(verifier, kept.verifier);
  const [header = "", payload = ""] = certificate.split(".").map((part) => Buffer.from(part, "base64url").toString());
  assert.deepEqual([JSON.parse(header).typ, JSON.parse(payload).verifier], ["sr-audit+jws", verifier]);
  for (const none of [5, -1, 0.5]) await assert.rejects(vault.audit.prove(none), ArgumentError);
  await vault.close();
});

test("a log goes on when the vault is opened again, and a restored copy begins its own", async () => {
  const vault = await Strongroom.create({ name: "audited", factors: [secret()] });
  await vault.audit.start();
  const backup = await vault.backup();
  await vault.close();
  const again = await Strongroom.open({ name: "audited", factor: secret() });
  await again.keys.create({ alias: "photos" });
  assert.deepEqual((await all(again)).map(({ operation }) => operation).slice(2), ["backup", "unlock", "createKey"]);
  await again.audit.stop({ reason: "enough" });
  const state = await again.audit.state();
  assert.equal(state?.stopped, true);
  await again.close();

  const copy = await Strongroom.restore(backup, { name: "copy" });
  await copy.unlock(secret());
  await copy.keys.create({ alias: "letters" });
  const [first, ...rest] = await all(copy);
  assert.equal(first?.begins?.after?.log, state?.log);
  assert.deepEqual(rest.map(({ operation }) => operation), ["unlock", "createKey"]);
  await copy.close();
});
