import assert from "node:assert/strict";
import { test } from "node:test";
import { decrypt, encrypt, generateKey } from "strongroom/standalone";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

const context = { album: "42" };

test("a sidecar is read without its parent, as what it is alone", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt(pattern(300_000), { key: "photos", context });
  const metadata = { name: "small.png", type: "image/png" };
  const thumbnail = await object.addSidecar("thumbnail", pattern(500), { metadata });
  assert.notEqual(thumbnail.id, object.id);
  const stored = await thumbnail.bytes();
  const sidecar = { parent: object.id, name: "thumbnail" };
  const opened = await vault.decrypt(stored, { context, sidecar });
  assert.deepEqual([opened.sidecar, opened.metadata], [sidecar, { ...metadata, size: 500 }]);
  assert.deepEqual(await opened.bytes(), pattern(500));
  const open = await vault.openObject(new Blob([stored]), { context, sidecar });
  assert.deepEqual(await open.read(100, 100), pattern(500).subarray(100, 200));

  const body = await object.bytes();
  assert.equal((await vault.decrypt(body, { context })).sidecar, undefined);
  for (const wrong of [undefined, { ...sidecar, name: "preview" }, { ...sidecar, parent: thumbnail.id }]) {
    await assert.rejects(vault.decrypt(stored, { context, sidecar: wrong }), code("ERR_CONTEXT"));
  }
  await assert.rejects(vault.decrypt(stored, { sidecar }), code("ERR_CONTEXT"));
  await assert.rejects(vault.decrypt(body, { context, sidecar }), code("ERR_CONTEXT"));
});

test("a sidecar is made on its parent's terms, whatever became of those since", async () => {
  const vault = await vaultWithKey();
  const changing = { ...context };
  const object = await vault.encrypt("x", { key: "photos", context: changing, header: "vault" });
  changing.album = "43";
  const thumbnail = await object.addSidecar("thumbnail", "small");
  assert.equal(thumbnail.header.byteLength, 0);
  const sidecar = { parent: object.id, name: "thumbnail" };
  const opened = await vault.decrypt(await thumbnail.bytes(), { object: thumbnail.id, context, sidecar });
  assert.equal(await opened.text(), "small");
  const [listed] = await vault.objects.list({ parent: object.id });
  assert.deepEqual([listed.id, listed.sidecar], [thumbnail.id, sidecar]);
});

test("names are plain, and a sidecar has no sidecars of its own", async () => {
  const vault = await sharedVault();
  const object = await vault.encrypt("x", { key: "photos" });
  for (const name of ["", "Thumbnail", "a b", "x".repeat(65), "\ud800", 1]) {
    await assert.rejects(object.addSidecar(name, "small"), code("ERR_ARGUMENT"));
  }
  const thumbnail = await object.addSidecar("thumbnail", "small");
  await assert.rejects(thumbnail.addSidecar("smaller", "s"), code("ERR_ARGUMENT"));
  for (const sidecar of [null, "x", {}, { parent: "x", name: "a" }, { parent: object.id, name: "a", size: 1 }]) {
    await assert.rejects(vault.decrypt(new Uint8Array(100), { header: object.header, sidecar }), code("ERR_ARGUMENT"));
  }
});

test("those who keep their own keys attach sidecars too", async () => {
  const [one, other] = [await generateKey("P-256"), await generateKey("A256KW")];
  const object = await encrypt("x", { recipients: [one, other], context });
  const thumbnail = await object.addSidecar("thumbnail", "small");
  await assert.rejects(thumbnail.track(), code("ERR_ARGUMENT"));
  const sidecar = { parent: object.id, name: "thumbnail" };
  const stored = await thumbnail.bytes();
  for (const identities of [one, other]) {
    const opened = await decrypt(stored, { identities, context, sidecar });
    assert.deepEqual([opened.sidecar, opened.origin, await opened.text()], [sidecar, "unsigned", "small"]);
  }
  await assert.rejects(decrypt(stored, { identities: one, context }), code("ERR_CONTEXT"));
});

test("the inventory keeps sidecars beside their parents, and shreds them together", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("x", { key: "photos", header: "vault" });
  const thumbnail = await object.addSidecar("thumbnail", "small");
  const stranger = await vault.encrypt("y", { key: "photos", header: "vault" });
  const ids = async (filter) => (await vault.objects.list(filter)).map(({ id }) => id);
  assert.deepEqual(await ids({ parent: object.id }), [thumbnail.id]);
  assert.deepEqual(await ids({ parent: object.id, version: "none" }), []);
  await assert.rejects(vault.objects.untrack(object.id), code("ERR_IN_USE"));
  assert.deepEqual(await vault.shred(object), { shredded: true, remaining: [] });
  assert.deepEqual(await ids(), [stranger.id]);
});

test("a sidecar that is stored elsewhere is tracked, rewrapped and forgotten like any object", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("x", { key: "photos", detached: true });
  await object.track({ location: "body" });
  const thumbnail = await object.addSidecar("thumbnail", "small");
  const sidecar = { parent: object.id, name: "thumbnail" };
  const { location, header } = await thumbnail.track({ location: "beside" });
  assert.deepEqual([location, header], ["beside", "elsewhere"]);
  const body = await thumbnail.bytes();
  const key = await (await vault.keys.get("photos")).rotate();
  const headers = new Map([["body", object.header], ["beside", thumbnail.header]]);
  const fetchHeader = ({ location: at }) => headers.get(at);
  const report = await vault
    .rewrap(vault.objects.each(), { fetchHeader })
    .run(({ source, header: moved }) => headers.set(source.location, moved));
  assert.deepEqual([report.done, report.failed], [2, 0]);
  await key.version(1).destroy();
  const opened = await vault.decrypt(body, { header: headers.get("beside"), sidecar });
  assert.equal(await opened.text(), "small");
  const [listed] = await vault.objects.list({ parent: object.id });
  assert.deepEqual([listed.version, listed.location], [key.primary, "beside"]);

  assert.equal((await vault.shred(object)).shredded, false);
  await vault.objects.untrack(object.id, { force: true });
  assert.deepEqual(await vault.objects.list(), []);
});

test("a sidecar follows an object that is encrypted anew", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("x", { key: "photos", context });
  const thumbnail = await (await object.addSidecar("thumbnail", "small")).bytes();
  const old = { parent: object.id, name: "thumbnail" };
  const anew = await vault.reencrypt(await object.bytes(), { key: "photos", context });
  const sidecar = { parent: anew.id, name: "thumbnail" };
  const moved = await vault.reencrypt(thumbnail, { key: "photos", context, sidecar, from: { sidecar: old } });
  const opened = await vault.decrypt(await moved.bytes(), { context, sidecar });
  assert.deepEqual([opened.sidecar, await opened.text()], [sidecar, "small"]);
  // Or stays where it is, under another key of its own.
  const again = await vault.reencrypt(thumbnail, { key: "photos", context, sidecar: old });
  assert.notEqual(again.id, object.id);
  assert.equal(await (await vault.decrypt(await again.bytes(), { context, sidecar: old })).text(), "small");
  // One that is made later is attached by its parent's id.
  const preview = { parent: object.id, name: "preview" };
  const later = await vault.encrypt("larger", { key: "photos", context, sidecar: preview });
  assert.deepEqual((await vault.decrypt(await later.bytes(), { context, sidecar: preview })).sidecar, preview);
});
