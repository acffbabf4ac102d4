/** Which object of a context it is, the inventory says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, pattern, vaultWithKey } from "./support.mjs";

test("a store that gives out an older object is found out by the inventory", async () => {
  const vault = await vaultWithKey();
  const context = { path: "a.jpg" };
  const make = async (size) => {
    const object = await vault.encrypt(pattern(size), { key: "photos", context });
    return { object, bytes: await object.bytes() };
  };
  const older = await make(300_000);
  await older.object.track({ location: "a.jpg" });
  const newer = await make(300_001);
  await newer.object.track({ location: "a.jpg" });
  await vault.objects.untrack(older.object.id);
  const tracked = "a.jpg";
  assert.equal((await (await vault.decrypt(older.bytes, { context })).bytes()).byteLength, 300_000);
  assert.equal((await (await vault.decrypt(newer.bytes, { context, tracked })).bytes()).byteLength, 300_001);
  await assert.rejects(vault.decrypt(older.bytes, { context, tracked }), code("ERR_DECRYPT"));
  await assert.rejects(vault.openObject(new Blob([older.bytes]), { context, tracked }), code("ERR_DECRYPT"));
  const reader = await vault.openObject(new Blob([newer.bytes]), { context, tracked });
  assert.equal(reader.size, 300_001);
  const again = (bytes) => vault.reencrypt(bytes, { key: "photos", context, from: { tracked } });
  await assert.rejects(again(older.bytes), code("ERR_DECRYPT"));
  assert.ok((await (await again(newer.bytes)).bytes()).byteLength > 300_001);
  await assert.rejects(vault.decrypt(newer.bytes, { context, tracked: "b.jpg" }), code("ERR_NO_OBJECT"));
  await vault.close();
});

test("a header of another object is the same error for each call that names the object", async () => {
  const vault = await vaultWithKey();
  const make = () => vault.encrypt("x", { key: "photos", detached: true });
  const [one, other] = [await make(), await make()];
  const swapped = { id: one.id, header: other.header };
  const { id } = one;
  await assert.rejects(vault.track(swapped, { id }), code("ERR_DECRYPT"));
  const { failures } = await vault.rewrap([swapped]).run(() => {});
  assert.deepEqual(failures.map(({ error }) => error.code), ["ERR_DECRYPT"]);
  await assert.rejects(vault.inspect(other, { expect: id }), code("ERR_DECRYPT"));
  await assert.rejects(vault.decrypt(await other.bytes(), { header: other.header, expect: id }), code("ERR_DECRYPT"));
  assert.deepEqual(await vault.objects.list(), []);
  await vault.close();
});
