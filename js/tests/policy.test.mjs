/** What a key's policy refuses, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PolicyError, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const refusedBy = (/** @type {string} */ rule) => (/** @type {any} */ error) => {
  assert.ok(error instanceof PolicyError, String(error));
  assert.deepEqual([error.code, error.rule], ["ERR_POLICY", rule]);
  return true;
};
const ours = { tenant: "42" };
const theirs = { tenant: "43" };
const film = () => new File([new Uint8Array(1000)], "film.webm");

/** A vault, whose key "photos" has that policy. */
async function governed(/** @type {import("strongroom").KeyPolicy} */ policy) {
  const vault = await vaultWithKey();
  const key = await (await vault.keys.get("photos")).setPolicy(policy);
  return { vault, key };
}

test("an operation that is not listed is refused, in whatever form", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt(film(), { key: "photos" });
  const token = await object.resumeToken();
  const bytes = await object.bytes();
  const { header } = object;
  await object.close();
  const value = await vault.encryptValue(1, { key: "photos" });
  await vault.keys.create({ alias: "free" });
  await (await vault.keys.get("photos")).setPolicy({ operations: ["rewrap", "setPolicy"] });
  const no = refusedBy("operations");
  await assert.rejects(vault.encrypt("x", { key: "photos" }), no);
  await assert.rejects(vault.decrypt(bytes), no);
  await assert.rejects(vault.inspect(header), no);
  await assert.rejects(vault.openObject(new Blob([bytes])), no);
  await assert.rejects(vault.reencrypt(bytes, { key: "free" }), no);
  await assert.rejects(vault.resume(token, film()), no);
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), no);
  await assert.rejects(vault.encryptValues([1], { key: "photos" }), no);
  await assert.rejects(vault.decryptValue(value), no);
  await assert.rejects(vault.decryptValueDetails(value), no);
  await assert.rejects(vault.decryptValues([value]), no);
  const [settled] = await vault.decryptValues([value], { settle: true });
  assert.equal(settled?.status, "rejected");
  const key = await vault.keys.get("photos");
  await assert.rejects(key.rotate(), no);
  await assert.rejects(key.update({ alias: "other" }), no);
  await assert.rejects(key.destroy({ force: true }), no);
  await assert.rejects(key.primaryVersion.revoke(), no);
  await assert.rejects(key.dangerouslyExport({ factor: secret() }), no);
  assert.equal((await vault.rewrap([header]).run()).skipped, 1);
  const report = await vault.rewrap([header], { to: "free" }).run();
  assert.deepEqual([report.failed, report.failures[0]?.error.code], [1, "ERR_POLICY"]);
  await vault.close();
});

test("a context is asked of all that is encrypted and decrypted", async () => {
  const { vault, key } = await governed({ context: { required: ours, only: ["path"] } });
  const no = refusedBy("context");
  for (const context of [undefined, {}, theirs, { ...ours, other: "x" }]) {
    await assert.rejects(vault.encrypt("x", { key, context }), no);
    await assert.rejects(vault.encryptValue(1, { key, context }), no);
    assert.deepEqual(await vault.can("encrypt", { key, context }), { allowed: false, rule: "context", policy: "key" });
  }
  await assert.rejects(vault.encryptValues([1, 2], { key, contexts: [ours, theirs] }), no);
  const context = { ...ours, path: "a" };
  const object = await vault.encrypt("x", { key, context });
  const opened = await vault.decrypt(await object.bytes(), { context });
  assert.equal(await opened.text(), "x");
  assert.deepEqual(await vault.can("encrypt", { key, context }), { allowed: true, rule: undefined, policy: undefined });
  await vault.close();
});

test("a reason is taken by each call that a policy can ask it of", async () => {
  const vault = await vaultWithKey();
  const reason = "ticket 7";
  const object = await vault.encrypt(film(), { key: "photos" });
  const token = await object.resumeToken();
  const bytes = await object.bytes();
  await object.close();
  const value = await vault.encryptValue(1, { key: "photos" });
  const every = /** @type {const} */ ([
    "encrypt", "decrypt", "encryptValue", "decryptValue", "rewrap", "export", "rotate", "activate", "suspend", "resume", "revoke",
    "scheduleDestroy", "cancelDestroy", "destroy", "update", "setPolicy",
  ]);
  let key = await (await vault.keys.get("photos")).setPolicy({ requireReason: every });
  const no = refusedBy("requireReason");
  /** Refused without a reason, and done with it. */
  const asks = async (/** @type {(options: { reason?: string }) => Promise<any>} */ call) => {
    await assert.rejects(call({}), no);
    await assert.rejects(call({ reason: "  " }), no);
    return call({ reason });
  };
  await asks((why) => vault.encrypt("x", { key, ...why }));
  await asks((why) => vault.encrypt("x", { key, header: "vault", ...why }));
  await asks((why) => vault.decrypt(bytes, why));
  await asks((why) => vault.inspect(bytes, why));
  await asks(async (why) => (await vault.openObject(new Blob([bytes]), why)).close());
  await asks((why) => vault.reencrypt(bytes, { key, reason, from: why }));
  await asks((why) => vault.reencrypt(bytes, { key, ...why, from: { reason } }));
  await asks(async (why) => (await vault.resume(token, film(), why)).close());
  await asks((why) => vault.encryptValue(1, { key, ...why }));
  await asks((why) => vault.encryptValues([1], { key, ...why }));
  await asks((why) => vault.decryptValue(value, why));
  await asks((why) => vault.decryptValueDetails(value, why));
  await asks((why) => vault.decryptValues([value], why));
  await asks((why) => key.dangerouslyExport({ factor: secret(), ...why }));
  await asks((why) => key.update({ labels: { a: "b" } }, why));
  key = await asks((why) => key.rotate({ activate: false, ...why }));
  key = await asks((why) => key.version(2).activate(why));
  assert.deepEqual(key.version(2).history.map(({ reason: why }) => why), [reason, reason]);
  key = await asks((why) => key.version(2).suspend(why));
  key = await asks((why) => key.version(2).resume(why));
  const rewrapping = vault.rewrap([bytes], { reason });
  assert.equal((await rewrapping.run()).done, 1);
  assert.equal((await vault.rewrap([bytes]).run()).failed, 1);
  await asks((why) => key.version(1).revoke({ compromised: true, ...why }));
  await asks((why) => key.version(1).scheduleDestroy({ force: true, ...why }));
  await asks((why) => key.version(1).cancelDestroy(why));
  await asks((why) => key.version(1).destroy({ force: true, ...why }));
  await asks((why) => key.setPolicy(null, why));
  await vault.close();
});

test("signatures are asked like everything else", async () => {
  const vault = await vaultWithKey();
  const requireReason = /** @type {const} */ (["sign", "verify"]);
  await vault.keys.create({ alias: "seal", purpose: "sign", policy: { requireReason } });
  const no = refusedBy("requireReason");
  await assert.rejects(vault.sign("x", { key: "seal" }), no);
  const token = await vault.sign("x", { key: "seal", reason: "a contract" });
  await assert.rejects(vault.verify(token), no);
  assert.ok(await vault.verify(token, { reason: "a court" }));
  await assert.rejects(
    vault.keys.create({ alias: "other", purpose: "sign", policy: { context: { required: ours } } }),
    code("ERR_ARGUMENT"),
  );
  await vault.close();
});

test("a policy is changed under the old one, told with the key, and taken away", async () => {
  const { vault, key } = await governed({ operations: ["encrypt", "setPolicy"], notAfter: 1 });
  assert.deepEqual(key.policy, { operations: ["encrypt", "setPolicy"], notAfter: 1 });
  assert.equal(key.policyVersion, 1);
  assert.ok(Date.now() - /** @type {number} */ (key.policyChanged) < 60_000);
  await assert.rejects(vault.encrypt("x", { key }), refusedBy("notAfter"));
  const { notAfter: _, ...rest } = /** @type {import("strongroom").KeyPolicy} */ (key.policy);
  const changed = await key.setPolicy({ ...rest, notBefore: Date.now() + 60_000 });
  await assert.rejects(vault.encrypt("x", { key }), refusedBy("notBefore"));
  const free = await changed.setPolicy(null);
  assert.deepEqual([free.policy, free.policyVersion], [undefined, 3]);
  await (await vault.encrypt("x", { key })).close();
  await free.setPolicy({ operations: ["encrypt"] });
  await assert.rejects(free.setPolicy(null), refusedBy("operations"));
  await vault.close();
});

test("what a policy does not know is refused, and not ignored", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.get("photos");
  for (const policy of [
    { maximumUses: 0 },
    { maximumUses: 1.5 },
    { freshFactor: "PT5M" },
    { secondFactor: ["export"] },
    { operations: ["teleport"] },
    { operations: [] },
    { operations: "encrypt" },
    { context: { tenant: "42" } },
    { context: { required: { tenant: 42 } } },
    { context: { only: [1] } },
    { notBefore: 1.5 },
    { notBefore: new Date() },
    { notBefore: 2, notAfter: 1 },
    { minimumVersion: 0 },
    { reviewEvery: "soon" },
    { operations: ["encrypt"], unknown: undefined },
    "encrypt",
    undefined,
  ]) {
    const given = /** @type {any} */ (policy);
    await assert.rejects(key.setPolicy(given), code("ERR_ARGUMENT"), JSON.stringify(policy));
    if (policy !== undefined) {
      await assert.rejects(vault.keys.create({ alias: "other", policy: given }), code("ERR_ARGUMENT"), JSON.stringify(policy));
    }
  }
  await assert.rejects(vault.keys.createSession(/** @type {any} */ ({ ttl: "PT1H", policy: {} })), code("ERR_ARGUMENT"));
  // The key that is there would keep what it has.
  const ensured = /** @type {any} */ ({ alias: "photos", policy: { operations: ["encrypt"] } });
  await assert.rejects(vault.keys.ensure(ensured), code("ERR_ARGUMENT"));
  await assert.rejects(vault.can(/** @type {any} */ ("teleport"), { key }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.can("encrypt", { key: "none" }), code("ERR_NO_KEY"));
  assert.equal((await key.refresh()).policy, undefined);
  await vault.close();
});

test("what an earlier version protects stays closed", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("x", { key: "photos" });
  const bytes = await object.bytes();
  const key = await (await (await vault.keys.get("photos")).rotate()).setPolicy({ minimumVersion: 2 });
  await assert.rejects(vault.decrypt(bytes), refusedBy("minimumVersion"));
  assert.equal((await vault.rewrap([bytes]).run()).failed, 1);
  await (await vault.encrypt("x", { key })).close();
  await vault.close();
});

test("a key is used as often as its policy says, and a killed tab loses no use", async () => {
  const vault = await vaultWithKey();
  await (await vault.keys.get("photos")).setPolicy({ maximumUses: 2 });
  const value = await vault.encryptValue("1", { key: "photos" });
  assert.equal((await vault.keys.get("photos")).uses, 1);
  assert.deepEqual(await vault.can("decryptValue", { key: "photos" }), { allowed: true, rule: undefined, policy: undefined });
  // What is counted is known outside before the value is: a restored copy of now has it.
  const copy = await Strongroom.restore(await vault.backup(), { name: "copy" });
  await copy.unlock(secret());
  assert.equal((await copy.keys.get("photos")).uses, 1);
  await copy.close();
  // Of two one is too many: neither is opened, and none is counted.
  await assert.rejects(vault.decryptValues([value, value]), refusedBy("maximumUses"));
  assert.equal((await vault.keys.get("photos")).uses, 1);
  const both = await Promise.allSettled([vault.decryptValue(value), vault.decryptValue(value)]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  await assert.rejects(vault.encrypt("x", { key: "photos" }), refusedBy("maximumUses"));
  assert.deepEqual(await vault.can("encrypt", { key: "photos" }), { allowed: false, rule: "maximumUses", policy: "key" });
  assert.equal((await vault.keys.get("photos")).uses, 2);
  await vault.close();
});

test("a policy outlives a lock, and a merge of what was before it", async () => {
  const vault = await vaultWithKey();
  const before = await vault.backup();
  const key = await vault.keys.get("photos");
  await key.setPolicy({ operations: ["decrypt"] });
  await vault.merge(before);
  await vault.lock();
  await vault.unlock(secret());
  await assert.rejects(vault.encrypt("x", { key: "photos" }), refusedBy("operations"));
  await vault.close();
  // As a vault of its own the backup is as it was: the documentation says so.
  const restored = await Strongroom.restore(before, { name: "restored" });
  await restored.unlock(secret());
  await (await restored.encrypt("x", { key: "photos" })).close();
  await restored.close();
});

test("a draft is held against what was done, and nothing is changed by that", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.get("photos");
  const value = await vault.encryptValue(1, { key: "photos" });
  await vault.decryptValue(value);
  await key.rotate({ reason: "yearly" });
  await assert.rejects(vault.decryptValue("none"));
  const draft = /** @type {const} */ ({ operations: ["encryptValue", "rotate", "setPolicy"], requireReason: ["encryptValue", "rotate"] });
  const { refused, entries, undecided, from } = await key.tryPolicy(draft);
  assert.deepEqual(
    refused.map(({ rule, count, entries: named }) => [rule, count, named.map(({ operation }) => operation)]),
    [
      ["requireReason", 1, ["encryptValue"]],
      ["operations", 1, ["decryptValue"]],
    ],
  );
  assert.deepEqual([entries, undecided], [3, 0]);
  assert.ok(Math.abs(Date.now() - 90 * 24 * 60 * 60 * 1000 - from) < 60_000, "90 days back");
  // By the numbers of the log.
  const [{ entries: [{ sequence = 0 } = {}] = [] } = {}] = refused;
  const { entries: [entry] } = await vault.audit.page({ before: sequence + 1, limit: 1 });
  assert.equal(entry?.operation, "encryptValue");
  assert.ok(Object.isFrozen(refused));
  assert.deepEqual((await key.tryPolicy(draft, { from: Date.now() + 1000 })).entries, 0);
  assert.deepEqual((await key.tryPolicy({})).refused, []);
  assert.equal((await vault.keys.get("photos")).policy, undefined);
  // A context is nothing that the log has; nobody is told that all is well.
  assert.equal((await key.tryPolicy({ context: { required: ours } })).undecided, 2);

  const any = /** @type {any} */ (key);
  await assert.rejects(any.tryPolicy({ sundial: 1 }), code("ERR_ARGUMENT"));
  await assert.rejects(any.tryPolicy(), code("ERR_ARGUMENT"));
  await assert.rejects(any.tryPolicy(null), code("ERR_ARGUMENT"));
  await assert.rejects(any.tryPolicy({}, { since: 1 }), code("ERR_ARGUMENT"));
  await assert.rejects(any.tryPolicy({}, { from: -1 }), code("ERR_ARGUMENT"));
  await assert.rejects(any.tryPolicy({ maximumUses: 0 }), code("ERR_ARGUMENT"));
  await assert.rejects(key.tryPolicy({}, { signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  await vault.lock();
  await assert.rejects(key.tryPolicy({}), code("ERR_LOCKED"));
  await vault.close();
});

test("an overdue review shows in the health of the vault", async () => {
  const { vault, key } = await governed({ reviewEvery: "P1Y" });
  const found = async () => (await vault.health()).checks.find(({ code: of }) => of === "policies-unreviewed");
  assert.equal(await found(), undefined);
  assert.equal(key.reviewDue, /** @type {number} */ (key.policyChanged) + 365 * 24 * 60 * 60 * 1000);
  const { now } = Date;
  try {
    Date.now = () => now() + 366 * 24 * 60 * 60 * 1000;
    assert.deepEqual((await found())?.params, { policies: 1 });
  } finally {
    Date.now = now;
  }
  await vault.close();
});

test("a key that some may receive is exported to nobody", async () => {
  const receivers = ["c".repeat(42) + "A"];
  const { vault, key } = await governed({ receivers });
  await assert.rejects(key.dangerouslyExport({ factor: secret() }), refusedBy("receivers"));
  assert.deepEqual(await vault.can("export", { key: "photos" }), { allowed: false, rule: "receivers", policy: "key" });
  await vault.encryptValue(1, { key: "photos" });
  assert.deepEqual((await vault.keys.get("photos")).policy, { receivers });
  for (const odd of [[], ["a"], [receivers[0], receivers[0]], "c"]) {
    await assert.rejects(key.setPolicy({ receivers: /** @type {any} */ (odd) }), code("ERR_ARGUMENT"));
  }
  await assert.rejects(vault.setPolicy(/** @type {any} */ ({ receivers })), code("ERR_ARGUMENT"));
  await key.setPolicy(null);
  await key.dangerouslyExport({ factor: secret() });
});
