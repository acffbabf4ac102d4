/** The policy of an organisation, through the published surface: signed here, set, refused, fetched. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { escrow, escrowKey, newRecoveryKit, passphrase, PolicyError, signOrganisationPolicy, signOrganisationSuccession, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, mapStore, secret, vaultWithKey, unlockNoted } from "./support.mjs";

const LATER = Date.now() + 365 * 24 * 60 * 60 * 1000;
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const newPair = async () => /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(P256, true, ["sign", "verify"]));
const publicOf = async (/** @type {CryptoKeyPair} */ pair) => {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return /** @type {any} */ ({ kty, crv, x, y });
};
const refusedBy = (/** @type {string} */ rule) => (/** @type {any} */ error) => {
  assert.ok(error instanceof PolicyError, String(error));
  assert.deepEqual([error.code, error.rule, error.policy], ["ERR_POLICY", rule, "organisation"]);
  assert.match(error.message, /^the organisation's policy /);
  return true;
};
const CLOSED = { rules: { operations: /** @type {const} */ (["merge"]) } };

/** @type {CryptoKeyPair} */
let acme;
/** @type {any} */
let key;
const policy = (/** @type {number} */ sequence, more = {}, by = acme) => signOrganisationPolicy({ sequence, notAfter: LATER, ...more }, by);

/** What the server answers, by its path. @type {Map<string, (request: any, answer: import("node:http").ServerResponse) => void>} */
const answers = new Map();
/** @type {any[]} */
const requests = [];
const server = createServer((request, answer) => {
  requests.push(request);
  (answers.get(request.url ?? "") ?? ((_, other) => other.writeHead(404).end("none")))(request, answer);
});
let origin = "";

before(async () => {
  acme = await newPair();
  key = await publicOf(acme);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("a vault is created under an organisation's policy, which refuses and is told", async () => {
  const rules = { operations: /** @type {const} */ (["createKey", "encryptValue"]) };
  const signed = await policy(1, { name: "Acme", rules, requiredFactors: ["recovery", "passphrase"] });
  const organisation = { policy: signed, key };
  const factors = [secret(), await newRecoveryKit()];
  await assert.rejects(Strongroom.create({ name: "acme", factors: [secret()], organisation }), refusedBy("requiredFactors"));
  await assert.rejects(Strongroom.create({ name: "acme", factors, organisation: { policy: signed, key: await publicOf(await newPair()) } }), code("ERR_DECRYPT"));
  const expired = await signOrganisationPolicy({ sequence: 1, notAfter: 1 }, acme);
  await assert.rejects(Strongroom.create({ name: "acme", factors, organisation: { policy: expired, key } }), refusedBy("expired"));
  assert.equal(await Strongroom.exists("acme"), false);
  const vault = await Strongroom.create({ name: "acme", factors, organisation });
  await vault.keys.create({ alias: "photos" });
  await vault.encryptValue(1, { key: "photos" });
  await assert.rejects(vault.rotateVaultKey(), refusedBy("operations"));
  assert.deepEqual(await vault.can("rotateVaultKey"), { allowed: false, rule: "operations", policy: "organisation" });
  assert.deepEqual(await vault.can("decryptValue", { key: "photos" }), { allowed: false, rule: "operations", policy: "organisation" });
  const told = await vault.organisation();
  assert.ok(told && Object.isFrozen(told) && Object.isFrozen(told.rules));
  const { set, organisation: id, signer, ...rest } = told;
  assert.deepEqual(rest, { supported: true, name: "Acme", sequence: 1, notAfter: LATER, rules, requiredFactors: ["recovery", "passphrase"] });
  assert.ok(id === signer && /^[\w-]{43}$/.test(id ?? "") && Math.abs(Date.now() - set) < 60_000);
  await vault.backup();
  await vault.close();

  // A page that says nothing of an organisation, and one that opens a restored copy.
  const again = await Strongroom.open({ name: "acme", factor: secret() });
  await assert.rejects(again.rotateVaultKey(), refusedBy("operations"));
  const copy = await Strongroom.restore(await again.backup(), { name: "copy" });
  await copy.unlock(secret());
  await assert.rejects(copy.rotateVaultKey(), refusedBy("operations"));
  assert.deepEqual(await copy.organisation(), told);
  await copy.close();
  await again.close();
  await Strongroom.delete("acme");
  await Strongroom.delete("copy");
});

test("an existing vault takes it once and follows later ones alone, by whichever way its key is given", async () => {
  const vault = await vaultWithKey();
  assert.equal(await vault.organisation(), undefined);
  await assert.rejects(vault.refreshOrganisation({ policy: await policy(1) }), code("ERR_ARGUMENT"));
  const { changed, organisation } = await vault.setOrganisation({ policy: await policy(3), key, reason: "joined" });
  assert.equal(changed, true);
  const thumbprint = organisation.organisation ?? "";
  assert.equal((await vault.setOrganisation({ policy: await policy(3), key: thumbprint })).changed, false);
  assert.equal((await vault.setOrganisation({ policy: await policy(2), key: JSON.stringify(key) })).changed, false);
  await assert.rejects(vault.refreshOrganisation({ policy: await policy(3, { name: "Another" }) }), refusedBy("sequence"));
  const stranger = await newPair();
  await assert.rejects(vault.refreshOrganisation({ policy: await policy(9, {}, stranger) }), refusedBy("organisation"));
  const next = await vault.refreshOrganisation({ policy: await policy(4, CLOSED) });
  assert.deepEqual([next.changed, next.organisation.sequence], [true, 4]);
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), refusedBy("operations"));
  // What it signed for signs from then on.
  const second = await newPair();
  const succession = await signOrganisationSuccession({ to: second.publicKey, sequence: 5 }, acme);
  const chain = { organisation: thumbprint, successions: [succession] };
  assert.equal((await vault.refreshOrganisation({ policy: await policy(5, chain, second) })).changed, true);
  assert.equal((await vault.refreshOrganisation({ policy: await policy(6, CLOSED) })).changed, false);
  await vault.encryptValue(1, { key: "photos" });
  const entries = [];
  for await (const entry of vault.audit.each()) if (/Organisation/.test(entry.operation)) entries.unshift([entry.operation, entry.rule, entry.reason]);
  assert.deepEqual(entries[1], ["setOrganisation", undefined, "joined"]);
  assert.ok(entries.some(([operation, rule]) => operation === "refreshOrganisation" && rule === "organisation"));
  await vault.close();
});

test("what no organisation signs is refused here already, or by the vault", async () => {
  const vault = await vaultWithKey();
  const sign = /** @type {any} */ (signOrganisationPolicy);
  for (const given of [
    { notAfter: LATER },
    { sequence: 1 },
    { sequence: 0, notAfter: LATER },
    { sequence: 1.5, notAfter: LATER },
    { sequence: 1, notAfter: LATER, sundial: "noon" },
    { sequence: 1, notAfter: LATER, rules: { maximumUses: 1 } },
    { sequence: 1, notAfter: LATER, successions: [] },
    { sequence: 1, notAfter: LATER, requiredFactors: "recovery" },
  ]) {
    await assert.rejects(sign(given, acme), code("ERR_ARGUMENT"), JSON.stringify(given));
  }
  for (const given of [key, {}, { ...key, d: "x" }, "key", await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign"])]) {
    await assert.rejects(sign({ sequence: 1, notAfter: LATER }, given), code("ERR_ARGUMENT"));
  }
  const jwk = await crypto.subtle.exportKey("jwk", acme.privateKey);
  const byJwk = await sign({ sequence: 1, notAfter: LATER }, jwk);
  const set = /** @type {any} */ (vault.setOrganisation.bind(vault));
  for (const given of [
    undefined,
    {},
    { key },
    { policy: byJwk },
    { policy: byJwk, key: "acme" },
    { policy: byJwk, key: jwk },
    { policy: byJwk, key, url: "https://example.com" },
  ]) {
    await assert.rejects(set(given), code("ERR_ARGUMENT"), JSON.stringify(given));
  }
  for (const given of ["garbage", "a.b.c", `${byJwk}AAAA`]) await assert.rejects(set({ policy: given, key }), code("ERR_MALFORMED"), given);
  await assert.rejects(set({ policy: "x".repeat(70_000), key }), code("ERR_TOO_LARGE"));
  const unknown = await sign({ sequence: 1, notAfter: LATER, rules: { operations: ["teleport"] } }, acme);
  await assert.rejects(set({ policy: unknown, key }), code("ERR_UNSUPPORTED"));
  assert.equal(await vault.organisation(), undefined);
  assert.equal((await set({ policy: byJwk, key })).changed, true);
  await vault.close();
});

test("a later policy comes from a URL, and whatever else answers there changes nothing", async () => {
  const vault = await vaultWithKey();
  await vault.setOrganisation({ policy: await policy(1), key });
  const first = await vault.organisation();
  const fetched = (/** @type {string} */ path, more = {}) => vault.refreshOrganisation({ url: `${origin}${path}`, ...more });
  const document = await policy(2, CLOSED);
  answers.set("/policy", (_, answer) => answer.writeHead(200, { "content-type": "text/plain" }).end(`${document}\n`));
  answers.set("/garbage", (_, answer) => answer.writeHead(200).end("<!doctype html><p>Sign in"));
  answers.set("/empty", (_, answer) => answer.writeHead(200).end());
  answers.set("/elsewhere", (_, answer) => answer.writeHead(302, { location: "/policy" }).end());
  answers.set("/partial", (_, answer) => answer.writeHead(206).end(document));
  answers.set("/cut", (_, answer) => answer.writeHead(200, { "content-length": 5000 }).end(document.slice(0, 50), () => answer.destroy()));
  const given = new Promise((done) => {
    answers.set("/endless", (_, answer) => {
      answer.once("close", () => done(answer.writableFinished));
      answer.writeHead(200);
      const more = () => {
        while (!answer.destroyed && answer.write("x".repeat(4096))) continue;
        if (!answer.destroyed) answer.once("drain", more);
      };
      more();
    });
  });
  answers.set("/hanging", () => {});
  await assert.rejects(fetched("/nothing"), (/** @type {any} */ error) => error.code === "ERR_TRANSFER" && error.status === 404);
  await assert.rejects(fetched("/garbage"), code("ERR_MALFORMED"));
  await assert.rejects(fetched("/empty"), code("ERR_MALFORMED"));
  for (const path of ["/elsewhere", "/partial", "/cut"]) await assert.rejects(fetched(path), code("ERR_TRANSFER"), path);
  await assert.rejects(fetched("/endless"), code("ERR_TOO_LARGE"));
  // What the sockets hold says nothing of what was read: that the page hung up does.
  assert.equal(await given, false);
  // Ten seconds, which are short here.
  const { setTimeout: real } = globalThis;
  const waits = /** @type {unknown[]} */ ([]);
  const short = (/** @type {() => void} */ done, /** @type {number} */ wait) => {
    waits.push(wait);
    return real(done, wait === 10_000 ? 100 : wait);
  };
  try {
    globalThis.setTimeout = /** @type {any} */ (short);
    await assert.rejects(fetched("/hanging"), code("ERR_TRANSFER"));
  } finally {
    globalThis.setTimeout = real;
  }
  assert.ok(waits.includes(10_000));
  const abort = new AbortController();
  const waiting = fetched("/hanging", { signal: abort.signal });
  abort.abort();
  await assert.rejects(waiting, code("ERR_ABORTED"));
  for (const url of ["http://example.com/policy", "ftp://example.com/", "https://a:b@example.com/", "none of a URL", "data:text/plain,x"]) {
    await assert.rejects(vault.refreshOrganisation({ url }), code("ERR_ARGUMENT"), url);
  }
  await assert.rejects(vault.refreshOrganisation({}), code("ERR_ARGUMENT"));
  await assert.rejects(vault.refreshOrganisation({ url: origin, policy: document }), code("ERR_ARGUMENT"));
  assert.deepEqual(await vault.organisation(), first);
  await vault.encryptValue(1, { key: "photos" });
  const { changed } = await fetched("/policy");
  assert.equal(changed, true);
  assert.equal((await fetched("/policy")).changed, false);
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), refusedBy("operations"));
  for (const { headers } of requests) assert.deepEqual([headers.cookie, headers.referer, headers.authorization], [undefined, undefined, undefined]);
  await vault.close();
});

test("health and the report tell of it, and of what the vault lacks", async () => {
  const vault = await vaultWithKey();
  const checks = async () => (await vault.health()).checks.filter(({ code: found }) => found.startsWith("organisation-"));
  assert.deepEqual(await checks(), []);
  const line = async () => {
    const { sections } = (await vault.report({ from: Date.now() - 1000, to: Date.now() })).document;
    const found = sections.flatMap(({ lines }) => lines).find(({ id }) => id === "organisation-policy");
    return found ?? assert.fail("a line");
  };
  assert.equal((await line()).statement, "No organisation’s policy binds the vault.");
  await vault.setOrganisation({ policy: await policy(1, { name: "Acme", requiredFactors: ["recovery"] }), key });
  const [missing, current] = await checks();
  assert.deepEqual([missing?.code, missing?.severity, missing?.params], ["organisation-factors-missing", "warning", { factors: ["recovery"] }]);
  assert.equal(missing?.message, "The policy of Acme requires what the vault does not have: a recovery kit or recovery shares.");
  assert.deepEqual([current?.code, current?.severity], ["organisation-current", "ok"]);
  assert.match((await line()).statement, /Required and missing: 1\. Passphrases that cost too little: none\.$/);
  await vault.factors.add(await newRecoveryKit(), { factor: secret() });
  assert.deepEqual((await checks()).map(({ code: found }) => found), ["organisation-current"]);
  const { now } = Date;
  try {
    Date.now = () => LATER + 1;
    assert.deepEqual((await checks()).map(({ code: found }) => found), ["organisation-expired"]);
  } finally {
    Date.now = now;
  }
  await vault.close();
});

const found = async (/** @type {import("strongroom").Vault} */ vault) => {
  const { checks } = await vault.health();
  const ours = checks.filter((check) => check.code.startsWith("organisation-") && check.code !== "organisation-current");
  return ours.map(({ code: one, params }) => [one, /** @type {any} */ (params).problem ?? ""].join(" ").trim());
};

test("the organisation's own key opens the vaults that have it, and no policy adds it", async () => {
  const [held, next] = await Promise.all(
    [1, 2].map(async () => {
      const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
      const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
      const publicJwk = /** @type {import("strongroom").PublicJwk} */ ({ kty, crv, x, y });
      return { publicJwk, privateJwk: { kty, crv, x, y, d } };
    }),
  );
  const first = await policy(1, { escrow: held?.publicJwk });
  const create = (/** @type {import("strongroom").NewFactor[]} */ ...factors) =>
    Strongroom.create({ name: "work", factors: [secret(), ...factors], organisation: { policy: first, key }, store: testingStore() });
  await assert.rejects(create(), refusedBy("escrow"));
  const [own, other] = [/** @type {any} */ (held).publicJwk, /** @type {any} */ (next).publicJwk];
  await assert.rejects(create(escrow(other)), refusedBy("escrow"));
  const vault = await create(escrow(own));
  assert.deepEqual([(await vault.organisation())?.escrow, (await vault.organisation())?.missingEscrow], [own, undefined]);
  const [, enrolled] = await vault.factors.list();
  await assert.rejects(vault.factors.revoke(String(enrolled?.id), { factor: secret() }), refusedBy("escrow"));
  await assert.rejects(vault.factors.replace(String(enrolled?.id), escrow(other), { factor: secret() }), refusedBy("escrow"));
  await vault.factors.replace(String(enrolled?.id), escrow(own), { factor: secret() });
  await vault.lock();
  await unlockNoted(vault, escrowKey(/** @type {any} */ (held).privateJwk));

  await vault.refreshOrganisation({ policy: await policy(2, { escrow: other }) });
  assert.equal((await vault.organisation())?.missingEscrow, true);
  assert.equal((await vault.factors.list()).length, 2);
  assert.deepEqual(await found(vault), ["organisation-escrow-missing"]);
  // Somebody agrees, and the one of before may go.
  await vault.factors.add(escrow(other), { factor: secret() });
  assert.deepEqual(await found(vault), []);
  const old = (await vault.factors.list()).find(({ kind }) => kind === "escrow");
  await vault.factors.revoke(String(old?.id), { factor: secret() });
  assert.equal((await vault.organisation())?.missingEscrow, undefined);
  await vault.close();
  // A name is left out, and a private half is refused.
  const named = await policy(3, { escrow: { ...own, kid: "a" } });
  assert.deepEqual(JSON.parse(Buffer.from(String(named.split(".")[1]), "base64url").toString()).escrow, own);
  await assert.rejects(policy(3, { escrow: /** @type {any} */ (held).privateJwk }), code("ERR_ARGUMENT"));
});

test("keys are rotated as often as the policy says, and passphrases cost as much", async () => {
  const cost = { memory: 65_536, passes: 3 };
  const vault = await vaultWithKey({ organisation: { policy: await policy(1, { maximumCryptoperiod: "P30D", minimumArgon2: cost }), key } });
  const { maximumCryptoperiod, minimumArgon2 } = (await vault.organisation()) ?? {};
  assert.deepEqual({ maximumCryptoperiod, minimumArgon2 }, { maximumCryptoperiod: "P30D", minimumArgon2: cost });
  const photos = await vault.keys.get("photos");
  assert.equal(photos.rotateEvery, "P30D");
  await assert.rejects(vault.keys.create({ alias: "more", rotateEvery: "P1Y" }), refusedBy("maximumCryptoperiod"));
  await assert.rejects(photos.update({ rotateEvery: null }), refusedBy("maximumCryptoperiod"));
  assert.deepEqual(await found(vault), []);
  await vault.refreshOrganisation({ policy: await policy(2, { maximumCryptoperiod: "P1D", minimumArgon2: { memory: 65_536, passes: 4 } }) });
  assert.deepEqual(await found(vault), ["organisation-passphrases-weak", "organisation-rotations-late"]);
  const { sections } = (await vault.report({ from: Date.now() - 1000, to: Date.now() })).document;
  const line = sections.flatMap(({ lines }) => lines).find(({ id }) => id === "organisation-policy");
  assert.match(line?.statement ?? "", /Passphrases that cost too little: 1\.$/);
  await vault.factors.add(passphrase("another horse battery staple"), { factor: secret() });
  assert.equal((await vault.organisation())?.weakPassphrases?.length, 1);
  await vault.lock();
  await vault.unlock(secret());
  assert.deepEqual(await found(vault), ["organisation-rotations-late"]);
  await vault.close();
});

const unserved = (/** @type {string} */ problem) => [`organisation-collector-unserved ${problem}`];

test("health says whether the log is shipped to the organisation's collector from here", async () => {
  const collector = `${origin.replace("http:", "https:")}/audit`;
  const vault = await vaultWithKey({ organisation: { policy: await policy(1, { collector }), key } });
  assert.equal((await vault.organisation())?.collector, collector);
  const served = ["organisation-collector-served"];
  assert.deepEqual(await found(vault), unserved("not-shipped"));
  const elsewhere = await vault.audit.ship(async () => {});
  assert.deepEqual(await found(vault), unserved("elsewhere"));
  // The server speaks no TLS.
  const failing = await vault.audit.ship(collector);
  while (!failing.state.lastError) await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual(await found(vault), unserved("failing"));
  await failing.stop();
  const real = globalThis.fetch;
  try {
    // As if it did.
    globalThis.fetch = (url, options) => real(String(url).replace(collector, `${origin}/taken`), options);
    answers.set("/taken", (request, answer) => void request.resume().on("end", () => answer.writeHead(204).end()));
    const shipment = await vault.audit.ship(new URL(collector));
    while (shipment.state.shipped === 0) await new Promise((done) => setTimeout(done, 20));
    assert.deepEqual(await found(vault), served);
    await vault.audit.stop();
    assert.deepEqual(await found(vault), unserved("stopped"));
    await vault.audit.start();
    assert.deepEqual(await found(vault), served);
    await vault.lock();
    await vault.unlock(secret());
    assert.deepEqual(await found(vault), unserved("not-shipped"));
  } finally {
    globalThis.fetch = real;
  }
  await elsewhere.stop();
  await vault.close();
});

test("what no vault takes is not signed", async () => {
  const cost = { memory: 65_536, passes: 3 };
  const names = ["x".repeat(257), "Ac\u200bme", "\u202eemcA", "a\nb", ""];
  const addresses = ["http://example.com/", "https://a:b@example.com/", "https://exämple.com/", `https://${"x".repeat(2048)}`, "https://"];
  const costs = [{ memory: 65_536 }, { ...cost, lanes: 1 }, { ...cost, memory: 1024 }, { ...cost, passes: 17 }, { ...cost, passes: 2.5 }];
  const rules = [
    { requireReason: ["backup"] },
    { freshFactor: { within: "PT5M", operations: ["setOrganisation"] } },
    { approval: { operations: ["destroy"], approvers: [], atLeast: 1 } },
    { reviewEvery: "P101Y" },
    { freshFactor: { within: "P36501D", operations: ["destroy"] } },
    { secondFactor: { within: "PT0S", operations: ["destroy"] } },
  ];
  const all = [
    ...names.map((name) => ({ name })),
    ...addresses.map((collector) => ({ collector })),
    ...costs.map((minimumArgon2) => ({ minimumArgon2 })),
    ...rules.map((one) => ({ rules: one })),
    ...["a year", "P", "PT0S", "P1Y2", "P101Y", "P36501D", "P100YT1S", `P${"9".repeat(400)}D`].map((maximumCryptoperiod) => ({ maximumCryptoperiod })),
    ...[[], ["recovery", "recovery"], ["a factor"]].map((requiredFactors) => ({ requiredFactors })),
    { rules: { operations: Array.from({ length: 9000 }, () => "encrypt") } },
  ];
  for (const more of all) await assert.rejects(policy(1, more), code("ERR_ARGUMENT"), JSON.stringify(more));
  // What is signed is what a vault takes.
  const most = { name: "é".repeat(128), collector: "https://example.com/a?b=%20", minimumArgon2: { memory: 1_048_576, passes: 16 }, maximumCryptoperiod: "P98Y11M3W4DT5H6M7S" };
  const vault = await vaultWithKey();
  assert.equal((await vault.setOrganisation({ policy: await policy(1, most), key })).changed, true);
  await vault.close();
});

test("successions that no vault follows are not signed", async () => {
  const [first, second, third] = [acme, await newPair(), await newPair()];
  const [of, other] = await Promise.all(
    [first, await newPair()].map(async (pair) => {
      const vault = await vaultWithKey({ organisation: { policy: await policy(1, {}, pair), key: await publicOf(pair) } });
      const { organisation = "" } = (await vault.organisation()) ?? {};
      await vault.close();
      return organisation;
    }),
  );
  const link = (/** @type {CryptoKeyPair} */ from, /** @type {CryptoKeyPair} */ to, /** @type {number} */ sequence, organisation = of) =>
    signOrganisationSuccession({ to: to.publicKey, sequence, organisation }, from);
  const [a, b] = [await link(first, second, 2), await link(second, third, 4)];
  const sign = (/** @type {CryptoKeyPair} */ by, /** @type {any} */ successions, sequence = 4, organisation = of) =>
    signOrganisationPolicy({ sequence, notAfter: LATER, organisation, successions }, by);
  for (const [at, refused] of [
    () => sign(first, []),
    () => sign(second, [a, b]),
    () => sign(third, [a]),
    () => sign(third, [b]),
    () => sign(third, [b, a]),
    () => sign(third, [a, b], 3),
    () => sign(third, [a, b], 4, other),
    async () => sign(third, [a, await link(second, third, 2)]),
    async () => sign(third, [a, await link(second, third, 4, other)]),
    async () => sign(first, [a, await link(second, first, 4)]),
    ...["text", "a.b.c", `a.${btoa("null").replaceAll("=", "")}.c`, 5].map((text) => () => sign(second, [text])),
  ].entries()) {
    await assert.rejects(refused(), code("ERR_ARGUMENT"), String(at));
  }
  const vault = await vaultWithKey({ organisation: { policy: await policy(1), key } });
  for (const [by, chain] of /** @type {const} */ ([[second, [a]], [third, [a, b]]])) {
    assert.equal((await vault.refreshOrganisation({ policy: await sign(by, chain) })).changed, true);
  }
  await vault.close();
});

const pause = () => new Promise((done) => setTimeout(done, 20));
const sequenceOf = async (/** @type {import("strongroom").Vault} */ vault) => (await vault.organisation())?.sequence;

test("whoever opens a vault with a policy binds it, or brings a later one, or does not get in", async () => {
  const made = await vaultWithKey();
  const { name } = made;
  await made.close();
  const open = (/** @type {any} */ organisation) => Strongroom.open({ name, factor: secret(), organisation });
  const other = await newPair();
  const theirs = { policy: await policy(9, {}, other), key: await publicOf(other) };
  // Nothing was bound by a policy of another key than the page's.
  await assert.rejects(open({ policy: theirs.policy, key }), code("ERR_DECRYPT"));
  const expired = await signOrganisationPolicy({ sequence: 1, notAfter: 1 }, acme);
  await assert.rejects(open({ policy: expired, key }), refusedBy("expired"));
  const free = await Strongroom.open({ name, factor: secret() });
  assert.equal(await free.organisation(), undefined);
  await free.setPolicy({ operations: ["createKey", "setVaultPolicy"] });
  await assert.rejects(open({ policy: await policy(2), key }), (/** @type {any} */ error) => error.code === "ERR_POLICY" && error.policy === "vault");
  await free.setPolicy(null);
  await free.close();

  const [first, later, older] = [await policy(2), await policy(3, CLOSED), await policy(1)];
  for (const [given, sequence] of /** @type {const} */ ([[first, 2], [first, 2], [older, 2], [later, 3], [first, 3]])) {
    const vault = await open({ policy: given, key });
    assert.equal(await sequenceOf(vault), sequence);
    await vault.close();
  }
  await assert.rejects(open(theirs), refusedBy("organisation"));
  const locked = await Strongroom.open({ name, organisation: theirs });
  await assert.rejects(locked.unlock(secret()), refusedBy("organisation"));
  assert.equal(locked.unlocked, false);
  await assert.rejects(locked.keys.list(), code("ERR_LOCKED"));
  await locked.close();
  // A page that says nothing opens it under the same policy.
  const silent = await Strongroom.open({ name, factor: secret() });
  await assert.rejects(silent.encryptValue(1, { key: "photos" }), refusedBy("operations"));
  const backup = await silent.backup();
  await silent.close();

  const copy = await Strongroom.restore(backup, { name: "brought", organisation: { policy: await policy(4), key } });
  await copy.unlock(secret());
  assert.equal(await sequenceOf(copy), 4);
  await copy.close();
  const again = await Strongroom.openOrCreate({ name: "brought", factor: secret(), organisation: { policy: await policy(5), key } });
  assert.equal(await sequenceOf(again), 5);
  await again.close();
  await Strongroom.delete("brought");
  const fresh = await Strongroom.openOrCreate({ name: "brought", factor: secret(), organisation: { policy: first, key } });
  assert.equal(await sequenceOf(fresh), 2);
  await fresh.close();
  await Strongroom.delete("brought");
  for (const organisation of /** @type {any[]} */ ([{ key }, { policy: first }, { url: "http://example.com/", key }, { url: origin, key, ur: 1 }, null])) {
    await assert.rejects(open(organisation), code("ERR_ARGUMENT"));
    await assert.rejects(Strongroom.create({ name: "none", factors: [secret()], organisation }), code("ERR_ARGUMENT"));
    await assert.rejects(Strongroom.restore(backup, { name: "none", organisation }), code("ERR_ARGUMENT"));
  }
  assert.equal(await Strongroom.exists("none"), false);
});

/** A vault in a store of its own that a policy binds, with another handle, which brings a later one. */
async function broughtTo(/** @type {any} */ brings) {
  const store = /** @type {any} */ (mapStore());
  const { read, commit } = store;
  const made = await vaultWithKey({ store, organisation: { policy: await policy(1), key } });
  await made.close();
  const open = (more = {}) => Strongroom.open({ name: made.name, store, ...more });
  const vault = await open({ organisation: brings });
  /** How often the store is read by an unlock that is refused: once more where the vault has no engine. */
  const readsOfUnlock = async () => {
    let reads = 0;
    store.commit = commit;
    store.read = (/** @type {any[]} */ ...given) => {
      reads++;
      return read(...given);
    };
    await assert.rejects(vault.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
    store.read = read;
    // So that no attempt waits for those that failed.
    await (await open({ factor: secret() })).close();
    return reads;
  };
  /** Once the next commit waits: what lets it go on. */
  const held = () =>
    /** @type {Promise<() => void>} */ (
      new Promise((came) => {
        store.commit = async (/** @type {any[]} */ ...given) => {
          store.commit = commit;
          await new Promise((go) => came(() => go(undefined)));
          return commit(...given);
        };
      })
    );
  return { vault, store, open, held, readsOfUnlock };
}
const full = () => Promise.reject(new Error("it is full"));
const latest = async () => ({ policy: await policy(2), key });

test("on a full disk a vault opens under the policy that it has, and under no other organisation's", async () => {
  const { vault, store, open } = await broughtTo(undefined);
  await vault.close();
  store.commit = full;
  const opened = await open({ factor: secret(), organisation: await latest() });
  assert.equal(await sequenceOf(opened), 1);
  await opened.close();
  const other = await newPair();
  const theirs = { policy: await policy(2, {}, other), key: await publicOf(other) };
  await assert.rejects(open({ factor: secret(), organisation: theirs }), refusedBy("organisation"));
});

test("a policy that cannot be taken leaves no engine that is open", async () => {
  const { vault, store, readsOfUnlock } = await broughtTo(await latest());
  const locked = await readsOfUnlock();
  const commit = store.commit;
  store.commit = () => {
    store.read = full;
    return full();
  };
  await assert.rejects(vault.unlock(secret()), code("ERR_STORAGE"));
  store.commit = commit;
  assert.equal(vault.unlocked, false);
  assert.equal(await readsOfUnlock(), locked + 1);
  await vault.close();
});

test("a lock while a policy is taken is the reason of that unlock, and leaves the next one alone", async () => {
  const { vault, held } = await broughtTo(await latest());
  const came = held();
  const unlocking = vault.unlock(secret());
  const refused = assert.rejects(unlocking, (/** @type {any} */ error) => error.code === "ERR_LOCKED" && error.message === "the vault was locked");
  const letGo = await came;
  vault.lock();
  const next = vault.unlock(secret());
  letGo();
  await refused;
  await next;
  assert.equal(vault.unlocked, true);
  await vault.close();
});

test("an unlock that is aborted while a policy is taken ends at once, with its engine", async () => {
  const { vault, held, readsOfUnlock } = await broughtTo(await latest());
  const locked = await readsOfUnlock();
  const controller = new AbortController();
  const came = held();
  const refused = assert.rejects(vault.unlock(secret(), { signal: controller.signal }), code("ERR_ABORTED"));
  const letGo = await came;
  controller.abort();
  await refused;
  assert.equal(vault.unlocked, false);
  assert.equal(await readsOfUnlock(), locked + 1);
  letGo();
  await vault.close();
});

test("what failed before an unlock that a policy refuses is told and logged", async () => {
  const other = await newPair();
  const { vault, open } = await broughtTo({ policy: await policy(1, {}, other), key: await publicOf(other) });
  await assert.rejects(vault.unlock(passphrase("wrong")), code("ERR_WRONG_FACTOR"));
  await assert.rejects(vault.unlock(secret()), refusedBy("organisation"));
  assert.equal(vault.failedAttempts?.count, 1);
  await vault.close();
  const again = await open({ factor: secret() });
  const logged = [];
  for await (const entry of again.audit.each()) if (entry.operation === "failUnlock") logged.push(entry.failed);
  assert.deepEqual(logged, [1]);
  await again.close();
});

test("health forgets that a policy could not be fetched once the page has one taken", async () => {
  const { vault, open } = await broughtTo(undefined);
  await vault.close();
  answers.set("/failing", (_, answer) => answer.writeHead(500).end());
  const takes = [
    async (/** @type {any} */ to) => to.refreshOrganisation({ policy: await policy(2) }),
    async (/** @type {any} */ to) => to.setOrganisation({ policy: await policy(3), key }),
  ];
  const failed = ["organisation-refresh-failed"];
  for (const take of takes) {
    const failing = await open({ factor: secret(), organisation: { url: `${origin}/failing`, key } });
    while ((await found(failing)).length === 0) await pause();
    await assert.rejects(failing.refreshOrganisation({ policy: await policy(9, {}, await newPair()) }), refusedBy("organisation"));
    assert.deepEqual(await found(failing), failed);
    await take(failing);
    assert.deepEqual(await found(failing), []);
    await failing.close();
  }
});

test("a vault is created under the policy that a URL has, or not at all", async () => {
  const organisation = { url: `${origin}/first`, key };
  answers.delete("/first");
  await assert.rejects(Strongroom.create({ name: "fetched", factors: [secret()], organisation }), code("ERR_TRANSFER"));
  assert.equal(await Strongroom.exists("fetched"), false);
  const signed = await policy(6);
  answers.set("/first", (_, answer) => answer.end(signed));
  const vault = await Strongroom.openOrCreate({ name: "fetched", factor: secret(), organisation });
  assert.equal(await sequenceOf(vault), 6);
  await vault.close();
  await Strongroom.delete("fetched");
});

test("a policy is fetched after each unlock and once a day, which no unlock waits for or fails by", async () => {
  const made = await vaultWithKey();
  const { name } = made;
  await made.close();
  /** @type {(() => void)[]} */
  const looks = [];
  /** @type {import("node:http").ServerResponse[]} */
  const waiting = [];
  let asked = 0;
  answers.set("/daily", (_, answer) => {
    asked += 1;
    waiting.push(answer);
  });
  const answered = async (/** @type {(answer: import("node:http").ServerResponse) => void} */ how) => {
    while (waiting.length === 0) await pause();
    how(/** @type {any} */ (waiting.shift()));
  };
  const { setInterval: real } = globalThis;
  const { now } = Date;
  let days = 0;
  try {
    Date.now = () => now() + days * 24 * 60 * 60 * 1000;
    // @ts-expect-error -- a timer that the test runs
    globalThis.setInterval = (look, every) => {
      if (every === 60 * 60 * 1000) looks.push(look);
      return real(look, 2 ** 30);
    };
    // The server says nothing yet, and the vault is open.
    const vault = await Strongroom.open({ name, factor: secret(), organisation: { url: `${origin}/daily`, key } });
    await vault.encryptValue(1, { key: "photos" });
    const signed = await policy(1);
    await answered((answer) => answer.end(signed));
    while ((await sequenceOf(vault)) !== 1) await pause();
    const [look = assert.fail("a look")] = looks;
    look();
    await pause();
    assert.equal(asked, 1, "once a day");
    days = 1;
    look();
    await answered((answer) => answer.writeHead(500).end());
    const failed = async (/** @type {string} */ error) => {
      for (;;) {
        const { checks } = await vault.health();
        const check = checks.find((one) => one.code === "organisation-refresh-failed");
        if (/** @type {any} */ (check?.params)?.error === error) return;
        await pause();
      }
    };
    await failed("ERR_TRANSFER");
    await vault.encryptValue(1, { key: "photos" });
    // What failed is tried again at the next look, and another one's is no policy.
    const foreign = await policy(9, {}, await newPair());
    look();
    await answered((answer) => answer.end(foreign));
    await failed("ERR_DECRYPT");
    const closed = await policy(2, CLOSED);
    look();
    await answered((answer) => answer.end(closed));
    while ((await sequenceOf(vault)) !== 2) await pause();
    assert.deepEqual(await found(vault), []);
    await assert.rejects(vault.encryptValue(1, { key: "photos" }), refusedBy("operations"));
    // An older one loosens nothing.
    await vault.lock();
    await vault.unlock(secret());
    await answered((answer) => answer.end(signed));
    await pause();
    assert.deepEqual([await sequenceOf(vault), await found(vault)], [2, []]);
    await vault.lock();
    days = 9;
    for (const one of looks) one();
    await pause();
    assert.equal(asked, 5, "a vault that is locked asks for nothing");
    await vault.close();
  } finally {
    globalThis.setInterval = real;
    Date.now = now;
  }
});

test("a merge says that a later policy of the organisation came with it", async () => {
  const vault = await vaultWithKey();
  await vault.setOrganisation({ policy: await policy(1), key });
  const copy = await Strongroom.restore(await vault.backup(), { name: "copy" });
  await copy.unlock(secret());
  await copy.refreshOrganisation({ policy: await policy(2) });
  const report = await vault.merge(await copy.backup());
  assert.deepEqual([report.organisation, report.policy, report.skipped], [true, false, []]);
  assert.equal((await vault.organisation())?.sequence, 2);
  assert.equal((await vault.merge(await copy.backup())).organisation, false);
  await copy.close();
  await vault.close();
  await Strongroom.delete("copy");
});
