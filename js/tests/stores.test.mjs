/** What `Store` promises, and what comes of a store that breaks it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Strongroom } from "strongroom";
import { code, mapStore, secret, vaultWithKey } from "./support.mjs";

/** What somebody who runs the store could do to its answers. */
const lies = {
  "a row more": (found) => [...found, { ...found.at(-1), id: "another" }],
  "a row twice": (found) => [found[0], ...found],
  "rows in another order": (found) => found.toReversed(),
  "a row in another one's place": ([first, ...others]) => [{ ...first, type: "upload" }, ...others],
};
for (const [what, lie] of Object.entries(lies)) {
  test(`a caller's store that gives ${what} is refused`, async () => {
    const store = mapStore();
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

/** What looks like rows, and throws where it is asked or has nothing. */
const impostors = {
  "a row that is a proxy": ([first, ...others]) => [new Proxy(first, { get: () => assert.fail("no") }), ...others],
  "rows that are a revoked proxy": (found) => {
    const { proxy, revoke } = Proxy.revocable(found, {});
    revoke();
    return proxy;
  },
  "bytes that are a proxy": ([first, ...others]) => [{ ...first, bytes: new Proxy(first.bytes, {}) }, ...others],
  "bytes that were moved away": ([first, ...others]) => {
    const bytes = first.bytes.slice();
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return [{ ...first, bytes }, ...others];
  },
  "bytes of more than there is memory": ([first, ...others]) => [
    { ...first, bytes: Object.create(Uint8Array.prototype, { length: { value: 2 ** 31 + 1 } }) },
    ...others,
  ],
};
for (const [what, impostor] of Object.entries(impostors)) {
  test(`a caller's store that gives ${what} is refused, and other vaults do not notice`, async () => {
    const other = await vaultWithKey();
    const store = mapStore();
    const vault = await vaultWithKey({ store });
    const { read } = store;
    store.read = async (...asked) => {
      const { sequence, rows } = await read(...asked);
      return { sequence, rows: rows.length > 0 ? impostor(rows) : rows };
    };
    await assert.rejects(vault.keys.get("another"), code("ERR_STORAGE"));
    await assert.rejects(Strongroom.open({ name: vault.name, store }), code("ERR_STORAGE"));
    store.read = read;
    assert.equal((await vault.keys.get("photos")).alias, "photos");
    assert.equal((await other.keys.get("photos")).alias, "photos");
  });
}

test("names that a caller's store gives are checked", async () => {
  for (const names of [[5], [""], ["x".repeat(257)], ["a\nb"], [null], "acme", undefined, new Proxy(["acme"], { get: () => assert.fail("no") })]) {
    const store = { ...mapStore(), vaults: async () => names };
    await assert.rejects(Strongroom.list({ store }), code("ERR_STORAGE"));
  }
});

test("a store's error of its own is ERR_STORAGE, whatever its code says; one of the package's is itself", async () => {
  const thrown = Object.assign(new TypeError("offline"), { code: "ERR_INVALID_ARG_TYPE" });
  const lent = Object.assign(new Error("not ours"), { code: "ERR_LOCKED" });
  const denied = new DOMException("denied", "SecurityError");
  for (const error of [thrown, lent, denied]) {
    const store = { ...mapStore(), vaults: () => Promise.reject(error) };
    const { code: told, message } = await Strongroom.list({ store }).catch((refused) => refused);
    assert.deepEqual([told, message], ["ERR_STORAGE", `the store failed: ${error}`]);
  }
  const own = await Strongroom.open({ name: "none" }).catch((error) => error);
  const store = { ...mapStore(), vaults: () => Promise.reject(own) };
  await assert.rejects(Strongroom.list({ store }), { code: "ERR_NO_VAULT", message: own.message });
});

test("a commit that is never answered fails after ten seconds, and what it did is seen before anything else is done", async () => {
  const store = mapStore();
  const vault = await vaultWithKey({ store });
  const { commit } = store;
  store.commit = async (...change) => {
    store.commit = commit;
    await commit(...change);
    return new Promise(() => {});
  };
  const from = performance.now();
  const creating = vault.keys.create({ alias: "late" });
  const behind = vault.keys.create({ alias: "behind" });
  await assert.rejects(creating, { code: "ERR_STORAGE", message: /no answer within ten seconds/ });
  assert.ok(performance.now() - from < 15_000);
  await assert.rejects(vault.keys.create({ alias: "late" }), code("ERR_KEY_EXISTS"));
  await behind;
  assert.deepEqual((await vault.keys.list()).map(({ alias }) => alias), ["behind", "late", "photos"]);
  await vault.keys.create({ alias: "after" });
});

test("what a commit did that was never answered holds for what is only read", async () => {
  const store = mapStore();
  const vault = await vaultWithKey({ store });
  const { commit } = store;
  store.commit = async (...change) => {
    store.commit = commit;
    await commit(...change);
    return new Promise(() => {});
  };
  await assert.rejects((await vault.keys.get("photos")).primaryVersion.suspend(), { code: "ERR_STORAGE", message: /no answer/ });
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), code("ERR_STATE"));
});

/** How a store may end a commit that it has done. */
const ends = {
  "an error of its own": () => Promise.reject(new Error("the answer was lost")),
  "a full disk": () => Promise.reject(new DOMException("no room for the copy", "QuotaExceededError")),
  "an answer of another kind": () => "done",
};
for (const [what, end] of Object.entries(ends)) {
  test(`what a commit did that ended with ${what} holds for the next call`, async () => {
    const store = mapStore();
    const vault = await vaultWithKey({ store });
    const { commit } = store;
    store.commit = async (...change) => {
      store.commit = commit;
      await commit(...change);
      return end();
    };
    await assert.rejects((await vault.keys.get("photos")).primaryVersion.suspend());
    await assert.rejects(vault.encryptValue(1, { key: "photos" }), code("ERR_STATE"));
  });
}

test("a new vault begins at a random sequence, and its commits count up", async () => {
  const seen = [];
  for (let time = 0; time < 2; time++) {
    const store = mapStore();
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
  const store = mapStore();
  const old = await Strongroom.create({ name: "acme", factors: [secret()], store });
  await Strongroom.delete("acme", { store });
  const fresh = await Strongroom.create({ name: "acme", factors: [secret()], store });
  const before = await store.read("acme", [{ prefix: [] }]);
  await assert.rejects(old.keys.create({ alias: "stale" }), { code: "ERR_NO_VAULT" });
  assert.deepEqual(await store.read("acme", [{ prefix: [] }]), before);
  await fresh.keys.create({ alias: "photos" });
  fresh.close();
});

test("a store that lost an unlocked vault locks it within ten seconds of the next use", async (t) => {
  const store = mapStore();
  const vault = await Strongroom.create({ name: "acme", factors: [secret()], store });
  await vault.keys.create({ alias: "photos" });
  const locked = new Promise((resolve) => {
    vault.addEventListener("lock", ({ detail }) => resolve(detail));
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  await store.remove("acme");
  await vault.encryptValue("in memory", { key: "photos" });
  t.mock.timers.tick(10_000);
  const { reason } = await locked;
  assert.equal(reason.code, "ERR_NO_VAULT");
  await assert.rejects(vault.encryptValue("nowhere", { key: "photos" }), { code: "ERR_LOCKED" });
  await assert.rejects(vault.unlock(secret()), { code: "ERR_NO_VAULT" });
});
