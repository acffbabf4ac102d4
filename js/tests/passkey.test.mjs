/**
 * Passkeys of a made-up authenticator: which requests the page makes, what shapes of results it takes, and what it tells of
 * errors. Whether browsers do as much is tested in browsers.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { beforeEach, test } from "node:test";
import { runInNewContext } from "node:vm";
import { newRecoveryKit, passkey, passphrase, PasskeyError, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { credentials, fake, named, newAuthenticator, text } from "./authenticator.mjs";
import { code, secret } from "./support.mjs";

const HOST = "app.example";
const NEW = { rpId: HOST, userName: "ada" };

beforeEach(newAuthenticator);

function refused() {
  throw new Error("the page's own");
}

const kinds = () => fake.requests.splice(0).map((/** @type {any} */ { kind }) => kind);

async function vaultWithPasskey() {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), passkey(NEW)], store });
  return { vault, store };
}

test("it takes three gestures to enrol a passkey and one to open a vault", async () => {
  const { vault } = await vaultWithPasskey();
  const [create, first, second] = fake.requests;
  assert.deepEqual(kinds(), ["create", "get", "get"]);
  const { publicKey } = create;
  assert.equal(publicKey.rp.id, HOST);
  assert.match(publicKey.user.name, /ada.*encryption/);
  assert.equal(publicKey.user.displayName, publicKey.user.name);
  assert.equal(publicKey.user.id.byteLength, 32);
  assert.deepEqual(publicKey.excludeCredentials, []);
  assert.equal(publicKey.authenticatorSelection.userVerification, "required");
  assert.deepEqual(Object.keys(publicKey.extensions.prf), ["eval"]);
  for (const { publicKey: asked } of [first, second]) {
    assert.deepEqual(Object.keys(asked.extensions.prf), ["evalByCredential"]);
    assert.equal(asked.userVerification, "required");
    assert.equal(asked.rpId, HOST);
    assert.equal(asked.challenge.byteLength, 32);
  }
  assert.notDeepEqual(first.publicKey.challenge, second.publicKey.challenge);

  const [, info] = await vault.factors.list();
  assert.deepEqual([info.kind, info.known, info.passkey.rpId], ["passkey", true, HOST]);
  assert.ok(fake.secrets.has(info.passkey.credential));
  await vault.lock();
  await vault.unlock(passkey({ rpId: HOST }));
  assert.deepEqual(kinds(), ["get"]);
});

test("all of a vault's passkeys are asked for at once, each with its own input, and excluded where another is made", async () => {
  const { vault } = await vaultWithPasskey();
  const elsewhere = fake.secrets;
  fake.secrets = new Map();
  kinds();
  await vault.factors.add(passkey(NEW), { factor: secret() });
  const [create] = fake.requests;
  assert.deepEqual(create.publicKey.excludeCredentials.map((/** @type {any} */ { id }) => text(id)), [...elsewhere.keys()]);
  kinds();
  await vault.lock();
  await vault.unlock(passkey({ rpId: HOST }));
  const [{ publicKey }] = fake.requests.splice(0);
  const inputs = Object.values(publicKey.extensions.prf.evalByCredential).map(({ first }) => text(first));
  assert.equal(new Set(inputs).size, 2);
  assert.equal(publicKey.allowCredentials.length, 2);

  // The authenticator that has the first one makes no second.
  fake.secrets = elsewhere;
  await assert.rejects(vault.factors.add(passkey(NEW), { factor: secret() }), { code: "ERR_PASSKEY", reason: "registered" });
});

test("results count in every shape in which browsers and password managers give them", async () => {
  const shapes = {
    buffer: (/** @type {ArrayBuffer} */ buffer) => buffer,
    bytes: (/** @type {ArrayBuffer} */ buffer) => new Uint8Array(buffer),
    view: (/** @type {ArrayBuffer} */ buffer) => {
      const larger = new Uint8Array(buffer.byteLength + 8);
      larger.set(new Uint8Array(buffer), 4);
      return larger.subarray(4, 4 + buffer.byteLength);
    },
    node: (/** @type {ArrayBuffer} */ buffer) => Buffer.from(buffer),
    realm: (/** @type {ArrayBuffer} */ buffer) => runInNewContext("Uint8Array.from(given).buffer", { given: [...new Uint8Array(buffer)] }),
    realmBytes: (/** @type {ArrayBuffer} */ buffer) => runInNewContext("Uint8Array.from(given)", { given: [...new Uint8Array(buffer)] }),
  };
  const { vault } = await vaultWithPasskey();
  for (const [name, shape] of Object.entries(shapes)) {
    await vault.lock();
    fake.shape = shape;
    await vault.unlock(passkey({ rpId: HOST })).catch((error) => assert.fail(`${name}: ${error}`));
  }
});

test("what the PRF gave is wiped where the browser put it", async () => {
  const given = /** @type {Uint8Array[]} */ ([]);
  fake.atCreate = (/** @type {object} */ prf) => ({ prf });
  const shape = (/** @type {ArrayBuffer} */ buffer) => {
    if (buffer.byteLength === 32) given.push(new Uint8Array(buffer));
    return buffer;
  };
  fake.shape = shape;
  const { vault } = await vaultWithPasskey();
  await vault.lock();
  await vault.unlock(passkey({ rpId: HOST }));
  assert.equal(given.length, 4);
  assert.ok(given.every((bytes) => bytes.every((byte) => byte === 0)));
});

test("a result when it is made is optional, and never relied on", async () => {
  const given = {
    none: () => ({}),
    absent: () => ({ prf: {} }),
    enabled: () => ({ prf: { enabled: true } }),
    another: () => ({ prf: { enabled: true, results: { first: randomBytes(32) } } }),
  };
  for (const atCreate of Object.values(given)) {
    fake.atCreate = atCreate;
    const { vault } = await vaultWithPasskey();
    await vault.lock();
    await vault.unlock(passkey({ rpId: HOST }));
  }
});

test("an authenticator without PRF is told, and nothing is enrolled", async () => {
  const unsupported = { code: "ERR_PASSKEY", name: "PasskeyError", reason: "unsupported" };
  const { vault } = await vaultWithPasskey();
  const add = () => {
    fake.secrets.clear();
    return vault.factors.add(passkey(NEW), { factor: secret() });
  };
  kinds();
  fake.atCreate = () => ({ prf: { enabled: false } });
  await assert.rejects(add(), unsupported);
  assert.deepEqual(kinds(), ["create"]);
  fake.atCreate = () => ({});
  for (const results of [undefined, {}, { prf: {} }, { prf: { results: {} } }, { prf: { results: { first: new ArrayBuffer(16) } } }]) {
    fake.atGet = () => results;
    await assert.rejects(add(), unsupported);
    assert.deepEqual(kinds(), ["create", "get"]);
  }
  assert.equal((await vault.factors.list()).length, 2);
  for (const name of ["NotSupportedError", "ConstraintError"]) {
    fake.fails = named(name);
    await assert.rejects(add(), unsupported);
  }
});

test("an authenticator that gives another secret each time is not enrolled", async () => {
  let salts = 0;
  fake.salt = () => String(salts++);
  const store = testingStore();
  const create = Strongroom.create({ name: "acme", factors: [secret(), passkey(NEW)], store });
  await assert.rejects(create, { code: "ERR_PASSKEY", reason: "unstable" });
  assert.equal(await Strongroom.exists("acme", { store }), false);
});

test("what a person can do about an error is told by its reason", async () => {
  const { vault } = await vaultWithPasskey();
  await vault.lock();
  const open = () => vault.unlock(passkey({ rpId: HOST }));
  const reasons = { NotAllowedError: "not-used", AbortError: "not-used", OperationError: "not-used", SecurityError: "host" };
  for (const [name, reason] of Object.entries(reasons)) {
    fake.fails = named(name);
    await assert.rejects(open(), (error) => error instanceof PasskeyError && error.reason === reason);
  }
  fake.fails = undefined;
  // Deleted: no browser tells that from a request that was cancelled.
  const kept = fake.secrets;
  fake.secrets = new Map();
  await assert.rejects(open(), { code: "ERR_PASSKEY", reason: "not-used" });
  fake.secrets = kept;
  // None of these counts as a failed attempt.
  assert.equal((await open()).failedAttempts, undefined);
});

test("another passkey than was asked for opens nothing, whatever it gives", async () => {
  const { vault } = await vaultWithPasskey();
  await vault.lock();
  const stray = randomBytes(16).toString("base64url");
  fake.secrets.set(stray, [...fake.secrets.values()][0]);
  fake.given = stray;
  await assert.rejects(vault.unlock(passkey({ rpId: HOST })), code("ERR_WRONG_FACTOR"));
});

test("passkeys of another host are not asked for", async () => {
  const { vault } = await vaultWithPasskey();
  await vault.lock();
  kinds();
  await assert.rejects(vault.unlock(passkey({ rpId: "other.example" })), (error) => {
    assert.deepEqual([error.code, error.reason, error.name], ["ERR_PASSKEY", "host", "PasskeyError"]);
    return error.message.includes(HOST);
  });
  assert.deepEqual(kinds(), []);
});

test("passkeys alone make no vault, and none is left with them", async () => {
  const alone = Strongroom.create({ name: "alone", factors: [passkey(NEW), passkey(NEW)], store: testingStore() });
  await assert.rejects(alone, code("ERR_LAST_FACTOR"));
  assert.deepEqual(kinds(), []);
  const { vault } = await vaultWithPasskey();
  const [phrase, own] = await vault.factors.list();
  const present = { factor: passkey({ rpId: HOST }) };
  await assert.rejects(vault.factors.revoke(phrase.id, present), code("ERR_LAST_FACTOR"));
  await assert.rejects(vault.factors.revoke(phrase.id, { ...present, compromised: true }), code("ERR_LAST_FACTOR"));
  await assert.rejects(vault.factors.replace(phrase.id, passkey(NEW), present), code("ERR_LAST_FACTOR"));
  await vault.factors.add(await newRecoveryKit(), present);
  await vault.factors.revoke(phrase.id, present);
  await vault.factors.revoke(own.id, present);
  await vault.lock();
  await assert.rejects(vault.unlock(present.factor), code("ERR_NO_FACTOR"));
});

test("a signal, a lock and a close end the ceremony", async () => {
  const ends = {
    signal: (/** @type {any} */ _, /** @type {AbortController} */ ending) => ending.abort(),
    lock: (/** @type {any} */ vault) => vault.lock(),
    close: (/** @type {any} */ vault) => vault.close(),
  };
  const codes = { signal: "ERR_ABORTED", lock: "ERR_LOCKED", close: "ERR_CLOSED" };
  for (const [how, end] of Object.entries(ends)) {
    fake.waits = undefined;
    const { vault } = await vaultWithPasskey();
    await vault.lock();
    const ending = new AbortController();
    const stopped = new Promise((stop) => {
      fake.waits = stop;
    });
    let aborted;
    const { get } = credentials;
    credentials.get = (/** @type {any} */ request) => {
      request.signal.addEventListener("abort", () => (aborted = true));
      return get(request);
    };
    const unlocking = vault.unlock(passkey({ rpId: HOST }), { signal: ending.signal });
    await stopped;
    end(vault, ending);
    await assert.rejects(unlocking, code(/** @type {any} */ (codes)[how]));
    assert.ok(aborted, how);
    credentials.get = get;
  }
});

test("the page is told which ceremony comes, and can keep it waiting", async () => {
  const store = testingStore();
  const told = /** @type {any[]} */ ([]);
  const onCeremony = async (/** @type {any} */ { kind, step, steps }) => {
    await undefined;
    told.push([kind, step, steps, fake.requests.length]);
  };
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), passkey({ ...NEW, onCeremony })], store });
  assert.deepEqual(told, [["create", 1, 3, 0], ["get", 2, 3, 1], ["get", 3, 3, 2]]);
  await vault.lock();
  await assert.rejects(vault.unlock(passkey({ rpId: HOST, onCeremony: refused })), /the page's own/);
  assert.equal(fake.requests.length, 3);
});

test("a passkey is told of as gone where the caller asks, once the revocation is committed", async () => {
  const signalled = /** @type {any[]} */ ([]);
  const { vault } = await vaultWithPasskey();
  const told = new Promise((resolve) => {
    const signalUnknownCredential = async (/** @type {any} */ about) => {
      signalled.push([about, (await vault.factors.list()).length]);
      resolve(undefined);
      throw new Error("a hint that failed");
    };
    Object.assign(globalThis, { PublicKeyCredential: { signalUnknownCredential } });
  });
  const add = async () => (await vault.factors.add(passkey(NEW), { factor: secret() })).passkey;
  const [, own] = await vault.factors.list();
  await vault.factors.revoke(own.id, { factor: secret() });
  assert.deepEqual(signalled, []);
  const added = await add();
  const [, second] = await vault.factors.list();
  await assert.rejects(
    vault.factors.revoke(second.id, { factor: passphrase("wrong"), signalUnknownCredential: true }),
    code("ERR_WRONG_FACTOR"),
  );
  assert.deepEqual(signalled, []);
  await vault.factors.revoke(second.id, { factor: secret(), signalUnknownCredential: true });
  await told;
  assert.deepEqual(signalled, [[{ rpId: HOST, credentialId: added.credential }, 1]]);
  const [phrase] = await vault.factors.list();
  await vault.factors.add(await newRecoveryKit(), { factor: secret() });
  await vault.factors.revoke(phrase.id, { factor: secret(), signalUnknownCredential: true });
  assert.equal(signalled.length, 1);
  delete (/** @type {any} */ (globalThis).PublicKeyCredential);
});

test("what is no option, and a new passkey without a name", async () => {
  for (const odd of [{ rpid: HOST }, { userName: "" }, { onCeremony: 1 }, { eval: 1 }, "ada", null]) {
    assert.throws(() => passkey(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  }
  const { vault } = await vaultWithPasskey();
  const add = (/** @type {any} */ options) => vault.factors.add(passkey(options), { factor: secret() });
  await assert.rejects(add({ rpId: HOST }), code("ERR_ARGUMENT"));
  await assert.rejects(add({ ...NEW, id: "some" }), code("ERR_ARGUMENT"));
  await assert.rejects(add({ ...NEW, rpId: "https://app.example" }), code("ERR_ARGUMENT"));
  // Without a page there is no host.
  await assert.rejects(add({ userName: "ada" }), { code: "ERR_PASSKEY", reason: "unsupported" });
  assert.equal((await vault.factors.list()).length, 2);
});

test("where there is no WebAuthn, and what a passkey shows where it is printed", async () => {
  const { vault } = await vaultWithPasskey();
  await vault.lock();
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  await assert.rejects(vault.unlock(passkey({ rpId: HOST })), { code: "ERR_PASSKEY", reason: "unsupported" });
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  assert.ok(!inspect(passkey(NEW), { depth: 9, showHidden: true }).includes("ada"));
});
