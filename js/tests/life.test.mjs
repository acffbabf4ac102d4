/** The life of keys, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { encrypt } from "strongroom/standalone";
import { pattern, secret, vaultWithKey } from "./support.mjs";

const code = (expected) => (error) => error.code === expected;
const suspended = (error) => error.code === "ERR_STATE" && error.from === "suspended";
const aliases = (keys) => keys.map(({ alias }) => alias);

async function opened(vault, object, options = {}) {
  return (await vault.decrypt(object, options)).bytes();
}

async function encrypted(vault, options = {}) {
  const object = await vault.encrypt(pattern(1000), { key: "photos", detached: true, ...options });
  return { object, header: object.header, body: await object.bytes() };
}

test("a rotated key protects by its new version and opens by all", async () => {
  const vault = await vaultWithKey();
  const { header, body } = await encrypted(vault);
  const token = await vault.encryptValue({ a: 1 }, { key: "photos" });
  const key = await (await vault.keys.get("photos")).rotate();
  assert.deepEqual(
    key.versions.map(({ number, state }) => [number, state]),
    [
      [1, "deactivated"],
      [2, "active"],
    ],
  );
  assert.equal(key.primary, key.versions[1].id);
  assert.deepEqual(
    key.versions[0].history.map(({ state, by }) => [state, by]),
    [
      ["active", "create"],
      ["deactivated", "rotate"],
    ],
  );
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  assert.deepEqual(await vault.decryptValue(token), { a: 1 });
  vault.close();
});

test("a version that waits protects once it is activated", async () => {
  const vault = await vaultWithKey();
  const key = await (await vault.keys.get("photos")).rotate({ activate: false });
  assert.deepEqual([key.version(2).state, key.primary], ["pre-active", key.version(1).id]);
  const active = await key.version(2).activate();
  assert.deepEqual([active.version(1).state, active.primary], ["deactivated", key.version(2).id]);
  vault.close();
});

test("a suspended version does nothing until it is resumed", async () => {
  const vault = await vaultWithKey();
  const { header, body } = await encrypted(vault);
  const key = await (await vault.keys.get("photos")).primaryVersion.suspend();
  assert.equal(key.state, "suspended");
  await assert.rejects(encrypted(vault), suspended);
  await assert.rejects(opened(vault, body, { header }), suspended);
  await key.primaryVersion.resume();
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  vault.close();
});

test("an illegal transition names both states and changes nothing", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.get("photos");
  await assert.rejects(key.primaryVersion.resume(), code("ERR_STATE"));
  const old = (await key.rotate()).version(1);
  await assert.rejects(old.suspend(), (error) => {
    assert.deepEqual([error.code, error.from, error.to], ["ERR_STATE", "deactivated", "suspended"]);
    return true;
  });
  assert.equal((await key.refresh()).version(1).state, "deactivated");
  vault.close();
});

test("a version says what its state permits, as the core decides it", async () => {
  const vault = await vaultWithKey();
  const verbs = {
    activate: (version) => version.activate(),
    suspend: (version) => version.suspend(),
    resume: (version) => version.resume(),
    revoke: (version) => version.revoke(),
    compromise: (version) => version.revoke({ compromised: true }),
    scheduleDestroy: (version) => version.scheduleDestroy(),
    cancelDestroy: (version) => version.cancelDestroy(),
    destroy: (version) => version.destroy(),
  };
  const ways = {
    "pre-active": (key) => key.rotate({ activate: false }),
    active: () => undefined,
    suspended: (key) => key.primaryVersion.suspend(),
    deactivated: (key) => key.primaryVersion.revoke(),
    compromised: (key) => key.primaryVersion.revoke({ compromised: true }),
    "destroy-scheduled": (key) => key.scheduleDestroy(),
    destroyed: (key) => key.destroy(),
  };
  for (const [state, way] of Object.entries(ways)) {
    for (const [action, verb] of Object.entries(verbs)) {
      const made = await vault.keys.create({ alias: `${state} ${action}` });
      await way(made);
      const version = (await made.refresh()).versions.at(-1);
      assert.equal(version.state, state);
      const refused = await verb(version).then(
        () => undefined,
        (error) => error.code,
      );
      assert.equal(refused, version.can(action) ? undefined : "ERR_STATE", `${action} of ${state}`);
    }
  }
  const [passing] = (await vault.keys.createSession({ ttl: "PT1H" })).versions;
  assert.deepEqual(passing.actions, ["protect", "open", "export"]);
  vault.close();
});

test("a revocation that concerns no object of the inventory offers no remedy, and the error names rotation", async () => {
  const vault = await vaultWithKey();
  const report = await (await vault.keys.get("photos")).primaryVersion.revoke();
  assert.equal(report.objects, 0);
  assert.deepEqual(report.remedies, []);
  const expected = { code: "ERR_STATE", message: /deactivated; it only opens; rotate the key/ };
  await assert.rejects(vault.encrypt("a", { key: "photos" }), expected);
  await (await vault.keys.get("photos")).rotate();
  await vault.encrypt("a", { key: "photos" });
});

test("a revoked version opens, says so, and reports who can read what", async () => {
  const vault = await vaultWithKey();
  const { object, header, body } = await encrypted(vault);
  await object.track({ location: "s3://a" });
  const report = await (await vault.keys.get("photos")).primaryVersion.revoke({ reason: "lost laptop", compromised: true });
  assert.equal(report.objects, 1);
  assert.deepEqual(report.remedies.map((remedy) => remedy.code), ["rewrap", "reencrypt"]);
  const key = await vault.keys.get("photos");
  assert.equal(key.state, "compromised");
  assert.equal(key.versions[0].history.at(-1).reason, "lost laptop");
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  await assert.rejects(encrypted(vault), code("ERR_STATE"));

  await key.rotate();
  const rewrapping = report.rewrap({ fetchHeader: () => header });
  const moved = [];
  for await (const { header: fresh } of rewrapping) moved.push(fresh);
  assert.deepEqual([rewrapping.report.done, moved.length], [1, 1]);
  assert.deepEqual(await opened(vault, body, { header: moved[0] }), pattern(1000));
  const [tracked] = (await vault.objects.page()).objects;
  assert.equal(tracked.version, (await key.refresh()).primary);
  vault.close();
});

test("headers are rewrapped without their bodies, again and again, and skipped once they are there", async () => {
  const vault = await vaultWithKey();
  const all = [];
  for (let at = 0; at < 5; at++) all.push(await encrypted(vault, { context: { at: String(at) } }));
  const key = await (await vault.keys.get("photos")).rotate();
  const headers = all.map(({ header }) => header);
  const dry = await vault.rewrap(headers, { dryRun: true }).run();
  assert.deepEqual([dry.done, dry.skipped, dry.failed], [5, 0, 0]);

  const stored = [];
  const progress = [];
  for await (const { header, from, to } of vault.rewrap(headers, { onProgress: (at) => progress.push(at) })) {
    assert.deepEqual([from, to], [key.version(1).id, key.version(2).id]);
    stored.push(header);
  }
  assert.equal(stored.length, 5);
  assert.deepEqual(progress.at(-1), { done: 5, total: 5 });
  for (const [at, { body }] of all.entries()) {
    const context = { at: String(at) };
    assert.deepEqual(await opened(vault, body, { header: stored[at], context }), pattern(1000));
  }
  const again = await vault.rewrap([...stored, new Uint8Array(9)]).run();
  assert.deepEqual([again.done, again.skipped, again.failed], [0, 5, 1]);
  assert.equal(again.failures[0].error.code, "ERR_MALFORMED");
  vault.close();
});

test("reencrypt makes a new data key and body, and keeps what the object says of itself", async () => {
  const vault = await vaultWithKey();
  const file = new File([pattern(300_000)], "a.bin", { type: "application/x-test" });
  const old = await vault.encrypt(file, { key: "photos", context: { album: "1" } });
  const bytes = await old.bytes();
  const fresh = await vault.reencrypt(bytes, { key: "photos", context: { album: "1" } });
  assert.notEqual(fresh.id, old.id);
  const plain = await vault.decrypt(await fresh.bytes(), { context: { album: "1" } });
  assert.equal(plain.metadata.name, "a.bin");
  assert.deepEqual(await plain.bytes(), pattern(300_000));
  vault.close();
});

test("a header that only the vault has opens by the object's id, and ends with it", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt(pattern(1000), { key: "photos", header: "vault" });
  const body = await object.bytes();
  assert.equal(object.header.byteLength, 0);
  assert.deepEqual(await opened(vault, body, { object: object.id }), pattern(1000));

  await (await vault.keys.get("photos")).rotate();
  const report = await vault.rewrap([object]).run();
  assert.equal(report.done, 1);
  assert.deepEqual(await opened(vault, body, { object: object.id }), pattern(1000));

  assert.deepEqual(await vault.shred(object), { shredded: true, remaining: [] });
  await assert.rejects(opened(vault, body, { object: object.id }), code("ERR_NO_OBJECT"));
  vault.close();
});

test("what a backup holds, or somebody else, is not shredded", async () => {
  const vault = await vaultWithKey();
  const kept = await vault.encrypt(pattern(10), { key: "photos", header: "vault" });
  await kept.bytes();
  const { object } = await encrypted(vault);
  await object.track({ location: "there" });
  await vault.backup();
  const refused = await vault.shred(kept);
  assert.deepEqual([refused.shredded, refused.remaining.map((copy) => copy.code)], [false, ["backup"]]);
  const elsewhere = await vault.shred(object);
  assert.deepEqual(elsewhere.remaining.map((copy) => copy.code), ["header", "backup"]);
  assert.equal((await vault.objects.page()).total, 2);
  vault.close();
});

test("destruction asks for force while objects need the key, says what remains, and leaves a tombstone", async () => {
  const vault = await vaultWithKey();
  const { object, header, body } = await encrypted(vault);
  await object.track({ location: "there" });
  const before = await vault.backup();
  const key = await vault.keys.get("photos");
  await assert.rejects(key.destroy(), code("ERR_IN_USE"));
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  const report = await key.destroy({ force: true });
  assert.deepEqual([report.objects, report.backups.length], [1, 1]);
  assert.match(report.remains.map(({ message }) => message).join(" "), /disk/);
  const codes = report.remains.map((statement) => [statement.code, statement.params]);
  assert.deepEqual(codes, [["in-backups", { backups: 1 }], ["in-exports", {}], ["on-disk", {}]]);
  assert.equal(report.key.state, "destroyed");
  await assert.rejects(opened(vault, body, { header }), code("ERR_STATE"));
  await assert.rejects(key.rotate(), code("ERR_STATE"));
  assert.equal((await vault.keys.list({ destroyed: true })).length, 1);

  const restored = await Strongroom.restore(before, { name: "restored-after-destruction" });
  await restored.unlock(secret());
  assert.deepEqual(await opened(restored, body, { header }), pattern(1000));
  restored.close();
  vault.close();
});

test("a scheduled destruction waits, forbids use, and can be cancelled", async () => {
  const vault = await vaultWithKey();
  const { header, body } = await encrypted(vault);
  const key = await vault.keys.get("photos");
  for (const after of ["PT1H", "P366D", "soon"]) {
    await assert.rejects(key.scheduleDestroy({ after }), code("ERR_ARGUMENT"));
  }
  const report = await key.scheduleDestroy();
  const [version] = report.key.versions;
  assert.equal(version.state, "destroy-scheduled");
  assert.ok(Math.abs(version.destroyAt - Date.now() - 30 * 86_400_000) < 60_000);
  await assert.rejects(opened(vault, body, { header }), code("ERR_STATE"));
  const back = await report.key.cancelDestroy();
  assert.deepEqual([back.state, back.version(1).destroyAt], ["deactivated", undefined]);
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  vault.close();
});

test("keys sign, and say whose signature it is", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.create({ alias: "signer", purpose: "sign" });
  const token = await vault.sign("hello", { key, typ: "greeting+jws" });
  const verified = await vault.verify(token, { key: "signer" });
  assert.deepEqual(
    [new TextDecoder().decode(verified.payload), verified.key, verified.version, verified.typ],
    ["hello", key.id, key.primary, "greeting+jws"],
  );
  assert.equal((await vault.verify(token, { expectTyp: "greeting+jws" })).typ, "greeting+jws");
  const untyped = await vault.sign("hello", { key });
  for (const other of [token, untyped]) {
    await assert.rejects(vault.verify(other, { expectTyp: "order+jws" }), code("ERR_DECRYPT"));
  }
  assert.notEqual(await vault.sign("hello", { key }), untyped, "signatures are hedged");
  await key.rotate();
  assert.equal((await vault.verify(token)).state, "deactivated");
  await assert.rejects(vault.verify(`${token.slice(0, -4)}AAAA`), code("ERR_DECRYPT"));
  await assert.rejects(vault.sign("x", { key, typ: "sr-vault+jws" }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.sign("x", { key: "photos" }), code("ERR_PURPOSE"));
  await assert.rejects(vault.encryptValue(1, { key }), code("ERR_PURPOSE"));
  vault.close();
});

test("a key for MACs signs what it alone verifies", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.create({ alias: "webhooks", purpose: "mac" });
  assert.equal(key.versions[0].publicJwk, undefined);
  const token = await vault.sign("hello", { key, typ: "hook+jws" });
  assert.equal(JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString()).alg, "HS256");
  const verified = await vault.verify(token, { key: "webhooks", expectTyp: "hook+jws" });
  assert.equal(new TextDecoder().decode(verified.payload), "hello");
  await assert.rejects(vault.verify(`${token.slice(0, -4)}AAAA`), code("ERR_DECRYPT"));
  await assert.rejects(vault.encryptValue(1, { key }), code("ERR_PURPOSE"));
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const hmac = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const theirs = await vault.keys.import(raw, { alias: "partner", purpose: "mac" });
  const [header, payload, signature] = (await vault.sign("hello", { key: theirs })).split(".");
  const bytes = Buffer.from(signature, "base64url");
  assert.ok(await crypto.subtle.verify("HMAC", hmac, bytes, Buffer.from(`${header}.${payload}`)));
  vault.close();
});

test("a public key of somebody else's verifies what they signed, and nothing else does", async () => {
  const vault = await vaultWithKey();
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const input = [{ alg: "ES256", typ: "JWT", kid: "theirs", jku: "https://example.com" }, { sub: "somebody" }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = Buffer.from(await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input)));
  const token = `${input}.${signature.toString("base64url")}`;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const key = await vault.keys.import({ kty, crv, x, y }, { alias: "partner", purpose: "verify" });
  const verified = await vault.verify(token, { key, expectTyp: "JWT" });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(verified.payload)), { sub: "somebody" });
  assert.deepEqual([verified.key, verified.typ], [key.id, "JWT"]);
  await assert.rejects(vault.verify(token), code("ERR_MALFORMED"));
  await assert.rejects(vault.sign("x", { key }), code("ERR_PURPOSE"));
  await assert.rejects(key.rotate(), code("ERR_ARGUMENT"));
  await assert.rejects(vault.keys.create({ alias: "made", purpose: "verify" }), code("ERR_ARGUMENT"));
  vault.close();
});

test("a share key opens what anybody encrypts to its public half", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.create({ alias: "inbox", purpose: "share" });
  const { publicJwk } = key.versions[0];
  assert.equal(publicJwk.d, undefined);
  const object = await encrypt(pattern(500), { recipients: publicJwk });
  const bytes = await object.bytes();
  await assert.rejects(vault.decrypt(bytes), code("ERR_UNSIGNED"));
  const plain = await vault.decrypt(bytes, { allowUnsigned: true });
  assert.deepEqual([plain.origin, await plain.bytes()], ["unsigned", pattern(500)]);
  await assert.rejects(vault.encrypt("x", { key }), code("ERR_PURPOSE"));
  const laundered = await vault.rewrap([object.header], { to: "photos" }).run();
  assert.equal(laundered.failures[0].error.code, "ERR_UNSIGNED");
  vault.close();
});

test("a session's key lives in memory, until its time or its end", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.createSession({ ttl: "PT1H" });
  assert.equal(key.session, true);
  const token = await vault.encryptValue("x", { key });
  assert.equal(await vault.decryptValue(token), "x");
  const backup = await (await vault.backup()).text();
  assert.ok(!backup.includes(key.id));
  await key.end();
  await assert.rejects(vault.decryptValue(token), code("ERR_NO_KEY"));

  const short = await vault.keys.createSession({ ttl: "PT1S" });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await assert.rejects(vault.encryptValue("x", { key: short }), code("ERR_NO_KEY"));
  vault.close();
});

test("keys of the caller's own are taken in, and given out again for a factor", async () => {
  const vault = await vaultWithKey();
  const raw = pattern(32);
  const key = await vault.keys.import(raw, { alias: "raw" });
  const jwk = await key.dangerouslyExport({ factor: secret() });
  assert.equal(jwk.k, Buffer.from(raw).toString("base64url"));
  await assert.rejects(
    key.dangerouslyExport({ factor: passphrase("another one") }),
    code("ERR_WRONG_FACTOR"),
  );
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const der = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString("base64")}\n-----END PRIVATE KEY-----\n`;
  const signer = await vault.keys.import(pem, { alias: "signer", purpose: "sign" });
  const token = await vault.sign("x", { key: signer });
  const [header, payload, signature] = token.split(".");
  const genuine = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    pair.publicKey,
    Buffer.from(signature, "base64url"),
    Buffer.from(`${header}.${payload}`),
  );
  assert.ok(genuine);
  await assert.rejects(vault.keys.import(raw, { alias: "bad", purpose: "sign" }), code("ERR_ARGUMENT"));
  vault.close();
});

test("a PKCS#8 key without its public half is taken where the platform computes it", async () => {
  const vault = await vaultWithKey();
  // openssl ec -no_public | openssl pkcs8 -topk8 -nocrypt
  const pem = `-----BEGIN PRIVATE KEY-----
MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCAZnshNzKrZOnKTXBUw
p/jSJ9IqCC3a4Ju+YQnfEBzOoA==
-----END PRIVATE KEY-----`;
  const signer = await vault.keys.import(pem, { alias: "half", purpose: "sign" });
  assert.ok(await vault.verify(await vault.sign("x", { key: signer })));
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign"]);
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey));
  const other = `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----`;
  const refused = { code: "ERR_UNSUPPORTED", message: /no P-256 key/ };
  await assert.rejects(vault.keys.import(other, { alias: "other", purpose: "sign" }), refused);
});

test("lists are filtered and come in pages", async () => {
  const vault = await vaultWithKey();
  for (let at = 0; at < 12; at++) {
    const alias = `team/${String(at).padStart(2, "0")}`;
    const purpose = at % 3 === 0 ? "sign" : "encrypt";
    await vault.keys.create({ alias, purpose, labels: { env: at % 2 ? "prod" : "test" }, rotateEvery: "P90D" });
  }
  assert.equal((await vault.keys.list()).length, 13);
  assert.equal((await vault.keys.list({ prefix: "team/" })).length, 12);
  assert.deepEqual(aliases(await vault.keys.list({ purpose: "sign" })), ["team/00", "team/03", "team/06", "team/09"]);
  assert.equal((await vault.keys.list({ label: ["env", "prod"] })).length, 6);
  assert.equal((await vault.keys.list({ label: "env" })).length, 12);
  const first = await vault.keys.page({ prefix: "team/", limit: 5 });
  const second = await vault.keys.page({ prefix: "team/", limit: 5, after: first.next });
  assert.deepEqual(aliases(second.keys), ["team/05", "team/06", "team/07", "team/08", "team/09"]);
  const third = await vault.keys.page({ prefix: "team/", limit: 5, after: second.next });
  assert.deepEqual([third.keys.length, third.next], [2, undefined]);
  assert.equal((await vault.keys.due()).length, 0);
  assert.equal((await vault.keys.due(Date.now() + 91 * 86_400_000)).length, 12);
  await (await vault.keys.get("team/01")).update({ alias: "renamed", labels: {}, rotateEvery: null });
  await assert.rejects(vault.keys.get("team/01"), code("ERR_NO_KEY"));
  const renamed = await vault.keys.get("renamed");
  assert.deepEqual([renamed.labels, renamed.rotateEvery], [{}, undefined]);
  await assert.rejects(renamed.update({ alias: "photos" }), code("ERR_KEY_EXISTS"));
  vault.close();
});

test("a key rotates when it is due, by a timer and at an unlock", async () => {
  const vault = await vaultWithKey();
  await vault.keys.create({ alias: "quick", rotateEvery: "PT2S" });
  await vault.lock();
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await vault.unlock(secret());
  const versions = async () => (await vault.keys.get("quick")).versions.length;
  for (let tries = 0; tries < 100 && (await versions()) < 3; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const key = await vault.keys.get("quick");
  assert.ok(key.versions.length >= 3, `${key.versions.length} versions`);
  assert.equal(key.versions[1].history[0].by, "rotateEvery");
  vault.close();
});

test("a rotated vault key opens for the factor and nothing of before is lost", async () => {
  const vault = await vaultWithKey();
  const { header, body } = await encrypted(vault);
  const seen = await vault.lastSeenHead();
  assert.equal((await vault.rotateVaultKey()).generation, 2);
  assert.deepEqual(await opened(vault, body, { header }), pattern(1000));
  const { name } = vault;
  vault.close();
  const again = await Strongroom.open({ name, lastSeenHead: seen });
  await again.unlock(secret());
  assert.deepEqual(await opened(again, body, { header }), pattern(1000));
  assert.equal((await again.rotateVaultKey()).generation, 3);
  again.close();
});

test("uses are counted", async () => {
  const vault = await vaultWithKey();
  for (let at = 0; at < 3; at++) await encrypted(vault);
  const key = await vault.keys.get("photos");
  assert.deepEqual([key.uses, key.versions[0].uses], [3, 3]);
  assert.ok(Date.now() - key.lastUsed < 60_000);
  vault.close();
});

test("a name that hides something is refused where it is given", async () => {
  const vault = await vaultWithKey();
  for (const alias of ["photos\u200b", "a\u202egnp.exe", "\ufeffphotos"]) {
    await assert.rejects(vault.keys.create({ alias }), code("ERR_ARGUMENT"));
    await assert.rejects(vault.keys.createSession({ alias, ttl: "PT1H" }), code("ERR_ARGUMENT"));
    const key = await vault.keys.get("photos");
    await assert.rejects(key.update({ alias }), code("ERR_ARGUMENT"));
    await assert.rejects(Strongroom.create({ name: alias, factors: [secret()] }), code("ERR_ARGUMENT"));
    await assert.rejects(Strongroom.restore(await vault.backup(), { name: alias }), code("ERR_ARGUMENT"));
  }
  await vault.keys.create({ alias: "👩‍💻" });
  await vault.close();
});
