/** Nobody is locked in: what we write opens without our code, and what others write opens with it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { installedPackage, plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { VERDICTS, verdict } from "../../harness/samples/odd-backups.mjs";
import { drawn, madeUpPasskeys } from "../../harness/samples/passkeys.mjs";
import { expected, FIRST_RELEASE, PLAN, readSample, runPython, saveSample, VECTORS } from "../../harness/samples/samples.mjs";
import { startServer } from "../../harness/servers/server.mjs";

/** Where the samples of this run are kept, for `tests/vectors/interop`; otherwise nowhere. */
const KEPT = process.env.STRONGROOM_SAMPLES;

const newPair = () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);

/** @param {string} name */
function sampleFolder(name) {
  if (!KEPT) return temporaryFolder();
  mkdirSync(join(KEPT, name), { recursive: true });
  return join(KEPT, name);
}

/** What Python finds in a sample. @param {string} folder */
const pythonFinds = (folder) => JSON.parse(runPython("open_sample.py", folder));

/** Our reader says of each object that the opener's own key wrote it. @param {any} found */
function assertFound(found, /** @type {Record<string, string>} */ files) {
  for (const of of ["attached", "detached", "kept", "sidecar", "shared"]) {
    if (!found[of]) continue;
    assert.equal(found[of].origin, "own", of);
    delete found[of].origin;
  }
  assert.deepEqual(found, expected(files));
}

describe("a browser and a program in Python that has none of our code", () => {
  /** @type {Awaited<ReturnType<typeof startServer>>} */
  let server;
  /** @type {import("selenium-webdriver").WebDriver} */
  let driver;

  before(async () => {
    server = await startServer(plainPage());
    ({ driver } = await startBrowser("Chromium"));
    await load(driver, `${server.origin}/samples.html`);
  });
  after(async () => {
    await driver?.quit();
    await server?.stop();
  });

  it("Python opens the vault, the objects and the value that the browser wrote", async () => {
    const folder = sampleFolder("browser");
    const files = await story(driver, "writeSample", PLAN);
    saveSample(folder, files);
    assert.deepEqual(pythonFinds(folder), expected(files));
  });

  it("Python follows the manifest of a vault that is too large to be read whole, and whose factors were changed", async () => {
    const folder = temporaryFolder();
    const files = await story(driver, "writeSample", { ...PLAN, name: "a large one", more: 350, factors: true });
    saveSample(folder, files);
    const { records } = JSON.parse(readFileSync(join(folder, "backup.json"), "utf8"));
    const pages = records.filter((/** @type {{ type: string }} */ record) => record.type === "page");
    assert.ok(pages.length > 10, `${pages.length} pages`);
    assert.deepEqual(pythonFinds(folder), expected(files));
  });

  it("the browser opens the vault, the objects and the value that Python wrote", async () => {
    const folder = sampleFolder("python");
    runPython("write_sample.py", folder);
    const files = readSample(folder);
    assertFound(await story(driver, "openSample", files), files);
  });
});

const SAMPLES = readdirSync(VECTORS).map((writer) => [writer, join(VECTORS, writer)]);
for (const [writer, folder] of [...SAMPLES, ["the first release", FIRST_RELEASE]]) {
  test(`Python opens the sample in the repository that was written by ${writer}`, () => {
    assert.deepEqual(pythonFinds(folder), expected(readSample(folder)));
  });

  test(`Node opens the sample in the repository that was written by ${writer}`, async () => {
    const strongroom = await installedPackage()();
    const { openSample } = await import(join(plainPage(), "samples.mjs"));
    const files = readSample(folder);
    assertFound(await openSample(strongroom, files), files);
  });
}

test("what a recipient writes by the key that it learns is the vault's own to neither reader", async () => {
  const folder = temporaryFolder();
  runPython("write_sample.py", folder);
  const byPython = JSON.parse(runPython("forge_objects.py", folder));
  const forged = JSON.parse(readFileSync(join(folder, "forged-objects.json"), "utf8"));
  const { Strongroom, passphrase } = await installedPackage()();
  const sample = JSON.parse(readFileSync(join(folder, "sample.json"), "utf8"));
  const vault = await Strongroom.restore(readFileSync(join(folder, "backup.json")), { name: "forged" });
  await vault.unlock(passphrase(sample.passphrase));
  /** @param {string} name @param {boolean} allowUnsigned */
  async function opened(name, allowUnsigned) {
    const { context } = name === "nothing" ? sample.attached : sample.shared;
    try {
      if (forged[name].includes(".")) await vault.decryptValue(forged[name], { context, allowUnsigned });
      else await (await vault.decrypt(Buffer.from(forged[name], "base64url"), { context, allowUnsigned })).bytes();
      return "opened";
    } catch (/** @type {any} */ error) {
      return error.code;
    }
  }
  assert.equal(Object.keys(forged).length, 4);
  for (const name of Object.keys(forged)) {
    const own = name === "nothing";
    assert.equal(byPython[name], own ? "opened" : "refused", name);
    for (const allowed of [false, true]) assert.equal(await opened(name, allowed), own ? "opened" : "ERR_DECRYPT", name);
  }
  await vault.close();
});

test("the reference implementation of SLIP-39 opens a vault by our shares, and we by the shares that it makes", async () => {
  const { Strongroom, passphrase, recoveryShares, splitRecovery } = await installedPackage()();
  const folder = temporaryFolder();
  const [factor, shares] = [passphrase(PLAN.passphrase), await splitRecovery({ threshold: 3, shares: 5 })];
  const vault = await Strongroom.create({ name: "shared", factors: [factor, shares] });
  const [, own] = await vault.factors.list();
  const backup = new Uint8Array(await (await vault.backup()).arrayBuffer());
  writeFileSync(join(folder, "backup.json"), backup);
  const [first, , third, , fifth] = shares.mnemonics;
  writeFileSync(join(folder, "shares.json"), JSON.stringify([fifth, first, third]));
  const { others, ...found } = JSON.parse(runPython("recovery_shares.py", folder));
  assert.deepEqual(found, { vault: vault.id, factor: own.id, shares: { threshold: 3, shares: 5 } });
  const sets = Object.entries(others);
  assert.equal(sets.length, 3);
  for (const [name, mnemonics] of sets) {
    await vault.lock();
    await vault.unlock(recoveryShares(mnemonics));
    await vault.lock();
    const few = await vault.unlock(recoveryShares(mnemonics.slice(1))).catch((/** @type {any} */ error) => error);
    assert.equal(few.code, "ERR_RECOVERY_SHARES", name);
  }
  await vault.close();
});

test("Python, without our code, opens a vault by the private key of its escrow", async () => {
  const { Strongroom, escrow, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const [publicJwk, privateJwk] = await Promise.all([pair.publicKey, pair.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  const vault = await Strongroom.create({ name: "held", factors: [passphrase(PLAN.passphrase), escrow(publicJwk)] });
  const [, held] = await vault.factors.list();
  writeFileSync(join(folder, "backup.json"), new Uint8Array(await (await vault.backup()).arrayBuffer()));
  const { kty, crv, x, y, d } = privateJwk;
  writeFileSync(join(folder, "escrow.json"), JSON.stringify({ kty, crv, x, y, d }));
  const found = JSON.parse(runPython("escrow.py", folder));
  assert.deepEqual(found, { vault: vault.id, factor: held.id, recipient: held.key.thumbprint });
  await vault.close();

  const rsa = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1) };
  const keys = await crypto.subtle.generateKey(rsa, true, ["encrypt", "decrypt"]);
  const [recipient, opener] = await Promise.all([keys.publicKey, keys.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  const kms = await Strongroom.create({ name: "kms", factors: [passphrase(PLAN.passphrase), escrow({ ...recipient, kid: "arn:aws:kms:eu-central-1:111122223333:key/a" })] });
  const [, byKms] = await kms.factors.list();
  writeFileSync(join(folder, "backup.json"), new Uint8Array(await (await kms.backup()).arrayBuffer()));
  writeFileSync(join(folder, "escrow.json"), JSON.stringify(opener));
  const opened = JSON.parse(runPython("escrow.py", folder));
  assert.deepEqual(opened, { vault: kms.id, factor: byKms.id, recipient: byKms.key.thumbprint });
  await kms.close();
});

test("Python, without our code, opens a vault by a passphrase and the key of its gate, and by neither alone", async () => {
  const { Strongroom, kmsGate, newRecoveryKit, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const rsa = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
  const keys = await crypto.subtle.generateKey(rsa, true, ["encrypt", "decrypt"]);
  const [publicJwk, privateJwk] = await Promise.all([keys.publicKey, keys.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  const factors = [passphrase(PLAN.passphrase), kmsGate({ ...publicJwk, kid: "projects/acme/gate/1" }), await newRecoveryKit()];
  const vault = await Strongroom.create({ name: "gated", factors, requires: ["passphrase", "kms"] });
  await vault.keys.create({ alias: "photos" });
  const [typed, gate] = await vault.factors.list();
  writeFileSync(join(folder, "backup.json"), new Uint8Array(await (await vault.backup()).arrayBuffer()));
  writeFileSync(join(folder, "gate.json"), JSON.stringify(privateJwk));
  writeFileSync(join(folder, "passphrase.json"), JSON.stringify(PLAN.passphrase));
  const needed = "a vault that needs another factor as well";
  assert.deepEqual(JSON.parse(runPython("kms_gate.py", folder)), {
    vault: vault.id,
    factors: [gate.id, typed.id],
    alone: { kms: needed, passphrase: needed },
  });
  await vault.close();
});

test("Python, without our code, verifies that entries are in a signed log, and none by a proof that was changed", () => {
  const verified = [0, 1, 2, 3, 4, 5, 6].map((index) => [7, index]);
  const found = JSON.parse(runPython("verify_log_proof.py", join(VECTORS, "..", "tlog-proof")));
  assert.deepEqual(found, { verified, changed: [], "of others": [] });
});

test("Python verifies the signature of a file with its own library, and we the one that it makes, and none of another file", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const vault = await Strongroom.create({ name: "releases", factors: [passphrase(PLAN.passphrase)] });
  const key = await vault.keys.create({ alias: "releases", purpose: "sign" });
  const content = Buffer.alloc(3_000_000, "a release ");
  const token = await vault.signFile(new Blob([content]), { key });
  const [, payload = ""] = token.split(".");
  /** @type {Record<string, string | Buffer>} */
  const files = {
    content,
    "signature.jws": token,
    "bytes.jws": await vault.sign(Buffer.from(payload, "base64url"), { key }),
    "public.json": JSON.stringify(key.primaryVersion.publicJwk),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  assert.deepEqual(JSON.parse(runPython("verify_file.py", folder)), {
    header: { alg: "ES256", kid: `${key.id}.${key.primary}`, typ: "sr-digest+jws" },
    said: { digest, size: 3_000_000 },
    "not refused": [],
  });
  const { kty, crv, x, y } = JSON.parse(readFileSync(join(folder, "theirs.json"), "utf8"));
  await vault.keys.import({ kty, crv, x, y }, { alias: "theirs", purpose: "verify" });
  const theirs = readFileSync(join(folder, "theirs.jws"), "utf8");
  const verified = await vault.verifyFile(theirs, new Blob([content]), { key: "theirs" });
  assert.deepEqual([verified.digest, verified.size], [digest, 3_000_000]);
  await assert.rejects(vault.verifyFile(theirs, content.subarray(1), { key: "theirs" }), { code: "ERR_DECRYPT" });
  await assert.rejects(vault.verifyFile(theirs, content, { key: "releases" }), { code: "ERR_MALFORMED" });
  await vault.close();
});

test("Python verifies an organisation's policy with its own library, and a vault takes those that it signs", async () => {
  const { Strongroom, passphrase, signOrganisationPolicy, signOrganisationSuccession } = await installedPackage()();
  const folder = temporaryFolder();
  const [first, second] = await Promise.all([newPair(), newPair()]);
  const succession = await signOrganisationSuccession({ to: second.publicKey, sequence: 3 }, first);
  const [, link = ""] = succession.split(".");
  const { organisation, to } = JSON.parse(Buffer.from(link, "base64url").toString());
  const held = await crypto.subtle.exportKey("jwk", (await newPair()).publicKey);
  const escrow = { kty: held.kty, crv: held.crv, x: held.x, y: held.y };
  const bounds = { maximumCryptoperiod: "P1Y", minimumArgon2: { memory: 65_536, passes: 4 }, collector: "https://collector.example/audit", escrow };
  const rules = { operations: ["encrypt"] };
  const said = { sequence: 4, notAfter: Date.now() + 1e9, name: "Acme", rules, requiredFactors: ["recovery"], ...bounds };
  const token = await signOrganisationPolicy({ ...said, organisation, successions: [succession] }, second);
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", first.publicKey);
  writeFileSync(join(folder, "policy.jws"), token);
  writeFileSync(join(folder, "first.json"), JSON.stringify({ crv, kty, x, y }));
  const found = JSON.parse(runPython("organisation.py", folder));
  assert.deepEqual(found, { said: { organisation, ...said, successions: [succession] }, keys: [organisation, to], "not refused": [] });

  const read = (/** @type {string} */ name) => readFileSync(join(folder, name), "utf8");
  const theirs = { policy: read("theirs-1.jws"), key: JSON.parse(read("theirs.json")) };
  const vault = await Strongroom.create({ name: "theirs", factors: [passphrase(PLAN.passphrase)], organisation: theirs });
  assert.deepEqual([(await vault.organisation()).name, (await vault.organisation()).sequence], ["Theirs", 1]);
  await vault.rotateVaultKey();
  assert.equal((await vault.refreshOrganisation({ policy: read("theirs-2.jws") })).changed, true);
  await assert.rejects(vault.rotateVaultKey(), { code: "ERR_POLICY", policy: "organisation" });
  const { maximumCryptoperiod, minimumArgon2, collector, escrow: theirKey, missingEscrow } = await vault.organisation();
  assert.deepEqual([Object.keys(theirKey).toSorted(), missingEscrow], [["crv", "kty", "x", "y"], true]);
  assert.deepEqual([maximumCryptoperiod, minimumArgon2, collector], ["P30D", { memory: 65_536, passes: 4 }, "https://theirs.example/log"]);
  await assert.rejects(vault.refreshOrganisation({ policy: token }), { rule: "organisation" });
  await vault.close();
});

test("CycloneDX's schema holds for the bills of materials of keys of each purpose in each state, and not for wrong ones", async () => {
  const { Strongroom, escrow, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const vault = await Strongroom.create({ name: "Zoë's “audit” \u{1f5dd}", factors: [passphrase(PLAN.passphrase)] });
  const write = async (/** @type {string} */ name, /** @type {object | undefined} */ options = undefined, of = vault) =>
    writeFileSync(join(folder, `${name}.cdx.json`), await (await of.inventory.cbom(options)).text());
  await write("empty");
  const { publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const theirs = await crypto.subtle.exportKey("jwk", publicKey);
  /** @type {Record<string, (key: any) => Promise<unknown>>} */
  const ways = {
    active: async () => {},
    suspended: (key) => key.primaryVersion.suspend(),
    deactivated: (key) => key.primaryVersion.revoke(),
    compromised: (key) => key.primaryVersion.revoke({ compromised: true }),
    "destroy-scheduled": (key) => key.scheduleDestroy(),
    destroyed: (key) => key.destroy(),
    "pre-active": (key) => key.rotate({ activate: false }),
  };
  for (const purpose of ["encrypt", "share", "sign", "mac", "verify"]) {
    for (const [state, way] of Object.entries(ways)) {
      const options = { alias: `${purpose} "${state}"`, purpose, labels: { "größe\n": "\\" }, policy: { notAfter: 8.64e15 } };
      const { kty, crv, x, y } = theirs;
      if (purpose !== "verify") await way(await vault.keys.create(options));
      else if (state !== "pre-active") await way(await vault.keys.import({ kty, crv, x, y }, options));
    }
  }
  await write("all", { labels: true });
  await write("without names", { names: false });
  const { publicKey: recipient } = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const theirEscrow = { ...(await crypto.subtle.exportKey("jwk", recipient)), kid: "arn:aws:kms:…" };
  const escrowed = await Strongroom.create({ name: "escrowed", factors: [passphrase(PLAN.passphrase), escrow(theirEscrow)] });
  await escrowed.keys.create({ alias: "one" });
  await write("elsewhere", {}, escrowed);
  await escrowed.close();
  const found = JSON.parse(runPython("validate_cbom.py", folder));
  const all = {};
  for (const [type, keys] of Object.entries({ "private-key": 2, "public-key": 1, "secret-key": 2 })) {
    const states = { active: keys, compromised: keys, deactivated: 2 * keys, destroyed: keys, suspended: keys };
    for (const [state, count] of Object.entries(states)) Object.assign(all, { [`${type} ${state}`]: count });
  }
  // A version that waits stands beside one that is active; somebody else's key has none.
  for (const type of ["private-key", "secret-key"]) Object.assign(all, { [`${type} active`]: 4, [`${type} pre-activation`]: 2 });
  const [file, bare, empty, elsewhere] = ["all.cdx.json", "without names.cdx.json", "empty.cdx.json", "elsewhere.cdx.json"];
  assert.deepEqual(found, {
    wrong: { [file]: [], [bare]: [], [empty]: [], [elsewhere]: [] },
    versions: { [file]: all, [bare]: all, [empty]: {}, [elsewhere]: { "public-key elsewhere": 1, "secret-key active": 1 } },
    "not refused": [],
  });
  await vault.close();
});

test("Python verifies an entry of a vault's audit log, and none that was changed", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const vault = await Strongroom.create({ name: "audited", factors: [passphrase(PLAN.passphrase)] });
  for (const alias of ["one", "two", "three"]) await vault.keys.create({ alias });
  const { entry, proof, verifier } = await vault.audit.prove(3);
  const [proofFile, entryFile] = [join(folder, "3.tlog-proof"), join(folder, "3.json")];
  writeFileSync(proofFile, proof);
  writeFileSync(entryFile, entry);
  assert.match(runPython("verify_log_proof.py", verifier, proofFile, entryFile), /\b5\b/);
  writeFileSync(entryFile, entry.replace("createKey", "destroyed"));
  assert.throws(() => runPython("verify_log_proof.py", verifier, proofFile, entryFile));
  // One after a cut is proven by the same tree.
  const { size } = (await vault.audit.state()) ?? { size: 0 };
  await vault.audit.cut({ before: Date.now() + 1000 });
  const left = await vault.audit.prove(size);
  writeFileSync(proofFile, left.proof);
  writeFileSync(entryFile, left.entry);
  assert.match(runPython("verify_log_proof.py", verifier, proofFile, entryFile), new RegExp(`\\b${size + 1}\\b`));
  await vault.close();
});

test("Python verifies what a witness cosigned of a vault's audit log, and nothing else", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const file = join(temporaryFolder(), "checkpoint");
  const factors = [passphrase(PLAN.passphrase)];
  const vault = await Strongroom.create({ name: "witnessed", factors });
  const other = await Strongroom.create({ name: "witness", factors });
  const [witness, stranger] = await Promise.all([other.audit.witnessKey(), vault.audit.witnessKey()]);
  const { request, note, size, verifier } = await vault.audit.witnessRequest();
  const { cosignature } = await other.audit.witness(request, { verifier });
  await vault.audit.addCosignature({ note, cosignature, witness });
  const [cosigned] = (await vault.audit.checkpoint()).cosigned ?? [];
  const seconds = cosigned.by[0].at / 1000;
  writeFileSync(file, cosigned.note);
  const verify = (/** @type {string} */ key) => runPython("verify_cosignature.py", verifier, key, file);
  assert.equal(verify(witness).trim(), `${size} entries at ${seconds}`);
  assert.throws(() => verify(stranger));
  // Of another size, without the witness's line, and with the line of another checkpoint.
  await vault.keys.create({ alias: "more" });
  const later = await vault.audit.witnessRequest({ since: size });
  for (const changed of [cosigned.note.replace(`\n${size}\n`, `\n${size + 1}\n`), note, later.note + cosignature]) {
    writeFileSync(file, changed);
    assert.throws(() => verify(witness));
  }
  await vault.close();
  await other.close();
});

test("Python approves what a vault asks, beside another vault, and both are needed", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const factors = [passphrase(PLAN.passphrase)];
  const { approver } = JSON.parse(runPython("approve_request.py", folder));
  const theirs = await Strongroom.create({ name: "approver", factors });
  await theirs.keys.create({ alias: "approvals", purpose: "sign" });
  const other = await theirs.approvals.approver("approvals");
  const vault = await Strongroom.create({ name: "governed", factors });
  const policy = { approval: { operations: ["destroy"], approvers: [approver, other], atLeast: 2 } };
  const key = await vault.keys.create({ alias: "payroll", policy });
  const request = await vault.approvals.request({ operation: "destroy", key, force: true }, { reason: "the tenant has left" });
  const first = await theirs.approvals.approve(request, { key: "approvals" });
  writeFileSync(join(folder, "request.json"), request.text);
  writeFileSync(join(folder, "theirs.jws"), first);
  const found = JSON.parse(runPython("approve_request.py", folder));
  assert.equal(found.theirs, other);
  assert.deepEqual(found.request.subject, { operation: "destroy", key: key.id, arguments: { force: true }, reason: "the tenant has left" });
  const second = readFileSync(join(folder, "approval.jws"), "utf8");
  const destroy = (/** @type {string[]} */ ...approval) => key.destroy({ force: true, reason: "the tenant has left", approval });
  await assert.rejects(destroy(second), ({ rule }) => rule === "approval");
  const { key: destroyed } = await destroy(first, second);
  assert.equal(destroyed.destroyed, true);
  await vault.close();
  await theirs.close();
});

test("OCSF's schema holds for the events of an audit log, of each operation, done and failed, and not for wrong ones", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const factors = [passphrase(PLAN.passphrase)];
  const vault = await Strongroom.create({ name: "exported", factors });
  const key = await vault.keys.create({ alias: "photos" });
  const token = await vault.encryptValue("a secret", { key });
  await vault.decryptValue(token);
  await key.setPolicy({ operations: ["setPolicy"] });
  await assert.rejects(vault.encryptValue("a secret", { key }), { code: "ERR_POLICY" });
  await vault.backup();
  vault.lock();
  await vault.unlock(factors[0]);
  await vault.audit.stop();
  const log = await new Response(vault.audit.export({ format: "ocsf", reasons: true })).text();
  writeFileSync(join(folder, "log.ocsf.jsonl"), log);
  await vault.close();

  const { LINE_FORMATS, OPERATION_NAMES, toldEntry } = await ofSources(
    ["export { LINE_FORMATS } from './src/page/audit/export-formats.ts';",
      "export { OPERATION_NAMES } from './src/page/audit/ocsf-operations.ts';",
      "export { toldEntry } from './src/page/audit/told-entry.ts';"].join(""),
  );
  const source = { vault: "v", log: "l", device: "d" };
  const all = [...OPERATION_NAMES, "of a later release"].flatMap((/** @type {string} */ operation) =>
    [undefined, "ERR_POLICY", "ERR_INTEGRITY", "ERR_STORE"].map((error) => ({ at: Date.now(), operation, error })),
  );
  const keys = [{ key: "k", version: "v", uses: 1 }];
  const lines = all.flatMap((/** @type {object} */ entry, /** @type {number} */ at) => [
    toldEntry(source, { ...entry, sequence: 2 * at, keys: [] }, true),
    toldEntry(source, { ...entry, sequence: 2 * at + 1, keys, factor: "f", object: "o", more: 1, failed: 2, lost: 3, rule: "r", reason: "q" }, true),
  ]);
  writeFileSync(join(folder, "all.ocsf.jsonl"), lines.map(LINE_FORMATS.ocsf.line).join(""));
  const found = JSON.parse(runPython("validate_ocsf.py", folder));
  assert.deepEqual([found.wrong, found["not refused"]], [{ "all.ocsf.jsonl": [], "log.ocsf.jsonl": [] }, []]);
  const counted = found.activities["log.ocsf.jsonl"];
  assert.deepEqual(counted, {
    "Authentication: Logoff": 1,
    "Authentication: Logon": 1,
    "Datastore Activity: Decrypt": 1,
    "Datastore Activity: Encrypt": 2,
    "Datastore Activity: Read": 1,
    "Entity Management: Create": 3,
    "Entity Management: Disable": 1,
    "Entity Management: Update": 1,
  });
  assert.equal(found.activities["all.ocsf.jsonl"]["Detection Finding: Create"], 8);
});

test("Python follows the successions of a vault's identity, and none that was changed", async () => {
  const { Strongroom, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const [present, earlier, ...stolen] = ["present", "earlier", "stolen", "stolen too"].map((word) => `${PLAN.passphrase} ${word}`);
  const factors = [present, earlier, ...stolen].map((phrase) => passphrase(phrase));
  const vault = await Strongroom.create({ name: "superseded", factors });
  const identities = [await vault.identity()];
  const [, , ...lost] = await vault.factors.list();
  for (const { id } of lost) {
    const done = await vault.factors.revoke(id, { factor: passphrase(present), compromised: true });
    identities.push(done.identity);
  }
  writeFileSync(join(folder, "backup.json"), new Uint8Array(await (await vault.backup()).arrayBuffer()));
  writeFileSync(join(folder, "known.json"), JSON.stringify({ present, earlier, identities }));
  await vault.close();
  assert.deepEqual(JSON.parse(runPython("follow_successions.py", folder)), {
    present: null,
    "earlier, with the last identity": null,
    earlier: "an identity that was superseded",
    "earlier, with the first identity": "an identity that was superseded",
    "earlier, with the second identity": "an identity that was superseded",
    "earlier, with an identity of none": "another vault in this one's place",
    follows: true,
    "leads back": false,
    "of another vault": false,
    "of a later generation": false,
    followed: [],
    "signed by the one that comes": false,
  });
});

test("Python opens a vault that takes a passphrase and a passkey by both, and by its kit, and none of them that was changed", async () => {
  const { Strongroom, newRecoveryKit, passkey, passphrase } = await installedPackage()();
  const folder = temporaryFolder();
  const passkeys = madeUpPasskeys();
  /** @type {any} */
  let kit;
  const secrets = await drawn(async () => (kit = await newRecoveryKit()));
  const factors = [passphrase(PLAN.passphrase), passkey({ rpId: "app.example", userName: "ada" }), kit];
  const vault = await Strongroom.create({ name: "paired", factors, requires: ["passphrase", "passkey"] });
  await vault.keys.create({ alias: "photos" });
  writeFileSync(join(folder, "backup.json"), new Uint8Array(await (await vault.backup()).arrayBuffer()));
  // Of 32 bytes: the kit's.
  const known = { passphrase: PLAN.passphrase, prf: passkeys.prf(), kit: secrets.find((secret) => secret.length === 43) };
  writeFileSync(join(folder, "known.json"), JSON.stringify(known));
  await vault.close();
  const needed = "a vault that needs another factor as well";
  assert.deepEqual(JSON.parse(runPython("two_factors.py", folder)), {
    vault: vault.id,
    opened: { both: null, "both, the other way round": null, kit: null },
    alone: { passphrase: needed, passkey: needed, "passphrase twice": needed },
    changed: [],
    forged: {
      // The head does not account for what was forged: all that comes before holds.
      nothing: "another core",
      "the inner one to a passphrase": "a vault key for others too",
      "the outer one to a passkey": "a vault key for others too",
      "the inner one to no kit": "a vault key for others too",
      "the inner one of another generation": "another generation",
      "another jkt outside": "another key than the outer envelope says",
      "another inner one": "another vault key",
      "one level": "a protected header of other members, or another context",
      "a kit that is no opener": "other openers than the factors",
      "a passkey that opens alone": "other openers than the factors",
      "the pair in another order": "other openers than the factors",
      "one of two factors": "a vault that needs several factors",
      "one envelope": "other envelopes",
      "the envelopes in another order": "other envelopes",
      "a recipient with a kit in its address": "a record in another one's place",
      "a recipient with a passkey in its address": "a record in another one's place",
    },
  });
});

/** What scripts of the page's sources export, which the package does not. @param {string} contents */
async function ofSources(contents) {
  const resolveDir = fileURLToPath(new URL("../../../js", import.meta.url));
  const { build } = createRequire(join(resolveDir, "package.json"))("esbuild");
  const define = { STRONGROOM_RELEASE: '"0.0.0+test"' };
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, bundle: true, format: "esm", write: false, define });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** What a page prints of the samples: JSON, hexadecimal bytes, and hashes. @param {string} page */
function printed(page) {
  const blocks = [...page.matchAll(/```json\n([^]*?)\n```/g)].map((found) => found[1] ?? "");
  const hex = page.match(/\b[0-9a-f]{2}(?: ?[0-9a-f]{2}){5,}\b/g) ?? [];
  const hashes = [...page.matchAll(/`([\w-]{22,})`/g)].map((found) => found[1] ?? "");
  return [...blocks, ...hex, ...hashes.filter((text) => /[A-Z]/.test(text) && /[0-9]/.test(text))];
}

describe("docs/format.md and the sample", () => {
  const page = readFileSync(new URL("../../../docs/format.md", import.meta.url), "utf8");
  /** @type {string[]} */
  let texts;
  before(() => {
    texts = JSON.parse(runPython("explain_sample.py", join(VECTORS, "browser")));
  });

  it("everything that was found in the sample stands on the page", () => {
    assert.ok(texts.length > 20);
    assert.deepEqual(texts.filter((text) => !page.includes(text)), []);
  });

  it("everything that the page prints was found in the sample", () => {
    const all = printed(page);
    assert.ok(all.length > 20);
    assert.deepEqual(all.filter((value) => !texts.some((text) => text.includes(value))), []);
  });
});

test("what is odd and signed by its owner is read or refused as docs/format.md says, here and in Python", async () => {
  const folder = temporaryFolder();
  runPython("odd_backups.py", folder);
  const backups = JSON.parse(readFileSync(join(folder, "odd.json"), "utf8"));
  const byPython = JSON.parse(runPython("refuse_forgeries.py", folder));
  const strongroom = await installedPackage()();
  /** @type {Record<string, string | null>} */
  const found = {};
  for (const name of Object.keys(backups)) found[name] = await verdict(strongroom, backups[name], name);
  assert.deepEqual(found, VERDICTS);
  const refused = (/** @type {Record<string, string | null>} */ verdicts) =>
    Object.keys(backups).filter((name) => verdicts[name] !== null);
  assert.deepEqual(refused(byPython), refused(VERDICTS));
});

describe("a backup that is sealed as it should be, and wrong inside", () => {
  /** @type {Record<string, string>} */
  let backups;
  /** @type {Record<string, string | null>} */
  let byPython;
  /** @type {any} */
  let strongroom;

  before(async () => {
    const folder = temporaryFolder();
    runPython("forge_samples.py", folder);
    backups = JSON.parse(readFileSync(join(folder, "forgeries.json"), "utf8"));
    byPython = JSON.parse(runPython("refuse_forgeries.py", folder));
    strongroom = await installedPackage()();
  });

  /** The code of our refusal. @param {string} name */
  async function byUs(name) {
    const backup = new TextEncoder().encode(backups[name]);
    try {
      const vault = await strongroom.Strongroom.restore(backup, { name });
      await vault.unlock(strongroom.passphrase("forged"));
      // Records of keys are opened when they are needed.
      await vault.keys.list();
      return null;
    } catch (/** @type {any} */ error) {
      return error.code;
    }
  }

  it("is opened by both when nothing is wrong", async () => {
    assert.deepEqual([await byUs("nothing"), byPython.nothing], [null, null]);
  });

  /** @type {[string, string, RegExp][]} */
  const cases = [
    ["another identity than the factor remembers", "ERR_INTEGRITY", /another identity/],
    ["another vault than the factor remembers", "ERR_INTEGRITY", /another vault/],
    ["a statement older than the factor remembers", "ERR_INTEGRITY", /an older statement/],
    ["a vault key that the statement does not name", "ERR_INTEGRITY", /another vault key/],
    ["a factor that the statement does not name", "ERR_INTEGRITY", /other factors/],
    ["a vault that takes several factors", "ERR_UNSUPPORTED", /several factors/],
    ["a derivation out of bounds", "ERR_UNSUPPORTED", /memory out of bounds/],
    ["a record that is missing", "ERR_INTEGRITY", /the head does not know/],
    ["a record that was added", "ERR_INTEGRITY", /the head does not know/],
    ["a record that stands twice", "ERR_INTEGRITY", /stands twice/],
    ["a record in another place", "ERR_INTEGRITY", /another one's place/],
  ];
  for (const [name, code, refusal] of cases) {
    it(`is refused by both for ${name}`, async () => {
      assert.equal(await byUs(name), code);
      assert.match(byPython[name] ?? "opened", refusal);
    });
  }

  it("is tried with every forgery", () => {
    assert.deepEqual(Object.keys(backups), ["nothing", ...cases.map(([name]) => name)]);
  });
});

describe("Python refuses what was changed", () => {
  const sample = join(VECTORS, "browser");

  /** A copy of the sample with one file changed. */
  const changed = (/** @type {string} */ name, /** @type {(bytes: Buffer) => Buffer} */ change) => {
    const folder = temporaryFolder();
    saveSample(folder, readSample(sample));
    writeFileSync(join(folder, name), change(readFileSync(join(sample, name))));
    return folder;
  };
  const backup = (/** @type {(backup: any) => void} */ change) =>
    changed("backup.json", (bytes) => {
      const file = JSON.parse(bytes.toString());
      change(file);
      return Buffer.from(JSON.stringify(file));
    });
  const flipped = (/** @type {string} */ name) =>
    changed(name, (bytes) => {
      bytes[bytes.length - 1] ^= 1;
      return bytes;
    });

  /** @type {[string, () => string, RegExp][]} */
  const cases = [
    ["a body with one bit changed", () => flipped("detached.body"), /tink.*Error/],
    ["a backup without one of its records", () => backup((file) => file.records.pop()), /Refused: other records/],
    ["a backup under another name", () => backup((file) => (file.name = "another")), /Refused: another name/],
    [
      "another passphrase",
      () => changed("sample.json", (bytes) => Buffer.from(bytes.toString().replace("häuschen", "haus"))),
      /Refused: a passphrase for none of the factors/,
    ],
  ];
  for (const [name, folder, refusal] of cases) {
    it(name, () => assert.throws(() => pythonFinds(folder()), refusal));
  }
});
