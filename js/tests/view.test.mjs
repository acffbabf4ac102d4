/** A view of a vault: what it does, and what comes of trying more, through the published surface and past it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { NoKeyError, passphrase, PolicyError, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const outside = (/** @type {any} */ error) => {
  assert.ok(error instanceof PolicyError, String(error));
  assert.deepEqual([error.code, error.rule, error.policy], ["ERR_POLICY", "operations", "view"]);
  return true;
};

/** Calls the engine as a script does that found a way to the view's port. */
const past = (/** @type {any} */ view, /** @type {string} */ name, /** @type {unknown[]} */ ...given) => view.use().peer.call(name, ...given);

/** Every operation that a view can be for. */
const ALL = /** @type {const} */ ([
  "encrypt", "decrypt", "encryptValue", "decryptValue", "rewrap", "sign", "verify", "rotate", "activate", "suspend", "resume", "revoke",
  "scheduleDestroy", "cancelDestroy", "destroy", "update", "setPolicy",
]);

/** A vault with keys "photos", "secrets" and "seal", and a view that does everything with "photos". */
async function divided(options = {}) {
  const vault = await vaultWithKey(options);
  await vault.keys.create({ alias: "secrets" });
  await vault.keys.create({ alias: "seal", purpose: "sign" });
  const view = await vault.view({ operations: ALL, keys: ["photos"] });
  return { vault, view };
}

test("a view does what it lists, with what the vault's own handle made", async () => {
  const vault = await vaultWithKey();
  await vault.keys.create({ alias: "seal", purpose: "sign" });
  const view = await vault.view({ operations: ["decrypt", "decryptValue", "verify"] });
  assert.deepEqual(view.operations, ["decrypt", "decryptValue", "verify"]);
  assert.ok(Object.isFrozen(view.operations) && !view.ended);
  const sealed = await (await vault.encrypt("hello", { key: "photos" })).bytes();
  const kept = await vault.encrypt("kept", { key: "photos", header: "vault" });
  const body = await kept.bytes();
  const token = await vault.encryptValue({ a: 1 }, { key: "photos" });
  const signature = await vault.sign("text", { key: "seal" });
  const signed = await vault.signFile(new Blob(["a file"]), { key: "seal" });
  assert.equal(await (await view.decrypt(sealed)).text(), "hello");
  assert.equal(await (await view.decrypt(body, { object: kept.id })).text(), "kept");
  const reader = await view.openObject(new Blob([sealed]));
  assert.equal(new TextDecoder().decode(await reader.read(1, 3)), "ell");
  reader.close();
  assert.equal((await view.inspect(sealed)).origin, "own");
  assert.deepEqual(await view.decryptValue(token), { a: 1 });
  assert.deepEqual(await view.decryptValues([token, token]), [{ a: 1 }, { a: 1 }]);
  assert.equal((await view.verify(signature)).key, (await vault.keys.get("seal")).id);
  assert.equal((await view.verifyFile(signed, new Blob(["a file"]))).state, "active");
  for (const refused of [
    () => view.encrypt("x", { key: "photos" }),
    () => view.encrypt("x", { key: "photos", header: "vault" }),
    () => view.encryptValue(1, { key: "photos" }),
    () => view.encryptValues([1, 2], { key: "photos" }),
    () => view.sign("x", { key: "seal" }),
    () => view.signFile(new Blob(["x"]), { key: "seal" }),
    () => view.reencrypt(sealed, { key: "photos" }),
  ]) await assert.rejects(refused(), outside, String(refused));
  const key = await view.keys.get("photos");
  await assert.rejects(key.rotate(), outside);
  await assert.rejects(key.setPolicy({ operations: ["decrypt"] }), outside);
  await assert.rejects(key.destroy({ force: true }), outside);
  assert.deepEqual(await view.can("decrypt", { key: "photos" }), { allowed: true, rule: undefined, policy: undefined });
  assert.deepEqual(await view.can("encrypt", { key }), { allowed: false, rule: "operations", policy: "view" });
  assert.deepEqual(await vault.can("encrypt", { key }), { allowed: true, rule: undefined, policy: undefined });
  const report = await view.rewrap([kept]).run();
  assert.equal(report.failed, 1);
  outside(report.failures[0]?.error);
  await vault.close();
});

test("a view changes keys where it lists that, and the vault is told", async () => {
  const { vault, view } = await divided();
  const told = /** @type {any[]} */ ([]);
  vault.addEventListener("change", ({ detail }) => told.push(detail));
  const sealed = await view.encrypt("hello", { key: "photos" });
  const old = await sealed.bytes();
  const rotated = await (await view.keys.get("photos")).rotate({ reason: "monthly" });
  assert.equal(rotated.versions.length, 2);
  assert.deepEqual(told, [{ noun: "keys", ids: [rotated.id], elsewhere: false }]);
  const moved = [];
  for await (const { header } of view.rewrap([sealed])) moved.push(header);
  assert.equal(moved.length, 1);
  const fresh = await view.reencrypt(old, { key: "photos" });
  assert.equal(await (await vault.decrypt(await fresh.bytes())).text(), "hello");
  const revoked = await rotated.version(1).revoke({ compromised: true });
  await assert.rejects(revoked.dependents().next(), outside);
  await vault.close();
});

test("a key that is not listed is not there", async () => {
  const { vault, view } = await divided();
  const secrets = await vault.keys.get("secrets");
  const sealed = await (await vault.encrypt("hidden", { key: "secrets" })).bytes();
  const ours = await (await vault.encrypt("ours", { key: "photos" })).bytes();
  const kept = await vault.encrypt("kept", { key: "secrets", header: "vault" });
  const body = await kept.bytes();
  const token = await vault.encryptValue(1, { key: "secrets" });
  const own = await vault.encryptValue(2, { key: "photos" });
  const signature = await vault.sign("text", { key: "seal" });
  assert.deepEqual((await view.keys.list()).map(({ alias }) => alias), ["photos"]);
  assert.deepEqual((await view.keys.page({ limit: 1 })).next, undefined);
  const none = /** @type {(() => Promise<unknown>)[]} */ ([
    () => view.decrypt(sealed),
    () => view.openObject(new Blob([sealed])),
    () => view.inspect(sealed),
    () => view.decryptValue(token),
    () => view.decryptValueDetails(token),
    () => view.decryptValues([own, token]),
    () => view.verify(signature),
    () => view.reencrypt(sealed, { key: "photos" }),
    () => view.rewrap([ours], { to: "secrets" }).run(),
    () => view.rewrap([ours], { to: secrets }).run(),
    () => past(view, "rewrap", ours, { to: secrets.id }),
  ]);
  for (const name of ["secrets", secrets.id, secrets]) {
    none.push(
      () => view.encrypt("x", { key: name }),
      () => view.encryptValue(1, { key: name }),
      () => view.sign("x", { key: name }),
      () => view.can("decrypt", { key: name }),
      () => view.reencrypt(ours, { key: name }),
      () => view.keys.get(/** @type {any} */ (name).id ?? name),
      () => past(view, "manage", /** @type {any} */ (name).id ?? name, { do: "rotate" }),
    );
  }
  for (const call of none) {
    await assert.rejects(call(), (/** @type {any} */ error) => {
      assert.ok(error instanceof NoKeyError, `${call}: ${error}`);
      assert.ok(!/secrets/.test(error.message) && !error.message.includes(secrets.id), error.message);
      return true;
    });
  }
  for (const opening of [() => view.decrypt(sealed), () => view.openObject(new Blob([sealed])), () => view.inspect(sealed), () => view.decryptValue(token)]) {
    await assert.rejects(opening(), { message: "none of this view's keys opens it" });
  }
  await assert.rejects(view.decrypt(body, { object: kept.id }), code("ERR_NO_OBJECT"));
  await assert.rejects(view.decrypt(ours, { tracked: kept.id }), code("ERR_NO_OBJECT"));
  const settled = await view.decryptValues([own, token], { settle: true });
  assert.deepEqual(settled.map(({ status }) => status), ["fulfilled", "rejected"]);
  const report = await view.rewrap([sealed, kept]).run();
  assert.deepEqual(report.failures.map(({ error }) => error.code), ["ERR_NO_KEY", "ERR_NO_OBJECT"]);
  const sidecar = { parent: kept.id, name: "thumbnail" };
  await assert.rejects(view.encrypt("x", { key: "photos", header: "vault", sidecar }), code("ERR_NO_OBJECT"));
  await vault.close();
});

test("no call but a view's exists on its port, by whatever name", async () => {
  const { vault, view } = await divided();
  const { id } = await vault.keys.get("photos");
  const factor = { kind: "passphrase", secrets: [new TextEncoder().encode("correct horse battery staple")] };
  const calls = /** @type {Record<string, unknown[]>} */ ({
    exportVaultKey: [factor, id],
    importVaultKey: [{ alias: "x" }, new Uint8Array(32)],
    createKey: [{ alias: "x" }],
    createSession: [{ alias: "x", ttl: "PT1H" }],
    backup: [],
    head: [],
    identity: [],
    unlock: [factor, {}],
    authenticate: [factor],
    addFactor: [factor, factor],
    setVaultPolicy: [{ operations: ["encrypt"] }],
    view: [{ post() {}, listen() {} }, ["decrypt"]],
    open: [vault.name],
    remove: [vault.name],
    end: [],
  });
  for (const name of [
    "create", "reopen", "prepareReload", "list", "restore", "merge", "rotateVaultKey", "replaceFactor", "identifyFactor", "rehearseFactor",
    "revokeFactor", "revokeCompromisedFactor", "requireFactors", "endSession", "tryPolicy", "untrack", "listObjects", "shred", "vaultPolicy",
    "listUploads", "noteUpload", "endUpload", "listFactors", "requiredFactors", "renameFactor", "vitalSigns", "startAudit", "stopAudit",
    "flushAudit", "noteFailedUnlocks", "auditState", "queryAudit", "readAudit", "auditBatch", "verifyAudit", "auditCheckpoint", "proveEntry",
    "witnessRequest", "addCosignature", "witnessKey", "witnessLog",
    "track", "pin", "resume", "start", "isAlive", "sendToKms", "stopSending", "serveArgon2", "generateKey", "importKey", "secretJwk", "freeKey", "wrapKey", "unwrapKey",
    "newRecoveryWords", "splitRecovery", "whyNoDeviceKeys", "lock", "constructor", "toString", "__proto__", "hasOwnProperty", "",
  ]) calls[name] = [];
  for (const [name, given] of Object.entries(calls)) await assert.rejects(past(view, name, ...given), outside, name);
  await assert.rejects(past(view, /** @type {any} */ (undefined)), code("ERR_ARGUMENT"));
  // What needs such calls says so.
  const key = await view.keys.get("photos");
  await assert.rejects(key.dangerouslyExport({ factor: secret() }), outside);
  await assert.rejects(key.tryPolicy({ operations: ["encrypt"] }), outside);
  const object = await view.encrypt(new Blob(["x"]), { key: "photos" });
  await assert.rejects(object.resumeToken(), code("ERR_ARGUMENT"));
  await assert.rejects(object.track({ location: "x" }), code("ERR_ARGUMENT"));
  await object.close();
  assert.equal(vault.unlocked, true);
  await vault.close();
});

/** The engine's answers to a script that made up its own end of a view's port: `answer` gives what it answers to the engine's calls. */
async function scripted(/** @type {any} */ vault, /** @type {readonly string[]} */ operations, answer = () => /** @type {any} */ (undefined)) {
  const waiting = /** @type {Map<number, (message: any) => void>} */ (new Map());
  const receivers = /** @type {((message: any) => void)[]} */ ([]);
  const theirs = {
    post(/** @type {any} */ message) {
      if ("reply" in message) waiting.get(message.reply)?.(message);
      else queueMicrotask(() => receivers[0]?.({ reply: message.call, value: answer() }));
    },
    listen(/** @type {any} */ given) {
      receivers.push(given);
    },
  };
  await vault.use().peer.call("view", theirs, operations, ["photos"]);
  let next = 0;
  return (/** @type {any} */ method, /** @type {any} */ args) =>
    /** @type {Promise<string | undefined>} */ (new Promise((resolve) => {
      const call = next++;
      waiting.set(call, ({ error }) => resolve(error?.code));
      receivers[0]?.({ call, method, args });
    }));
}

/** What a view's calls take, as the page gives it. */
function goodArguments(/** @type {string} */ sealed, /** @type {Uint8Array} */ header) {
  const terms = { to: { key: "photos", keepHeader: false, reason: undefined }, context: undefined, sidecar: undefined, metadata: {}, detached: false };
  const opens = {
    from: { allowUnsigned: false, object: undefined, tracked: undefined, reason: undefined },
    context: undefined, sidecar: undefined, header: undefined, expect: undefined,
  };
  const input = { kind: "bytes", bytes: new Uint8Array(header) };
  return /** @type {Record<string, any[]>} */ ({
    listKeys: [{}], findKey: ["photos"], manage: ["photos", { do: "update", labels: { a: "b" } }], can: ["encrypt", "photos", undefined, undefined],
    sign: ["photos", new Uint8Array(1), undefined, undefined], verify: [sealed, undefined, undefined],
    signContent: [input, "photos", undefined, undefined], verifyContent: [sealed, input, undefined, undefined, undefined],
    encryptValues: ["photos", ["1"], [undefined], undefined], decryptValues: [[sealed], [undefined], false, undefined],
    settleValues: [[sealed], [undefined], true, false, undefined], decryptValueDetails: [sealed, undefined, false, undefined],
    encrypt: [1, input, { ...terms, size: header.byteLength }], decrypt: [2, input, opens], reencrypt: [3, input, opens, terms],
    inspect: [header, opens], rewrap: [header, { dryRun: true }], noteStored: [header, undefined],
    openObject: [4, { kind: "blob", blob: new Blob([header]) }, opens], readObject: [4, 0, 1, false], pull: [1], drop: [1], stop: [1],
  });
}

test("what a call does not take is refused, and ends nothing", async () => {
  const { vault, view } = await divided();
  const sealed = await view.encryptValue(1, { key: "photos" });
  const header = await (await view.encrypt("x", { key: "photos" })).bytes();
  const call = await scripted(vault, ALL);
  const round = /** @type {any} */ ({ do: "rotate" });
  const holes = /** @type {unknown[]} */ ([]);
  holes.length = 2 ** 32 - 1;
  round.round = round;
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  const wide = Array.from({ length: 30 }).reduce((/** @type {any} */ inner) => [inner, inner], []);
  const good = goodArguments(sealed, header);
  for (const [name, args] of Object.entries(good)) {
    const refusals = ["readObject", "pull", "drop", "stop"].includes(name) ? [undefined, "ERR_CLOSED"] : [undefined, "ERR_PURPOSE", "ERR_MALFORMED"];
    const answered = await call(name, args);
    assert.ok(refusals.includes(answered), `${name}: ${answered}`);
  }
  const odd = [
    7, NaN, -1, 1e300, "x", "", true, null, Symbol.iterator, 5n, () => {}, [], [7], [undefined], holes, {}, { length: -1 }, { kind: "blob" },
    { kind: "pull", source: 1, size: -1 }, { kind: "bytes", bytes: "x" }, round, { deep }, { wide }, new Map(), new Uint8Array(3), new Uint16Array(3),
  ];
  for (const [name, args] of Object.entries(good)) {
    for (const at of args.keys()) {
      for (const value of odd) {
        const answered = await call(name, args.with(at, value));
        assert.notEqual(answered, "ERR_WASM", `${name} ${at}`);
        assert.notEqual(answered, "ERR_INTERNAL", `${name} ${at} ${typeof value} ${Object.prototype.toString.call(value)}`);
      }
      const inner = args[at];
      if (Object.prototype.toString.call(inner) !== "[object Object]") continue;
      for (const member of Object.keys(inner)) {
        for (const value of odd) {
          const answered = await call(name, args.with(at, { ...inner, [member]: value }));
          assert.ok(answered !== "ERR_WASM" && answered !== "ERR_INTERNAL", `${name} ${at} ${member} ${answered}`);
        }
      }
    }
    if (args.length > 1) assert.equal(await call(name, []), "ERR_ARGUMENT", name);
    assert.equal(await call(name, [...args, ...Array.from({ length: 5 }, () => "more")]), "ERR_ARGUMENT", name);
  }
  for (const [name, args] of /** @type {[string, unknown[]][]} */ ([
    ["findKey", []], ["findKey", [7]], ["findKey", [{ toString: () => "photos" }]], ["can", ["encrypt", "photos", undefined, 7]], ["sign", ["photos", { length: -1 }]],
    ["manage", ["photos", round]], ["manage", ["photos", { do: "update", labels: { deep } }]], ["listKeys", [round]], ["listKeys", [{ wide }]],
    ["encryptValues", ["photos", [7], [undefined], undefined]], ["decryptValues", [holes, [undefined], false, undefined]],
    ["encrypt", [1, { kind: "bytes", bytes: new Uint8Array(1) }, { to: { recipients: [1] }, metadata: {}, detached: false }]],
    ["inspect", [header, { from: { identities: [1] } }]], ["rewrap", [{}, {}]], ["drop", ["x"]],
  ])) assert.equal(await call(name, args), "ERR_ARGUMENT", name);
  assert.notEqual(await call("findKey", undefined), undefined);
  assert.equal(vault.unlocked, true);
  assert.equal(await view.decryptValue(sealed), 1);
  await vault.close();
});

test("a page that answers something else than bytes fails its own reads alone", async () => {
  const { vault, view } = await divided();
  await view.encrypt("x", { key: "photos" }).then((object) => object.bytes());
  const object = await (await vault.encrypt("hello", { key: "photos" })).bytes();
  let answer = /** @type {any} */ (undefined);
  const call = await scripted(vault, ALL, () => answer);
  const { encrypt: [, , request], decrypt: [, , opens] } = /** @type {any} */ (goodArguments("", new Uint8Array(3)));
  for (const [number, odd] of [7, "abc", [1, 2, 3], { length: -1 }, { byteLength: 3 }, new Uint16Array(3), new ArrayBuffer(3), null, true].entries()) {
    answer = odd;
    assert.equal(await call("encrypt", [number, { kind: "pull", source: 1, size: 3 }, request]), undefined);
    assert.equal(await call("pull", [number]), "ERR_INPUT", String(odd));
    assert.equal(await call("decrypt", [number, { kind: "pull", source: 1, size: 3 }, opens]), "ERR_INPUT", String(odd));
    const parts = { kind: "parts", source: 1, size: object.byteLength, front: undefined };
    assert.equal(await call("openObject", [number, parts, opens]), "ERR_INPUT", String(odd));
  }
  answer = object.slice(1);
  assert.equal(await call("openObject", [1, { kind: "parts", source: 1, size: object.byteLength, front: undefined }, opens]), "ERR_INPUT");
  answer = object;
  assert.equal(await call("openObject", [1, { kind: "parts", source: 1, size: object.byteLength, front: undefined }, opens]), undefined);
  assert.equal(vault.unlocked, true);
  await vault.close();
});

test("what a view says of headers tells the vault of no other objects", async () => {
  const { vault, view } = await divided();
  const told = /** @type {any[]} */ ([]);
  vault.addEventListener("change", ({ detail }) => told.push(detail));
  const sealed = await vault.encrypt("hello", { key: "photos" });
  const old = await sealed.bytes();
  await sealed.track({ location: "here" });
  const hidden = await vault.encrypt("kept", { key: "secrets", header: "vault" });
  await hidden.bytes();
  await (await view.keys.get("photos")).rotate();
  told.splice(0);
  for (const given of [[old, { dryRun: true }, hidden.id], [old, { stored: true }, hidden.id], [old, {}, "x"]]) {
    await assert.rejects(past(view, "rewrap", ...given), code("ERR_ARGUMENT"));
  }
  assert.equal(await past(view, "noteStored", old, undefined), undefined);
  assert.deepEqual(told, []);
  const loose = await (await vault.encrypt("loose", { key: "photos" })).bytes();
  assert.equal(await past(view, "noteStored", loose, undefined), undefined);
  assert.deepEqual(told, []);
  for await (const { id } of view.rewrap([sealed])) assert.equal(id, sealed.id);
  assert.deepEqual(told, [{ noun: "objects", ids: [sealed.id], elsewhere: false }]);
  await vault.close();
});

test("what one of them has open is not the other's, nor another view's", async () => {
  const { vault, view } = await divided();
  const other = await vault.view({ operations: ["encrypt", "decrypt"], keys: ["photos"] });
  const sealed = await (await vault.encrypt("hello", { key: "photos" })).bytes();
  const handles = [vault, view, other];
  const readers = [];
  for (const [at, handle] of handles.entries()) {
    // Numbers are chosen by the page: each has one that no other has.
    const connection = /** @type {any} */ (handle).use();
    for (let number = 0; number < 50 * at; number++) connection.unwatch(connection.watch());
    readers.push(await handle.openObject(new Blob([sealed])));
    readers.push(await handle.encrypt(new Blob(["x"]), { key: "photos" }));
  }
  const reached = [];
  for (const handle of handles) {
    let open = 0;
    for (let number = 0; number < 200; number++) {
      const read = await past(handle, "readObject", number, 0, 1, false).catch(code("ERR_CLOSED"));
      const pulled = await past(handle, "pull", number).catch(code("ERR_CLOSED"));
      if (read !== true || pulled !== true) open++;
    }
    reached.push(open);
  }
  assert.deepEqual(reached, [2, 2, 2]);
  for (const number of Array(200).keys()) await past(view, "drop", number);
  const again = await vault.decrypt(sealed);
  assert.equal(await again.text(), "hello");
  assert.equal(new TextDecoder().decode(await /** @type {any} */ (readers[0]).read(0, 5)), "hello");
  for (const reader of readers) await reader.close();
  await vault.close();
});

test("a view ends with the vault's lock, and stays ended", async () => {
  const { vault, view } = await divided();
  const token = await view.encryptValue(1, { key: "photos" });
  const told = /** @type {any[]} */ ([]);
  view.addEventListener("end", ({ detail }) => told.push(detail.reason.code));
  const key = await view.keys.get("photos");
  await vault.lock();
  assert.equal(view.ended, true);
  assert.deepEqual(told, ["ERR_LOCKED"]);
  await assert.rejects(view.decryptValue(token), code("ERR_LOCKED"));
  await vault.unlock(secret());
  await assert.rejects(view.decryptValue(token), code("ERR_LOCKED"));
  await assert.rejects(key.refresh(), code("ERR_LOCKED"));
  const fresh = await vault.view({ operations: ["decryptValue"], keys: [key] });
  assert.equal(await fresh.decryptValue(token), 1);
  await vault.close();
  await assert.rejects(fresh.decryptValue(token), code("ERR_CLOSED"));
  assert.equal(fresh.ended, true);
  assert.deepEqual(told, ["ERR_LOCKED"]);
});

test("a view that is closed ends what it has open, and the vault stays", async () => {
  const { vault, view } = await divided();
  const sealed = await (await vault.encrypt("hello", { key: "photos" })).bytes();
  const reader = await view.openObject(new Blob([sealed]));
  const connection = /** @type {any} */ (view).use();
  const told = /** @type {any[]} */ ([]);
  view.addEventListener("end", ({ detail }) => told.push(detail.reason.code));
  view.close();
  view.close();
  assert.deepEqual(told, ["ERR_CLOSED"]);
  await assert.rejects(view.decrypt(sealed), code("ERR_CLOSED"));
  await assert.rejects(reader.read(0, 1), code("ERR_CLOSED"));
  await assert.rejects(connection.peer.call("findKey", "photos"), code("ERR_CLOSED"));
  assert.equal(await (await vault.decrypt(sealed)).text(), "hello");
  assert.equal(vault.unlocked, true);
  await vault.close();
});

test("what a view does keeps the vault from locking itself", async () => {
  const { vault, view } = await divided({ autoLock: { idle: "PT1S" } });
  for (let time = 0; time < 8; time++) {
    await view.encryptValue(1, { key: "photos" });
    await setTimeout(250);
  }
  assert.equal(vault.unlocked, true);
  const told = /** @type {any[]} */ ([]);
  vault.addEventListener("lock", ({ detail }) => told.push(detail.automatic));
  await setTimeout(2500);
  assert.deepEqual([told, view.ended], [["idle"], true]);
  await assert.rejects(view.encryptValue(1, { key: "photos" }), code("ERR_LOCKED"));
  await vault.close();
});

test("what a view is for is said before it is made", async () => {
  const { vault, view } = await divided();
  const tried = /** @type {any[]} */ ([
    undefined,
    {},
    { operations: [] },
    { operations: "decrypt" },
    { operations: ["export"] },
    { operations: ["decrypt", "backup"] },
    { operations: ["read"] },
    { operations: [""] },
    { operations: [undefined] },
    { operations: Array.from({ length: 2 }) },
    { operations: ["decrypt"], keys: [] },
    { operations: ["decrypt"], keys: "photos" },
    { operations: ["decrypt"], keys: [""] },
    { operations: ["decrypt"], keys: [undefined] },
    { operations: ["decrypt"], keys: null },
    { operations: ["decrypt"], reason: "x" },
  ]);
  for (const options of tried) await assert.rejects(vault.view(options), code("ERR_ARGUMENT"), JSON.stringify(options));
  await assert.rejects(vault.view({ operations: ["decrypt"], keys: ["photos", "nothing"] }), code("ERR_NO_KEY"));
  // No view is left behind by those.
  assert.equal(/** @type {any} */ (vault).use().views.size, 1);
  assert.equal("view" in view, false);
  await vault.lock();
  await assert.rejects(vault.view({ operations: ["decrypt"] }), code("ERR_LOCKED"));
  await vault.close();
  await assert.rejects(vault.view({ operations: ["decrypt"] }), code("ERR_CLOSED"));
});

test("a key is a view's by its id, and the policies bind it too", async () => {
  const { vault, view } = await divided();
  await (await vault.keys.get("photos")).update({ alias: "pictures" });
  await (await vault.keys.get("secrets")).update({ alias: "photos" });
  await assert.rejects(view.encryptValue(1, { key: "photos" }), code("ERR_NO_KEY"));
  await view.encryptValue(1, { key: "pictures" });
  await (await view.keys.get("pictures")).setPolicy({ requireReason: ["encryptValue"] });
  await assert.rejects(view.encryptValue(1, { key: "pictures" }), { code: "ERR_POLICY", rule: "requireReason", policy: "key" });
  await view.encryptValue(1, { key: "pictures", reason: "asked for" });
  await vault.setPolicy({ operations: ["decryptValue", "setVaultPolicy"] });
  await assert.rejects(view.encryptValue(1, { key: "pictures", reason: "x" }), { code: "ERR_POLICY", policy: "vault" });
  const session = await vault.setPolicy(null).then(() => vault.keys.createSession({ ttl: "PT1H" }));
  await assert.rejects(view.encryptValue(1, { key: session }), code("ERR_NO_KEY"));
  const short = await vault.view({ operations: ["encryptValue"], keys: [session] });
  await short.encryptValue(1, { key: session });
  await assert.rejects((await short.keys.get(session.id)).end(), outside);
  await vault.close();
});

test("a view of a vault that was opened twice ends with its own handle alone", async () => {
  const { vault, view } = await divided();
  const again = await Strongroom.open({ name: vault.name, factor: passphrase("correct horse battery staple") });
  const theirs = await again.view({ operations: ["encryptValue"], keys: ["photos"] });
  await vault.close();
  assert.deepEqual([view.ended, theirs.ended], [true, false]);
  await theirs.encryptValue(1, { key: "photos" });
  await again.close();
});
