/** What a vault's policy refuses, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecoveryKit, passphrase, PolicyError, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const refusedBy = (/** @type {string} */ rule) => (/** @type {any} */ error) => {
  assert.ok(error instanceof PolicyError, String(error));
  assert.deepEqual([error.code, error.rule, error.policy], ["ERR_POLICY", rule, "vault"]);
  assert.match(error.message, /^the vault's policy /);
  return true;
};
const other = () => passphrase("another horse battery staple");

/** Each operation on a vault, by its name in a policy: a call of it that has a reason. */
const CALLS = /** @type {Record<string, (vault: any, more: { reason?: string }) => Promise<unknown>>} */ ({
  createKey: (vault, more) => vault.keys.create({ alias: "fresh", ...more }),
  importKey: (vault, more) => vault.keys.import(new Uint8Array(32).fill(7), { alias: "foreign", ...more }),
  createSession: (vault, more) => vault.keys.createSession({ ttl: "PT1H", ...more }),
  merge: async (vault, more) => vault.merge(vault.sample, more),
  addFactor: async (vault, more) => vault.factors.add(await newRecoveryKit(), { factor: secret(), ...more }),
  renameFactor: async (vault, more) => vault.factors.rename((await vault.factors.list())[0].id, "mine", more),
  revokeFactor: async (vault, more) => vault.factors.revoke((await vault.factors.list())[1].id, { factor: secret(), ...more }),
  replaceFactor: async (vault, more) => {
    const [mine] = await vault.factors.list();
    return vault.factors.replace(mine.id, other(), { factor: secret(), ...more });
  },
  rotateVaultKey: (vault, more) => vault.rotateVaultKey(more),
  backup: (vault, more) => vault.backup(more),
  track: (vault, more) => vault.track({ header: vault.header }, more),
  untrack: (vault, more) => vault.objects.untrack(vault.object, { force: true, ...more }),
  shred: (vault, more) => vault.shred(vault.object, more),
  startAudit: (vault, more) => vault.audit.start({ failClosed: true, ...more }),
  stopAudit: (vault, more) => vault.audit.stop(more),
  cutAudit: (vault, more) => vault.audit.cut({ before: 1, ...more }),
  setVaultPolicy: (vault, more) => vault.setPolicy(null, more),
});

test("every operation on a vault takes a reason, where its policy asks for one", async () => {
  const vault = /** @type {any} */ (await vaultWithKey());
  await vault.factors.add(await newRecoveryKit(), { factor: secret() });
  vault.sample = await vault.backup();
  const kept = await vault.encrypt("x", { key: "photos", header: "vault" });
  const { header } = await vault.encrypt("x", { key: "photos" });
  await kept.bytes();
  Object.assign(vault, { header, object: kept.id });
  const operations = Object.keys(CALLS);
  await vault.setPolicy({ requireReason: operations });
  for (const [operation, call] of Object.entries(CALLS)) {
    const no = refusedBy("requireReason");
    assert.deepEqual(await vault.can(operation), { allowed: false, rule: "requireReason", policy: "vault" });
    await assert.rejects(call(vault, {}), no, operation);
    await assert.rejects(call(vault, { reason: " " }), no, operation);
  }
  for (const [operation, call] of Object.entries(CALLS)) {
    const reason = `why ${operation}`;
    if (operation === "replaceFactor") continue;
    if (operation === "untrack" || operation === "shred") vault.object = (await vault.encrypt("x", { key: "photos", header: "vault" })).id;
    const allowed = await vault.can(operation, { reason });
    assert.deepEqual(allowed, { allowed: true, rule: undefined, policy: undefined });
    await call(vault, { reason });
    if (operation === "stopAudit") await vault.audit.start({ reason });
  }
  await vault.setPolicy(null, { reason: "enough" }).catch(() => {});
  const told = new Map();
  for await (const entry of vault.audit.each({ done: true })) if (entry.reason) told.set(entry.operation, entry.reason);
  // What took in nothing is no entry, and the log was started twice.
  const others = new Set(["merge", "replaceFactor", "startAudit", "cutAudit"]);
  for (const operation of operations.filter((name) => !others.has(name))) {
    assert.equal(told.get(operation), `why ${operation}`, operation);
  }
  await CALLS["replaceFactor"]?.(vault, { reason: "last" });
  await vault.close();
});

test("a vault's policy binds its keys, says whose rule it is, and is told", async () => {
  const vault = await vaultWithKey();
  assert.deepEqual(await vault.policy(), {});
  const set = await vault.setPolicy({ operations: ["decryptValue", "setVaultPolicy"], reviewEvery: "P1Y" });
  assert.ok(Object.isFrozen(set) && Object.isFrozen(set.policy));
  assert.deepEqual(await vault.policy(), set);
  assert.deepEqual(set.policy, { operations: ["decryptValue", "setVaultPolicy"], reviewEvery: "P1Y" });
  assert.equal(set.policyVersion, 1);
  assert.ok((set.reviewDue ?? 0) > (set.policyChanged ?? Infinity));
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), refusedBy("operations"));
  assert.deepEqual(await vault.can("encryptValue", { key: "photos" }), { allowed: false, rule: "operations", policy: "vault" });
  await vault.lock();
  await vault.unlock(secret());
  await assert.rejects(vault.keys.create({ alias: "more" }), refusedBy("operations"));
  const gone = await vault.setPolicy(null);
  assert.deepEqual([gone.policy, gone.policyVersion], [undefined, 2]);
  await vault.encryptValue(1, { key: "photos" });
  await vault.close();
});

test("a policy of one key is no vault's, and what is unknown is refused", async () => {
  const vault = await vaultWithKey();
  const key = await vault.keys.get("photos");
  for (const policy of [
    { maximumUses: 1 },
    { minimumVersion: 1 },
    { operations: ["teleport"] },
    { operations: [] },
    { sundial: "noon" },
    "none",
    undefined,
  ]) {
    await assert.rejects(vault.setPolicy(/** @type {any} */ (policy)), code("ERR_ARGUMENT"), JSON.stringify(policy));
  }
  for (const policy of [{ operations: ["backup"] }, { requireReason: ["encrypt", "addFactor"] }]) {
    await assert.rejects(key.setPolicy(/** @type {any} */ (policy)), code("ERR_ARGUMENT"), JSON.stringify(policy));
  }
  const can = /** @type {any} */ (vault).can.bind(vault);
  await assert.rejects(can("encrypt"), code("ERR_ARGUMENT"));
  await assert.rejects(can("backup", { key: "photos" }), code("ERR_ARGUMENT"));
  await assert.rejects(can("teleport"), code("ERR_ARGUMENT"));
  assert.deepEqual(await vault.policy(), {});
  await vault.close();
});

test("what makes a key only where there is none, and what enters its own object, take a reason too", async () => {
  const vault = await vaultWithKey();
  await vault.setPolicy({ requireReason: ["createKey", "track"] });
  await vault.keys.ensure({ alias: "photos" });
  await assert.rejects(vault.keys.ensure({ alias: "fresh" }), refusedBy("requireReason"));
  await vault.keys.ensure({ alias: "fresh", reason: "a new album" });
  const object = await vault.encrypt("x", { key: "fresh" });
  await assert.rejects(object.track(), refusedBy("requireReason"));
  await object.track({ reason: "it is uploaded" });
  await vault.close();
});

test("a vault is told of a policy that is overdue for review", async () => {
  const vault = await vaultWithKey();
  await vault.setPolicy({ reviewEvery: "PT1S" });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const { checks } = await vault.health();
  assert.ok(checks.some(({ code: found }) => found === "policies-unreviewed"));
  await vault.close();
  await Strongroom.delete(vault.name);
});
