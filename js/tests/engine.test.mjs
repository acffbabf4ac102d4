/** The inline engine: calls at the same time, a store's own errors, a lock and a trap while calls wait. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { code, mapStore, secret, vaultWithKey } from "./support.mjs";

/** The module's memory. The package gives it to nobody. */
let memory;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  memory = made.exports.memory;
  return made;
};

/** Leaves nothing to be had: 65,536 pages, or as many as this machine gives. */
function exhaustMemory() {
  for (let pages = 32_768; pages >= 1; ) {
    try {
      memory.grow(pages);
    } catch {
      pages = Math.floor(pages / 2);
    }
  }
}

/** A store in memory whose calls do something else while `instead` is set. */
function interceptable() {
  const inner = mapStore();
  const seen = { store: undefined, instead: undefined, read: inner.read };
  const call = (name) => (...given) => (seen.instead?.[name] ?? inner[name])(...given);
  seen.store = { vaults: call("vaults"), read: call("read"), commit: call("commit"), remove: call("remove") };
  return seen;
}

/** Holds reads of a whole vault back until they are released: an unlock has opened the vault key by then. */
function heldReads(seen) {
  const held = {};
  held.reached = new Promise((resolve) => {
    const go = new Promise((release) => (held.release = release));
    seen.instead = {
      read: async (name, ranges) => {
        if (ranges.some(({ prefix }) => prefix.length === 0)) {
          resolve();
          await go;
        }
        return seen.read(name, ranges);
      },
    };
  });
  return held;
}

test("three hundred keys created at once are three hundred keys", async () => {
  const vault = await vaultWithKey();
  const aliases = Array.from({ length: 300 }, (_, at) => `key ${String(at).padStart(3, "0")}`);
  await Promise.all(aliases.map((alias) => vault.keys.create({ alias })));
  const keys = await vault.keys.list();
  assert.deepEqual(keys.map(({ alias }) => alias), [...aliases, "photos"]);
});

test("what a caller's store throws reaches the page by what it says, and a full disk as itself", async () => {
  const seen = interceptable();
  const vault = await vaultWithKey({ store: seen.store });
  seen.instead = { commit: () => Promise.reject(new RangeError("the disk is gone")) };
  const { code: stored, message } = await vault.keys.create({ alias: "a" }).catch((error) => error);
  assert.equal(stored, "ERR_STORAGE");
  assert.match(message, /RangeError: the disk is gone/);
  seen.instead = { commit: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
  await assert.rejects(vault.keys.create({ alias: "a" }), code("ERR_QUOTA"));
  seen.instead = undefined;
  await vault.keys.create({ alias: "a" });
});

test("a call that waits for the store when the vault is locked rejects, and writes nothing after", async () => {
  const seen = interceptable();
  const vault = await vaultWithKey({ store: seen.store });
  let release;
  const reached = new Promise((resolve) => {
    // Another tab was faster, so that the change would be prepared again.
    const commit = async () => {
      resolve();
      await new Promise((go) => (release = go));
      seen.instead = { commit: () => assert.fail("a commit by a locked vault") };
      return false;
    };
    seen.instead = { commit };
  });
  const creating = vault.keys.create({ alias: "late" });
  await reached;
  vault.lock();
  await assert.rejects(creating, code("ERR_LOCKED"));
  release();
  await new Promise((done) => setTimeout(done, 50));
  seen.instead = undefined;
  await vault.unlock(secret());
  await assert.rejects(vault.keys.get("late"), code("ERR_NO_KEY"));
});

test("an unlock that waits for the store when the vault is locked writes nothing after", async () => {
  const seen = interceptable();
  const made = await Strongroom.create({ name: "two", factors: [secret(), passphrase("a second passphrase")], store: seen.store });
  // The other factor has yet to remember the new generation: its next unlock commits.
  await made.rotateVaultKey();
  made.close();
  const vault = await Strongroom.open({ name: "two", store: seen.store });
  const held = heldReads(seen);
  const unlocking = vault.unlock(passphrase("a second passphrase"));
  await held.reached;
  await vault.lock();
  await assert.rejects(unlocking, code("ERR_LOCKED"));
  let commits = 0;
  seen.instead = { commit: async () => ((commits += 1), false) };
  held.release();
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(commits, 0);
  seen.instead = undefined;
  await vault.unlock(passphrase("a second passphrase"));
  assert.ok(vault.unlocked);
  vault.close();
});

test("a trap while the core continues after a wait ends the engine: whatever waits rejects, and so do later calls", async () => {
  const seen = interceptable();
  const vault = await vaultWithKey({ store: seen.store });
  exhaustMemory();
  // More than what Argon2id has left free within.
  const row = { type: "x".repeat(2 ** 28), id: vault.id, version: "", revision: 1, bytes: new Uint8Array(1) };
  let asked = 0;
  const never = new Promise(() => {});
  seen.instead = { read: () => (asked++ === 0 ? never : Promise.resolve({ sequence: 9, rows: [row] })) };
  const waiting = vault.keys.get("photos");
  const trapping = vault.keys.get("photos");
  await assert.rejects(trapping, code("ERR_WASM"));
  await assert.rejects(waiting, code("ERR_WASM"));
  assert.equal(vault.unlocked, false);
  await assert.rejects(Strongroom.open({ name: vault.name, store: seen.store }), code("ERR_WASM"));
});
