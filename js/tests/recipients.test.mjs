/** Objects for others beside the vault: what is signed, and what is refused. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { decrypt, encrypt, generateKey, importKey } from "strongroom/standalone";
import { code, pattern, streamOf, vaultWithKey } from "./support.mjs";

const LARGE = 3_500_000;
const content = pattern(LARGE);
const key = "photos";
const context = { file: "film.webm" };

/** @type {Awaited<ReturnType<typeof vaultWithKey>>} */
let vault;
let friend;
let recipients;

const exported = async (pair, half) => crypto.subtle.exportKey("jwk", pair[half]);

before(async () => {
  vault = await vaultWithKey();
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y, d } = await exported(pair, "privateKey");
  friend = await importKey({ kty, crv, x, y, d, kid: "friend" });
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const rsa = await exported(await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]), "publicKey");
  recipients = [
    { kty, crv, x, y, kid: "friend" },
    { kty: "RSA", n: rsa.n, e: rsa.e, kid: "arn:aws:kms:eu-central-1:111122223333:key/objects" },
  ];
});

const payload = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());

const FORMS = {
  bytes: (bytes) => bytes,
  "an ArrayBuffer": (bytes) => bytes.slice().buffer,
  "a Blob": (bytes) => new Blob([bytes]),
  "a File": (bytes) => new File([bytes], "film.webm", { type: "video/webm" }),
};

for (const [form, of] of Object.entries(FORMS)) {
  for (const size of [0, 5, 262_088, 262_089, LARGE]) {
    test(`${form} of ${size} bytes becomes an object that is signed with its content`, async () => {
      const plain = pattern(size);
      const object = await vault.encrypt(of(plain), { key, context, recipients });
      await assert.rejects(object.signature(), code("ERR_ARGUMENT"));
      const stored = await object.bytes();
      assert.equal(stored.byteLength, object.size);
      assert.deepEqual([...stored.subarray(0, 4)], [0x53, 0x52, 0x4d, 2]);
      const signature = await object.signature();
      const said = payload(signature);
      assert.deepEqual(said.recipients.map(({ kid }) => kid).slice(1), recipients.map(({ kid }) => kid));
      assert.equal(said.object, object.id);
      const opened = await vault.decrypt(stored, { context });
      assert.deepEqual([opened.origin, opened.covers], ["own", "content"]);
      assert.deepEqual(await opened.bytes(), plain);
      const reader = await vault.openObject(new Blob([stored]), { context });
      assert.equal(reader.covers, "content");
      assert.deepEqual(await reader.read(0, size), plain);
      reader.close();
      const told = await vault.inspect(stored, { context });
      assert.deepEqual([told.id, told.origin, told.covers], [object.id, "own", "content"]);
      const theirs = await decrypt(stored, { identities: friend, context });
      assert.deepEqual([theirs.origin, theirs.covers], ["unsigned", "content"]);
      assert.deepEqual(await theirs.bytes(), plain);
    });
  }
}

test("a detached object gives its signature after its body", async () => {
  for (const input of [content, new Blob([content]), streamOf(content, 70_001).stream]) {
    const object = await vault.encrypt(input, { key, context, recipients, detached: true });
    const body = await object.bytes();
    const { header } = object;
    const signature = await object.signature();
    assert.equal(payload(signature).content.size, body.byteLength);
    const opened = await vault.decrypt(body, { context, header, signature });
    assert.deepEqual([opened.origin, opened.covers], ["own", "content"]);
    assert.deepEqual(await opened.bytes(), content);
    const reader = await vault.openObject(new Blob([body]), { context, header, signature });
    assert.deepEqual(await reader.read(1_000_000, 1000), content.subarray(1_000_000, 1_001_000));
    reader.close();
    await assert.rejects(vault.decrypt(body, { context, header }), code("ERR_UNSIGNED"));
    const unsigned = await vault.decrypt(body, { context, header, allowUnsigned: true });
    assert.deepEqual([unsigned.origin, unsigned.covers], ["unsigned", undefined]);
    await unsigned.close();
  }
});

test("the header alone is signed where that is asked for", async () => {
  for (const detached of [true, false]) {
    const input = streamOf(content, 70_001).stream;
    const object = await vault.encrypt(input, { key, context, recipients, sign: "header", detached });
    const signature = await object.signature();
    assert.equal(payload(signature).content, undefined);
    const stored = await object.bytes();
    const how = detached ? { header: object.header, signature } : {};
    const opened = await vault.decrypt(stored, { context, ...how });
    assert.deepEqual([opened.origin, opened.covers], ["own", "header"]);
    assert.deepEqual(await opened.bytes(), content);
  }
});

test("a body that was changed, or is another one's, is refused before any of it is released", async () => {
  const make = async () => {
    const object = await vault.encrypt(content, { key, context, recipients, detached: true });
    return { body: await object.bytes(), header: object.header, signature: await object.signature() };
  };
  const [one, other] = [await make(), await make()];
  const open = async (body, { header, signature }) => (await vault.decrypt(body, { context, header, signature })).bytes();
  for (const wrong of [other.body, one.body.subarray(0, -1), new Uint8Array([...one.body, 0])]) {
    await assert.rejects(open(wrong, one), code("ERR_DECRYPT"));
  }
  await assert.rejects(open(one.body, { ...one, signature: other.signature }), code("ERR_DECRYPT"));
  const allowed = { context, header: one.header, signature: other.signature, allowUnsigned: true };
  await assert.rejects(vault.decrypt(one.body, allowed), code("ERR_DECRYPT"));
  // Who has the data key: the same object under it by a recipient, who can write its body.
  const theirs = await decrypt(one.body, { identities: friend, context, header: one.header, signature: one.signature });
  assert.equal(theirs.origin, "unsigned");
  await theirs.close();
});

test("what cannot be signed, or is nobody's key, is refused before anything is read", async () => {
  const { stream } = streamOf(content, 70_001);
  const refused = { code: "ERR_ARGUMENT", message: /detached: true/ };
  await assert.rejects(vault.encrypt(stream, { key, context, recipients }), refused);
  assert.equal(stream.locked, false);
  const wrong = [
    { recipients: [] },
    { recipients: {} },
    { recipients: [null] },
    { recipients: [{ ...recipients[0], kid: undefined }] },
    { recipients: [recipients[0], recipients[0]] },
    { recipients: Array.from({ length: 17 }, (_, at) => ({ ...recipients[1], kid: `k${at}` })) },
    { recipients, sign: "body" },
    { sign: "header" },
    { recipients, header: "vault" },
    { recipients: [{ ...recipients[0], d: "AA" }] },
  ];
  for (const options of wrong) {
    await assert.rejects(vault.encrypt(content, { key, context, ...options }), ({ code: is }) => /ERR_(ARGUMENT|MALFORMED)/.test(is), JSON.stringify(options));
  }
  const object = await vault.encrypt(new Blob([content]), { key, context, recipients });
  await assert.rejects(object.resumeToken(), code("ERR_ARGUMENT"));
  await object.close();
});

test("a body too large for its signature is refused before anything is read", async () => {
  class Large extends Blob {
    get size() {
      return 40 * 1024 ** 3;
    }
  }
  for (const detached of [true, false]) {
    const made = vault.encrypt(new Large(), { key, context, recipients, detached });
    await assert.rejects(made, { code: "ERR_TOO_LARGE", message: /sign: "header"/ });
  }
});

test("rewrapping keeps the recipients, and gives a new signature", async () => {
  const object = await vault.encrypt(content, { key, context, recipients, detached: true });
  const body = await object.bytes();
  const tracked = await object.track({ location: "here" });
  assert.equal(tracked.id, object.id);
  const { header } = object;
  const signature = await object.signature();
  await (await vault.keys.get(key)).rotate();
  const bare = vault.rewrap([header]);
  await bare.run();
  assert.equal(bare.report.failures[0].error.code, "ERR_UNSUPPORTED");
  const job = vault.rewrap([tracked], { fetchHeader: () => ({ header, signature }) });
  const moved = [];
  for await (const one of job) moved.push(one);
  assert.equal(moved.length, 1);
  const [next] = moved;
  const opened = await vault.decrypt(body, { context, header: next.header, signature: next.signature });
  assert.deepEqual([opened.origin, opened.covers], ["own", "content"]);
  assert.deepEqual(await opened.bytes(), content);
  const theirs = await decrypt(body, { identities: friend, context, header: next.header, signature: next.signature });
  assert.deepEqual(await theirs.bytes(), content);
  await assert.rejects(vault.decrypt(body, { context, header: next.header, signature }), code("ERR_DECRYPT"));
  const again = vault.rewrap([{ header: next.header, signature: next.signature }]);
  assert.equal((await again.run()).skipped, 1);
});

test("an attached object's signature is found in it when it is rewrapped", async () => {
  const object = await vault.encrypt(content, { key, context, recipients });
  const stored = await object.bytes();
  await (await vault.keys.get(key)).rotate();
  for await (const { header, signature } of vault.rewrap([stored])) {
    const body = stored.subarray(stored.byteLength - payload(signature).content.size);
    const opened = await vault.decrypt(body, { context, header, signature });
    assert.deepEqual(await opened.bytes(), content);
  }
});

test("a sidecar, and what is encrypted again, may be for others too", async () => {
  const object = await vault.encrypt(content, { key, context, recipients, detached: true });
  const sidecar = await object.addSidecar("thumbnail", content.subarray(0, 300_000));
  const small = await sidecar.bytes();
  const which = { parent: object.id, name: "thumbnail" };
  const how = { context, sidecar: which, header: sidecar.header, signature: await sidecar.signature() };
  assert.deepEqual(await (await vault.decrypt(small, how)).bytes(), content.subarray(0, 300_000));
  const body = await object.bytes();
  const from = { header: object.header, signature: await object.signature() };
  const terms = { key, context, recipients, from };
  await assert.rejects(vault.reencrypt(body, terms), code("ERR_ARGUMENT"));
  const next = await vault.reencrypt(body, { ...terms, detached: true });
  const after = await next.bytes();
  const opened = await vault.decrypt(after, { context, header: next.header, signature: await next.signature() });
  assert.deepEqual([opened.covers, await opened.bytes()], ["content", content]);
});

test("a body that a recipient can have written is nobody's own under another data key, unless that is asked for", async () => {
  const object = await vault.encrypt(content, { key, context, recipients, sign: "header", detached: true });
  const body = await object.bytes();
  const from = { header: object.header, signature: await object.signature() };
  for (const others of [{}, { recipients, detached: true }]) {
    const terms = { key, context, ...others };
    await assert.rejects(vault.reencrypt(body, { ...terms, from }), code("ERR_UNSIGNED"));
    const next = await vault.reencrypt(body, { ...terms, from: { ...from, allowUnsigned: true } });
    assert.deepEqual((await next.bytes()).byteLength > LARGE, true);
  }
});

test("a signature that cannot be had is not taken for none", async () => {
  const object = await vault.encrypt(content, { key, context, recipients });
  const thumbnail = await object.addSidecar("thumbnail", content.subarray(0, 300_000));
  // It is signed once its body was read.
  await assert.rejects(thumbnail.track(), code("ERR_ARGUMENT"));
  await object.bytes();
  await object.track({ location: "here" });
  await thumbnail.bytes();
  await thumbnail.track();
  const listed = await vault.objects.list({ parent: object.id });
  assert.deepEqual(listed.map(({ id }) => id), [thumbnail.id]);
  const cause = new TypeError("Failed to fetch");
  const source = { header: object.header, signature: async () => { throw cause; } };
  const failed = (error) => error.code === "ERR_INPUT" && error.cause === cause;
  await assert.rejects(vault.inspect(source, { context, allowUnsigned: true }), failed);
  await (await vault.keys.get(key)).rotate();
  const job = vault.rewrap([source, { header: object.header, signature: () => object.signature() }]);
  const moved = [];
  for await (const one of job) moved.push(one);
  assert.equal(moved.length, 1);
  assert.ok(job.report.failures.length === 1 && failed(job.report.failures[0].error));
});

test("a view makes and opens them too", async () => {
  const view = await vault.view({ keys: [key], operations: ["encrypt", "decrypt"] });
  const object = await view.encrypt(content, { key, context, recipients });
  const opened = await view.decrypt(await object.bytes(), { context });
  assert.deepEqual([opened.covers, await opened.bytes()], ["content", content]);
});

test("without a vault, too, an object for a symmetric key and others is nobody's own when it is cut to that key's entry", async () => {
  const kek = await generateKey("A256KW");
  const object = await encrypt("ours", { recipients: [kek, recipients[0]], detached: true });
  const body = await object.bytes();
  for (const identities of [kek, friend]) {
    const whole = await decrypt(body, { header: object.header, identities });
    assert.deepEqual([whole.origin, await whole.text()], ["unsigned", "ours"]);
  }
  const { recipients: entries, ...rest } = JSON.parse(Buffer.from(object.header).toString());
  const [own] = entries;
  for (const cut of [{ ...rest, recipients: [own] }, { ...rest, ...own }]) {
    await assert.rejects(decrypt(body, { header: JSON.stringify(cut), identities: kek }), code("ERR_DECRYPT"));
  }
});

test("the inventory tells which objects a key opens, and another one takes its place", async () => {
  const fresh = await vaultWithKey();
  const [stays, goes] = recipients;
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y, d } = await exported(pair, "privateKey");
  const [comes, next] = [{ kty, crv, x, y, kid: "next" }, await importKey({ kty, crv, x, y, d, kid: "next" })];
  const stored = new Map();
  for (const location of ["one", "two"]) {
    const object = await fresh.encrypt(content, { key, context, recipients, detached: true });
    const body = await object.bytes();
    stored.set(location, { body, header: object.header, signature: await object.signature() });
    const { recipients: named } = await object.track({ location });
    assert.equal(named.length, 2);
  }
  const alone = await fresh.encrypt(content, { key, context, detached: true });
  await alone.bytes();
  assert.equal((await alone.track({ location: "alone" })).recipients, undefined);

  const adapter = { keyIds: ["another name"], publicKey: async () => goes, unwrap: async () => assert.fail() };
  const [{ recipients: marks }] = await fresh.objects.list({ recipient: goes });
  for (const recipient of [goes, adapter, ...marks]) assert.equal((await fresh.objects.list({ recipient })).length, 2);
  assert.deepEqual(await fresh.objects.list({ recipient: comes }), []);
  assert.deepEqual(await fresh.objects.list({ recipient: goes, version: alone.id }), []);
  for (const recipient of [goes.kid, "", 7, null, { kty: "RSA", kid: goes.kid }]) {
    await assert.rejects(fresh.objects.list({ recipient }), code("ERR_ARGUMENT"));
  }

  const fetchHeader = ({ location }) => stored.get(location);
  const replaceRecipient = { from: adapter, to: comes };
  const moving = await fresh.objects.list({ recipient: goes });
  const dry = await fresh.rewrap(moving, { fetchHeader, replaceRecipient, dryRun: true }).run();
  assert.deepEqual([dry.done, dry.skipped], [2, 0]);
  assert.equal((await fresh.objects.list({ recipient: goes })).length, 2);
  const run = () => fresh.rewrap(moving, { fetchHeader, replaceRecipient }).run(({ source, header, signature }) => {
    Object.assign(stored.get(source.location), { header, signature });
  });
  const report = await run();
  assert.deepEqual([report.done, report.failed], [2, 0]);
  assert.deepEqual(await fresh.objects.list({ recipient: goes }), []);
  assert.equal((await fresh.objects.list({ recipient: comes })).length, 2);
  assert.equal((await fresh.objects.list({ recipient: stays })).length, 2);
  const again = await run();
  assert.deepEqual([again.done, again.skipped], [0, 2]);
  for (const { body, header, signature } of stored.values()) {
    assert.deepEqual(await (await decrypt(body, { header, signature, identities: next, context })).bytes(), content);
    assert.deepEqual(await (await fresh.decrypt(body, { header, signature, context })).bytes(), content);
    assert.equal(payload(signature).recipients.some(({ kid }) => kid === goes.kid), false);
  }
});

test("a recipient is replaced by what can be one, or nothing is moved", async () => {
  const object = await vault.encrypt(content, { key, context, recipients, detached: true });
  await object.bytes();
  const given = { header: object.header, signature: await object.signature() };
  const [from, to] = [recipients[0], { ...recipients[0], kid: "another" }];
  for (const replaceRecipient of [{}, { from }, { to }, { from: "friend", to }, { from, to: "none" }, { from, to: { kty: "oct", k: "A".repeat(43) } }, { from, to, more: 1 }, 7, null]) {
    await assert.rejects(async () => vault.rewrap([given], { replaceRecipient }).run(), code("ERR_ARGUMENT"), JSON.stringify(replaceRecipient));
  }
  // The same key under another name.
  const renamed = [];
  await vault.rewrap([given], { replaceRecipient: { from, to } }).run((moved) => renamed.push(moved));
  assert.equal(payload(renamed[0].signature).recipients[1].kid, "another");
});
