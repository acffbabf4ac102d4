/** What `Store` promises, asked of the store in memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Strongroom } from "strongroom";
import { memoryStore } from "../generated/memory.js";
import { secret } from "./support.mjs";

const row = (type, id, version = "", byte = 1) => ({ type, id, version, revision: 7, bytes: Uint8Array.of(byte) });
const address = ({ type, id, version }) => [type, id, version].join("/");

/** A sequence as a new vault has it. */
const FIRST = 2 ** 51 + 1;

/** A store that has a vault "v" of these rows. */
async function storeWith(...rows) {
  const store = memoryStore();
  assert.equal(await store.commit("v", 0, FIRST, rows, []), true);
  return store;
}

async function addresses(store, ...ranges) {
  return (await store.read("v", ranges)).rows.map(address);
}

const rows = [
  row("key", "b", "2"),
  row("key", "a", "1"),
  row("head", "v"),
  row("key", "a", "10"),
  row("key", "ab", "1"),
  row("keys", "a", "1"),
];

test("a range holds what begins with its parts, whole parts only, in order", async () => {
  const store = await storeWith(...rows);
  const keys = ["key/a/1", "key/a/10", "key/ab/1", "key/b/2"];
  assert.deepEqual(await addresses(store, { prefix: [] }), ["head/v/", ...keys, "keys/a/1"]);
  assert.deepEqual(await addresses(store, { prefix: ["key"] }), keys);
  assert.deepEqual(await addresses(store, { prefix: ["key", "a"] }), keys.slice(0, 2));
  assert.deepEqual(await addresses(store, { prefix: ["key", "a", "1"] }), ["key/a/1"]);
  assert.deepEqual(await addresses(store, { prefix: ["key", "a", ""] }), []);
  assert.deepEqual(await addresses(store, { prefix: ["kex"] }), []);
});

test("pages follow one another without a gap, and end", async () => {
  const store = await storeWith(...rows);
  const seen = [];
  for (let after; ; ) {
    const { rows: page } = await store.read("v", [{ prefix: ["key"], limit: 3, ...(after && { after }) }]);
    if (page.length === 0) break;
    seen.push(page.map(address));
    const { type, id, version } = page.at(-1);
    after = [type, id, version];
  }
  assert.deepEqual(seen, [["key/a/1", "key/a/10", "key/ab/1"], ["key/b/2"]]);
  const gone = ["key", "a", "5"];
  assert.deepEqual(await addresses(store, { prefix: ["key", "a"], after: gone }), []);
  assert.deepEqual(await addresses(store, { prefix: ["key"], after: gone, limit: 1 }), ["key/ab/1"]);
});

test("ranges come one after the other, with one sequence", async () => {
  const store = await storeWith(...rows);
  const read = await store.read("v", [{ prefix: ["keys"] }, { prefix: ["head"] }, { prefix: ["keys"] }]);
  assert.equal(read.sequence, FIRST);
  assert.deepEqual(read.rows.map(address), ["keys/a/1", "head/v/", "keys/a/1"]);
  assert.deepEqual(await store.read("v", []), { sequence: FIRST, rows: [] });
  assert.deepEqual(await store.read("other", [{ prefix: [] }]), { sequence: 0, rows: [] });
});

test("bare rows say where they are, and nothing else", async () => {
  const store = await storeWith(row("key", "a", "1", 9));
  const bare = await store.read("v", [{ prefix: ["key"], bare: true }]);
  assert.deepEqual(bare.rows, [{ type: "key", id: "a", version: "1", revision: 0, bytes: new Uint8Array(0) }]);
  const whole = await store.read("v", [{ prefix: ["key"] }]);
  assert.deepEqual(whole.rows, [row("key", "a", "1", 9)]);
});

test("the order is that of UTF-16 code units", async () => {
  const store = await storeWith(row("key", "\ufb33"), row("key", "\u{1f600}"), row("key", "z"));
  assert.deepEqual(await addresses(store, { prefix: ["key"] }), ["key/z/", "key/\u{1f600}/", "key/\ufb33/"]);
});

test("a commit puts, replaces and deletes at its sequence, and does nothing at another", async () => {
  const store = await storeWith(row("key", "a"), row("key", "b"));
  assert.equal(await store.commit("v", 0, FIRST + 1, [row("key", "x")], [row("key", "a")]), false);
  assert.deepEqual(await addresses(store, { prefix: [] }), ["key/a/", "key/b/"]);
  assert.equal(await store.commit("v", FIRST, FIRST + 1, [row("key", "b", "", 2), row("key", "c")], [row("key", "a")]), true);
  const { sequence, rows: left } = await store.read("v", [{ prefix: [] }]);
  assert.equal(sequence, FIRST + 1);
  assert.deepEqual(left, [row("key", "b", "", 2), row("key", "c")]);
});

test("many rows keep their order, whatever order they come in", async () => {
  const ids = Array.from({ length: 500 }, (_, at) => String((at * 211) % 500).padStart(3, "0"));
  const store = await storeWith(...ids.map((id) => row("key", id)));
  assert.equal(await store.commit("v", FIRST, FIRST + 1, [], ids.filter((id) => id < "250").map((id) => row("key", id))), true);
  const left = await addresses(store, { prefix: ["key"] });
  assert.deepEqual(left, ids.filter((id) => id >= "250").toSorted().map((id) => `key/${id}/`));
});

/** What somebody who runs the store could do to its answers. */
const lies = {
  "a row more": (found) => [...found, { ...found.at(-1), id: "another" }],
  "a row twice": (found) => [found[0], ...found],
  "rows in another order": (found) => found.toReversed(),
  "a row in another one's place": ([first, ...others]) => [{ ...first, type: "upload" }, ...others],
};
for (const [what, lie] of Object.entries(lies)) {
  test(`a caller's store that gives ${what} is refused`, async () => {
    const store = memoryStore();
    const vault = await Strongroom.create({ name: "acme", factors: [secret()], store });
    await vault.keys.create({ alias: "photos" });
    vault.close();
    const read = async (...asked) => {
      const { sequence, rows: found } = await store.read(...asked);
      return { sequence, rows: found.length > 1 ? lie(found) : found };
    };
    const lying = { ...store, read };
    const locked = await Strongroom.open({ name: "acme", store: lying });
    await assert.rejects(locked.unlock(secret()), { code: "ERR_INTEGRITY" });
    locked.close();
  });
}

test("a new vault begins at a random sequence, and its commits count up", async () => {
  const seen = [];
  for (let time = 0; time < 2; time++) {
    const store = memoryStore();
    const vault = await Strongroom.create({ name: "acme", factors: [secret()], store });
    const first = (await store.read("acme", [])).sequence;
    await vault.keys.create({ alias: "photos" });
    assert.equal((await store.read("acme", [])).sequence, first + 1);
    assert.ok(first >= 2 ** 32 && first < 2 ** 52);
    seen.push(first);
    vault.close();
  }
  assert.notEqual(seen[0], seen[1]);
});

test("a vault that is open when it is deleted commits nothing into its successor", async () => {
  const store = memoryStore();
  const old = await Strongroom.create({ name: "acme", factors: [secret()], store });
  await Strongroom.delete("acme", { store });
  const fresh = await Strongroom.create({ name: "acme", factors: [secret()], store });
  const before = await store.read("acme", [{ prefix: [] }]);
  await assert.rejects(old.keys.create({ alias: "stale" }), { code: "ERR_NO_VAULT" });
  assert.deepEqual(await store.read("acme", [{ prefix: [] }]), before);
  await fresh.keys.create({ alias: "photos" });
  fresh.close();
});
