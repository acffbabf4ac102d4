/** Keys all of whose versions are destroyed: no longer listed, their aliases free. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { vaultWithKey } from "./support.mjs";

const code = (expected) => (error) => error.code === expected;
const ids = (keys) => keys.map(({ id }) => id).toSorted();

test("a destroyed key leaves the list and frees its alias, and is found by its id", async () => {
  const vault = await vaultWithKey();
  const { key: gone } = await (await vault.keys.get("photos")).destroy();
  assert.deepEqual([gone.destroyed, gone.alias, gone.state], [true, "photos", "destroyed"]);
  assert.deepEqual(await vault.keys.list(), []);
  await assert.rejects(vault.keys.get("photos"), code("ERR_NO_KEY"));
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), code("ERR_NO_KEY"));
  await assert.rejects(vault.encryptValue(1, { key: gone }), code("ERR_STATE"));
  assert.deepEqual(ids(await vault.keys.list({ destroyed: true })), [gone.id]);
  assert.deepEqual(ids(await vault.keys.list({ state: "destroyed" })), [gone.id]);
  assert.deepEqual(await vault.keys.list({ state: "destroyed", destroyed: false }), []);

  const made = await vault.keys.ensure({ alias: "photos" });
  assert.notEqual(made.id, gone.id);
  assert.equal(made.destroyed, undefined);
  assert.equal((await vault.keys.ensure({ alias: "photos" })).id, made.id);
  assert.equal((await gone.refresh()).id, gone.id);
  assert.equal((await vault.keys.get(gone.id)).alias, "photos");
  assert.deepEqual(ids(await vault.keys.list()), [made.id]);
  await assert.rejects(gone.update({ alias: "videos" }), code("ERR_STATE"));
  assert.deepEqual((await gone.update({ labels: { was: "lost" } })).labels, { was: "lost" });
  await vault.close();
});

test("destroyed keys of one alias are listed page by page", async () => {
  const vault = await vaultWithKey();
  const made = [];
  for (let at = 0; at < 4; at++) {
    const key = await vault.keys.ensure({ alias: "photos" });
    made.push(key.id);
    await key.destroy();
  }
  const found = [];
  for (let after; ; ) {
    const { keys, next } = await vault.keys.page({ destroyed: true, limit: 1, after });
    found.push(...ids(keys));
    if (next === undefined) break;
    after = next;
  }
  assert.deepEqual(found, made.toSorted());
  assert.deepEqual((await vault.keys.page({ limit: 1 })).keys, []);
  await vault.close();
});
