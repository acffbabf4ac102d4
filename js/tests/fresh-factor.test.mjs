/** Operations for which a policy asks for a factor again, through the published surface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecoveryKit, passphrase, PolicyError, recoveryKit, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const refusedBy = (/** @type {string} */ rule) => (/** @type {any} */ error) => {
  assert.ok(error instanceof PolicyError, String(error));
  assert.deepEqual([error.code, error.rule], ["ERR_POLICY", rule]);
  assert.match(error.message, /vault\.authenticate/);
  return true;
};
const rule = (/** @type {import("strongroom").KeyOperation[]} */ ...operations) => ({ within: "PT5M", operations });
const wrong = () => passphrase("another horse battery staple");

/** A vault that was just made, whose key "photos" has that policy. */
async function governed(/** @type {import("strongroom").KeyPolicy} */ policy) {
  const vault = await vaultWithKey();
  const key = await (await vault.keys.get("photos")).setPolicy(policy);
  return { vault, key };
}

/** What runs as if so many milliseconds had passed by the clock. */
async function later(/** @type {number} */ millis, /** @type {() => Promise<void>} */ run) {
  const { now } = Date;
  try {
    Date.now = () => now() + millis;
    await run();
  } finally {
    Date.now = now;
  }
}

test("a factor that was presented lately is asked for, and presented", async () => {
  const { vault, key } = await governed({ freshFactor: rule("rotate", "encryptValue") });
  const no = refusedBy("freshFactor");
  // Whoever made the vault has presented none.
  await assert.rejects(key.rotate(), no);
  await assert.rejects(vault.encryptValue(1, { key }), no);
  await assert.rejects(vault.encryptValues([1, 2], { key }), no);
  assert.deepEqual(await vault.can("rotate", { key }), { allowed: false, rule: "freshFactor", policy: "key" });
  const factor = await vault.authenticate(secret());
  assert.equal(factor.kind, "passphrase");
  assert.ok(Object.isFrozen(factor));
  assert.deepEqual(await vault.can("rotate", { key }), { allowed: true, rule: undefined, policy: undefined });
  await key.rotate();
  await vault.encryptValue(1, { key });
  await later(5 * 60_000 + 2000, async () => {
    await assert.rejects(key.rotate(), no);
    await vault.authenticate(secret());
    await key.rotate();
  });
  // The clock stands far before the time of that.
  await later(-60 * 60_000, async () => {
    await assert.rejects(key.rotate(), no);
  });
  await vault.lock();
  await vault.unlock(secret());
  await key.rotate();
  await vault.close();
});

test("an unlock is one proof, and it is the handle's own", async () => {
  const { vault, key } = await governed({ freshFactor: rule("rotate") });
  const other = await Strongroom.open({ name: vault.name, factor: secret() });
  await (await other.keys.get("photos")).rotate();
  await assert.rejects(key.rotate(), refusedBy("freshFactor"));
  await other.close();
  await vault.close();
});

test("a factor that does not open the vault is an attempt that failed", async () => {
  const { vault, key } = await governed({ freshFactor: rule("rotate") });
  await assert.rejects(vault.authenticate(wrong()), code("ERR_WRONG_FACTOR"));
  const begun = performance.now();
  await vault.authenticate(secret(), { signal: AbortSignal.timeout(60_000) });
  assert.ok(performance.now() - begun > 500, "it waits as an unlock does");
  assert.equal(vault.failedAttempts?.count, 1);
  await key.rotate();
  const { entries } = await vault.audit.page({ operation: "authenticate" });
  assert.deepEqual(entries.map(({ error, factor }) => [error, typeof factor]), [
    [undefined, "string"],
    ["ERR_WRONG_FACTOR", "undefined"],
  ]);
  await vault.close();
});

test("what is no factor of the vault's is refused, and what is locked asks for none", async () => {
  const { vault } = await governed({ freshFactor: rule("rotate") });
  await assert.rejects(vault.authenticate(/** @type {any} */ ("secret")), code("ERR_ARGUMENT"));
  await assert.rejects(vault.authenticate(/** @type {any} */ (undefined)), code("ERR_ARGUMENT"));
  await assert.rejects(vault.authenticate(secret(), /** @type {any} */ ({ within: "PT5M" })), code("ERR_ARGUMENT"));
  await assert.rejects(vault.authenticate(secret(), { signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  await assert.rejects(vault.authenticate(await newRecoveryKit()), code("ERR_NO_FACTOR"));
  await vault.lock();
  await assert.rejects(vault.authenticate(secret()), code("ERR_LOCKED"));
  await vault.close();
  await assert.rejects(vault.authenticate(secret()), code("ERR_CLOSED"));
});

test("two factors are of two kinds", async () => {
  const { vault, key } = await governed({ secondFactor: rule("export") });
  const no = refusedBy("secondFactor");
  const kit = await newRecoveryKit();
  await vault.factors.add(kit, { factor: secret() });
  const take = () => key.dangerouslyExport({ factor: secret() });
  await assert.rejects(take(), no);
  await vault.authenticate(secret());
  assert.deepEqual(await vault.can("export", { key }), { allowed: false, rule: "secondFactor", policy: "key" });
  // To try a kit is no proof.
  await vault.factors.rehearse(recoveryKit(kit.words));
  await assert.rejects(take(), no);
  assert.equal((await vault.authenticate(recoveryKit(kit.words))).kind, "recovery-kit");
  assert.equal((await take()).kty, "oct");
  await vault.close();
});

test("a rule about factors that is not whole is refused", async () => {
  const { vault, key } = await governed({});
  for (const given of [
    {},
    { within: "PT5M" },
    { operations: ["export"] },
    { within: "PT0S", operations: ["export"] },
    { within: 300, operations: ["export"] },
    { within: "soon", operations: ["export"] },
    { within: "PT5M", operations: [] },
    { within: "PT5M", operations: ["export", "export"] },
    { within: "PT5M", operations: ["teleport"] },
    { within: "PT5M", operations: "export" },
    { within: "PT5M", operations: ["export"], kinds: 2 },
    ["export"],
    null,
  ]) {
    for (const name of ["freshFactor", "secondFactor"]) {
      await assert.rejects(key.setPolicy(/** @type {any} */ ({ [name]: given })), code("ERR_ARGUMENT"), JSON.stringify(given));
    }
  }
  const policy = { freshFactor: rule("export"), secondFactor: { within: "P1D", operations: /** @type {const} */ (["destroy"]) } };
  assert.deepEqual((await key.setPolicy(policy)).policy, policy);
  await vault.close();
});
