import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

/** A vault with a key, and the same one on another device. */
async function twoDevices() {
  const [store, other] = [testingStore(), testingStore()];
  const ours = await Strongroom.create({ name: "acme", factors: [secret()], store });
  await ours.keys.create({ alias: "photos" });
  const theirs = await Strongroom.restore(await ours.backup(), { store: other });
  await theirs.unlock(secret());
  return { ours, theirs, store };
}

const states = async (vault, alias) => (await vault.keys.get(alias)).versions.map(({ state }) => state);

test("what two devices made is on both after a merge, and a repeated one finds nothing to do", async () => {
  const { ours, theirs, store } = await twoDevices();
  await theirs.keys.create({ alias: "letters" });
  await (await theirs.keys.get("photos")).rotate();
  const token = await theirs.encryptValue("from there", { key: "letters" });
  const object = await theirs.encrypt("a file", { key: "photos" });
  const stored = await object.blob();
  await theirs.track(object, { location: "bucket/a" });
  await ours.keys.create({ alias: "ours" });

  const changes = [];
  ours.addEventListener("change", ({ detail }) => changes.push(detail.noun));
  const progress = [];
  const file = await theirs.backup();
  const report = await ours.merge(file, { onProgress: (told) => progress.push(told) });
  assert.deepEqual([report.proven, report.generation, report.tombstones, report.objects], [true, 1, 0, 1]);
  assert.deepEqual([report.keys.length, report.versions.length, report.changed.length], [1, 2, 1]);
  assert.deepEqual(report.skipped, []);
  assert.ok(Object.isFrozen(report));
  assert.deepEqual(changes.toSorted(), ["keys", "objects"]);
  const last = progress.at(-1);
  assert.ok(last.done === last.total && last.total > 10);

  assert.equal(await ours.decryptValue(token), "from there");
  assert.equal(await (await ours.decrypt(stored)).text(), "a file");
  assert.equal((await ours.objects.list())[0].location, "bucket/a");
  assert.deepEqual(await states(ours, "photos"), ["deactivated", "active"]);
  const again = await ours.merge(new Uint8Array(await file.arrayBuffer()));
  assert.deepEqual([again.keys, again.versions, again.changed, again.objects], [[], [], [], 0]);
  await ours.close();
  const opened = await Strongroom.open({ name: "acme", factor: secret(), store });
  assert.deepEqual((await opened.keys.list()).map(({ alias }) => alias), ["letters", "ours", "photos"]);
});

test("what was revoked, compromised or destroyed since the backup stays so", async () => {
  const { ours } = await twoDevices();
  const file = await ours.backup();
  const photos = await ours.keys.get("photos");
  const [first] = photos.versions;
  await photos.rotate();
  const rotated = await ours.keys.get("photos");
  await rotated.versions.find(({ id }) => id === first.id).destroy({ force: true });
  await rotated.primaryVersion.revoke({ compromised: true });
  const report = await ours.merge(file);
  assert.deepEqual([report.tombstones, report.changed, report.versions], [1, [], []]);
  assert.deepEqual(await states(ours, "photos"), ["destroyed", "compromised"]);
});

test("what was forgotten or shredded in one copy stays out of it, and leaves the other", async () => {
  const { ours, theirs } = await twoDevices();
  const [forgotten, tracked] = [await ours.encrypt("a", { key: "photos" }), await ours.encrypt("b", { key: "photos" })];
  const headers = new Map();
  for (const [location, object] of Object.entries({ forgotten, tracked })) {
    headers.set(location, object.header);
    await object.track({ location });
  }
  const kept = await ours.encrypt("c", { key: "photos", header: "vault" });
  await kept.blob();
  // What is in a backup is not shredded: on the other copy it is forgotten.
  const file = await ours.backup();
  assert.equal((await theirs.merge(file)).objects, 3);
  for (const { id } of [forgotten, tracked, kept]) await theirs.objects.untrack(id, { force: true });
  assert.deepEqual(await theirs.objects.list(), []);
  const stale = await theirs.merge(file);
  assert.deepEqual([stale.objects, stale.tombstones, stale.removed], [0, 3, 0]);
  assert.deepEqual(await theirs.objects.list(), []);
  await assert.rejects(theirs.shred(kept), code("ERR_NO_OBJECT"));

  await theirs.track({ id: tracked.id, header: headers.get("tracked") }, { location: "again" });
  const changes = [];
  ours.addEventListener("change", ({ detail }) => changes.push(detail.noun));
  const report = await ours.merge(await theirs.backup());
  assert.deepEqual([report.objects, report.tombstones, report.removed], [1, 0, 2]);
  assert.deepEqual((await ours.objects.list()).map(({ id, location }) => [id, location]), [[tracked.id, "again"]]);
  assert.deepEqual(changes, ["objects"]);
});

test("a backup of an earlier vault key needs a factor, and what it brings proves nothing", async () => {
  const { ours, theirs } = await twoDevices();
  await theirs.keys.create({ alias: "letters" });
  const token = await theirs.encryptValue("from there", { key: "letters" });
  const file = await theirs.backup();
  const [mine] = await ours.factors.list();
  const next = passphrase("another passphrase of mine");
  await ours.factors.replace(mine.id, next, { factor: secret() });

  const before = await ours.lastSeenHead();
  await assert.rejects(ours.merge(file), code("ERR_ARGUMENT"));
  await assert.rejects(ours.merge(file, { factor: next }), code("ERR_WRONG_FACTOR"));
  assert.equal(await ours.lastSeenHead(), before);
  const report = await ours.merge(file, { factor: secret() });
  assert.deepEqual([report.proven, report.generation], [false, 1]);
  assert.deepEqual(report.versions.map(({ state }) => state), ["deactivated"]);
  assert.deepEqual(report.skipped.map(({ record, reason }) => [record, reason]), [["factor", "unproven"]]);
  const [version] = (await ours.keys.get("letters")).versions;
  assert.equal(version.unproven, true);
  await assert.rejects(ours.decryptValue(token), code("ERR_UNSIGNED"));
  assert.equal(await ours.decryptValue(token, { allowUnsigned: true }), "from there");
  await assert.rejects(ours.encryptValue(1, { key: "letters" }), code("ERR_STATE"));
  assert.equal((await ours.factors.list()).length, 1);
  await ours.lock();
  await assert.rejects(ours.unlock(secret()), code("ERR_WRONG_FACTOR"));
  await ours.unlock(next);
});

test("another vault's backup, a changed one and a cut one are refused, and nothing is written", async () => {
  const { ours } = await twoDevices();
  const stranger = await Strongroom.create({ name: "b", factors: [secret()], store: testingStore() });
  const bytes = new Uint8Array(await (await ours.backup()).arrayBuffer());
  const changed = new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"revision":1', '"revision":7'));
  const before = await ours.lastSeenHead();
  await assert.rejects(ours.merge(await stranger.backup(), { factor: secret() }), code("ERR_INTEGRITY"));
  await assert.rejects(ours.merge(changed, { factor: secret() }), code("ERR_INTEGRITY"));
  await assert.rejects(ours.merge(bytes.slice(0, -1)), code("ERR_MALFORMED"));
  assert.equal(await ours.lastSeenHead(), before);
  await ours.lock();
  await assert.rejects(ours.merge(bytes), code("ERR_LOCKED"));
});

test("a restore says what may have come back, unless a head that was kept shows that nothing did", async () => {
  const { ours } = await twoDevices();
  const [file, identity] = [await ours.backup(), await ours.identity()];
  const lastSeenHead = await ours.lastSeenHead();
  const restored = await Strongroom.restore(file, { name: "a", store: testingStore() });
  const [warning] = restored.restored.warnings;
  assert.equal(warning.code, "older-states-return");
  assert.equal(warning.params.created, restored.restored.created);
  assert.equal(restored.restored.generation, 1);
  const expect = { identity, lastSeenHead };
  const proven = await Strongroom.restore(file, { name: "a", store: testingStore(), expect });
  assert.deepEqual(proven.restored.warnings, []);
  assert.equal(ours.restored, undefined);
});
