/** `signal` on everything that can take long: aborted before, during and after. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { before, test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { code, gather, mapStore, pattern, secret, vaultWithKey } from "./support.mjs";

const why = new Error("the person left");
const key = "photos";

/** For `assert.rejects`: the one way in which calls are aborted. */
function wasAborted(error) {
  assert.equal(error.code, "ERR_ABORTED");
  assert.equal(error.name, "AbortError");
  assert.equal(error.cause, why);
  return true;
}

function aborted() {
  const controller = new AbortController();
  controller.abort(why);
  return controller.signal;
}

/** A store that can be held up: `hold("commit")` resolves once a commit came, to what lets it go on. */
function heldStore() {
  const store = mapStore();
  const holds = {};
  const held = (name) => async (...given) => {
    const hold = holds[name];
    delete holds[name];
    if (hold) await hold();
    return store[name](...given);
  };
  const hold = (name) =>
    new Promise((came) => {
      holds[name] = () => new Promise((letGo) => came(letGo));
    });
  const names = ["vaults", "read", "commit", "remove"];
  return { hold, ...Object.fromEntries(names.map((name) => [name, held(name)])) };
}

/** A vault in a store that can be held up, with whatever the calls need. */
async function prepared() {
  const store = heldStore();
  const vault = await vaultWithKey({ store });
  const object = await vault.encrypt(pattern(3_000_000), { key });
  await object.track();
  const stored = await object.blob();
  const token = await vault.encryptValue(1, { key });
  await vault.keys.create({ alias: "releases", purpose: "sign" });
  const signature = await vault.signFile(pattern(3_000_000), { key: "releases" });
  return { store, vault, stored, token, signature, backup: await vault.backup(), reader: await vault.openObject(stored) };
}

/** @type {Awaited<ReturnType<typeof prepared>>} */
let at;

before(async () => {
  at = await prepared();
});

let copies = 0;

/** Each call that takes a signal. */
const CALLS = {
  "Strongroom.list": (signal) => Strongroom.list({ store: at.store, signal }),
  "Strongroom.exists": (signal) => Strongroom.exists("x", { store: at.store, signal }),
  "Strongroom.delete": (signal) => Strongroom.delete("x", { store: at.store, signal }),
  "Strongroom.create": (signal) =>
    Strongroom.create({ name: `made-${copies++}`, factors: [secret()], store: at.store, signal }),
  "Strongroom.open": (signal) => Strongroom.open({ name: at.vault.name, store: at.store, signal }),
  "Strongroom.open, unlocked": (signal) =>
    Strongroom.open({ name: at.vault.name, factor: secret(), store: at.store, signal }),
  "Strongroom.openOrCreate": (signal) =>
    Strongroom.openOrCreate({ name: at.vault.name, factor: secret(), store: at.store, signal }),
  "Strongroom.restore": (signal) => Strongroom.restore(at.backup, { name: `copy-${copies++}`, store: at.store, signal }),
  "vault.unlock": (signal) => at.vault.unlock(secret(), { signal }),
  "vault.merge": (signal) => at.vault.merge(at.backup, { factor: secret(), signal }),
  "vault.backup": (signal) => at.vault.backup({ signal }),
  "vault.rotateVaultKey": (signal) => at.vault.rotateVaultKey({ signal }),
  "vault.openObject": (signal) => at.vault.openObject(at.stored, { signal }),
  "reader.read": (signal) => at.reader.read(10, 2_000_000, { signal }),
  "vault.encryptValue": (signal) => at.vault.encryptValue(1, { key, signal }),
  "vault.encryptValues": (signal) => at.vault.encryptValues([1, 2], { key, signal }),
  "vault.decryptValue": (signal) => at.vault.decryptValue(at.token, { signal }),
  "vault.decryptValues": (signal) => at.vault.decryptValues([at.token], { signal }),
  "vault.decryptValues, each": (signal) => at.vault.decryptValues([at.token, "x"], { settle: true, signal }),
  "vault.signFile": (signal) => at.vault.signFile(pattern(3_000_000), { key: "releases", signal }),
  "vault.verifyFile": (signal) => at.vault.verifyFile(at.signature, pattern(3_000_000), { signal }),
  "keys.list": (signal) => at.vault.keys.list({ signal }),
  "keys.page": (signal) => at.vault.keys.page({ signal }),
  "keys.due": (signal) => at.vault.keys.due(0, { signal }),
  "objects.list": (signal) => at.vault.objects.list({ signal }),
  "objects.each": (signal) => at.vault.objects.each({ signal }).next(),
  "objects.page": (signal) => at.vault.objects.page({ signal }),
  "inventory.cbom": (signal) => at.vault.inventory.cbom({ signal }),
  "uploads.list": (signal) => at.vault.uploads.list({ signal }),
  "factors.add": (signal) => at.vault.factors.add(passphrase(`another one ${copies++}`), { factor: secret(), signal }),
  "key.dangerouslyExport": async (signal) =>
    (await at.vault.keys.get(key)).dangerouslyExport({ factor: secret(), signal }),
};

/** The same calls work, and the vault is as it was. */
async function works() {
  assert.equal(await at.vault.decryptValue(at.token), 1);
  assert.deepEqual(await at.reader.read(5, 100), pattern(105).slice(5));
  assert.equal((await at.vault.objects.list()).length, 1);
}

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: a signal that was aborted before does nothing`, async () => {
    const head = await at.vault.lastSeenHead();
    const vaults = await Strongroom.list({ store: at.store });
    await assert.rejects(call(aborted()), wasAborted);
    assert.equal(await at.vault.lastSeenHead(), head);
    assert.deepEqual(await Strongroom.list({ store: at.store }), vaults);
  });

  test(`${name}: rejects at once when it is aborted, and the vault works on`, async () => {
    const controller = new AbortController();
    const called = call(controller.signal);
    controller.abort(why);
    await assert.rejects(called, wasAborted);
    await works();
  });

  test(`${name}: an abort that comes after the end is none`, async () => {
    const controller = new AbortController();
    const done = await call(controller.signal);
    controller.abort(why);
    await works();
    if (name === "vault.openObject") assert.equal((await done.read(1, 100)).byteLength, 100);
    if (name.startsWith("Strongroom.o")) assert.equal(done.unlocked, name !== "Strongroom.open");
  });
}

test("a vault whose creation is aborted before the store writes is not there, and its name is free", async () => {
  const store = heldStore();
  const controller = new AbortController();
  const came = store.hold("read");
  const created = Strongroom.create({ name: "a", factors: [secret()], store, signal: controller.signal });
  const letGo = await came;
  controller.abort(why);
  await assert.rejects(created, wasAborted);
  letGo();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await Strongroom.exists("a", { store }), false);
  const vault = await Strongroom.openOrCreate({ name: "a", factor: secret(), store });
  assert.equal(vault.unlocked, true);
});

for (const commits of [true, false]) {
  const outcome = commits ? "new" : "old";

  test(`a creation that is aborted while the store writes leaves the ${outcome} state whole`, async () => {
    const store = heldStore();
    const controller = new AbortController();
    const came = store.hold("commit");
    const created = Strongroom.create({ name: "a", factors: [secret()], store, signal: controller.signal });
    const letGo = await came;
    controller.abort(why);
    await assert.rejects(created, wasAborted);
    assert.equal(await Strongroom.exists("a", { store }), false);
    if (!commits) return;
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const vault = await Strongroom.open({ name: "a", factor: secret(), store });
    await vault.keys.create({ alias: key });
    assert.equal((await vault.keys.list()).length, 1);
  });

  test(`a restore that is aborted while the store writes leaves the ${outcome} state whole`, async () => {
    const store = heldStore();
    const controller = new AbortController();
    const came = store.hold("commit");
    const restored = Strongroom.restore(at.backup, { name: "b", store, signal: controller.signal });
    const letGo = await came;
    controller.abort(why);
    await assert.rejects(restored, wasAborted);
    assert.equal(await Strongroom.exists("b", { store }), false);
    if (!commits) return;
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const vault = await Strongroom.open({ name: "b", factor: secret(), store });
    assert.equal(await vault.decryptValue(at.token), 1);
  });

  test(`a rotation that is aborted while the store ${commits ? "writes" : "reads"} leaves the ${outcome} vault key`, async () => {
    const { store, vault, token } = await prepared();
    // Neither its entries that wait nor those of another handle are a commit of their own meanwhile.
    await vault.audit.stop();
    const controller = new AbortController();
    const changes = [];
    vault.addEventListener("change", ({ detail }) => changes.push(detail.noun));
    const came = store.hold(commits ? "commit" : "read");
    const rotated = vault.rotateVaultKey({ signal: controller.signal });
    const letGo = await came;
    controller.abort(why);
    await assert.rejects(rotated, wasAborted);
    // As the store has it now.
    const again = await Strongroom.open({ name: vault.name, factor: secret(), store });
    assert.equal(await again.decryptValue(token), 1);
    await again.close();
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(changes, commits ? ["vaultKey"] : []);
    assert.equal(vault.unlocked, true);
    const then = await Strongroom.open({ name: vault.name, factor: secret(), store });
    assert.equal(await then.decryptValue(token), 1);
    // A new key has the generation after the one that there is.
    assert.equal((await then.rotateVaultKey()).generation, commits ? 3 : 2);
  });
}

test("an unlock that is aborted leaves the vault locked, and no key in the engine", async () => {
  const { vault, store, token } = await prepared();
  await vault.lock();
  const controller = new AbortController();
  const unlocking = vault.unlock(secret(), { signal: controller.signal });
  controller.abort(why);
  await assert.rejects(unlocking, wasAborted);
  assert.equal(vault.unlocked, false);
  await assert.rejects(vault.decryptValue(token), code("ERR_LOCKED"));
  assert.equal(await Strongroom.exists(vault.name, { store }), true);
  await vault.unlock(secret());
  assert.equal(await vault.decryptValue(token), 1);
});

/** Opens it elsewhere, so that what failed before has the next attempt neither wait nor take turns. */
async function openedElsewhere(vault, store) {
  await (await Strongroom.open({ name: vault.name, factor: secret(), store })).close();
}

/** How often the store is read by an unlock that is refused: once more where the vault has no engine. */
async function readsOfUnlock(vault, store) {
  const { read } = store;
  let reads = 0;
  store.read = (...given) => {
    reads++;
    return read(...given);
  };
  await assert.rejects(vault.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
  store.read = read;
  await openedElsewhere(vault, store);
  return reads;
}

for (const end of ["aborted", "locked"]) {
  test(`an unlock that is ${end} while its engine connects leaves neither an engine nor an unlocked vault`, async () => {
    const { vault, store } = await prepared();
    await vault.lock();
    const without = await readsOfUnlock(vault, store);
    assert.equal(await readsOfUnlock(vault, store), without - 1);
    await vault.lock();
    const controller = new AbortController();
    // The engine is there, and opens the vault.
    const came = store.hold("read");
    const unlocking = vault.unlock(secret(), { signal: controller.signal });
    const letGo = await came;
    if (end === "aborted") controller.abort(why);
    else await vault.lock();
    const refused = assert.rejects(unlocking, end === "aborted" ? wasAborted : code("ERR_LOCKED"));
    letGo();
    await refused;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(vault.unlocked, false);
    assert.equal(await readsOfUnlock(vault, store), without);
    await vault.unlock(secret());
    assert.equal(vault.unlocked, true);
    await vault.close();
  });
}

test("an engine that is not there yet when one of two unlocks is aborted serves the other", async () => {
  const { vault, store, token } = await prepared();
  await vault.lock();
  const controller = new AbortController();
  const came = store.hold("read");
  const unlocking = vault.unlock(secret(), { signal: controller.signal });
  const letGo = await came;
  const other = vault.unlock(secret());
  controller.abort(why);
  await assert.rejects(unlocking, wasAborted);
  letGo();
  await other;
  assert.equal(vault.unlocked, true);
  assert.equal(await vault.decryptValue(token), 1);
});

test("of two unlocks at once, the one that is aborted does not touch the other", async () => {
  const { vault, token, store } = await prepared();
  for (const [factor, unlocked] of [[secret(), true], [passphrase("wrong"), false]]) {
    await vault.lock();
    const locks = [];
    const listen = () => locks.push(1);
    vault.addEventListener("lock", listen);
    // From here on there is an engine.
    await assert.rejects(vault.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
    await openedElsewhere(vault, store);
    const controller = new AbortController();
    const letGo = [];
    const held = async (unlock) => {
      const came = store.hold("read");
      const unlocking = unlock();
      letGo.push(await came);
      return { unlocking };
    };
    const { unlocking } = await held(() => vault.unlock(secret(), { signal: controller.signal }));
    const { unlocking: other } = await held(() => vault.unlock(factor));
    controller.abort(why);
    await assert.rejects(unlocking, wasAborted);
    // The engine opens the vault for nobody, before the other is done.
    letGo[0]();
    await new Promise((resolve) => setTimeout(resolve, 200));
    letGo[1]();
    await (unlocked ? other : assert.rejects(other, code("ERR_WRONG_FACTOR")));
    assert.equal(vault.unlocked, unlocked);
    assert.deepEqual(locks, []);
    vault.removeEventListener("lock", listen);
    if (unlocked) assert.equal(await vault.decryptValue(token), 1);
    else await assert.rejects(vault.decryptValue(token), code("ERR_LOCKED"));
  }
  await vault.unlock(secret());
  assert.equal(await vault.decryptValue(token), 1);
});

test("an unlocked vault that is unlocked again stays so when that is aborted", async () => {
  const { vault, token } = await prepared();
  const controller = new AbortController();
  const unlocking = vault.unlock(secret(), { signal: controller.signal });
  controller.abort(why);
  await assert.rejects(unlocking, wasAborted);
  assert.equal(vault.unlocked, true);
  assert.equal(await vault.decryptValue(token), 1);
});

test("the bytes of a factor are not kept by an unlock that never began", async () => {
  const { vault } = await prepared();
  const bytes = new TextEncoder().encode("correct horse battery staple");
  await assert.rejects(vault.unlock(passphrase(bytes), { signal: aborted() }), wasAborted);
  await vault.unlock(passphrase(bytes));
});

test("an object whose reader hangs is given up at once, and dropped once it is open", async () => {
  const bytes = new Uint8Array(await at.stored.arrayBuffer());
  const controller = new AbortController();
  let letGo;
  const hanging = new Promise((resolve) => (letGo = resolve));
  let reads = 0;
  const read = async (offset, length) => {
    reads++;
    await hanging;
    return bytes.subarray(offset, offset + length);
  };
  const opening = at.vault.openObject({ size: bytes.length, read }, { signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(reads, 1);
  controller.abort(why);
  await assert.rejects(opening, wasAborted);
  letGo();
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Nothing is read for it any more.
  assert.equal(reads, 1);
  await works();
});

test("a read that is aborted asks for nothing more, and the next one has the bytes", async () => {
  const bytes = new Uint8Array(await at.stored.arrayBuffer());
  const controller = new AbortController();
  let reads = 0;
  let stop = false;
  const read = async (offset, length) => {
    reads++;
    if (stop) controller.abort(why);
    return bytes.subarray(offset, offset + length);
  };
  const object = await at.vault.openObject({ size: bytes.length, read });
  stop = true;
  const then = reads;
  await assert.rejects(object.read(0, 3_000_000, { signal: controller.signal }), wasAborted);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(reads - then <= 2, `${reads - then} reads`);
  assert.deepEqual(await object.read(0, 1000), pattern(1000));
});

test("a stream leaves no listener on its signal, at its end and when it fails", async () => {
  const bytes = new Uint8Array(await at.stored.arrayBuffer());
  let fails = false;
  const read = async (offset, length) => {
    if (fails) throw new Error("offline");
    return bytes.subarray(offset, offset + length);
  };
  const object = await at.vault.openObject({ size: bytes.length, read });
  const { signal } = new AbortController();
  assert.equal((await gather(object.stream({ signal }))).length, object.size);
  assert.deepEqual(getEventListeners(signal, "abort"), []);
  fails = true;
  await assert.rejects(gather(object.stream({ signal })), code("ERR_INPUT"));
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

test("a resume token that another tab's lock refuses leaves no listener on its signal", async () => {
  const object = await at.vault.encrypt(new Blob(["x"]), { key });
  const { signal } = new AbortController();
  const real = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const locks = { request: async (_name, _options, held) => held(null) };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  try {
    await assert.rejects(object.resumeToken({ signal }), code("ERR_IN_USE"));
  } finally {
    // Node 20 has none.
    Object.defineProperty(globalThis, "navigator", real ?? { value: undefined, configurable: true });
  }
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

test("values that are watched are worked on in parts, with progress to the end", async () => {
  const values = Array.from({ length: 600 }, (_, row) => row);
  const contexts = values.map((row) => ({ row: String(row) }));
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const tokens = await at.vault.encryptValues(values, { key, contexts, onProgress });
  const parts = [256, 512, 600].map((done) => ({ done, total: 600 }));
  assert.deepEqual(seen.splice(0), parts);
  assert.deepEqual(await at.vault.decryptValues(tokens, { contexts, onProgress }), values);
  assert.deepEqual(seen.splice(0), parts);
  const spoilt = tokens.with(300, "x");
  await assert.rejects(at.vault.decryptValues(spoilt, { contexts, onProgress }), (error) => error.index === 300);
  seen.splice(0);
  const settled = await at.vault.decryptValues(spoilt, { contexts, settle: true, onProgress });
  assert.deepEqual(seen, parts);
  assert.equal(settled.length, 600);
  assert.deepEqual(settled[299], { status: "fulfilled", value: 299 });
  assert.equal(settled[300].reason.index, 300);
  assert.equal(settled.filter(({ status }) => status === "rejected").length, 1);
});

test("of values that do not all open, none is tried by itself after an abort", async () => {
  const { vault } = await prepared();
  const values = Array.from({ length: 256 }, (_, row) => row);
  const tokens = await vault.encryptValues(values, { key });
  for (const settle of [true, false]) {
    const controller = new AbortController();
    const { uses: old } = await vault.keys.get(key);
    const decrypted = vault.decryptValues(tokens.with(255, "x"), { settle, signal: controller.signal });
    controller.abort(why);
    await assert.rejects(decrypted, wasAborted);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await vault.keys.get(key)).uses, old);
  }
});

test("which values do not open is found in a few messages", async () => {
  const { vault } = await prepared();
  const tokens = await vault.encryptValues(Array.from({ length: 300 }, (_, row) => row), { key });
  const spoilt = tokens.with(7, "x").with(299, "x");
  const { queueMicrotask: real } = globalThis;
  let messages = 0;
  // By which the inline engine's port posts its messages, and wasm wakes its tasks.
  globalThis.queueMicrotask = (call) => {
    if (/ Object\.post /.test(new Error().stack)) messages++;
    real(call);
  };
  try {
    const settled = await vault.decryptValues(spoilt, { settle: true });
    const failed = settled.filter(({ status }) => status === "rejected");
    assert.deepEqual(failed.map(({ reason }) => [reason.code, reason.index]), [["ERR_MALFORMED", 7], ["ERR_MALFORMED", 299]]);
    assert.deepEqual(settled[298], { status: "fulfilled", value: 298 });
    await assert.rejects(vault.decryptValues(spoilt), { code: "ERR_MALFORMED", index: 7 });
  } finally {
    globalThis.queueMicrotask = real;
  }
  assert.ok(messages > 0 && messages <= 8, `${messages} messages`);
});

test("values that are aborted in between end after the part that runs", async () => {
  const { vault } = await prepared();
  const controller = new AbortController();
  const values = Array.from({ length: 2000 }, (_, row) => row);
  const onProgress = () => controller.abort(why);
  const { uses: old } = await vault.keys.get(key);
  await assert.rejects(vault.encryptValues(values, { key, signal: controller.signal, onProgress }), wasAborted);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { uses } = await vault.keys.get(key);
  assert.ok(uses - old <= 2 * 256, `${uses - old} uses`);
});

test("a list that is aborted gives nothing more of what it has", async () => {
  const controller = new AbortController();
  const { vault } = await prepared();
  const object = await vault.encrypt("x", { key });
  await object.track();
  const each = vault.objects.each({ signal: controller.signal });
  assert.equal((await each.next()).done, false);
  controller.abort(why);
  await assert.rejects(each.next(), wasAborted);
});

/** Whether progress grows to its end, and how much there was of it. */
function grows(seen) {
  const { total } = seen.at(-1);
  assert.ok(seen.every((progress) => progress.total === total));
  assert.ok(seen.every(({ done }, row) => done > (seen[row - 1]?.done ?? 0)));
  assert.equal(seen.at(-1).done, total);
  return total;
}

test("backup, restore, rotateVaultKey and unlock tell how far they are, to the end", async () => {
  const { vault, store } = await prepared();
  for (let row = 0; row < 300; row++) await vault.keys.create({ alias: `key-${row}` });
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const backup = await vault.backup({ onProgress });
  const records = grows(seen.splice(0));
  assert.ok(records > 600, `${records} records`);
  await Strongroom.restore(backup, { name: "restored", store, onProgress });
  assert.equal(grows(seen.splice(0)), records);
  const rotated = await vault.rotateVaultKey({ onProgress });
  assert.equal(grows(seen.splice(0)), rotated.records);
  await vault.lock();
  await vault.unlock(secret(), { onProgress });
  assert.deepEqual(seen.splice(0), [{ done: 1, total: 2 }, { done: 2, total: 2 }]);
  await vault.unlock(secret(), { onProgress });
  assert.deepEqual(seen.splice(0), [{ done: 1, total: 1 }]);
});

test("nothing is told after an abort", async () => {
  const { vault } = await prepared();
  const controller = new AbortController();
  const seen = [];
  const rotated = vault.rotateVaultKey({ signal: controller.signal, onProgress: (progress) => seen.push(progress) });
  controller.abort(why);
  await assert.rejects(rotated, wasAborted);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(seen, []);
});

test("a backup that is aborted is not noted", async () => {
  const { vault } = await prepared();
  const object = await vault.encrypt("x", { key, header: "vault" });
  await object.blob();
  const controller = new AbortController();
  const backup = vault.backup({ signal: controller.signal });
  controller.abort(why);
  await assert.rejects(backup, wasAborted);
  assert.equal((await vault.shred(object.id)).shredded, true);
});

function failing() {
  throw new Error("in the page");
}

test("a callback that throws is the page's own error, and the call goes on", async () => {
  const { vault } = await prepared();
  const thrown = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => thrown.push(error.message));
  try {
    const onProgress = failing;
    assert.ok((await vault.backup({ onProgress })).size > 0);
    assert.equal((await vault.rotateVaultKey({ onProgress })).generation, 2);
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
  assert.ok(thrown.length >= 2 && thrown.every((message) => message === "in the page"), thrown.join());
});
