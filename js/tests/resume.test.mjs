import assert from "node:assert/strict";
import { test } from "node:test";
import { Strongroom } from "strongroom";
import { code, gather, pattern, secret, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;
const context = { file: "film" };
const plain = pattern(5 * MiB + 77);
const film = () => new File([plain], "film.webm", { lastModified: 7 });

async function pinned(vault, file = film(), options = {}) {
  const object = await vault.encrypt(file, { key: "photos", context, ...options });
  const token = await object.resumeToken({ location: "films/1" });
  return { object, token };
}

/** What a stream gives until it fails, and why. */
async function until(stream) {
  const chunks = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (failure) {
    return { given: Buffer.concat(chunks), failure };
  }
  return { given: Buffer.concat(chunks), failure: undefined };
}

test("a pinned object is read again and again, from any byte on, and is the same after a resume", async () => {
  const vault = await vaultWithKey();
  for (const detached of [false, true]) {
    const { object, token } = await pinned(vault, film(), { detached });
    assert.equal(object.resumable, true);
    assert.equal(await object.resumeToken(), token, "told again");
    const whole = await object.bytes();
    assert.equal(whole.byteLength, object.size);
    object.close();
    const again = await vault.resume(token, film(), { context });
    assert.equal(again.size, object.size);
    assert.deepEqual(again.header, object.header);
    const places = [0, 1, 7, 8, object.header.length + 8, 300_000, MiB, MiB + 1, 2 * MiB + 5, whole.byteLength - 1];
    for (const from of places) {
      const rest = await gather(again.stream({ from }));
      assert.ok(Buffer.from(rest).equals(whole.subarray(from)), `from ${from}`);
    }
    const opened = await vault.decrypt(whole, { context, ...(detached && { header: again.header }) });
    assert.deepEqual(await opened.bytes(), plain);
    assert.deepEqual({ ...opened.metadata }, { name: "film.webm", size: plain.byteLength, modified: 7 });
    again.close();
  }
});

test("parts go on from any of them", async () => {
  const vault = await vaultWithKey();
  const file = new Blob([pattern(17 * MiB)]);
  const { object } = await pinned(vault, file);
  const parts = async (from) => {
    const made = [];
    for await (const part of object.parts({ size: 5 * MiB, from })) made.push(part);
    return made;
  };
  const all = await parts(1);
  const late = await parts(3);
  assert.deepEqual(late.map(({ number, offset, last }) => [number, offset, last]), [
    [3, 10 * MiB, false],
    [4, 15 * MiB, true],
  ]);
  for (const [at, { blob }] of late.entries()) {
    assert.deepEqual(await blob.arrayBuffer(), await all[at + 2].blob.arrayBuffer());
  }
});

test("an empty file", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault, new Blob([]));
  const whole = await object.bytes();
  object.close();
  const again = await vault.resume(token, new Blob([]), { context });
  assert.deepEqual(await again.bytes(), whole);
});

test("of a file that changed no byte is given out from where it changed", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault);
  const whole = Buffer.from(await object.bytes());
  object.close();
  for (const at of [0, 2 * MiB, plain.byteLength - 1]) {
    const other = plain.slice();
    other[at] ^= 1;
    const changed = await vault.resume(token, new File([other], "film.webm"), { context });
    const { given, failure } = await until(changed.stream());
    assert.equal(failure?.code, "ERR_CHANGED");
    assert.ok(given.equals(whole.subarray(0, given.byteLength)), "what was given is what it was");
    const piece = Math.floor((at + 40) / (4 * (262_144 - 16)));
    assert.ok(given.byteLength <= 8 + object.header.length + piece * 4 * 262_144, `at ${at}: ${given.byteLength}`);
    changed.close();
  }
  for (const size of [plain.byteLength - 1, 0]) {
    const shorter = new Blob([plain.subarray(0, size)]);
    await assert.rejects(vault.resume(token, shorter, { context }), code("ERR_CHANGED"));
  }
});

test("what cannot go on is told", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault);
  object.close();
  await assert.rejects(vault.resume(token, film(), { context: { file: "other" } }), code("ERR_CONTEXT"));
  await assert.rejects(vault.resume("nothing", film(), { context }), code("ERR_NO_OBJECT"));
  await assert.rejects(vault.resume(token, plain, { context }), code("ERR_ARGUMENT"));
  const again = await vault.resume(token, film(), { context });
  await assert.rejects(gather(again.stream({ from: again.size })), code("ERR_ARGUMENT"));
  for (const from of [-1, 0.5, NaN]) {
    assert.throws(() => again.stream({ from }), code("ERR_ARGUMENT"));
    assert.throws(() => again.parts({ from }), code("ERR_ARGUMENT"));
  }
  again.close();
  const [{ started, ...listed }] = await vault.uploads.list();
  assert.deepEqual(listed, { token, name: "film.webm", location: "films/1", size: plain.byteLength });
  assert.ok(Math.abs(Date.now() - started) < 60_000);
  await vault.uploads.remove(token);
  await vault.uploads.remove(token);
  assert.deepEqual(await vault.uploads.list(), []);
  await assert.rejects(vault.resume(token, film(), { context }), code("ERR_NO_OBJECT"));
});

test("only a vault's object of a file can be resumed, and only before it is read", async () => {
  const vault = await vaultWithKey();
  const ofBytes = await vault.encrypt(plain, { key: "photos" });
  await assert.rejects(ofBytes.resumeToken(), code("ERR_ARGUMENT"));
  assert.throws(() => ofBytes.stream({ from: 1 }), code("ERR_ARGUMENT"));
  await assert.rejects(ofBytes.remember("x"), code("ERR_ARGUMENT"));
  const read = await vault.encrypt(film(), { key: "photos" });
  read.stream();
  await assert.rejects(read.resumeToken(), code("ERR_CONSUMED"));
  assert.deepEqual(await vault.uploads.list(), []);
});

test("the first pass tells how far it is, and can be aborted", async () => {
  const vault = await vaultWithKey();
  const file = new Blob([pattern(40 * MiB)]);
  const told = [];
  const object = await vault.encrypt(file, { key: "photos" });
  await object.resumeToken({ onProgress: ({ done, total }) => told.push([done, total]) });
  assert.ok(told.length >= 3 && told.every(([done, total]) => done <= total), JSON.stringify(told));
  assert.deepEqual(told.at(-1), [40 * MiB, 40 * MiB]);
  object.close();
  const abort = new AbortController();
  const aborted = await vault.encrypt(file, { key: "photos" });
  const token = aborted.resumeToken({ signal: abort.signal, onProgress: () => abort.abort() });
  await assert.rejects(token, code("ERR_ABORTED"));
  assert.equal((await vault.uploads.list()).length, 1, "only the one before");
});

test("a record outlives the vault key's rotation, a backup, and another primary version", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault);
  const whole = await object.bytes();
  await object.remember('{"upload":"1"}');
  object.close();
  await vault.rotateVaultKey();
  await vault.keys.get("photos").then((key) => key.rotate());
  const name = await Strongroom.restore(await vault.backup(), { name: `${vault.name}-copy` });
  const copy = await Strongroom.open({ name: name?.name ?? `${vault.name}-copy` });
  await copy.unlock(secret());
  for (const place of [vault, copy]) {
    const again = await place.resume(token, film(), { context });
    assert.equal(again.note, '{"upload":"1"}');
    assert.deepEqual(await again.bytes(), whole);
    again.close();
  }
  const again = await vault.resume(token, film(), { context });
  await again.forget();
  await assert.rejects(again.remember("late"), code("ERR_NO_OBJECT"));
});

test("a version that was compromised sends no more", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault);
  object.close();
  await (await vault.keys.get("photos")).primaryVersion.revoke({ compromised: true });
  await assert.rejects(vault.resume(token, film(), { context }), code("ERR_STATE"));
});

test("an object whose header the vault keeps is resumed by that, and its upload ends with it", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault, film(), { header: "vault" });
  const whole = await object.bytes();
  object.close();
  const again = await vault.resume(token, film(), { context });
  assert.equal(again.header.byteLength, 0);
  assert.deepEqual(await again.bytes(), whole);
  const opened = await vault.decrypt(whole, { object: token, context });
  assert.deepEqual(await opened.bytes(), plain);
  again.close();
  const { shredded } = await vault.shred(token);
  assert.equal(shredded, true);
  assert.deepEqual(await vault.uploads.list(), []);
});

test("a sidecar is resumed as one, and ends with its parent", async () => {
  const vault = await vaultWithKey();
  const parent = await vault.encrypt("a film", { key: "photos", context, header: "vault" });
  const object = await parent.addSidecar("preview", film());
  const token = await object.resumeToken();
  const whole = await object.bytes();
  object.close();
  await assert.rejects(vault.resume(token, film(), { context }), code("ERR_CONTEXT"));
  const sidecar = { parent: parent.id, name: "preview" };
  const again = await vault.resume(token, film(), { context, sidecar });
  assert.deepEqual(await again.bytes(), whole);
  await assert.rejects(again.addSidecar("thumbnail", "small"), code("ERR_ARGUMENT"));
  again.close();
  assert.throws(() => again.stream(), code("ERR_CLOSED"));
  assert.equal((await vault.shred(parent.id)).shredded, true);
  assert.deepEqual(await vault.uploads.list(), []);
});
