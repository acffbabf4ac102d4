import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import {
  isStrongroomError,
  KitReplacedError,
  newRecoveryKit,
  passphrase,
  RecoverySharesError,
  recoveryKit,
  recoveryShares,
  splitRecovery,
  Strongroom,
} from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const LIST = new Set(readFileSync(new URL("../../src/hazmat/shamir/words.txt", import.meta.url), "utf8").trim().split("\n"));

/** A vault that a passphrase and shares open, and the shares. */
async function vaultWithShares(numbers = { threshold: 2, shares: 3 }) {
  const [store, shares] = [testingStore(), await splitRecovery(numbers)];
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), shares], store });
  return { vault, shares, store };
}

test("a lost passphrase: two of three shares open the vault, and a new passphrase takes the lost one's place", async () => {
  const { vault, shares } = await vaultWithShares();
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [lost, other] = await vault.factors.list();
  assert.deepEqual([lost.shares, other.kind, other.known], [undefined, "recovery-shares", true]);
  assert.deepEqual(other.shares, { threshold: 2, shares: 3 });
  await vault.lock();

  const [first, , third] = shares.mnemonics;
  const typed = recoveryShares([`  ${third.replaceAll(" ", "\n").toUpperCase()} `, first.split(" ")]);
  await vault.unlock(typed);
  assert.equal(await vault.decryptValue(token), "kept");
  await vault.factors.replace(lost.id, passphrase("another passphrase"), { factor: typed });
  await vault.lock();
  await vault.unlock(passphrase("another passphrase"));
  await vault.lock();
  await vault.unlock(recoveryShares(shares.mnemonics));
});

test("shares are 33 words of the list each, other ones each time, and typed ones are not enrolled", async () => {
  const [one, other] = [await splitRecovery({ threshold: 3, shares: 5 }), await splitRecovery({ threshold: 3, shares: 5 })];
  assert.equal(one.mnemonics.length, 5);
  for (const words of one.mnemonics.map((mnemonic) => mnemonic.split(" "))) {
    assert.equal(words.length, 33);
    assert.deepEqual(words.filter((word) => !LIST.has(word)), []);
  }
  assert.equal(new Set([...one.mnemonics, ...other.mnemonics]).size, 10);
  assert.ok(Object.isFrozen(one.mnemonics));
  const typed = recoveryShares(one.mnemonics);
  const create = Strongroom.create({ name: "acme", factors: [secret(), typed], store: testingStore() });
  await assert.rejects(create, code("ERR_ARGUMENT"));
  const { vault, shares } = await vaultWithShares();
  await assert.rejects(vault.factors.add(typed, { factor: secret() }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.add(shares, { factor: secret() }), code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("numbers that no set has are refused", async () => {
  for (const numbers of [
    { threshold: 0, shares: 3 },
    { threshold: 1, shares: 3 },
    { threshold: 4, shares: 3 },
    { threshold: 2, shares: 17 },
    { threshold: 2.5, shares: 3 },
    { threshold: 258, shares: 259 },
    { threshold: NaN, shares: 3 },
    { threshold: "2", shares: 3 },
    { threshold: 2 },
    { threshold: 2, shares: 3, groups: 1 },
    undefined,
    null,
  ]) {
    await assert.rejects(splitRecovery(/** @type {any} */ (numbers)), code("ERR_ARGUMENT"), JSON.stringify(numbers));
  }
  const alone = await splitRecovery({ threshold: 1, shares: 1 });
  const vault = await Strongroom.create({ name: "alone", factors: [alone], store: testingStore() });
  await vault.lock();
  await vault.unlock(recoveryShares(alone.mnemonics));
});

test("what is wrong with shares is told of the share that it is, and no attempt is counted", async () => {
  const { vault, shares } = await vaultWithShares({ threshold: 3, shares: 4 });
  const { mnemonics: strange } = await splitRecovery({ threshold: 3, shares: 4 });
  await vault.lock();
  const [a, b, c, d] = shares.mnemonics;
  const misspelled = b.split(" ").with(6, "strongrom").join(" ");
  const [fifth, sixth] = b.split(" ").slice(4, 6);
  const wrong = b.split(" ").with(4, fifth === "academic" ? "zero" : "academic").join(" ");
  const none = { share: undefined, position: undefined, missing: undefined };
  for (const [given, expected] of /** @type {[string[], object][]} */ ([
    [[], { ...none, reason: "missing", missing: 1 }],
    [[a], { ...none, reason: "missing", missing: 2 }],
    [[d, b], { ...none, reason: "missing", missing: 1 }],
    [[a, misspelled], { ...none, reason: "word", share: 2, position: 7 }],
    [[a, wrong, c], { ...none, reason: "checksum", share: 2 }],
    [[a, b.slice(b.indexOf(" ") + 1), c], { ...none, reason: "length", share: 2 }],
    [["word ".repeat(100_000)], { ...none, reason: "length", share: 1 }],
    [[a, b, a], { ...none, reason: "twice", share: 3 }],
    [[a, strange[1], c], { ...none, reason: "other-set", share: 2 }],
    [[strange[0], strange[1], c], { ...none, reason: "other-set", share: 1 }],
  ])) {
    const told = await vault.unlock(recoveryShares(given)).catch((error) => error);
    assert.ok(told instanceof RecoverySharesError && isStrongroomError(told), String(told));
    const { reason, share, position, missing } = told;
    assert.deepEqual({ reason, share, position, missing }, expected);
    assert.equal(told.code, "ERR_RECOVERY_SHARES");
    // Nothing that was typed is in it.
    for (const word of ["strongrom", `${fifth} ${sixth}`]) assert.ok(!inspect(told).includes(word));
  }
  for (const odd of [undefined, null, a, 24, [1], [null], [undefined], [[1, 2]], ["\uD800"]]) {
    assert.throws(() => recoveryShares(/** @type {any} */ (odd)), code("ERR_ARGUMENT"), inspect(odd));
  }
  assert.equal((await vault.unlock(recoveryShares([a, b, c]))).failedAttempts, undefined);
  await vault.lock();
  await assert.rejects(vault.unlock(recoveryShares(strange)), code("ERR_WRONG_FACTOR"));
  assert.equal((await vault.unlock(recoveryShares([d, b, a]))).failedAttempts?.count, 1);
});

test("shares are rehearsed, and a set that was replaced says since when", async () => {
  const { vault, shares } = await vaultWithShares();
  const two = recoveryShares(shares.mnemonics.slice(1));
  const { id, rehearsedAt } = await vault.factors.rehearse(two);
  assert.ok(rehearsedAt !== undefined);
  const next = await splitRecovery({ threshold: 2, shares: 2 });
  const from = Date.now();
  const made = await vault.factors.replace(id, next, { factor: two, name: "with the family" });
  assert.deepEqual([made.kind, made.name, made.shares], ["recovery-shares", "with the family", { threshold: 2, shares: 2 }]);
  await vault.lock();
  const old = await vault.unlock(two).catch((error) => error);
  assert.ok(old instanceof KitReplacedError && from <= old.replacedAt && old.replacedAt <= Date.now());
  await assert.rejects(vault.unlock(recoveryShares([shares.mnemonics[0]])), { code: "ERR_RECOVERY_SHARES", reason: "other-set", share: 1 });
  await vault.unlock(recoveryShares(next.mnemonics));

  const restored = await Strongroom.restore(await vault.backup(), { store: testingStore() });
  await restored.unlock(recoveryShares(next.mnemonics));
});

test("a vault without shares says so, and a kit is no share", async () => {
  const { vault, shares } = await vaultWithShares();
  await vault.lock();
  await assert.rejects(vault.unlock(await newRecoveryKit()), code("ERR_NO_FACTOR"));
  await assert.rejects(vault.unlock(recoveryKit(shares.mnemonics[0])), code("ERR_RECOVERY_WORDS"));
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await without.lock();
  await assert.rejects(without.unlock(recoveryShares(shares.mnemonics)), code("ERR_NO_FACTOR"));
});

test("shares show nothing of their words where they are printed", async () => {
  const shares = await splitRecovery({ threshold: 2, shares: 2 });
  const shown = `${inspect(shares, { depth: 9, showHidden: true })} ${JSON.stringify(shares)} ${String(shares)}`;
  for (const words of shares.mnemonics.map((mnemonic) => mnemonic.split(" "))) {
    const pairs = words.slice(1).map((word, at) => new RegExp(`${words[at]}\\W+${word}`));
    assert.deepEqual(pairs.filter((pair) => pair.test(shown)), []);
  }
});

test("a compromised revocation takes new shares, or a kit in their place", async () => {
  const { vault, shares } = await vaultWithShares();
  const stolen = await vault.factors.add(passphrase("a stolen one"), { factor: secret() });
  const options = { factor: secret(), compromised: /** @type {const} */ (true) };
  const refused = (/** @type {any} */ more) => assert.rejects(vault.factors.revoke(stolen.id, { ...options, ...more }), code("ERR_ARGUMENT"));
  await refused({});
  await refused({ kit: recoveryShares(shares.mnemonics) });
  const next = await splitRecovery({ threshold: 2, shares: 4 });
  const done = await vault.factors.revoke(stolen.id, { ...options, kit: next });
  assert.deepEqual(done.remaining, []);
  assert.deepEqual((await vault.factors.list()).map(({ kind, pinned }) => [kind, pinned]), [["passphrase", true], ["recovery-shares", true]]);
  await vault.lock();
  await assert.rejects(vault.unlock(recoveryShares(shares.mnemonics)), code("ERR_KIT_REPLACED"));
  await vault.unlock(recoveryShares(next.mnemonics.slice(2)));
  assert.equal(await vault.identity(), done.identity);
});

test("each share is printed as a document of its own, which has its words and nothing of elsewhere", async () => {
  const { vault, shares } = await vaultWithShares();
  const [, { id }] = await vault.factors.list();
  await vault.factors.rename(id, "with the family");
  const pages = await vault.factors.printable(shares);
  assert.equal(pages.length, 3);
  const today = new Intl.DateTimeFormat("en", { dateStyle: "long" }).format(new Date());
  pages.forEach((page, at) => {
    const { document } = new JSDOM(page).window;
    const words = Array.from(document.querySelectorAll(".words li"), ({ textContent }) => textContent);
    assert.equal(words.join(" "), shares.mnemonics[at]);
    for (const other of shares.mnemonics.filter((_, number) => number !== at)) {
      // The first three words, and perhaps a fourth, are the same in a whole set.
      const [, rest] = /^(?:\w+ ){4}(.+)$/.exec(other) ?? [];
      assert.ok(rest && !page.includes(rest) && !words.join(" ").includes(rest));
    }
    const facts = Array.from(document.querySelectorAll("dd"), ({ textContent }) => textContent);
    const which = `${at + 1} of 3. It takes 2 to open the vault.`;
    assert.deepEqual(facts, ["acme", "with the family", which, today, "1", id]);
    assert.equal(document.title, `Recovery share ${at + 1} of 3: acme`);
    assert.doesNotMatch(page, /\{\w+\}<|undefined/);
    const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content");
    const style = createHash("sha256").update(document.querySelector("style").textContent).digest("base64");
    assert.equal(policy, `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`);
    assert.equal(document.querySelectorAll("script, link, img, iframe, object, form, base, [src], [href], [style]").length, 0);
    assert.doesNotMatch(page.replace("http://www.w3.org/2000/svg", ""), /https?:|url\(|@import|\bon\w+=/);
  });
});

test("the texts of shares are text on their pages, and what is not the vault's is not printed", async () => {
  const { vault, shares } = await vaultWithShares();
  const hostile = "<script>alert({number})</script>";
  const [page] = await vault.factors.printable(shares, { texts: { title: hostile, which: "Teil {number} von {shares}", share: "Teil", lang: "de", tried: "" } });
  const { document } = new JSDOM(page).window;
  assert.equal(document.querySelectorAll("script").length, 0);
  assert.equal(document.querySelector("h1").textContent, "<script>alert(1)</script>");
  assert.ok(document.querySelector("dl").textContent.includes("TeilTeil 1 von 3"));
  for (const texts of [{ colour: "red" }, { which: 1 }, { direction: "up" }]) {
    await assert.rejects(vault.factors.printable(shares, /** @type {any} */ ({ texts })), code("ERR_ARGUMENT"));
  }
  const printed = (given) => vault.factors.printable(/** @type {any} */ (given));
  await assert.rejects(printed(await splitRecovery({ threshold: 2, shares: 2 })), code("ERR_WRONG_FACTOR"));
  for (const given of [recoveryShares(shares.mnemonics), secret(), undefined, shares.mnemonics]) {
    await assert.rejects(printed(given), code("ERR_ARGUMENT"));
  }
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await assert.rejects(without.factors.printable(shares), code("ERR_NO_FACTOR"));
  await vault.lock();
  await assert.rejects(vault.factors.printable(shares), code("ERR_LOCKED"));
});
