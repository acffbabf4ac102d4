/** What a passphrase must be to be enrolled, and in which forms it is tried. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { passphrase, Strongroom, WeakPassphraseError } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const EXPORTS = `
  export { checkPassphraseFloor } from "./src/page/factors/passphrase-floor.js";
  export { enrolledForm, formsOf } from "./src/page/factors/passphrase.js";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false });
const { checkPassphraseFloor, enrolledForm, formsOf } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** Why it is refused. @param {string | Uint8Array} given @param {(text: string) => number} [estimate] */
function reason(given, estimate) {
  try {
    checkPassphraseFloor(given, "Acme Corporation", estimate);
    return undefined;
  } catch (error) {
    assert.equal(error.code, "ERR_WEAK_PASSPHRASE");
    return error.reason;
  }
}

test("fewer than 8 characters are too few, counted as code points or as bytes", () => {
  for (const few of ["x", "zebra 7", "🗝🗝🗝🏖🏖🏖🏖", "caf\u00e9 k\u00e9"]) assert.equal(reason(few), "short", few);
  for (const enough of ["zebra 77", "🗝🏖🗝🏖🗝🗝🏖🏖", "caf\u00e9 k\u00e9x"]) assert.equal(reason(enough), undefined, enough);
  assert.equal(reason(bytes("zebra 7")), "short");
  assert.equal(reason(bytes("caf\u00e9 k\u00e9")), undefined);
});

test("what anybody tries first is refused, however it is written", () => {
  const common = [
    "password", "PassWord", "TRUSTNO1", "1q2w3e4r", "aaaaaaaa", "AaAaAaAaAa", "🗝🗝🗝🗝🗝🗝🗝🗝", "        ",
    "12345678", "123456789012", "87654321", "09876543", "abcdefgh", "STUVWXYZ", "zyxwvuts", "qwertyuiop", "poiuytrewq", "asdfghjkl",
    "acme corporation", "ACME CORPORATION",
  ];
  for (const text of common) {
    assert.equal(reason(text), "common", text);
    if (!/[^\x20-\x7e]/.test(text)) assert.equal(reason(bytes(text)), "common", `bytes of ${text}`);
  }
  for (const text of ["password 7x", "acme corporation 2", "aaaaaaab", "12345679", "abcdefgi", "correct horse"]) {
    assert.deepEqual([reason(text), reason(bytes(text))], [undefined, undefined], text);
  }
});

test("a score below 3 is refused, and what is no score is the page's mistake", () => {
  for (const score of [0, 1, 2, 2.9]) assert.equal(reason("zebra 77", () => score), "estimate");
  for (const score of [3, 4]) assert.equal(reason("zebra 77", () => score), undefined);
  const failure = new Error("no dictionary");
  const odd = [NaN, -1, 5, Infinity, "4", undefined, null, { score: 4 }, Promise.resolve(4)];
  for (const answer of odd) {
    assert.throws(() => checkPassphraseFloor("zebra 77", "acme", () => /** @type {any} */ (answer)), code("ERR_ARGUMENT"));
  }
  const throwing = () => {
    throw failure;
  };
  assert.throws(() => checkPassphraseFloor("zebra 77", "acme", throwing), { code: "ERR_ARGUMENT", cause: failure });
  // It is asked last: what is refused anyway is not given to it.
  assert.deepEqual([reason("short", throwing), reason("password", throwing)], ["short", "common"]);
});

test("no error has the passphrase in it", () => {
  for (const given of ["zebra 7", "iloveyou", "zebra 77"]) {
    for (const answer of [1, NaN]) {
      try {
        checkPassphraseFloor(given, "acme", () => answer);
        assert.fail("it is refused");
      } catch (error) {
        assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(given), given);
      }
    }
  }
});

test("a passphrase is enrolled in NFKC, and tried in NFC first", () => {
  assert.deepEqual(formsOf("plain"), ["plain"]);
  assert.deepEqual(formsOf("cafe\u0301"), ["caf\u00e9"]);
  assert.equal(enrolledForm("\uff50\uff41\uff53\uff53 \ufb01"), "pass fi");
  assert.deepEqual(formsOf("cafe\u0301 \ufb01"), ["caf\u00e9 \ufb01", "caf\u00e9 fi"]);
});

test("a form that is compatible is counted and looked up as it is enrolled", async () => {
  const store = testingStore();
  const create = (/** @type {string} */ text) => Strongroom.create({ name: "acme", factors: [passphrase(text)], store });
  await assert.rejects(create("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44"), { reason: "common" });
  await assert.rejects(create("e\u0301e\u0301e\u0301e\u0301"), { reason: "short" });
  // One character that stands for 18 is as easy to guess as one.
  await assert.rejects(create("\ufdfa"), { reason: "short" });
});

test("a weak passphrase is refused where it is enrolled, before anything is done", async () => {
  const store = testingStore();
  /** @type {string[]} */
  const asked = [];
  const estimate = (/** @type {string} */ text) => {
    asked.push(text);
    return text.includes("zebra") ? 1 : 4;
  };
  const weak = { short: passphrase("zebra 7"), common: passphrase("password"), estimate: passphrase("a zebra's stripes", { estimate }) };
  const vault = await Strongroom.create({ name: "acme", factors: [secret()], store });
  const before = await vault.lastSeenHead();
  const [mine] = await vault.factors.list();
  for (const [why, factor] of Object.entries(weak)) {
    const refused = (/** @type {unknown} */ error) => error instanceof WeakPassphraseError && error.reason === why;
    await assert.rejects(Strongroom.create({ name: "other", factors: [secret(), factor], store }), refused);
    await assert.rejects(Strongroom.openOrCreate({ name: "other", factor, store }), refused);
    // The present factor is wrong too: nothing was asked of it.
    await assert.rejects(vault.factors.add(factor, { factor: passphrase("wrong") }), refused);
    await assert.rejects(vault.factors.replace(mine.id, factor, { factor: passphrase("wrong") }), refused);
  }
  await assert.rejects(vault.factors.add(passphrase("ACME ACME"), { factor: passphrase("wrong") }), code("ERR_WRONG_FACTOR"));
  assert.deepEqual(await Strongroom.list({ store }), ["acme"]);
  assert.deepEqual(await vault.factors.list(), [mine]);
  assert.equal(await vault.lastSeenHead(), before);
  assert.deepEqual(asked, Array(4).fill("a zebra's stripes"));

  const strong = passphrase("another animal", { estimate });
  await vault.factors.add(strong, { factor: secret() });
  await vault.lock();
  // Opening asks nothing.
  asked.length = 0;
  await vault.unlock(strong);
  await assert.rejects(vault.unlock(weak.estimate), code("ERR_WRONG_FACTOR"));
  await assert.rejects(vault.unlock(weak.common), code("ERR_WRONG_FACTOR"));
  assert.deepEqual(asked, []);
});

test("the vault's own name is no passphrase of it, and is one of another vault", async () => {
  const store = testingStore();
  const vault = await Strongroom.create({ name: "my own vault", factors: [secret()], store });
  const named = passphrase("My Own Vault");
  await assert.rejects(Strongroom.create({ name: "my own vault", factors: [named], store: testingStore() }), { reason: "common" });
  await assert.rejects(vault.factors.add(named, { factor: secret() }), { reason: "common" });
  await (await Strongroom.create({ name: "another vault", factors: [named], store })).close();
});

test("an aborted call asks no estimate", async () => {
  const factor = passphrase("a zebra's stripes", { estimate: () => assert.fail("asked") });
  const signal = AbortSignal.abort();
  await assert.rejects(Strongroom.create({ name: "acme", factors: [factor], store: testingStore(), signal }), code("ERR_ABORTED"));
});

test("options of a passphrase are checked", () => {
  const make = /** @type {any} */ (passphrase);
  for (const options of [{ estimated: () => 4 }, { estimate: 4 }, { estimate: null }, null, () => 4]) {
    assert.throws(() => make("zebra 77", options), code("ERR_ARGUMENT"));
  }
  assert.throws(() => make(bytes("zebra 77"), { estimate: () => 4 }), code("ERR_ARGUMENT"));
  assert.equal(make(bytes("zebra 77"), {}).kind, "passphrase");
});

test("a vault that was made before opens by a short passphrase", async () => {
  // No vault can be made with one any more: a factor of an earlier copy of the package, which checks nothing.
  const early = {
    kind: "passphrase",
    [Symbol.for("strongroom.factor.passphrase")]: true,
    encode: () => ({ kind: "passphrase", secrets: [bytes("short")] }),
    checkNew() {},
  };
  const store = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [/** @type {any} */ (early)], store });
  await vault.lock();
  await vault.unlock(passphrase("short"));
  await vault.factors.add(secret(), { factor: passphrase("short") });
});
