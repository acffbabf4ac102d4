/** What a caller says of an object beyond its file's name, type, size and date. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as standalone from "strongroom/standalone";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

/** So many bytes of JSON. */
const long = (bytes) => ({ custom: { a: "x".repeat(bytes - 8) } });
const deep = (levels) => (levels === 0 ? 1 : { a: deep(levels - 1) });
const custom = { pages: 3, ratio: 1.5, tags: ["ä", null, true], nested: { size: "A4" }, name: "not the file's" };

test("custom metadata comes back, frozen, and beside what the file says", async () => {
  const vault = await sharedVault();
  const file = new File(["x"], "a.txt", { type: "text/plain", lastModified: 5 });
  const stored = await (await vault.encrypt(file, { key: "photos", metadata: { custom } })).blob();
  const { metadata } = await vault.decrypt(stored);
  assert.deepEqual(metadata, { name: "a.txt", type: "text/plain", size: 1, modified: 5, custom });
  assert.ok(Object.isFrozen(metadata.custom) && Object.isFrozen(metadata.custom.nested));
  const open = await vault.openObject(stored);
  assert.deepEqual(open.metadata.custom, custom);
  open.close();
  // In the header, and nowhere in the clear.
  assert.equal((await stored.text()).includes("pages"), false);
});

test("custom metadata is of sidecars and of objects outside vaults, too", async () => {
  const vault = await sharedVault();
  const parent = await vault.encrypt("x", { key: "photos" });
  const sidecar = await parent.addSidecar("thumbnail", "y", { metadata: { custom: { width: 64 } } });
  const of = { parent: parent.id, name: "thumbnail" };
  const opened = await vault.decrypt(await sidecar.blob(), { sidecar: of });
  assert.deepEqual(opened.metadata.custom, { width: 64 });
  const key = await standalone.generateKey("A256KW");
  const alone = await standalone.encrypt("x", { recipients: key, metadata: { custom } });
  assert.deepEqual((await standalone.decrypt(await alone.bytes(), { identities: key })).metadata.custom, custom);
});

test("rewrap and reencrypt keep it, and reencrypt replaces it as a whole", async () => {
  const vault = await vaultWithKey();
  const made = await vault.encrypt("x", { key: "photos", detached: true, metadata: { custom } });
  const body = await made.bytes();
  await (await vault.keys.get("photos")).rotate();
  let header;
  await vault.rewrap([made]).run((moved) => void ({ header } = moved));
  assert.deepEqual((await vault.decrypt(body, { header })).metadata.custom, custom);
  const again = async (metadata) => {
    const next = await vault.reencrypt(body, { key: "photos", from: { header }, metadata });
    return (await vault.decrypt(await next.bytes())).metadata;
  };
  assert.deepEqual((await again()).custom, custom);
  assert.deepEqual(await again({ name: "b" }), { name: "b", type: "text/plain", size: 1, custom });
  assert.deepEqual((await again({ custom: { a: 1 } })).custom, { a: 1 });
  assert.deepEqual((await again({ custom: {} })).custom, {});
  await vault.close();
});

test("what is no JSON, too much or unknown is refused and not dropped", async () => {
  const vault = await sharedVault();
  const encrypt = (metadata) => vault.encrypt("x", { key: "photos", metadata });
  const itself = {};
  itself.itself = itself;
  for (const bad of [[], "x", 5, null, new Map([["a", 1]]), { a: 1n }, { a: new Map() }, itself, { a: "\ud800" }, deep(17)]) {
    await assert.rejects(encrypt({ custom: bad }), { code: "ERR_ARGUMENT", message: /metadata\.custom/ });
  }
  const wide = Object.fromEntries(Array.from({ length: 257 }, (_, at) => [at, 1]));
  for (const bad of [deep(17), wide, { a: "\ud800" }]) {
    const bounds = /4,096 bytes of JSON.*16 levels.*256 members.*well-formed/;
    await assert.rejects(encrypt({ custom: bad }), { code: "ERR_ARGUMENT", message: bounds });
  }
  await assert.rejects(encrypt({ pages: 3 }), code("ERR_ARGUMENT"));
  await assert.rejects(encrypt(long(4097)), { code: "ERR_ARGUMENT", message: /metadata\.custom must be at most 4096 bytes/ });
  for (const most of [long(4096), { custom: deep(16) }]) {
    const { metadata } = await vault.decrypt(await (await encrypt(most)).bytes());
    assert.deepEqual(metadata.custom, most.custom);
  }
});

test("inspect opens a header alone, as decrypt would", async () => {
  const vault = await vaultWithKey();
  const context = { page: "1" };
  const attached = await vault.encrypt(pattern(300_000), { key: "photos", context, metadata: { name: "n", custom } });
  const stored = await attached.bytes();
  const detached = await vault.encrypt(new Blob(["abc"]), { key: "photos", context, detached: true });
  const key = await vault.keys.get("photos");

  const told = await vault.inspect(stored.subarray(0, 4096), { context });
  const version = { key: key.id, version: key.primary, state: "active" };
  const metadata = { name: "n", size: 300_000, custom };
  assert.deepEqual(told, { id: attached.id, metadata, sidecar: undefined, origin: "own", covers: undefined, version });
  assert.ok(Object.isFrozen(told) && Object.isFrozen(told.version));
  const text = new TextDecoder().decode(detached.header);
  for (const given of [detached, { header: detached.header }, detached.header, text]) {
    const { id, metadata: of } = await vault.inspect(given, { context, expect: detached.id });
    assert.deepEqual([id, of.size], [detached.id, 3]);
  }

  await assert.rejects(vault.inspect(stored), code("ERR_CONTEXT"));
  await assert.rejects(vault.inspect(stored, { context, expect: detached.id }), code("ERR_DECRYPT"));
  await assert.rejects(vault.inspect(stored, { context, tracked: "nowhere" }), code("ERR_NO_OBJECT"));
  await assert.rejects(vault.inspect(stored.subarray(0, 100), { context }), code("ERR_MALFORMED"));
  await assert.rejects(vault.inspect(stored, { contex: context }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.inspect(stored, { context, header: text }), code("ERR_ARGUMENT"));
  for (const bad of [undefined, null, 5, {}]) await assert.rejects(vault.inspect(bad), code("ERR_ARGUMENT"));
  const elsewhere = await sharedVault();
  await assert.rejects(elsewhere.inspect(stored, { context }), code("ERR_NO_KEY"));

  await key.primaryVersion.suspend();
  await assert.rejects(vault.inspect(stored, { context }), code("ERR_STATE"));
  await (await key.refresh()).primaryVersion.resume();
  await (await key.refresh()).primaryVersion.revoke({ compromised: true });
  await assert.rejects(vault.inspect(stored, { context }), code("ERR_UNSIGNED"));
  const unsigned = await vault.inspect(stored, { context, allowUnsigned: true });
  assert.deepEqual([unsigned.origin, unsigned.version.state], ["unsigned", "compromised"]);
  await vault.close();
});

test("inspect opens the header that the vault keeps, and a sidecar's as one", async () => {
  const vault = await vaultWithKey();
  const kept = await vault.encrypt("x", { key: "photos", header: "vault" });
  await kept.bytes();
  const [entry] = await vault.objects.list();
  assert.equal((await vault.inspect(entry)).id, kept.id);
  const sidecar = await (await vault.encrypt("x", { key: "photos" })).addSidecar("thumbnail", "y");
  await assert.rejects(vault.inspect(sidecar), code("ERR_CONTEXT"));
  await vault.lock();
  await assert.rejects(vault.inspect(entry), code("ERR_LOCKED"));
  await vault.close();
});
