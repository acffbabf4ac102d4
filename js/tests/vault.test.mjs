import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom, StrongroomError } from "strongroom";
import { code, mapStore, pattern, secret, streamOf, vaultWithKey } from "./support.mjs";

test("a vault opens locked, unlocks, and reads what it wrote before", async () => {
  const vault = await vaultWithKey();
  const token = await vault.encryptValue({ a: [1, null, "ü"] }, { key: "photos" });
  vault.close();
  const again = await Strongroom.open({ name: vault.name });
  assert.equal(again.unlocked, false);
  assert.equal(again.id, vault.id);
  await assert.rejects(again.decryptValue(token), code("ERR_LOCKED"));
  await assert.rejects(again.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
  await again.unlock(passphrase(new TextEncoder().encode("correct horse battery staple")));
  assert.deepEqual(await again.decryptValue(token), { a: [1, null, "ü"] });
});

test("many values are encrypted and decrypted at once, under one context or each under its own", async () => {
  const vault = await vaultWithKey();
  const values = Array.from({ length: 300 }, (_, at) => ({ at, text: "ü".repeat(at % 7) }));
  const tokens = await vault.encryptValues(values, { key: "photos" });
  assert.equal(new Set(tokens).size, 300);
  assert.deepEqual(await vault.decryptValues(tokens), values);
  assert.deepEqual(await vault.decryptValue(tokens[7]), values[7]);

  await (await vault.keys.get("photos")).rotate();
  const contexts = values.map((_, row) => ({ row: String(row) }));
  const bound = await vault.encryptValues(values, { key: "photos", contexts });
  const mixed = [bound[0], tokens[0], bound[1], tokens[1]];
  const theirs = [contexts[0], undefined, contexts[1], undefined];
  const expected = [values[0], values[0], values[1], values[1]];
  assert.deepEqual(await vault.decryptValues(mixed, { contexts: theirs }), expected);
  const [{ uses }, later] = (await vault.keys.get("photos")).versions;
  assert.deepEqual([uses, later.uses], [603, 302]);

  assert.deepEqual(await vault.encryptValues([], { key: "photos" }), []);
  const swapped = { contexts: [contexts[1], contexts[0]] };
  await assert.rejects(vault.decryptValues(bound.slice(0, 2), swapped), code("ERR_CONTEXT"));
  await assert.rejects(vault.decryptValues(bound, { contexts: contexts.slice(1) }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.encryptValues([1, undefined], { key: "photos" }), code("ERR_ARGUMENT"));
});

test("one context is for all values, and contexts are for each: never both", async () => {
  const vault = await vaultWithKey();
  const context = { user: "7" };
  const tokens = await vault.encryptValues([1, 2], { key: "photos", context });
  assert.deepEqual(await vault.decryptValues(tokens, { context }), [1, 2]);
  assert.deepEqual(await vault.decryptValues(tokens, { contexts: [context, context] }), [1, 2]);
  assert.equal(await vault.decryptValue(tokens[1], { context }), 2);
  await assert.rejects(vault.decryptValues(tokens), code("ERR_CONTEXT"));
  for (const wrong of [{ context, contexts: [context, context] }, { contexts: [context] }, { contexts: [] }]) {
    await assert.rejects(vault.decryptValues(tokens, wrong), code("ERR_ARGUMENT"));
    await assert.rejects(vault.encryptValues([1, 2], { key: "photos", ...wrong }), code("ERR_ARGUMENT"));
  }
});

test("a passphrase is the same in every Unicode composition", async () => {
  const name = "composed";
  const vault = await Strongroom.create({ name, factors: [passphrase("three caf\u00e9s")] });
  await vault.lock();
  await vault.unlock(passphrase("three cafe\u0301s"));
  assert.equal(vault.unlocked, true);
});

test("keys are made once per alias, listed and found by alias or id", async () => {
  const vault = await vaultWithKey();
  const notes = await vault.keys.create({ alias: "notes" });
  assert.equal(notes.versions.length, 1);
  assert.equal(notes.versions[0].state, "active");
  assert.equal(notes.versions[0].id, notes.primary);
  assert.deepEqual((await vault.keys.list()).map((key) => key.alias), ["notes", "photos"]);
  assert.deepEqual(await vault.keys.get("notes"), notes);
  assert.deepEqual(await vault.keys.get(notes.id), notes);
  await assert.rejects(vault.keys.create({ alias: "notes" }), code("ERR_KEY_EXISTS"));
  await assert.rejects(vault.keys.get("other"), code("ERR_NO_KEY"));
  await assert.rejects(vault.encrypt("x", { key: "other" }), code("ERR_NO_KEY"));
});

test("a lock ends what is in flight, and an unlock starts anew", async () => {
  const vault = await vaultWithKey();
  const { stream } = streamOf(pattern(12_000_000), 50_000);
  const object = await vault.encrypt(stream, { key: "photos" });
  const reader = object.stream().getReader();
  await reader.read();
  const pending = (async () => {
    while (!(await reader.read()).done);
  })();
  await vault.lock();
  await vault.lock();
  await assert.rejects(pending, code("ERR_LOCKED"));
  await assert.rejects(vault.keys.list(), code("ERR_LOCKED"));
  await vault.unlock(secret());
  assert.equal((await vault.keys.list()).length, 1);
});

test("names are taken once, listed, deleted, and missed when they are not there", async () => {
  const vault = await vaultWithKey();
  const { name } = vault;
  await assert.rejects(Strongroom.create({ name, factors: [secret()] }), code("ERR_VAULT_EXISTS"));
  assert.ok((await Strongroom.list()).includes(name));
  vault.close();
  await Strongroom.delete(name);
  assert.ok(!(await Strongroom.list()).includes(name));
  await assert.rejects(Strongroom.open({ name }), code("ERR_NO_VAULT"));
  await Strongroom.delete(name);
});

test("a backup restores into a free name and opens with the same passphrase", async () => {
  const vault = await vaultWithKey();
  const stored = await (await vault.encrypt("kept", { key: "photos" })).bytes();
  const backup = await vault.backup();
  await assert.rejects(Strongroom.restore(backup), code("ERR_VAULT_EXISTS"));
  vault.close();
  await Strongroom.delete(vault.name);
  const restored = await Strongroom.restore(backup);
  assert.equal(restored.name, vault.name);
  await restored.unlock(secret());
  assert.equal(await (await restored.decrypt(stored)).text(), "kept");
});

test("a backup is held to the vault and the head that are expected before anything is written", async () => {
  const [vault, other] = [await vaultWithKey(), await vaultWithKey()];
  const identity = await vault.identity();
  assert.match(identity, /^[\w-]{43}$/);
  const backup = await vault.backup();
  const seen = await vault.lastSeenHead();
  await vault.keys.create({ alias: "later" });
  const later = await vault.lastSeenHead();
  const [revision, hash] = seen.split(".");
  const forked = `${revision}.${[...hash].toReversed().join("")}`;

  const name = "expected";
  const expecting = (expect) => Strongroom.restore(backup, { name, expect });
  await assert.rejects(expecting({ identity: await other.identity() }), code("ERR_INTEGRITY"));
  await assert.rejects(expecting({ identity, lastSeenHead: later }), code("ERR_INTEGRITY"));
  await assert.rejects(expecting({ identity: "another" }), code("ERR_ARGUMENT"));
  await assert.rejects(expecting({ lastSeenHead: "another" }), code("ERR_ARGUMENT"));
  await assert.rejects(expecting({ vault: vault.id }), code("ERR_ARGUMENT"));
  assert.ok(!(await Strongroom.exists(name)));

  // At the same revision only the unlock can tell: the head is encrypted.
  const odd = await expecting({ identity, lastSeenHead: forked });
  await assert.rejects(odd.unlock(secret()), code("ERR_INTEGRITY"));
  await odd.close();
  await Strongroom.delete(name);
  const restored = await expecting({ identity, lastSeenHead: seen });
  await restored.unlock(secret());
  assert.equal(await restored.identity(), identity);
});

test("a closed vault says so", async () => {
  const vault = await vaultWithKey();
  vault.close();
  vault.close();
  await assert.rejects(vault.keys.list(), code("ERR_CLOSED"));
  await assert.rejects(vault.unlock(secret()), code("ERR_CLOSED"));
});

test("arguments are checked before anything happens", async () => {
  assert.throws(() => passphrase(""), code("ERR_ARGUMENT"));
  assert.throws(() => passphrase(5), code("ERR_ARGUMENT"));
  assert.throws(() => passphrase("\ud800"), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.create({ name: "x", factors: [] }), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.create({ name: "x", factors: ["p"] }), code("ERR_ARGUMENT"));
  await assert.rejects(Strongroom.open({ name: "" }), StrongroomError);
});

test("a factor shows nothing of its secret", () => {
  assert.equal(JSON.stringify(passphrase("hunter2")).includes("hunter2"), false);
});

test("a store of the caller's keeps the vault", async () => {
  const store = mapStore();
  const vault = await vaultWithKey({ store });
  assert.deepEqual(await Strongroom.list({ store }), [vault.name]);
  assert.ok(!(await Strongroom.list()).includes(vault.name));
  vault.close();
  const again = await Strongroom.open({ name: vault.name, store });
  await again.unlock(secret());
  assert.equal((await again.keys.list())[0].alias, "photos");
});

test("events tell what was changed, by which handle, and why the vault was locked", async () => {
  const vault = await vaultWithKey();
  const told = [];
  const note = ({ type, detail }) => told.push(type === "lock" ? detail.reason.code : [detail.noun, ...detail.ids]);
  vault.addEventListener("change", note);
  vault.addEventListener("lock", note);
  const next = async (work) => {
    told.length = 0;
    const done = await work();
    return [done, [...told]];
  };
  const [key, created] = await next(() => vault.keys.create({ alias: "letters" }));
  assert.deepEqual(created, [["keys", key.id]]);
  assert.deepEqual((await next(() => key.rotate()))[1], [["keys", key.id]]);
  assert.deepEqual((await next(() => vault.keys.list()))[1], []);
  const [imported, taken] = await next(() => vault.keys.import(new Uint8Array(32), { alias: "old" }));
  assert.deepEqual(taken, [["keys", imported.id]]);
  const [session, begun] = await next(() => vault.keys.createSession({ ttl: "PT1H" }));
  assert.deepEqual(begun, [["keys", session.id]]);
  assert.deepEqual((await next(() => session.end()))[1], [["keys", session.id]]);

  const [kept, entered] = await next(() => vault.encrypt("x", { key: "photos", header: "vault" }));
  assert.deepEqual(entered, [["objects", kept.id]]);
  const [object, none] = await next(() => vault.encrypt(new Blob(["x"]), { key: "photos" }));
  assert.deepEqual(none, []);
  assert.deepEqual((await next(() => object.resumeToken()))[1], [["uploads", object.id]]);
  assert.deepEqual((await next(() => object.forget()))[1], [["uploads", object.id]]);
  assert.deepEqual((await next(() => object.track()))[1], [["objects", object.id]]);
  await (await vault.keys.get("photos")).rotate();
  const headers = () => vault.rewrap(vault.objects.each(), { fetchHeader: () => object.header }).run();
  const [moved, rewrapped] = await next(headers);
  assert.equal(moved.done, 2);
  assert.deepEqual(rewrapped.toSorted(), [["objects", kept.id], ["objects", object.id]].toSorted());
  assert.deepEqual((await next(() => vault.objects.untrack(object.id)))[1], [["objects", object.id]]);
  assert.deepEqual((await next(() => vault.shred(kept)))[1], [["objects", kept.id]]);
  assert.deepEqual((await next(() => vault.rotateVaultKey()))[1], [["vaultKey"]]);

  assert.deepEqual((await next(() => vault.lock()))[1], ["ERR_LOCKED"]);
  await vault.unlock(secret());
  assert.deepEqual((await next(() => vault.close()))[1], ["ERR_CLOSED"]);
  assert.deepEqual((await next(() => vault.close()))[1], []);
});

test("a vault is closed at the end of its scope", async () => {
  const vault = await vaultWithKey();
  if (Symbol.asyncDispose) await vault[Symbol.asyncDispose]();
  else await vault.close();
  await assert.rejects(vault.keys.list(), code("ERR_CLOSED"));
});

test("values that do not open are told by their places, and each by itself where asked", async () => {
  const vault = await vaultWithKey();
  const tokens = await vault.encryptValues([1, 2, 3], { key: "photos", contexts: [{ a: "1" }, { a: "2" }, undefined] });
  const contexts = [{ a: "1" }, { a: "x" }, undefined];
  await assert.rejects(vault.decryptValues(tokens, { contexts }), { code: "ERR_CONTEXT", index: 1 });
  const settled = await vault.decryptValues([...tokens, "a.b.c.d.e"], { contexts: [...contexts, undefined], settle: true });
  assert.deepEqual(
    settled.map(({ status, value, reason }) => [status, value, reason?.code, reason?.index]),
    [
      ["fulfilled", 1, undefined, undefined],
      ["rejected", undefined, "ERR_CONTEXT", 1],
      ["fulfilled", 3, undefined, undefined],
      ["rejected", undefined, "ERR_MALFORMED", 3],
    ],
  );
  const [one, , three] = tokens;
  assert.deepEqual(await vault.decryptValues([one], { context: { a: "1" }, settle: true }), [{ status: "fulfilled", value: 1 }]);
  await assert.rejects(vault.encryptValues([1, undefined], { key: "photos" }), { code: "ERR_ARGUMENT", index: 1 });
  await assert.rejects(vault.decryptValues([three, 5]), { code: "ERR_ARGUMENT", index: 1 });
  await vault.lock();
  await assert.rejects(vault.decryptValues([three], { settle: true }), code("ERR_LOCKED"));
  await vault.close();
});
