/** Stores of files, over a remote in memory. With a real one they are tried in browsers. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, test } from "node:test";
import { buffer } from "node:stream/consumers";
import { fileStore } from "strongroom/files";
import { code, pattern, secret, vaultWithKey } from "./support.mjs";

/** What is stored, by name, and what fails: `fails` is asked of each request. */
const stored = new Map();
let fails = () => false;
const server = createServer(async (request, response) => {
  const name = request.url.slice(1);
  const body = await buffer(request).catch(() => undefined);
  if (!body) return;
  if (fails(request.method, name)) return void response.writeHead(403).end();
  if (request.method === "PUT") stored.set(name, body);
  if (request.method === "DELETE") stored.delete(name);
  if (request.method !== "GET") return void response.writeHead(200, { etag: '"one"' }).end();
  const found = stored.get(name);
  if (!found) return void response.writeHead(404).end();
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (first === undefined) return void response.writeHead(200, { etag: '"one"', "content-length": found.length }).end(found);
  const end = Math.min(last === "" ? Infinity : Number(last) + 1, found.length);
  const headers = { etag: '"one"', "content-range": `bytes ${first}-${end - 1}/${found.length}` };
  response.writeHead(206, headers).end(found.subarray(Number(first), end));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
after(() => server.close());

const remote = (name) => {
  const sign = async () => ({ url: `http://127.0.0.1:${server.address().port}/${name}` });
  return { put: sign, create: sign, part: sign, complete: sign, abort: sign, get: sign, delete: sign };
};
const photo = new File([pattern(500_000)], "cat.jpg", { type: "image/jpeg", lastModified: 5 });
const small = new Blob([pattern(2000)]);

async function storeOf(options = {}) {
  stored.clear();
  fails = () => false;
  const vault = await vaultWithKey();
  return { vault, files: fileStore({ vault, key: "photos", remote, ...options }) };
}

const refuse = (method, names) => (fails = (asked, name) => asked === method && names.test(name));
/** Names without what is random in them. */
const endings = () => [...stored.keys()].map((name) => name.slice(30)).toSorted();
const refused = (call, name) => assert.rejects(call, { code: "ERR_ARGUMENT", message: new RegExp(`\`${name}\``) });
const bytesOf = async (plain) => (await plain).bytes();

test("what the caller says of a file beyond its name is told, and kept when it is re-encrypted", async () => {
  const { vault, files } = await storeOf();
  const custom = { pages: 3, tags: ["ä", null], longest: "x".repeat(4000) };
  const put = await files.put(photo, { metadata: { custom } });
  assert.deepEqual(put.custom, custom);
  assert.ok(Object.isFrozen(put.custom.tags));
  const again = await files.reencrypt(put);
  assert.deepEqual([again.custom, (await files.list())[0].custom], [custom, custom]);
  assert.deepEqual((await files.get(put)).metadata.custom, custom);
  const known = fileStore({ vault, key: "photos", remote });
  assert.deepEqual((await known.list())[0].custom, custom);
  await assert.rejects(files.put(photo, { metadata: { custom: { a: "x".repeat(4096) } } }), { message: /metadata\.custom/ });
  assert.equal((await files.put(photo)).custom, undefined);
});

for (const detached of [false, true]) {
  test(`a file is put, listed, read, and deleted as one thing${detached ? ", with its headers beside it" : ""}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const put = await files.put(photo, { thumbnail: small });
    const { id } = put;
    assert.deepEqual([put.name, put.type, put.size, put.modified, put.thumbnail], ["cat.jpg", "image/jpeg", 500_000, 5, true]);
    assert.match(id, /^[\w-]{22}$/);
    assert.deepEqual(endings(), detached ? [".srh", ".srh", ".srm", ".srm"] : [".srm", ".srm"]);
    assert.deepEqual(await files.list(), [put]);
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.get(put)), pattern(500_000));
    assert.equal((await (await files.get(id)).file()).name, "cat.jpg");
    assert.deepEqual(await bytesOf(files.thumbnail(id)), pattern(2000));
    const open = await files.open(id);
    assert.deepEqual(await open.read(300_000, 10), pattern(300_010).subarray(300_000));
    open.close();
    await files.delete(id);
    assert.deepEqual([await files.list(), stored.size, await vault.objects.list()], [[], 0, []]);
    for (const name of ["get", "thumbnail", "open", "delete", "reencrypt"]) {
      await assert.rejects(files[name](id), code("ERR_NO_OBJECT"), name);
    }
  });

  test(`a re-encrypted file keeps its id, and the old object is gone${detached ? ", header and all" : ""}`, async () => {
    const { vault, files } = await storeOf({ detached });
    await vault.keys.create({ alias: "archive" });
    const { id, object, key, path, ...about } = await files.put(photo, { thumbnail: small });
    const old = new Set(stored.keys());
    const again = await files.reencrypt(id, { key: "archive" });
    assert.notEqual(again.path, path);
    assert.ok(stored.has(again.path));
    assert.notEqual(again.object, object);
    assert.notEqual(again.key, key);
    assert.deepEqual({ ...again, version: "" }, { ...about, version: "", id, object: again.object, key: again.key, path: again.path });
    assert.deepEqual([stored.size, [...stored.keys()].filter((name) => old.has(name))], [old.size, []]);
    assert.deepEqual(await files.list(), [again]);
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.thumbnail(id)), pattern(2000));
    assert.equal((await vault.objects.list()).length, 2);
  });

  test(`a put that fails at any step leaves nothing${detached ? ", with its headers beside it" : ""}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const steps = detached ? 4 : 2;
    for (let step = 0; step < steps; step++) {
      let puts = 0;
      fails = (method) => method === "PUT" && puts++ >= step;
      await assert.rejects(files.put(photo, { thumbnail: small, retries: 0 }), { code: "ERR_TRANSFER", status: 403 });
      await files.cleanUp();
      assert.deepEqual([await files.list(), stored.size, await vault.objects.list()], [[], 0, []], `step ${step}`);
    }
  });
}

for (const detached of [false, true]) {
  test(`a file follows its key to another version, without its body${detached ? ", header beside it" : ""}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const { id, version } = await files.put(photo, { thumbnail: small });
    const bodies = new Map([...stored].filter(([name]) => name.endsWith(".srm")));
    const key = await (await vault.keys.get("photos")).rotate();
    const moved = await files.rewrap(id);
    assert.notEqual(moved.version, version);
    assert.equal(moved.version, key.primaryVersion.id);
    assert.deepEqual(new Map([...stored].filter(([name]) => name.endsWith(".srm"))), bodies);
    assert.deepEqual(endings(), [".srh", ".srh", ".srm", ".srm"]);
    assert.deepEqual((await vault.objects.list({ version })).length, 0);
    assert.deepEqual(await files.rewrap(id), moved);
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.thumbnail(id)), pattern(2000));
    await vault.keys.create({ alias: "archive" });
    assert.notEqual((await files.rewrap(id, { to: "archive" })).key, moved.key);
    assert.equal(stored.size, 4);
    await files.delete(id);
    assert.equal(stored.size, 0);
  });

  test(`a file stays readable where moving its header fails at any step${detached ? ", header beside it" : ""}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const { id } = await files.put(photo, { thumbnail: small });
    await (await vault.keys.get("photos")).rotate();
    const before = stored.size;
    for (let step = 0; step < 2; step++) {
      let puts = 0;
      fails = (method) => method === "PUT" && puts++ >= step;
      await assert.rejects(files.rewrap(id, { retries: 0 }), code("ERR_TRANSFER"));
      fails = () => false;
      assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
      assert.deepEqual(await bytesOf(files.thumbnail(id)), pattern(2000));
    }
    // The old headers cannot be removed, until later.
    refuse("DELETE", /./);
    await files.rewrap(id, { retries: 0 });
    assert.ok(stored.size > before);
    fails = () => false;
    await files.list();
    await files.cleanUp();
    assert.deepEqual(endings(), [".srh", ".srh", ".srm", ".srm"]);
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.thumbnail(id)), pattern(2000));
  });
}

test("an abort at any step leaves nothing", async () => {
  const { vault, files } = await storeOf();
  for (let step = 0; step < 2; step++) {
    const stop = new AbortController();
    let puts = 0;
    fails = (method) => {
      if (method === "PUT" && puts++ === step) stop.abort();
      return false;
    };
    await assert.rejects(files.put(photo, { thumbnail: small, signal: stop.signal }), code("ERR_ABORTED"));
    await files.cleanUp();
    assert.deepEqual([await files.list(), stored.size, await vault.objects.list()], [[], 0, []], `step ${step}`);
  }
  const stop = AbortSignal.abort();
  await assert.rejects(files.put(photo, { signal: stop }), code("ERR_ABORTED"));
});

test("what cannot be removed at once is in no list, and removed later", async () => {
  const { vault, files } = await storeOf();
  const { id } = await files.put(photo, { thumbnail: small });
  refuse("DELETE", /./);
  await assert.rejects(files.delete(id), { code: "ERR_TRANSFER", status: 403 });
  assert.deepEqual(await files.list(), []);
  assert.equal(stored.size, 2);
  await assert.rejects(files.cleanUp(), code("ERR_TRANSFER"));
  await assert.rejects(files.get(id), code("ERR_NO_OBJECT"));
  fails = () => false;
  await files.delete(id);
  assert.deepEqual([stored.size, await vault.objects.list()], [0, []]);
});

test("the old object of a file that is re-encrypted goes later where it cannot go now", async () => {
  const { vault, files } = await storeOf();
  const { id } = await files.put(photo);
  const [old] = stored.keys();
  refuse("DELETE", new RegExp(old));
  const again = await files.reencrypt(id, { retries: 0 });
  assert.deepEqual(await files.list(), [again]);
  assert.deepEqual([stored.size, (await vault.objects.list()).length], [2, 2]);
  fails = () => false;
  await files.list();
  await files.cleanUp();
  assert.deepEqual([stored.has(old), stored.size, (await vault.objects.list()).length], [false, 1, 1]);
});

test("a file stays as it was where re-encrypting fails, or the remote gives back something else", async () => {
  const { vault, files } = await storeOf();
  const { id, object } = await files.put(photo, { thumbnail: small });
  const before = new Map(stored);
  for (const [at, expected] of [[0, "ERR_TRANSFER"], [1, "ERR_TRANSFER"]]) {
    let puts = 0;
    fails = (method) => method === "PUT" && puts++ >= at;
    await assert.rejects(files.reencrypt(id, { retries: 0 }), code(expected));
    await files.cleanUp();
    assert.deepEqual(new Map(stored), before);
  }
  // What is read back is another object than was stored.
  const olds = [...before.values()];
  fails = (method, name) => {
    if (method === "GET" && !before.has(name)) stored.set(name, olds[0]);
    return false;
  };
  await assert.rejects(files.reencrypt(id), (error) => ["ERR_DECRYPT", "ERR_CONTEXT", "ERR_ARGUMENT"].includes(error.code));
  fails = () => false;
  await files.cleanUp();
  assert.deepEqual(new Map(stored), before);
  assert.deepEqual((await files.list()).map((file) => file.object), [object]);
  assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
  assert.equal((await vault.objects.list()).length, 2);
});

test("a remote that swaps two objects, or gives back an older one, is refused", async () => {
  const { files } = await storeOf();
  const [one, other] = [await files.put(photo), await files.put(photo)];
  const [first, second] = [...stored.keys()];
  const [firstBytes, secondBytes] = [...stored.values()];
  stored.set(first, secondBytes).set(second, firstBytes);
  for (const { id } of [one, other]) await assert.rejects(bytesOf(files.get(id)), (error) => error.code !== "ERR_TRANSFER");
  stored.set(first, firstBytes).set(second, secondBytes);
  await files.reencrypt(one.id);
  const now = [...stored.keys()].find((name) => name.startsWith(one.id));
  stored.set(now, firstBytes);
  await assert.rejects(bytesOf(files.get(one.id)), (error) => error.code !== "ERR_TRANSFER");
});

/** The store's files in a vault that is restored from a backup. */
async function restored(backup, options = {}) {
  const { Strongroom } = await import("strongroom");
  const vault = await Strongroom.restore(backup, { name: `restored-${crypto.randomUUID()}` });
  await vault.unlock(secret());
  return { vault, files: fileStore({ vault, key: "photos", remote, ...options }) };
}

/** A backup that is made while a request of that kind is answered, for the first time, and what the call came to. */
async function backedUpDuring(vault, method, names, call) {
  let backup;
  fails = (asked, name) => {
    if (!backup && asked === method && names.test(name)) backup = vault.backup();
    return false;
  };
  const given = await call();
  fails = () => false;
  assert.ok(backup);
  return { backup: await backup, given };
}

for (const detached of [false, true]) {
  const where = detached ? ", its header beside it" : "";
  test(`a vault that was backed up during a re-encryption has the file${where}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const { id } = await files.put(photo);
    const ending = detached ? /srh$/ : /srm$/;
    const { backup } = await backedUpDuring(vault, "PUT", ending, () => files.reencrypt(id));
    const again = await restored(backup, { detached });
    const before = new Map(stored);
    assert.equal((await again.files.list()).length, 1);
    await again.files.cleanUp();
    assert.deepEqual(new Map(stored), before, "nothing is removed that the other vault has");
    assert.deepEqual(await bytesOf(again.files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    // What it took the place of is forgotten.
    await again.files.cleanUp();
    assert.equal((await again.vault.objects.list()).length, 1);
    assert.deepEqual(await bytesOf(again.files.get(id)), pattern(500_000));
    await again.files.reencrypt(id);
    assert.deepEqual(await bytesOf(again.files.get(id)), pattern(500_000));
  });

  test(`a vault that was backed up during a put removes nothing of it${where}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const { backup, given } = await backedUpDuring(vault, "PUT", /srm$/, () => files.put(photo, { thumbnail: small }));
    const again = await restored(backup, { detached });
    assert.deepEqual(await again.files.list(), []);
    await again.files.cleanUp();
    assert.deepEqual(await bytesOf(files.get(given.id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.thumbnail(given.id)), pattern(2000));
  });

  test(`a vault that was backed up while a header was moved reads the file${where}`, async () => {
    const { vault, files } = await storeOf({ detached });
    const { id } = await files.put(photo);
    await (await vault.keys.get("photos")).rotate();
    const { backup } = await backedUpDuring(vault, "PUT", /srh$/, () => files.rewrap(id));
    const again = await restored(backup, { detached });
    const before = new Map(stored);
    await again.files.list();
    await again.files.cleanUp();
    assert.deepEqual(new Map(stored), before);
    assert.deepEqual(await bytesOf(again.files.get(id)), pattern(500_000));
    assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
    await again.files.rewrap(id);
    assert.deepEqual(await bytesOf(again.files.get(id)), pattern(500_000));
  });
}

test("what cannot be removed holds up nothing else", async () => {
  const { vault, files } = await storeOf();
  const ids = [];
  for (let at = 0; at < 4; at++) ids.push((await files.put(`file ${at}`)).id);
  refuse("DELETE", /./);
  for (const id of ids) await assert.rejects(files.delete(id), code("ERR_TRANSFER"));
  refuse("DELETE", new RegExp(`^${ids[0]}`));
  await assert.rejects(files.cleanUp(), { code: "ERR_TRANSFER", status: 403 });
  assert.deepEqual([stored.size, (await vault.objects.list()).length], [1, 1]);
});

test("only the store says that something is removed", async () => {
  const vault = await vaultWithKey();
  stored.clear();
  let answer;
  const signed = (name) => ({ ...remote(name), delete: () => answer(name) });
  const files = fileStore({ vault, key: "photos", remote: signed });
  const { id } = await files.put(photo);
  answer = async () => Promise.reject(Object.assign(new Error("no such route"), { status: 404 }));
  await assert.rejects(files.delete(id), { code: "ERR_TRANSFER", status: 404 });
  const page = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Sign in"));
  page.listen(0, "127.0.0.1");
  await once(page, "listening");
  answer = async () => ({ url: `http://127.0.0.1:${page.address().port}/` });
  await assert.rejects(files.delete(id, { retries: 0 }), { code: "ERR_TRANSFER", status: 200 });
  page.close();
  assert.equal(stored.size, 1);
  answer = (name) => remote(name).delete();
  await files.delete(id);
  assert.deepEqual([stored.size, await vault.objects.list()], [0, []]);
});

test("waiting for what is cleaned up can be aborted", async () => {
  const { vault } = await storeOf();
  let hangs = false;
  const slow = (name) => ({ ...remote(name), delete: () => (hangs ? new Promise(() => {}) : remote(name).delete()) });
  const files = fileStore({ vault, key: "photos", remote: slow });
  const { id } = await files.put(photo);
  refuse("DELETE", /./);
  await assert.rejects(files.delete(id), code("ERR_TRANSFER"));
  hangs = true;
  await files.list();
  await assert.rejects(files.cleanUp({ signal: AbortSignal.timeout(50) }), code("ERR_ABORTED"));
  await assert.rejects(files.delete(id, { signal: AbortSignal.timeout(50) }), code("ERR_ABORTED"));
});

test("arguments are looked at before anything is sent", async () => {
  const { files } = await storeOf();
  for (const thumbnail of [5, {}, null]) await assert.rejects(files.put(photo, { thumbnail }), code("ERR_ARGUMENT"));
  assert.equal(stored.size, 0);
  const { id } = await files.put(photo);
  fails = () => assert.fail("nothing is asked for");
  for (const key of [5, {}, ""]) await assert.rejects(files.reencrypt(id, { key }), code("ERR_ARGUMENT"));
});

test("stores of one vault do not see each other's files", async () => {
  const { vault, files } = await storeOf();
  const other = fileStore({ vault, key: "photos", remote, name: "other" });
  const { id } = await files.put("one");
  await vault.track(await vault.encrypt("two", { key: "photos" }), { location: '{"a":1}' });
  assert.deepEqual(await other.list(), []);
  await assert.rejects(other.get(id), code("ERR_NO_OBJECT"));
  const [{ type, name }] = await files.list();
  assert.deepEqual([type, name], ["text/plain", undefined]);
});

test("what another handle of the vault changed is seen", async () => {
  const { Strongroom } = await import("strongroom");
  const { vault, files } = await storeOf();
  await files.list();
  const again = await Strongroom.open({ name: vault.name, factor: secret() });
  const elsewhere = fileStore({ vault: again, key: "photos", remote });
  const { id } = await elsewhere.put(photo);
  assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
  await elsewhere.reencrypt(id);
  assert.deepEqual(await bytesOf(files.get(id)), pattern(500_000));
});

test("unknown options are refused with their names", async () => {
  const { vault, files } = await storeOf();
  const { id } = await files.put("one");
  await refused(files.put("two", { thumb: small }), "thumb");
  await refused(files.list({ limit: 1 }), "limit");
  await refused(files.get(id, { context: {} }), "context");
  await refused(files.delete(id, { force: true }), "force");
  await refused(files.reencrypt(id, { detached: true }), "detached");
  await refused(files.thumbnail(id, { name: "x" }), "name");
  await refused(files.cleanUp({ all: true }), "all");
  for (const wrong of [{ vault, key: "photos" }, { vault: {}, key: "photos", remote }, { vault, key: "", remote }, { vault, key: "photos", remote, context: {} }]) {
    assert.throws(() => fileStore(wrong), code("ERR_ARGUMENT"));
  }
  await assert.rejects(files.get(""), code("ERR_ARGUMENT"));
  const without = fileStore({ vault, key: "photos", remote: () => ({ get: async () => ({ url: "/" }) }) });
  await assert.rejects(without.put("x"), code("ERR_ARGUMENT"));
});

test("a list of several pages has each file, though one is re-encrypted between two of them", { timeout: 120_000 }, async () => {
  const { vault, files } = await storeOf();
  const { id } = await files.put(new Blob(["x"]));
  // As many objects, which are none of the store's, on each of two pages.
  const ends = [];
  for (let made = 0; made < 1998; made += 1) {
    const object = await vault.encrypt("x", { key: "photos", detached: true });
    ends.push(object.track().then(() => object.close()));
  }
  await Promise.all(ends);
  const other = fileStore({ vault, key: "photos", remote });
  const { page } = vault.objects;
  let [changes, changing] = [0, false];
  vault.objects.page = async (query) => {
    const found = await page.call(vault.objects, query);
    if (query.after !== undefined || changes === 0 || changing) return found;
    [changes, changing] = [changes - 1, true];
    await other.reencrypt(id);
    changing = false;
    return found;
  };
  for (let round = 0; round < 6; round += 1) {
    changes = 2;
    assert.deepEqual((await files.list()).map((file) => file.id), [id], `round ${round}`);
    changes = 2;
    const ours = (await vault.objects.list()).filter(({ location }) => location?.includes(id));
    assert.equal(ours.length, 1, `round ${round}`);
  }
});

test("what the vault's policy does not let the inventory forget stays at the remote", async () => {
  const { vault, files } = await storeOf();
  const put = await files.put(small);
  await vault.setPolicy({ requireReason: ["untrack"] });
  const before = endings();
  await assert.rejects(files.delete(put), { code: "ERR_POLICY", rule: "requireReason", policy: "vault" });
  assert.deepEqual(endings(), before);
  await vault.setPolicy(null);
  await files.delete(put);
  assert.deepEqual(endings(), []);
  await vault.close();
});
