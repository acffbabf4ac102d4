/** Dual control through the published surface: two vaults of two people. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ApprovalError, PolicyError } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

/** @type {any} */
let theirs;
/** @type {string} */
let approver;

before(async () => {
  theirs = await vaultWithKey();
  await theirs.keys.create({ alias: "approvals", purpose: "sign" });
  approver = await theirs.approvals.approver("approvals");
});

const ALL = ["export", "destroy", "scheduleDestroy", "setPolicy"];

/** A vault with a key "payroll" that nobody exports, destroys or frees alone. */
async function governed() {
  const vault = await vaultWithKey();
  const policy = /** @type {any} */ ({ approval: { operations: ALL, approvers: [approver] } });
  await vault.keys.create({ alias: "payroll", policy });
  return vault;
}

const approved = async (/** @type {any} */ request) => theirs.approvals.approve((await theirs.approvals.read(request.text)).text, { key: "approvals" });
const unapproved = (/** @type {any} */ error) => error instanceof PolicyError && error.rule === "approval" && error.policy === "key";
const fault = (/** @type {string} */ reason) => (/** @type {any} */ error) => error instanceof ApprovalError && error.code === "ERR_APPROVAL" && error.reason === reason;

/** Each operation that can need an approval: what is proposed, and the call. */
const CALLS = /** @type {[proposal: any, call: (vault: any, more: object) => Promise<unknown>][]} */ ([
  [{ operation: "export", key: "payroll" }, async (vault, more) => (await vault.keys.get("payroll")).dangerouslyExport({ factor: secret(), ...more })],
  [{ operation: "scheduleDestroy", key: "payroll", after: "P9D" }, async (vault, more) => (await vault.keys.get("payroll")).scheduleDestroy({ after: "P9D", ...more })],
  [{ operation: "destroy", key: "payroll", force: true }, async (vault, more) => (await vault.keys.get("payroll")).destroy({ force: true, ...more })],
  [{ operation: "setPolicy", key: "payroll", policy: null }, async (vault, more) => (await vault.keys.get("payroll")).setPolicy(null, more)],
  [{ operation: "setPolicy", key: "payroll", policy: { maximumUses: 9 } }, async (vault, more) => (await vault.keys.get("payroll")).setPolicy({ maximumUses: 9 }, more)],
  [{ operation: "setVaultPolicy", policy: null }, async (vault, more) => vault.setPolicy(null, more)],
]);

for (const [proposal, call] of CALLS) {
  test(`${JSON.stringify(proposal)} is done with an approval, once, and not without`, async () => {
    const vault = await governed();
    if (proposal.operation === "setVaultPolicy") {
      await vault.setPolicy({ approval: { operations: ["setVaultPolicy"], approvers: [approver] } });
    }
    const reason = "the tenant has left";
    await assert.rejects(call(vault, { reason }), (error) => error instanceof PolicyError && error.rule === "approval");
    const request = await vault.approvals.request(proposal, { reason });
    assert.deepEqual(await vault.approvals.list(), [request]);
    assert.equal(request.operation, proposal.operation);
    assert.equal(request.alias, proposal.key);
    assert.equal(request.reason, reason);
    assert.equal(request.expires - request.requested, 24 * 60 * 60 * 1000);
    const approval = await approved(request);
    await assert.rejects(call(vault, { approval }), fault("other"));
    await call(vault, { reason, approval });
    assert.deepEqual(await vault.approvals.list(), []);
    const { entries } = await vault.audit.page({ operation: proposal.operation === "export" ? "exportKey" : proposal.operation });
    assert.deepEqual(entries[0].approvers, [approver]);
    assert.equal(entries[0].reason, reason);
  });
}

test("a request is cancelled, expires, and is of one vault", async () => {
  const vault = await governed();
  const destroy = async (/** @type {string} */ approval) => (await vault.keys.get("payroll")).destroy({ approval });
  const request = await vault.approvals.request({ operation: "destroy", key: "payroll" }, { openFor: "PT1S" });
  const approval = await approved(request);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await assert.rejects(destroy(approval), fault("not-open"));
  await assert.rejects(theirs.approvals.approve(request, { key: "approvals" }), fault("not-open"));
  const another = await vault.approvals.request({ operation: "destroy", key: "payroll" });
  await vault.approvals.cancel(another);
  await assert.rejects(vault.approvals.cancel(another.id), fault("not-open"));
  const elsewhere = await governed();
  const theirRequest = await elsewhere.approvals.request({ operation: "destroy", key: "payroll" });
  await assert.rejects(destroy(await approved(theirRequest)), fault("not-open"));
  await assert.rejects(vault.approvals.approve(await vault.approvals.request({ operation: "destroy", key: "payroll" }), { key: "payroll" }), fault("own-key"));
});

test("what is no proposal, request or approval is refused by name", async () => {
  const vault = /** @type {any} */ (await governed());
  const refused = code("ERR_ARGUMENT");
  for (const proposal of [
    undefined,
    {},
    { operation: "encrypt", key: "payroll" },
    { operation: "destroy" },
    { operation: "destroy", key: "payroll", versoin: "1" },
    { operation: "setPolicy", key: "payroll" },
    { operation: "setPolicy", key: "payroll", policy: { operation: [] } },
    { operation: "setVaultPolicy", key: "payroll", policy: null },
    { operation: "setVaultPolicy", policy: { maximumUses: 1 } },
  ]) {
    await assert.rejects(vault.approvals.request(proposal), refused, JSON.stringify(proposal));
  }
  await assert.rejects(vault.approvals.request({ operation: "destroy", key: "payroll" }, { openFor: "P2D" }), refused);
  await assert.rejects(vault.approvals.request({ operation: "destroy", key: "nobody" }), code("ERR_NO_KEY"));
  for (const approval of ["x", "a.b.c", ["", "x"], 7]) {
    await assert.rejects((await vault.keys.get("payroll")).destroy({ approval }), (error) => ["ERR_MALFORMED", "ERR_ARGUMENT"].includes(error.code));
  }
  for (const text of ["{}", "x", "null"]) await assert.rejects(theirs.approvals.read(text), code("ERR_MALFORMED"));
  for (const rule of [
    { operations: ["encrypt"], approvers: [approver] },
    { operations: ["destroy"], approvers: [] },
    { operations: ["destroy"], approvers: [approver, approver] },
    { operations: ["destroy"], approvers: ["me"] },
    { operations: ["destroy"], approvers: [approver], atLeast: 2 },
    { operations: ["destroy"], approver: [approver] },
    { operations: ["destroy", "setVaultPolicy"], approvers: [approver] },
  ]) {
    await assert.rejects(vault.keys.create({ alias: "another", policy: { approval: rule } }), refused, JSON.stringify(rule));
  }
});

test("a policy names nobody who has a key of the vault itself", async () => {
  const vault = await governed();
  await vault.keys.create({ alias: "mine", purpose: "sign" });
  const own = await vault.approvals.approver("mine");
  const policy = /** @type {any} */ ({ approval: { operations: ["destroy"], approvers: [own] } });
  await assert.rejects(vault.setPolicy(policy), fault("own-key"));
  await assert.rejects((await vault.keys.get("photos")).setPolicy(policy), fault("own-key"));
  await assert.rejects(vault.approvals.approver("photos"), code("ERR_PURPOSE"));
  await assert.rejects((await vault.keys.get("payroll")).destroy(), unapproved);
});
