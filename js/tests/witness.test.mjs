/** Witnesses of the audit log through the published surface: vaults of two people. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ArgumentError, DecryptError, MalformedError, WitnessError } from "strongroom";
import { vaultWithKey } from "./support.mjs";

/** @type {any} */
let witness;
/** @type {string} */
let key;

before(async () => {
  witness = await vaultWithKey();
  key = await witness.audit.witnessKey();
});

const fault = (/** @type {string} */ reason, /** @type {number | undefined} */ size) => (/** @type {any} */ error) =>
  error instanceof WitnessError && error.code === "ERR_WITNESS" && error.reason === reason && error.size === size;

test("a log is cosigned from where the witness is, and tells by whom", async () => {
  const vault = await vaultWithKey();
  const first = await vault.audit.witnessRequest();
  const { verifier } = first;
  assert.match(first.request, /^old 0\n\nstrongroom\//);
  assert.equal((await vault.audit.checkpoint()).cosigned, undefined);
  const answer = await witness.audit.witness(first.request, { verifier });
  assert.deepEqual([answer.size, answer.root, "before" in answer], [first.size, first.root, false]);
  assert.equal(answer.origin, first.note.split("\n")[0]);
  await vault.audit.addCosignature({ note: first.note, cosignature: answer.cosignature, witness: key });

  await vault.keys.create({ alias: "more" });
  const again = await vault.audit.witnessRequest({ since: 0 });
  await assert.rejects(witness.audit.witness(again.request, { verifier }), fault("size", first.size));
  const next = await vault.audit.witnessRequest({ since: first.size });
  const { cosignature, ...told } = await witness.audit.witness(next.request, { verifier });
  assert.equal(told.before, first.size);
  await vault.audit.addCosignature({ note: next.note, cosignature, witness: key });

  const { cosigned } = await vault.audit.checkpoint();
  assert.deepEqual([cosigned.length, cosigned[0].size, cosigned[0].by[0].witness], [1, next.size, key]);
  assert.ok(cosigned[0].note.endsWith(cosignature) && Math.abs(cosigned[0].by[0].at - Date.now()) < 60_000);
  const other = await vault.audit.witnessKey();
  const { fault: found, witnessed } = await vault.audit.verify({ witnesses: [key, other] });
  assert.equal(found, undefined);
  assert.deepEqual(witnessed, [{ witness: key, size: next.size, root: next.root, at: cosigned[0].by[0].at }, { witness: other }]);
  assert.equal("witnessed" in (await vault.audit.verify()), false);
  assert.equal((await vault.audit.verify({ lastCheckpoint: cosigned[0].note })).fault, undefined);
  await vault.close();
});

test("what a witness does not know, and what is no request, is refused by name", async () => {
  const vault = await vaultWithKey();
  const { request, note, verifier } = await vault.audit.witnessRequest();
  const third = await vaultWithKey();
  const { verifier: other } = await third.audit.checkpoint();
  await assert.rejects(witness.audit.witness(request, { verifier: other }), fault("unknown-log", undefined));
  await assert.rejects(witness.audit.witness(note, { verifier }), MalformedError);
  await assert.rejects(vault.audit.witness(request, { verifier }), ArgumentError);
  await assert.rejects(witness.audit.witness("x".repeat(300 * 1024), { verifier }), ArgumentError);
  for (const bad of ["", 7, undefined, null]) await assert.rejects(witness.audit.witness(/** @type {any} */ (bad), { verifier }), ArgumentError);
  await assert.rejects(witness.audit.witness(request, /** @type {any} */ ({ verifier, trusts: true })), ArgumentError);
  await assert.rejects(vault.audit.witnessRequest({ since: 1000 }), fault("smaller", 1000));
  for (const since of [-1, 0.5, NaN, "1"]) await assert.rejects(vault.audit.witnessRequest(/** @type {any} */ ({ since })), ArgumentError);

  const { cosignature } = await witness.audit.witness(request, { verifier });
  const another = await vault.audit.witnessKey();
  await assert.rejects(vault.audit.addCosignature({ note, cosignature, witness: another }), DecryptError);
  await assert.rejects(vault.audit.addCosignature({ note, cosignature, witness: verifier }), { code: "ERR_UNSUPPORTED" });
  await assert.rejects(vault.audit.addCosignature({ note, cosignature: "no line", witness: key }), MalformedError);
  await assert.rejects(vault.audit.addCosignature({ note, cosignature: `\n${cosignature}`, witness: key }), MalformedError);
  await assert.rejects(witness.audit.addCosignature({ note, cosignature, witness: key }), ArgumentError);
  for (const witnesses of [key, [7], [""], Array(33).fill(key), Array(2), [key, undefined], Array(1_000_000_000)]) {
    await assert.rejects(vault.audit.verify(/** @type {any} */ ({ witnesses })), ArgumentError);
  }
  await third.close();
  await vault.close();
});
