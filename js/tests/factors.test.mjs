import assert from "node:assert/strict";
import { test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const first = secret;
const second = () => passphrase("a second passphrase");
const third = () => passphrase("a third passphrase");

/** Of a vault that is there: whether a factor opens it. */
async function opens(vault, factor) {
  const again = await Strongroom.open({ name: vault.name });
  try {
    await again.unlock(factor);
    return true;
  } catch (error) {
    assert.equal(error.code, "ERR_WRONG_FACTOR");
    return false;
  } finally {
    again.close();
  }
}

test("a factor is added, named, and opens the vault", async () => {
  const begun = Date.now();
  const vault = await vaultWithKey();
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [made] = await vault.factors.list();
  assert.deepEqual([made.kind, made.name, made.known], ["passphrase", undefined, true]);
  assert.ok(made.added >= begun && made.added <= Date.now());
  const before = Date.now();
  const added = await vault.factors.add(second(), { factor: first(), name: "in the safe" });
  assert.match(added.id, /^[\w-]{43}$/);
  assert.ok(added.added >= before && added.added <= Date.now());
  assert.deepEqual(await vault.factors.list(), [made, added]);
  assert.ok(Object.isFrozen(added));

  const renamed = await vault.factors.rename(added.id, "at my parents'");
  assert.deepEqual(renamed, { ...added, name: "at my parents'" });
  assert.equal((await vault.factors.rename(added.id, undefined)).name, undefined);
  vault.close();
  const again = await Strongroom.open({ name: vault.name });
  await again.unlock(second());
  assert.equal(await again.decryptValue(token), "kept");
  assert.equal(await opens(vault, first()), true);
});

test("a passphrase is changed: the old one opens the vault no more, and everything else stays", async () => {
  const vault = await vaultWithKey();
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [old] = await vault.factors.list();
  await vault.factors.rename(old.id, "mine");
  const [progress, changes] = [[], []];
  vault.addEventListener("change", ({ detail }) => changes.push(detail.noun));
  const changed = await vault.factors.replace(old.id, second(), {
    factor: first(),
    onProgress: ({ done, total }) => progress.push([done, total]),
  });
  assert.deepEqual([changed.name, changed.id === old.id], ["mine", false]);
  assert.deepEqual(changes, ["factors", "vaultKey"]);
  const [done, total] = progress.at(-1);
  assert.equal(done, total);
  assert.deepEqual([await opens(vault, first()), await opens(vault, second())], [false, true]);
  assert.equal(await vault.decryptValue(token), "kept");
  await assert.rejects(vault.factors.rename(old.id, "x"), code("ERR_NO_FACTOR"));
});

test("a factor is revoked, but not the last one", async () => {
  const vault = await vaultWithKey();
  const [made] = await vault.factors.list();
  await assert.rejects(vault.factors.revoke(made.id, { factor: first() }), code("ERR_LAST_FACTOR"));
  const added = await vault.factors.add(second(), { factor: first() });
  await vault.factors.revoke(made.id, { factor: second() });
  assert.deepEqual(await vault.factors.list(), [added]);
  assert.deepEqual([await opens(vault, first()), await opens(vault, second())], [false, true]);
  await assert.rejects(vault.factors.revoke(made.id, { factor: second() }), code("ERR_NO_FACTOR"));
});

test("a factor whose adding is aborted before the vault is written to is not there", async () => {
  const vault = await vaultWithKey();
  const controller = new AbortController();
  const adding = vault.factors.add(second(), { factor: first(), signal: controller.signal });
  controller.abort("why");
  await assert.rejects(adding, { code: "ERR_ABORTED", cause: "why" });
  // Does the same work, and began later.
  const added = await vault.factors.add(passphrase("a third passphrase"), { factor: first() });
  const [, ...others] = await vault.factors.list();
  assert.deepEqual(others, [added]);
  assert.deepEqual([await opens(vault, second()), await opens(vault, first())], [false, true]);
});

test("each change asks for a factor that opens the vault now, and changes nothing without", async () => {
  const vault = await vaultWithKey();
  const [made] = await vault.factors.list();
  const wrong = { factor: passphrase("wrong") };
  const calls = {
    add: (options) => vault.factors.add(second(), options),
    replace: (options) => vault.factors.replace(made.id, second(), options),
    revoke: (options) => vault.factors.revoke(made.id, options),
  };
  for (const call of Object.values(calls)) {
    await assert.rejects(call(wrong), code("ERR_WRONG_FACTOR"));
    await assert.rejects(call({}), code("ERR_ARGUMENT"));
    await assert.rejects(call(undefined), code("ERR_ARGUMENT"));
    await assert.rejects(call({ factor: first(), force: true }), code("ERR_ARGUMENT"));
    await assert.rejects(call({ factor: "a string" }), code("ERR_ARGUMENT"));
  }
  for (const call of [() => vault.factors.add(first(), { factor: first() }), () => vault.factors.replace(made.id, first(), { factor: first() })]) {
    await assert.rejects(call(), code("ERR_ARGUMENT"));
  }
  await assert.rejects(vault.factors.add("a string", { factor: first() }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.add(second(), { factor: first(), name: "a\nb" }), code("ERR_ARGUMENT"));
  for (const call of Object.values(calls)) {
    await assert.rejects(call({ factor: first(), signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  }
  assert.deepEqual(await vault.factors.list(), [made]);
  assert.equal(await opens(vault, first()), true);
  await vault.lock();
  for (const call of [...Object.values(calls), () => vault.factors.list()]) {
    await assert.rejects(call({ factor: first() }), code("ERR_LOCKED"));
  }
});

test("a backup opens with the factors of when it was made", async () => {
  const vault = await vaultWithKey();
  const before = await vault.backup();
  const [made] = await vault.factors.list();
  await vault.factors.replace(made.id, second(), { factor: first() });
  const after = await vault.backup();
  for (const [at, backup, expected] of [["before", before, [true, false]], ["after", after, [false, true]]]) {
    const name = await Strongroom.restore(backup, { name: `${vault.name} ${at}` });
    const restored = { name: name.name ?? name };
    assert.deepEqual([await opens(restored, first()), await opens(restored, second())], expected, at);
  }
});

/** A factor of another copy of the package, with what it gave out. */
function watchedFactor(encode) {
  const given = [];
  const factor = {
    kind: "passphrase",
    [Symbol.for("strongroom.factor.passphrase")]: true,
    encode() {
      given.push(encode());
      return { kind: "passphrase", id: undefined, secrets: [given.at(-1)] };
    },
  };
  return { factor, given };
}

test("no copy of a passphrase stays where a call is refused in the page", async () => {
  const vault = await vaultWithKey();
  const [made] = await vault.factors.list();
  const shrunk = new ArrayBuffer(8, { maxByteLength: 8 });
  const empty = passphrase(new Uint8Array(shrunk).fill(7));
  shrunk.resize(0);
  const { factor, given } = watchedFactor(() => new TextEncoder().encode("a secret"));
  await assert.rejects(vault.factors.add(empty, { factor }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.replace(made.id, empty, { factor }), code("ERR_ARGUMENT"));
  assert.deepEqual(given, []);
  const same = passphrase("a secret");
  await assert.rejects(vault.factors.add(same, { factor }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.replace(made.id, same, { factor }), code("ERR_ARGUMENT"));
  assert.deepEqual(given.map((bytes) => Math.max(...bytes)), [0, 0]);

  await vault.lock();
  const asked = watchedFactor(() => new TextEncoder().encode("a secret"));
  await assert.rejects(vault.factors.add(second(), { factor: asked.factor }), code("ERR_LOCKED"));
  await assert.rejects(vault.factors.replace(made.id, second(), { factor: asked.factor }), code("ERR_LOCKED"));
  await assert.rejects(vault.factors.revoke(made.id, { factor: asked.factor }), code("ERR_LOCKED"));
  assert.deepEqual(asked.given, []);
});

test("a passphrase opens the vault in whichever Unicode form a system gives it", async () => {
  // "Å" as one sign for a unit and as a letter, and digits of full width: NFKC makes the same of both.
  const [compatible, plain] = ["\u212Bngström １２３", "\u00C5ngström 123"];
  const wide = "\uFF21ngstrom １２３";
  const vault = await Strongroom.create({ name: "of full width", factors: [passphrase(wide)] });
  assert.equal(await opens(vault, passphrase(wide)), true);
  assert.equal(await opens(vault, passphrase(wide.normalize("NFKC"))), true);
  vault.close();

  // As an earlier release enrolled it: in its form NFC, which another system's form NFKC is not.
  const bytes = new TextEncoder().encode(compatible.normalize("NFC"));
  const old = await Strongroom.create({ name: "of an earlier release", factors: [passphrase(bytes)] });
  assert.equal(await opens(old, passphrase(compatible)), true);
  assert.equal(await opens(old, passphrase(plain)), false);
  const [made] = await old.factors.list();
  await old.factors.replace(made.id, passphrase(wide), { factor: passphrase(compatible) });
  assert.equal(await opens(old, passphrase(wide.normalize("NFKC"))), true);
  old.close();
});

test("a passphrase that says which factor it is of is tried on that one alone", async () => {
  const vault = await vaultWithKey();
  const [made] = await vault.factors.list();
  const added = await vault.factors.add(second(), { factor: first() });
  assert.equal(await opens(vault, passphrase("a second passphrase", { id: added.id })), true);
  assert.equal(await opens(vault, passphrase("a second passphrase", { id: made.id })), false);
  const gone = await Strongroom.open({ name: vault.name });
  await assert.rejects(gone.unlock(passphrase("a second passphrase", { id: "nobody" })), code("ERR_NO_FACTOR"));
  gone.close();
  assert.throws(() => passphrase("a second passphrase", { id: "" }), code("ERR_ARGUMENT"));
});

test("a factor that somebody else has is revoked with all that a copy of the vault holds", async () => {
  const vault = await vaultWithKey();
  const token = await vault.encryptValue("kept", { key: "photos" });
  const stolen = await vault.factors.add(second(), { factor: first(), name: "stolen" });
  const away = await vault.factors.add(third(), { factor: first(), name: "in the safe" });
  const old = await vault.identity();
  const changes = [];
  vault.addEventListener("change", ({ detail }) => changes.push(detail.noun));
  const revoke = (factor) => vault.factors.revoke(stolen.id, { factor, compromised: true });
  await assert.rejects(revoke(second()), code("ERR_ARGUMENT"));
  const done = await revoke(first());
  const { identity } = done;
  assert.notEqual(identity, old);
  assert.deepEqual(done, { identity, generation: 2, keys: 1, versions: 1, remaining: [{ ...away, pinned: false }] });
  assert.ok(Object.isFrozen(done) && Object.isFrozen(done.remaining));
  assert.deepEqual(changes, ["factors", "vaultKey", "keys"]);
  assert.equal(await vault.identity(), identity);
  assert.equal(await opens(vault, second()), false);
  await assert.rejects(vault.decryptValue(token), code("ERR_UNSIGNED"));

  const again = await Strongroom.open({ name: vault.name });
  await assert.rejects(again.unlock(third()), (error) => {
    assert.deepEqual([error.name, error.code], ["IdentityChangedError", "ERR_IDENTITY_CHANGED"]);
    assert.deepEqual([error.pinned, error.identity], [old, identity]);
    return true;
  });
  await assert.rejects(again.unlock(first(), { identity: "x" }), code("ERR_ARGUMENT"));
  await assert.rejects(again.unlock(first(), { identity: old }), code("ERR_IDENTITY_CHANGED"));
  assert.equal(again.unlocked, false);
  await vault.unlock(third());
  assert.ok((await vault.factors.list()).every(({ pinned }) => pinned));
  await again.unlock(third());
  await again.close();
  const known = await Strongroom.open({ name: vault.name, factor: third(), identity });
  await known.close();
});

test("a handle that was told which identity to expect follows the one that it made", async () => {
  const made = await vaultWithKey();
  const stolen = await made.factors.add(second(), { factor: first() });
  await made.factors.add(third(), { factor: first() });
  const vault = await Strongroom.open({ name: made.name, factor: first(), identity: await made.identity() });
  await vault.factors.revoke(stolen.id, { factor: first(), compromised: true });
  await vault.unlock(third());
  assert.ok((await vault.factors.list()).every(({ pinned }) => pinned));
  await vault.lock();
  await vault.unlock(first());
  await vault.close();
  await made.close();
});

test("what failed before a factor was asked for again is told, though no unlock does", async () => {
  const vault = await vaultWithKey();
  await assert.rejects(vault.factors.add(second(), { factor: third() }), code("ERR_WRONG_FACTOR"));
  await vault.factors.add(second(), { factor: first() });
  assert.equal(vault.failedAttempts?.count, 1);
  await vault.close();
});

test("a new passphrase is of no factor yet", async () => {
  const vault = await vaultWithKey();
  const [{ id }] = await vault.factors.list();
  const named = passphrase("a second passphrase", { id });
  await assert.rejects(vault.factors.add(named, { factor: first() }), code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 1);
  await vault.close();
});
