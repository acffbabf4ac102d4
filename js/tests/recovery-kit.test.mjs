import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import jsqr from "jsqr";
import { isStrongroomError, KitReplacedError, newRecoveryKit, passphrase, recoveryKit, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

/** Of a CommonJS module. @type {typeof jsqr.default} */
const readCode = /** @type {any} */ (jsqr).default ?? jsqr;
/** Pixels of a module's side. */
const SCALE = 3;

/** A vault that a passphrase and a kit open, and the kit. */
async function vaultWithKit() {
  const [store, kit] = [testingStore(), await newRecoveryKit()];
  const vault = await Strongroom.create({ name: "acme", factors: [secret(), kit], store });
  return { vault, kit, store };
}

test("a lost passphrase: the kit opens the vault, and a new passphrase takes the lost one's place", async () => {
  const { vault, kit } = await vaultWithKit();
  await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [lost, other] = await vault.factors.list();
  assert.deepEqual([lost.kind, other.kind, other.known], ["passphrase", "recovery-kit", true]);
  await vault.lock();

  const typed = recoveryKit(`  ${kit.words.join("\n").toUpperCase()} `);
  await vault.unlock(typed);
  assert.equal(await vault.decryptValue(token), "kept");
  await vault.factors.replace(lost.id, passphrase("another passphrase"), { factor: typed });
  await vault.lock();
  await vault.unlock(passphrase("another passphrase"));
  await vault.lock();
  await vault.unlock(recoveryKit(kit.words));
});

test("a lost kit is replaced while the vault is open, and opens it no more", async () => {
  const { vault, kit } = await vaultWithKit();
  const [, lost] = await vault.factors.list();
  const next = await newRecoveryKit();
  const made = await vault.factors.replace(lost.id, next, { factor: secret(), name: "in the safe" });
  assert.deepEqual([made.kind, made.name], ["recovery-kit", "in the safe"]);
  await vault.lock();
  await assert.rejects(vault.unlock(recoveryKit(kit.words)), code("ERR_KIT_REPLACED"));
  await vault.unlock(recoveryKit(next.words));
  await vault.factors.revoke(made.id, { factor: next });
  await vault.lock();
  await assert.rejects(vault.unlock(next), code("ERR_KIT_REPLACED"));
  await vault.unlock(secret());
});

test("a kit is 24 words, another one each time, and typed ones are not enrolled", async () => {
  const [one, other] = [await newRecoveryKit(), await newRecoveryKit()];
  assert.equal(one.words.length, 24);
  assert.ok(one.words.every((word) => /^[a-z]{3,8}$/.test(word)));
  assert.notDeepEqual(one.words, other.words);
  const typed = recoveryKit(one.words);
  const create = Strongroom.create({ name: "acme", factors: [secret(), typed], store: testingStore() });
  await assert.rejects(create, code("ERR_ARGUMENT"));
  const { vault } = await vaultWithKit();
  await assert.rejects(vault.factors.add(typed, { factor: secret() }), code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("a kit is enrolled once", async () => {
  const { vault, kit } = await vaultWithKit();
  await assert.rejects(vault.factors.add(kit, { factor: secret() }), code("ERR_ARGUMENT"));
  const twice = Strongroom.create({ name: "twice", factors: [kit, kit], store: testingStore() });
  await assert.rejects(twice, code("ERR_ARGUMENT"));
  assert.equal((await vault.factors.list()).length, 2);
});

test("a wrong word is named by its place", async () => {
  const { vault, kit } = await vaultWithKit();
  await vault.lock();
  const wrong = (words) => vault.unlock(recoveryKit(words));
  const misspelled = kit.words.with(6, "strongrom");
  await assert.rejects(wrong(misspelled), (error) => {
    assert.deepEqual([error.code, error.position, error.name], ["ERR_RECOVERY_WORDS", 7, "RecoveryWordsError"]);
    return !error.message.includes("strongrom");
  });
  await assert.rejects(wrong(kit.words.slice(1)), { code: "ERR_RECOVERY_WORDS", position: undefined });
  await assert.rejects(wrong(""), code("ERR_RECOVERY_WORDS"));
  await assert.rejects(wrong("word ".repeat(100_000)), code("ERR_RECOVERY_WORDS"));
  // What is no kit at all is no failed attempt, which the next one would wait for.
  assert.equal((await vault.unlock(kit)).failedAttempts, undefined);
  for (const odd of [undefined, null, 24, [1, 2], "\uD800"]) {
    assert.throws(() => recoveryKit(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  }
});

test("the kit of another vault, and a vault without one", async () => {
  const { vault } = await vaultWithKit();
  await vault.lock();
  await assert.rejects(vault.unlock(await newRecoveryKit()), code("ERR_WRONG_FACTOR"));
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await without.lock();
  await assert.rejects(without.unlock(await newRecoveryKit()), code("ERR_NO_FACTOR"));
});

test("a backup opens by the kit in another browser", async () => {
  const { vault, kit } = await vaultWithKit();
  const backup = await vault.backup();
  const restored = await Strongroom.restore(backup, { store: testingStore() });
  await restored.unlock(recoveryKit(kit.words));
  assert.equal((await restored.factors.list()).length, 2);
});

test("a kit shows nothing of its words where it is printed", async () => {
  const kit = await newRecoveryKit();
  const shown = `${inspect(kit, { depth: 9, showHidden: true })} ${JSON.stringify(kit)} ${String(kit)}`;
  // One word alone may be in it by chance: "object" is one.
  const pairs = kit.words.slice(1).map((word, at) => new RegExp(`${kit.words[at]}\\W+${word}`));
  assert.deepEqual(pairs.filter((pair) => pair.test(shown)), []);
});

test("a kit is rehearsed while the vault is open, and the list tells when", async () => {
  const { vault, kit } = await vaultWithKit();
  const typed = recoveryKit(kit.words);
  const [, before] = await vault.factors.list();
  assert.equal(before.rehearsedAt, undefined);
  const [from, changes] = [Date.now(), []];
  vault.addEventListener("change", ({ detail }) => changes.push(detail));
  const told = await vault.factors.rehearse(typed);
  assert.ok(from <= told.rehearsedAt && told.rehearsedAt <= Date.now());
  assert.deepEqual(told, { ...before, rehearsedAt: told.rehearsedAt });
  assert.deepEqual(changes, [{ noun: "factors", ids: [before.id], elsewhere: false }]);
  assert.equal((await vault.factors.rename(before.id, "in the safe")).rehearsedAt, told.rehearsedAt);
  await vault.rotateVaultKey();

  const restored = await Strongroom.restore(await vault.backup(), { store: testingStore() });
  await restored.unlock(typed);
  const [, after] = await restored.factors.list();
  assert.deepEqual([after.name, after.rehearsedAt], ["in the safe", told.rehearsedAt]);
});

test("what does not open the vault is not rehearsed, and is counted as the others are", async () => {
  const { vault, kit } = await vaultWithKit();
  const { words } = kit;
  await assert.rejects(vault.factors.rehearse(recoveryKit(words.with(3, "strongrom"))), { code: "ERR_RECOVERY_WORDS", position: 4 });
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(vault.factors.rehearse(kit, { signal: controller.signal }), code("ERR_ABORTED"));
  await assert.rejects(vault.factors.rehearse(kit, /** @type {any} */ ({ date: 1 })), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.rehearse(/** @type {any} */ (words)), code("ERR_ARGUMENT"));
  await assert.rejects(vault.factors.rehearse(await newRecoveryKit()), code("ERR_WRONG_FACTOR"));
  assert.ok((await vault.factors.list()).every(({ rehearsedAt }) => rehearsedAt === undefined));
  await vault.lock();
  await assert.rejects(vault.factors.rehearse(kit), code("ERR_LOCKED"));
  assert.equal((await vault.unlock(kit)).failedAttempts?.count, 1);
});

/** What a scanner reads of a code: an independent decoder is shown the modules as pixels. @param {string} svg */
function scanned(svg) {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const [light, dark] = Array.from(svg.matchAll(/<path fill="(#\w+)" d="([^"]+)"/g));
  assert.deepEqual([light[1], light[2], dark[1]], ["#fff", `M0 0h${size}v${size}H0z`, "#000"]);
  const pixels = new Uint8ClampedArray((size * SCALE) ** 2 * 4).fill(255);
  for (const [, x, y, length] of dark[2].matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let at = 0; at < Number(length) * SCALE * SCALE; at += 1) {
      const [row, column] = [Math.floor(at / (Number(length) * SCALE)), at % (Number(length) * SCALE)];
      const pixel = (Number(y) * SCALE + row) * size * SCALE + Number(x) * SCALE + column;
      pixels.fill(0, pixel * 4, pixel * 4 + 3);
    }
  }
  const margin = Math.min(...Array.from(dark[2].matchAll(/M(\d+) (\d+)/g), ([, x, y]) => Math.min(Number(x), Number(y))));
  assert.equal(margin, 4, "the quiet zone");
  return readCode(pixels, size * SCALE, size * SCALE)?.data;
}

test("a scanner reads the words in the code, as they are typed", async () => {
  for (let at = 0; at < 5; at += 1) {
    const kit = await newRecoveryKit();
    const svg = await kit.qrCode();
    assert.equal(scanned(svg), kit.words.join(" "));
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img"[^>]*><title>QR code of the 24 words<\/title>/);
  }
  const { vault, kit } = await vaultWithKit();
  await vault.lock();
  await vault.unlock(recoveryKit(/** @type {string} */ (scanned(await kit.qrCode()))));
  const titled = await kit.qrCode({ title: `<script>"&'` });
  assert.ok(titled.includes("<title>&#60;script&#62;&#34;&#38;&#39;</title>"));
  await assert.rejects(recoveryKit(kit.words).qrCode(), code("ERR_ARGUMENT"));
  await assert.rejects(kit.qrCode(/** @type {any} */ ({ colour: "red" })), code("ERR_ARGUMENT"));
});

test("a kit is printed as one document, which has the words and nothing of elsewhere", async () => {
  const { vault, kit } = await vaultWithKit();
  const [, { id }] = await vault.factors.list();
  await vault.factors.rename(id, "in the safe");
  await vault.rotateVaultKey();
  const page = await vault.factors.printable(kit);
  const { document } = new JSDOM(page).window;
  assert.deepEqual(Array.from(document.querySelectorAll(".words li"), ({ textContent }) => textContent), kit.words);
  assert.equal(scanned(document.querySelector("svg").outerHTML), kit.words.join(" "));
  const facts = Array.from(document.querySelectorAll("dd"), ({ textContent }) => textContent);
  const today = new Intl.DateTimeFormat("en", { dateStyle: "long" }).format(new Date());
  assert.deepEqual(facts, ["acme", "in the safe", today, "2", id]);

  const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content");
  const style = createHash("sha256").update(document.querySelector("style").textContent).digest("base64");
  assert.equal(policy, `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`);
  assert.equal(document.querySelectorAll("script, link, img, iframe, object, form, base, [src], [href], [style]").length, 0);
  assert.doesNotMatch(page.replace("http://www.w3.org/2000/svg", ""), /https?:|url\(|@import|\bon\w+=/);
  // Nothing changed by it.
  assert.equal((await vault.factors.list())[1].rehearsedAt, undefined);
});

test("names and texts are text on the page, whatever is in them", async () => {
  const [store, kit] = [testingStore(), await newRecoveryKit()];
  const hostile = `</title></style><script>alert(1)</script><img src=x onerror='a()' alt="&amp;">`;
  const vault = await Strongroom.create({ name: hostile, factors: [secret(), kit], store });
  const [, { id }] = await vault.factors.list();
  await vault.factors.rename(id, hostile);
  const names = ["title", "vault", "name", "printed", "generation", "id", "warning", "code", "scan", "openTitle", "open", "needs"];
  names.push("lostTitle", "lost", "rehearseTitle", "rehearse", "tried", "footer");
  const texts = Object.fromEntries(names.map((name) => [name, `${name}: ${hostile}`]));
  const { document } = new JSDOM(await vault.factors.printable(kit, { texts: { ...texts, lang: "de", direction: "rtl" } })).window;
  assert.equal(document.querySelectorAll("script, img").length, 0);
  assert.equal(document.title, `title: ${hostile}: ${hostile}`);
  assert.deepEqual([document.documentElement.lang, document.documentElement.dir], ["de", "rtl"]);
  const facts = Array.from(document.querySelectorAll("dd"), ({ textContent }) => textContent);
  assert.deepEqual(facts.slice(0, 2), [hostile, hostile]);
  const shown = document.documentElement.textContent;
  for (const text of Object.values(texts)) assert.ok(shown.includes(text), text);
});

test("texts can be left out, and what is no text is refused", async () => {
  const { vault, kit } = await vaultWithKit();
  const printed = async (texts) => new JSDOM(await vault.factors.printable(kit, { texts })).window.document;
  const document = await printed({ rehearseTitle: "", rehearse: "", tried: "", open: "One\nTwo", name: undefined });
  assert.equal(document.querySelectorAll("section").length, 2);
  assert.deepEqual(Array.from(document.querySelectorAll("section li"), ({ textContent }) => textContent), ["One", "Two"]);
  const odd = [{ colour: "red" }, { title: 1 }, { lang: '"><script>' }, { direction: "up" }, "texts", null, { title: "\uD800" }];
  for (const texts of odd) await assert.rejects(printed(texts), code("ERR_ARGUMENT"), JSON.stringify(texts));
});

test("only a new kit that the vault has is printed", async () => {
  const { vault, kit } = await vaultWithKit();
  const printed = (given) => vault.factors.printable(/** @type {any} */ (given));
  await assert.rejects(printed(await newRecoveryKit()), code("ERR_WRONG_FACTOR"));
  for (const given of [recoveryKit(kit.words), secret(), undefined, kit.words]) await assert.rejects(printed(given), code("ERR_ARGUMENT"));
  const without = await Strongroom.create({ name: "without", factors: [secret()], store: testingStore() });
  await assert.rejects(without.factors.printable(kit), code("ERR_NO_FACTOR"));
  await without.factors.add(kit, { factor: secret() });
  assert.ok((await without.factors.printable(kit)).includes("without"));
  await vault.lock();
  await assert.rejects(vault.factors.printable(kit), code("ERR_LOCKED"));
});

test("a kit that was replaced says since when, and is a failed attempt", async () => {
  const [first, second] = [await newRecoveryKit(), await newRecoveryKit()];
  const store = testingStore();
  const vault = await Strongroom.create({ name: "replaced", factors: [secret(), first], store });
  const [, paper] = await vault.factors.list();
  const from = Date.now();
  await vault.factors.replace(/** @type {any} */ (paper).id, second, { factor: secret() });
  await vault.lock();
  const old = await vault.unlock(recoveryKit(first.words)).catch((error) => error);
  assert.ok(old instanceof KitReplacedError && isStrongroomError(old));
  assert.ok(from <= old.replacedAt && old.replacedAt <= Date.now());
  const { failedAttempts } = await vault.unlock(recoveryKit(second.words));
  assert.equal(failedAttempts?.count, 1);
});

test("a compromised revocation takes a new kit, and keeps the factors that are named", async () => {
  const [kit, next] = [await newRecoveryKit(), await newRecoveryKit()];
  const factors = [secret(), passphrase("a stolen one"), passphrase("a known one"), kit];
  const vault = await Strongroom.create({ name: "kept", factors: /** @type {any} */ (factors), store: testingStore() });
  await vault.factors.add(passphrase("what the thief adds"), { factor: passphrase("a stolen one") });
  const [, stolen, known] = /** @type {any} */ (await vault.factors.list());
  const options = { factor: secret(), compromised: /** @type {const} */ (true) };
  const refused = (/** @type {any} */ more) => assert.rejects(vault.factors.revoke(stolen.id, { ...options, ...more }), code("ERR_ARGUMENT"));
  await refused({});
  await refused({ kit: recoveryKit(next.words) });
  await refused({ kit: secret() });
  await refused({ kit: next, keep: known.id });
  await refused({ kit: next, keep: null });
  await refused({ kit: next, keep: [stolen.id] });
  await refused({ kit: next, keep: [7] });
  await refused({ kit: next, compromised: false });
  await refused({ keep: [], compromised: false });
  await assert.rejects(vault.factors.revoke(stolen.id, { ...options, kit: next, keep: ["nobody"] }), code("ERR_NO_FACTOR"));
  assert.equal((await vault.factors.list()).length, 5);

  const done = await vault.factors.revoke(stolen.id, { ...options, kit: next, keep: [known.id] });
  assert.deepEqual(done.remaining.map(({ id }) => id), [known.id]);
  const kinds = (await vault.factors.list()).map(({ kind, pinned }) => [kind, pinned]);
  assert.deepEqual(kinds, [["passphrase", true], ["passphrase", false], ["recovery-kit", true]]);
  await vault.lock();
  await assert.rejects(vault.unlock(passphrase("what the thief adds")), code("ERR_WRONG_FACTOR"));
  await vault.unlock(recoveryKit(next.words));
  assert.equal(await vault.identity(), done.identity);
});
