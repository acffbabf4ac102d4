/** The audit log, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ArgumentError, passphrase, PolicyError, Strongroom } from "strongroom";
import { LogReceiver } from "./log-receiver.mjs";
import { code, secret, vaultWithKey } from "./support.mjs";

/** All of a log, the first entry first. @param {import("strongroom").Vault} vault */
async function all(vault) {
  const entries = [];
  for await (const entry of vault.audit.each()) entries.unshift(entry);
  return entries;
}

test("a log begins with its vault, and is written until it is stopped", async () => {
  const vault = await vaultWithKey();
  await vault.audit.stop({ reason: "nobody asks for it" });
  await vault.encryptValue(1, { key: "photos" });
  await vault.keys.create({ alias: "letters" });
  assert.equal((await vault.audit.state())?.stopped, true);
  await vault.audit.start({ reason: "the auditors want it" });
  const told = (await all(vault)).map(({ operation, reason }) => [operation, reason]);
  assert.deepEqual(told, [
    ["beginAudit", undefined],
    ["create", undefined],
    ["createKey", undefined],
    ["stopAudit", "nobody asks for it"],
    ["startAudit", "the auditors want it"],
  ]);
  await vault.close();
});

test("a lock writes what waits, and is an entry, as is the end of a handle", async () => {
  for (const end of /** @type {const} */ (["lock", "close"])) {
    const vault = await Strongroom.create({ name: `ended by ${end}`, factors: [secret()] });
    await vault.keys.create({ alias: "photos" });
    await vault.audit.flush();
    await vault.encryptValue(1, { key: "photos" });
    vault[end]();
    await vault.close();
    const again = await Strongroom.open({ name: `ended by ${end}`, factor: secret() });
    const operations = (await all(again)).map(({ operation }) => operation);
    assert.deepEqual(operations.slice(2), ["createKey", "encryptValue", "lock", "unlock"]);
    assert.equal((await again.audit.verify()).fault, undefined);
    await again.close();
  }
});

test("uses, changes and refusals are entries that name their keys, and why", async () => {
  const vault = await vaultWithKey();
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
      [1, "create", undefined, undefined],
      [2, "createKey", undefined, undefined],
      [3, "encrypt", undefined, undefined],
      [4, "decrypt", undefined, undefined],
      [5, "encryptValue", undefined, undefined],
      [6, "decryptValue", undefined, undefined],
      [7, "setPolicy", undefined, undefined],
      [8, "encryptValue", "ERR_POLICY", "operations"],
    ],
  );
  assert.deepEqual([entries[2]?.reason, entries[3]?.reason], [undefined, "ticket 7"]);
  for (const entry of entries.slice(2)) assert.deepEqual(entry.keys.map(({ key }) => key), [photos.id]);
  const version = photos.primaryVersion.id;
  assert.deepEqual(entries[6]?.keys, [{ key: photos.id, version, uses: 2 }]);
  assert.ok(Object.isFrozen(entries[0]));
  assert.ok(entries.every(({ at }) => Math.abs(at - Date.now()) < 60_000));

  const refusals = await vault.audit.page({ key: "photos", error: "ERR_POLICY" });
  assert.deepEqual(refusals.entries.map(({ sequence }) => sequence), [8]);
  const done = await vault.audit.page({ key: photos, done: true, limit: 2 });
  assert.deepEqual([done.entries.map(({ sequence }) => sequence), done.next], [[7, 6], 6]);
  const later = await vault.audit.page({ from: Date.now() + 60_000 });
  assert.deepEqual(later.entries, []);
  for (const wrong of [{ keys: "photos" }, { limit: 0 }, { limit: 1001 }, { done: 1 }, { before: -1 }]) {
    await assert.rejects(vault.audit.page(/** @type {any} */ (wrong)), ArgumentError, JSON.stringify(wrong));
  }
  await assert.rejects(vault.audit.page({ key: "nobody's" }), code("ERR_NO_KEY"));
  await vault.close();
});

test("entries that wait are written within seconds, and at once with the next change or export", async () => {
  const vault = await vaultWithKey();
  await vault.audit.flush();
  await vault.encryptValue(1, { key: "photos" });
  const { waiting = 0, size = 0 } = (await vault.audit.state()) ?? {};
  assert.equal(waiting + size, 4);
  const photos = await vault.keys.get("photos");
  await photos.dangerouslyExport({ factor: secret() });
  assert.deepEqual([(await vault.audit.state())?.waiting, (await vault.audit.state())?.size], [0, 5]);
  await vault.encryptValue(1, { key: "photos" });
  const until = Date.now() + 20_000;
  while ((await vault.audit.state())?.waiting !== 0) {
    assert.ok(Date.now() < until, "the entry still waits");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal((await vault.audit.state())?.size, 6);
  await vault.close();
});

test("a log that fails closed has the entry of each use written at once", async () => {
  const vault = await vaultWithKey();
  await vault.audit.start({ failClosed: true });
  await vault.encryptValue(1, { key: "photos" });
  const { waiting, failClosed, size } = (await vault.audit.state()) ?? {};
  assert.deepEqual([waiting, failClosed, size], [0, true, 5]);
  // What a start does not name stays as it is.
  const settings = async () => {
    const { failClosed: closed, retain, stopped } = (await vault.audit.state()) ?? {};
    return [closed, retain, stopped];
  };
  await vault.audit.start({ retain: "P1D" });
  assert.deepEqual(await settings(), [true, 86_400_000, false]);
  await vault.audit.stop();
  assert.deepEqual(await settings(), [true, 86_400_000, true]);
  await vault.audit.start();
  assert.deepEqual(await settings(), [true, 86_400_000, false]);
  await vault.audit.start({ failClosed: false });
  assert.deepEqual(await settings(), [false, 86_400_000, false]);
  await vault.audit.start({ failClosed: true, retain: "PT0S" });
  assert.deepEqual(await settings(), [true, undefined, false]);
  await assert.rejects(vault.audit.start(/** @type {any} */ ({ failclosed: true })), ArgumentError);
  await vault.close();
});

test("unlocks name their factor, and tell how many failed before", async () => {
  const vault = await vaultWithKey();
  await vault.encryptValue(1, { key: "photos" });
  vault.lock();
  await assert.rejects(vault.unlock(passphrase("another one, that is wrong")), code("ERR_WRONG_FACTOR"));
  await vault.unlock(secret());
  const [own] = await vault.factors.list();
  const entries = (await all(vault)).slice(3);
  const told = entries.map(({ operation, factor, failed }) => [operation, factor, failed]);
  assert.deepEqual(told, [
    ["encryptValue", undefined, undefined],
    ["lock", undefined, undefined],
    ["unlock", own?.id, undefined],
    ["failUnlock", undefined, 1],
  ]);
  await vault.close();
});

test("a log that is whole verifies, against a checkpoint that was kept too, and proves its entries", async () => {
  const vault = await vaultWithKey();
  const kept = await vault.audit.checkpoint();
  assert.match(kept.note, new RegExp(`^strongroom/${vault.id}/[\\w-]{22}\n3\n`));
  for (const alias of ["one", "two", "three"]) await vault.keys.create({ alias });
  const verified = await vault.audit.verify({ lastCheckpoint: kept.note });
  assert.deepEqual([verified.size, verified.intact, verified.fault], [6, 6, undefined]);
  assert.notEqual(verified.root, kept.root);
  await assert.rejects(vault.audit.verify({ lastCheckpoint: "nothing" }), code("ERR_MALFORMED"));

  const { entry, proof, verifier, certificate } = await vault.audit.prove(4);
  assert.equal(JSON.parse(entry).operation, "createKey");
  assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 4\n/);
  assert.equal(verifier, kept.verifier);
  const [header = "", payload = ""] = certificate.split(".").map((part) => Buffer.from(part, "base64url").toString());
  assert.deepEqual([JSON.parse(header).typ, JSON.parse(payload).verifier], ["sr-audit+jws", verifier]);
  for (const none of [6, -1, 0.5]) await assert.rejects(vault.audit.prove(none), ArgumentError);
  await vault.close();
});

test("a log goes on when the vault is opened again, and a restored copy begins its own", async () => {
  const vault = await Strongroom.create({ name: "audited", factors: [secret()] });
  const backup = await vault.backup();
  await vault.close();
  const again = await Strongroom.open({ name: "audited", factor: secret() });
  await again.keys.create({ alias: "photos" });
  assert.deepEqual((await all(again)).map(({ operation }) => operation).slice(2), ["backup", "lock", "unlock", "createKey"]);
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

test("uses are found by their whole context, which no entry and no file says", async () => {
  const vault = await vaultWithKey();
  const context = { tenant: "tenant-42", album: "1" };
  const token = await vault.encryptValue(1, { key: "photos", context });
  await assert.rejects(vault.decryptValue(token, { context: { tenant: "tenant-43" } }), code("ERR_CONTEXT"));
  const object = await vault.encrypt("a file", { key: "photos", context });
  await object.close();
  await vault.encryptValue(1, { key: "photos" });
  const found = async (/** @type {Record<string, string>} */ asked) => (await vault.audit.page({ context: asked })).entries;
  const own = await found({ album: "1", tenant: "tenant-42" });
  assert.deepEqual(own.map(({ operation }) => operation), ["encrypt", "encryptValue"]);
  assert.equal(own[0]?.object, object.id);
  assert.match(own[0]?.contexts?.join() ?? "", /^[\w-]{22}$/);
  assert.deepEqual(own[0]?.contexts, own[1]?.contexts);
  assert.deepEqual((await found({ tenant: "tenant-43" })).map(({ error }) => error), ["ERR_CONTEXT"]);
  assert.deepEqual(await found({ tenant: "tenant-42" }), []);
  const [latest] = (await vault.audit.page({ limit: 1 })).entries;
  assert.equal(latest && "contexts" in latest, false);
  await assert.rejects(vault.audit.page({ context: {} }), ArgumentError);
  // @ts-expect-error: contexts are texts
  await assert.rejects(vault.audit.page({ context: { tenant: 42 } }), ArgumentError);
  for (const format of /** @type {const} */ (["jsonl", "ocsf", "csv", "cef"])) {
    const text = await new Response(vault.audit.export({ format, context, reasons: true })).text();
    assert.ok(!text.includes("tenant"), text);
    assert.equal(text.split(String(own[0]?.contexts)).length, 3, format);
  }
  await vault.close();
});

test("old entries are cut by an entry, and what is left is verified, proven and exported as before", async () => {
  const vault = await vaultWithKey();
  const kept = await vault.audit.checkpoint();
  await vault.keys.create({ alias: "letters" });
  await vault.audit.flush();
  const { size } = /** @type {NonNullable<Awaited<ReturnType<typeof vault.audit.state>>>} */ (await vault.audit.state());
  for (const before of [-1, 0.5, Number.NaN, "2026", new Date(Number.NaN), undefined]) {
    // @ts-expect-error: some are no times
    await assert.rejects(vault.audit.cut({ before }), ArgumentError);
  }
  const none = await vault.audit.cut({ before: 0 });
  assert.deepEqual(none, { log: none.log, first: 0, entries: 0, logs: 0 });
  await vault.audit.start({ retain: "P1Y" });
  const retained = await vault.audit.cut({ before: new Date(Date.now() + 1000) });
  assert.deepEqual([retained.entries, retained.held], [0, "retention"]);
  assert.equal((await vault.audit.state())?.retain, 365 * 24 * 60 * 60 * 1000);
  await assert.rejects(vault.audit.start({ retain: "a year" }), ArgumentError);
  await vault.audit.start({ retain: "PT0S" });

  const done = await vault.audit.cut({ before: Date.now() + 1000, reason: "retention" });
  assert.equal(done.held, undefined);
  assert.equal(done.entries, done.first);
  const [entry, ...others] = await all(vault);
  assert.deepEqual([entry?.operation, entry?.reason, entry?.cut?.size, others.length], ["cutAudit", "retention", done.first, 0]);
  assert.match(entry?.cut?.note ?? "", new RegExp(`^strongroom/${vault.id}/[\\w-]{22}\n${done.first}\n`));
  const state = await vault.audit.state();
  assert.deepEqual([state?.cut?.size, state?.cut?.entry, state?.retain], [done.first, done.first, undefined]);
  const verified = await vault.audit.verify();
  assert.deepEqual([verified.fault, verified.intact, verified.cut], [undefined, done.first + 1, state?.cut]);
  await assert.rejects(vault.audit.verify({ lastCheckpoint: kept.note }), ArgumentError);
  await assert.rejects(vault.audit.prove(size - 1), ArgumentError);
  assert.ok((await vault.audit.prove(done.first)).proof);
  assert.deepEqual((await vault.audit.page()).first, done.first);
  const lines = await new Response(vault.audit.export({ format: "jsonl" })).text();
  assert.deepEqual(lines.trimEnd().split("\n").map((line) => JSON.parse(line).sequence), [done.first]);
  await vault.close();
});

test("no entry is cut that a destination has not acknowledged, until it is forgotten", async () => {
  const vault = await vaultWithKey();
  let takes = true;
  const sent = /** @type {any[]} */ ([]);
  const send = async (/** @type {object} */ batch) => {
    if (!takes) throw new Error("not now");
    sent.push(batch);
  };
  const shipping = await vault.audit.ship(send, { every: 1000 });
  while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await shipping.stop();
  takes = false;
  const had = sent.at(-1).first + sent.at(-1).leaves.length;
  await vault.keys.create({ alias: "letters" });
  await vault.audit.flush();
  const soon = { before: Date.now() + 1000 };
  const held = await vault.audit.cut(soon);
  assert.deepEqual([held.first, held.held], [had, "shipping"]);
  const other = await vault.audit.ship("https://collector.invalid/audit", { every: 1000 });
  while (!other.state.lastError) await new Promise((resolve) => setTimeout(resolve, 20));
  await other.stop();
  await vault.audit.forgetDestination({ name: "send" });
  assert.deepEqual((await vault.audit.cut(soon)).held, "shipping");
  // @ts-expect-error: neither, or both
  for (const none of [{}, { name: "send", url: "https://collector.invalid/audit" }, { nam: "send" }]) await assert.rejects(vault.audit.forgetDestination(none), ArgumentError);
  await vault.audit.forgetDestination({ url: "https://collector.invalid/audit" });
  const done = await vault.audit.cut(soon);
  assert.equal(done.held, undefined);
  // A destination that is new begins with the tree of what was cut.
  takes = true;
  sent.length = 0;
  const again = await vault.audit.ship(send, { every: 1000 });
  while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await again.stop();
  assert.deepEqual([sent[0].first, sent[0].cut.size], [done.first, done.first]);
  const receiver = new LogReceiver();
  receiver.take(sent[0]);
  assert.equal(receiver.sizeOf(sent[0].log), (await vault.audit.state())?.size);
  assert.throws(() => new LogReceiver().take({ ...sent[0], cut: undefined }), "a gap");
  await vault.close();
});
