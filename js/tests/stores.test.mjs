/** What `CallerStore` promises, asked of the store in memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../generated/memory.js";

const row = (type, id, version = "", byte = 1) => ({ type, id, version, revision: 7, bytes: Uint8Array.of(byte) });
const address = ({ type, id, version }) => [type, id, version].join("/");

/** A store that has a vault "v" of these rows. */
async function storeWith(...rows) {
  const store = memoryStore();
  assert.equal(await store.commit("v", 0, rows, []), true);
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
  assert.equal(read.sequence, 1);
  assert.deepEqual(read.rows.map(address), ["keys/a/1", "head/v/", "keys/a/1"]);
  assert.deepEqual(await store.read("v", []), { sequence: 1, rows: [] });
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
  assert.equal(await store.commit("v", 0, [row("key", "x")], [row("key", "a")]), false);
  assert.deepEqual(await addresses(store, { prefix: [] }), ["key/a/", "key/b/"]);
  assert.equal(await store.commit("v", 1, [row("key", "b", "", 2), row("key", "c")], [row("key", "a")]), true);
  const { sequence, rows: left } = await store.read("v", [{ prefix: [] }]);
  assert.equal(sequence, 2);
  assert.deepEqual(left, [row("key", "b", "", 2), row("key", "c")]);
});

test("many rows keep their order, whatever order they come in", async () => {
  const ids = Array.from({ length: 500 }, (_, at) => String((at * 211) % 500).padStart(3, "0"));
  const store = await storeWith(...ids.map((id) => row("key", id)));
  assert.equal(await store.commit("v", 1, [], ids.filter((id) => id < "250").map((id) => row("key", id))), true);
  const left = await addresses(store, { prefix: ["key"] });
  assert.deepEqual(left, ids.filter((id) => id >= "250").toSorted().map((id) => `key/${id}/`));
});
