/** Evidence for auditors, through the published surface. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { newRecoveryKit, passphrase, PolicyError, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code } from "./support.mjs";

const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2031, 0, 1, 12);
const secret = () => passphrase("a test passphrase");
const wrong = () => passphrase("not the right one");
const photos = { key: "photos" };

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: START }));
afterEach(() => mock.timers.reset());

const later = (/** @type {number} */ ms) => mock.timers.setTime(Date.now() + ms);

/** A vault that was made at `START`, with a key. */
async function kept(options = {}) {
  const vault = await Strongroom.create({ name: "kept", factors: [secret()], store: testingStore(), ...options });
  await vault.keys.create({ alias: "photos" });
  return vault;
}

async function eventually(/** @type {() => Promise<boolean>} */ is) {
  for (const end = performance.now() + 10_000; !(await is()); ) {
    assert.ok(performance.now() < end, "it did not come");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All of the period that the tests are in. */
const whole = (options = {}) => ({ from: START, to: Date.now() + 1, ...options });

/** @param {import("strongroom").Vault} vault */
async function documentOf(vault, options = {}) {
  later(1);
  const { document } = await vault.report({ from: START, to: Date.now(), ...options });
  return document;
}

const linesOf = (document) => new Map(document.sections.flatMap(({ lines }) => lines.map((line) => [line.id, line])));
const lineOf = async (vault, id, options) => linesOf(await documentOf(vault, options)).get(id);
const codesOf = (document, line) => {
  const limits = new Map(document.limits.map((limit) => [limit.id, limit.code]));
  return line.limits.map((id) => limits.get(id));
};

test("a report has the verbs of DORA in their order, and each line cites what it speaks to", async () => {
  const vault = await kept();
  const document = await documentOf(vault);
  assert.equal(document.format, "strongroom-report-1");
  assert.deepEqual(
    document.sections.map(({ id }) => id),
    ["generating", "renewing", "storing", "backing-up", "archiving", "retrieving", "transmitting", "retiring", "revoking", "destroying", "protecting", "recording"],
  );
  assert.match(document.disclaimer, /evidence .* no certification/);
  assert.deepEqual([document.vault, document.limits], [{ id: vault.id, name: "kept" }, []]);
  assert.match(document.release, /^\d+\.\d+\.\d+\+/);
  const known = new Map(document.citations.map((citation) => [citation.id, citation]));
  const cited = new Set();
  for (const [id, { cites, title }] of linesOf(document)) {
    assert.ok(cites.length > 0 && title.length > 0, id);
    for (const cite of cites) {
      assert.ok(known.has(cite), `${id}: ${cite}`);
      cited.add(cite);
    }
  }
  assert.deepEqual(cited, new Set(known.keys()));
  for (const { source, place, says } of known.values()) assert.ok(source && place && says);
  assert.ok(Object.isFrozen(document.sections[0].lines[0].rows));
  await vault.close();
});

test("a section that has nothing says so", async () => {
  const vault = await kept();
  const lines = linesOf(await documentOf(vault));
  const nothing = [...lines].filter(([, { status }]) => status === "none").map(([id]) => id);
  assert.deepEqual(nothing, [
    "rotations-due", "rotations-done", "vault-key", "last-backup", "backups", "rehearsals", "retained", "unlocks", "failed-unlocks", "uses",
    "merges", "exports", "retired", "compromised", "revoked-factors", "destroyed", "scheduled", "shredded", "policies", "vault-policy", "organisation-policy",
    "policy-changes", "factor-changes", "refusals", "errors",
  ]);
  assert.equal(lines.get("destroyed").statement, "No version was destroyed.");
  assert.equal(lines.get("last-backup").statement, "The vault has noted no backup: none was ever made from it.");
  for (const id of nothing) assert.deepEqual([lines.get(id).rows, lines.get(id).columns], [[], []], id);
  await vault.close();
});

test("the register has each version with its state, age and the row of table 1 that its purpose falls into", async () => {
  const vault = await kept();
  for (const purpose of ["share", "sign", "mac"]) await vault.keys.create({ alias: purpose, purpose });
  later(DAY);
  const key = await vault.keys.get("photos");
  await key.rotate();
  later(10 * DAY);
  const { rows, figures, statement } = await lineOf(vault, "register");
  assert.deepEqual(
    rows.map(({ alias, version, state, age, row, protectsUntil }) => [alias, version, state, age, row, protectsUntil]),
    [
      ["mac", 1, "active", 11, 3, Date.UTC(2033, 0, 1, 12)],
      ["photos", 1, "deactivated", 11, 7, Date.UTC(2033, 0, 1, 12)],
      ["photos", 2, "active", 10, 7, Date.UTC(2033, 0, 2, 12)],
      ["share", 1, "active", 11, 13, Date.UTC(2033, 0, 1, 12)],
      ["sign", 1, "active", 11, 1, Date.UTC(2034, 0, 1, 12)],
    ],
  );
  assert.equal(rows[0].key, (await vault.keys.get("mac")).id);
  assert.deepEqual(figures, { keys: 4, versions: 5, active: 4, deactivated: 1 });
  assert.equal(statement, "4 keys with 5 versions: 4 active, 1 deactivated.");
  await vault.close();
});

test("what protects longer than table 1 suggests is past its period, and a public key of others has no number there", async () => {
  const vault = await kept();
  await vault.keys.create({ alias: "sign", purpose: "sign" });
  const { publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  await vault.keys.import({ kty, crv, x, y }, { alias: "theirs", purpose: "verify" });
  mock.timers.setTime(Date.UTC(2033, 0, 1, 12) - 2);
  assert.deepEqual((await lineOf(vault, "cryptoperiods")).figures, { active: 3, past: 0, unbounded: 1 });
  const { figures, rows, statement } = await lineOf(vault, "cryptoperiods");
  assert.deepEqual(figures, { active: 3, past: 1, unbounded: 1 });
  assert.deepEqual(rows.map(({ purpose, row, past, originator }) => [purpose, row, past, originator]), [
    ["encrypt", 7, 1, "at most 2 years"],
    ["sign", 1, 0, "1 to 3 years"],
    ["verify", 2, 0, "several years, by its size"],
  ]);
  assert.equal(statement, "3 active versions, 1 of them past the longest period that table 1 suggests. For 1 version the table gives no number.");
  await vault.close();
});

test("what is kept to open is past its time three years after it protected", async () => {
  const vault = await kept();
  later(DAY);
  await (await vault.keys.get("photos")).rotate();
  mock.timers.setTime(Date.UTC(2034, 0, 2, 12) - 2);
  assert.deepEqual((await lineOf(vault, "retained")).figures, { retained: 1, past: 0 });
  const { figures, rows } = await lineOf(vault, "retained");
  assert.deepEqual(figures, { retained: 1, past: 1 });
  assert.deepEqual([rows[0].since, rows[0].opensUntil], [START + DAY, Date.UTC(2034, 0, 2, 12)]);
  await vault.close();
});

test("rotations that are due, and those that were done", async () => {
  const vault = await kept();
  await vault.keys.create({ alias: "scans", rotateEvery: "P30D" });
  const due = START + 30 * DAY;
  let line = await lineOf(vault, "rotations-due");
  assert.deepEqual(line.figures, { scheduled: 1, overdue: 0, unscheduled: 1 });
  assert.deepEqual(line.rows.map(({ alias, every, due: at, overdue }) => [alias, every, at, overdue]), [["scans", "P30D", due, false]]);
  await vault.lock();
  mock.timers.setTime(due + DAY);
  await vault.unlock(secret());
  await eventually(async () => (await vault.keys.get("scans")).versions.length === 2);
  await (await vault.keys.get("photos")).rotate({ reason: "a routine" });
  const document = await documentOf(vault, { reasons: true });
  line = linesOf(document).get("rotations-done");
  assert.deepEqual(line.figures, { rotations: 2, keys: 2 });
  assert.deepEqual(line.rows.map(({ alias, version, reason }) => [alias, version, reason]), [["photos", 2, "a routine"], ["scans", 2, null]]);
  assert.equal((await lineOf(vault, "rotations-done")).rows[0].reason, undefined);
  assert.deepEqual((await lineOf(vault, "rotations-done", { from: due + 2 * DAY, to: due + 3 * DAY })).rows, []);
  await vault.close();
});

test("retired, compromised and destroyed versions, and destructions that are scheduled", async () => {
  const vault = await kept();
  const make = async (alias, ...steps) => {
    await vault.keys.create({ alias });
    for (const step of steps) await step(await vault.keys.get(alias));
  };
  await make("a", (key) => key.primaryVersion.suspend());
  await make("b", (key) => key.rotate());
  await make("c", (key) => key.rotate(), (key) => key.versions[0].revoke({ compromised: true }));
  await make("d", (key) => key.primaryVersion.revoke({ compromised: true }));
  await make("e", (key) => key.scheduleDestroy({ after: "P30D" }));
  await make("f", (key) => key.destroy());
  const lines = linesOf(await documentOf(vault));
  assert.deepEqual(lines.get("retired").rows.map(({ alias, version, state, by }) => [alias, version, state, by]), [
    ["a", 1, "suspended", "suspend"],
    ["b", 1, "deactivated", "rotate"],
    ["c", 1, "deactivated", "rotate"],
    ["e", 1, "deactivated", "scheduleDestroy"],
    ["f", 1, "deactivated", "destroy"],
  ]);
  assert.deepEqual(lines.get("retired").figures, { deactivated: 4, suspended: 1 });
  assert.deepEqual(lines.get("compromised").figures, { versions: 2, unreplaced: 1 });
  assert.deepEqual(lines.get("compromised").rows.map(({ alias, version, replaced }) => [alias, version, replaced]), [["c", 1, true], ["d", 1, false]]);
  assert.deepEqual(lines.get("scheduled").rows.map(({ alias, destroyAt, forced }) => [alias, destroyAt, forced]), [["e", START + 30 * DAY, false]]);
  assert.deepEqual(lines.get("destroyed").rows.map(({ alias, by }) => [alias, by]), [["f", "destroy"]]);
  assert.equal(lines.get("register").figures.destroyed, 1);
  await vault.close();
});

test("policies with their last review, and what they refused", async () => {
  const vault = await kept();
  await vault.keys.create({ alias: "ruled", policy: { operations: ["decryptValue", "setPolicy"], reviewEvery: "P10D" } });
  for (let times = 0; times < 3; times++) await assert.rejects(vault.encryptValue(1, { key: "ruled" }), PolicyError);
  let lines = linesOf(await documentOf(vault));
  assert.deepEqual(lines.get("policies").figures, { with: 1, without: 1, overdue: 0, unreviewed: 0 });
  const [row] = lines.get("policies").rows;
  assert.deepEqual([row.alias, row.rules, row.changed, row.reviewDue, row.overdue], ["ruled", "operations", START, START + 10 * DAY, false]);
  const { id } = await vault.keys.get("ruled");
  const { rows, figures, status } = lines.get("refusals");
  assert.deepEqual([figures, status], [{ refusals: 3 }, "found"]);
  assert.deepEqual(rows, [{ alias: "ruled", key: id, operation: "encryptValue", rule: "operations", entries: 3, first: START, last: START }]);
  assert.deepEqual(lines.get("errors").figures, { failed: 0, changed: 0 });
  later(11 * DAY);
  await (await vault.keys.get("photos")).setPolicy({ operations: ["setPolicy"] });
  lines = linesOf(await documentOf(vault));
  assert.equal(lines.get("policies").figures.overdue, 1);
  assert.deepEqual(lines.get("policy-changes").figures, { done: 1, failed: 0, created: 1, unlogged: 0 });
  await vault.close();
});

test("the vault's own policy, its review, and what it refused", async () => {
  const vault = await kept();
  await vault.setPolicy({ operations: ["createKey", "setVaultPolicy"], reviewEvery: "P10D" });
  await assert.rejects(vault.backup(), PolicyError);
  let lines = linesOf(await documentOf(vault));
  const { rows, figures } = lines.get("vault-policy");
  assert.deepEqual([figures, rows], [{ overdue: 0, conflicts: 0 }, [{ rules: "operations", changed: START, reviewDue: START + 10 * DAY, overdue: false, conflicts: 0 }]]);
  assert.deepEqual(lines.get("refusals").rows.map(({ key, operation, rule }) => [key, operation, rule]), [[null, "backup", "operations"]]);
  assert.deepEqual(lines.get("policy-changes").rows.map(({ key, operation }) => [key, operation]), [[null, "setVaultPolicy"]]);
  later(11 * DAY);
  lines = linesOf(await documentOf(vault));
  assert.match(lines.get("vault-policy").statement, /Its review is overdue/);
  await vault.close();
});

test("uses, exports, backups, errors, unlocks and attempts are counted from the log", async () => {
  const vault = await kept();
  const token = await vault.encryptValue(1, photos);
  await vault.decryptValue(token);
  await vault.encryptValues([1, 2, 3], photos);
  const changed = `${token.slice(0, -22)}${"A".repeat(22)}`;
  await assert.rejects(vault.decryptValue(changed), code("ERR_DECRYPT"));
  const key = await vault.keys.get("photos");
  await key.dangerouslyExport({ factor: secret() });
  await assert.rejects(key.dangerouslyExport({ factor: wrong() }), code("ERR_WRONG_FACTOR"));
  await vault.backup();
  await vault.lock();
  await assert.rejects(vault.unlock(wrong()), code("ERR_WRONG_FACTOR"));
  mock.timers.setTime(Date.now() + 5000);
  await vault.unlock(secret());
  const lines = linesOf(await documentOf(vault));
  const uses = lines.get("uses").rows.map(({ alias, operation, uses: times }) => [alias, operation, times]);
  assert.deepEqual(uses.filter(([, operation]) => operation !== "exportKey"), [["photos", "decryptValue", 1], ["photos", "encryptValue", 4]]);
  assert.deepEqual(lines.get("errors").figures, { failed: 1, changed: 1 });
  assert.deepEqual(lines.get("exports").figures, { done: 1, failed: 1 });
  assert.deepEqual(lines.get("backups").figures, { done: 1 });
  assert.equal(lines.get("last-backup").rows[0].at, START);
  assert.equal(lines.get("unlocks").figures.unlocks, 1);
  const opener = lines.get("unlocks").rows.find(({ operation }) => operation === "unlock");
  assert.deepEqual([opener.kind, opener.factor], ["passphrase", (await vault.factors.list())[0].id]);
  assert.deepEqual(lines.get("failed-unlocks").figures, { locked: 1, open: 1 });
  const after = linesOf(await documentOf(vault, { from: Date.now() }));
  assert.deepEqual([after.get("uses").figures.uses, after.get("errors").figures.failed, after.get("unlocks").figures.unlocks], [0, 0, 0]);
  assert.equal(after.get("logs").rows[0].size, (await vault.audit.state()).size, "the log is verified whole");
  await vault.close();
});

test("factors, their rehearsals and their changes; a shredded object is counted and not named", async () => {
  const vault = await kept({ factors: [secret(), await newRecoveryKit()] });
  const added = await vault.factors.add(passphrase("one more passphrase"), { factor: secret(), name: "the second one" });
  const [passphraseFactor] = await vault.factors.list();
  await vault.factors.revoke(added.id, { factor: secret() });
  const object = await vault.encrypt(new Uint8Array(5), { ...photos, header: "vault", context: { file: "a secret name.txt" } });
  await object.bytes();
  const tracked = await object.track();
  await vault.shred(tracked.id);
  mock.timers.setTime(START + 31 * DAY);
  const report = await vault.report(whole());
  const lines = linesOf(report.document);
  assert.deepEqual(lines.get("rehearsals").figures, { factors: 1, overdue: 1 });
  assert.deepEqual(lines.get("factors").figures, { factors: 2 });
  assert.deepEqual(lines.get("factor-changes").rows.map(({ operation, factor }) => [operation, factor]), [["addFactor", added.id]]);
  assert.deepEqual(lines.get("revoked-factors").rows.map(({ operation, factor }) => [operation, factor]), [["revokeFactor", added.id]]);
  assert.equal(lines.get("shredded").figures.done, 1);
  assert.ok(passphraseFactor);
  const text = await report.json().text();
  assert.ok(!text.includes("secret name") && !text.includes(tracked.id));
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(report.document)));
  await vault.close();
});

test("alerts of the rules that are asked for", async () => {
  const vault = await kept();
  await vault.encryptValues(Array(200).fill(1), photos);
  const { rows, figures } = await lineOf(vault, "alerts", { rules: { backup: false, spike: { learn: "P0D", perHour: 10 } } });
  assert.equal(figures.alerts, rows.length);
  const all = await lineOf(vault, "alerts", { rules: { backup: true } });
  assert.deepEqual(all.rows.map(({ rule, severity }) => [rule, severity]), [["backup", "Low"]]);
  assert.match(all.rows[0].message, /No backup/);
  const { statement } = await lineOf(vault, "alerts", { rules: { backup: { after: "P3D" } } });
  assert.equal(statement, "1 alert. Severities are those of OCSF. With given thresholds: backup.");
  await assert.rejects(vault.report({ rules: { none: true } }), code("ERR_ARGUMENT"));
  await vault.close();
});

test("rules that are off or have other thresholds stand in the report, and those that are off on the line of alerts", async () => {
  const vault = await kept();
  later(1);
  const period = { from: START, to: Date.now() };
  const usual = await vault.report(period);
  assert.deepEqual([usual.document.rules, usual.document.limits], [{}, []]);
  assert.match(await (await usual.html()).text(), /Rules for alerts<\/dt><dd>All, with their usual thresholds</);
  const rules = { backup: false, spike: { learn: "P0D", perHour: 10 }, newLog: false, failedUnlocks: false, clock: true, cutLog: undefined, refusals: { within: undefined } };
  const report = await vault.report({ ...period, rules });
  const { document } = report;
  rules.spike.perHour = 11;
  assert.deepEqual(document.rules, { backup: false, spike: { learn: "P0D", perHour: 10 }, newLog: false, failedUnlocks: false, clock: true, refusals: {} });
  assert.deepEqual(Object.keys(document.rules), Object.keys(document.rules).toSorted());
  assert.ok(Object.isFrozen(document.rules.spike));
  const alerts = linesOf(document).get("alerts");
  assert.deepEqual([alerts.status, codesOf(document, alerts)], ["partial", ["rules-off"]]);
  assert.deepEqual(document.limits[0].params, { rules: "backup, failedUnlocks, newLog" });
  assert.match(alerts.statement, /Not all was looked at\./);
  assert.match(alerts.statement, /With given thresholds: spike\./);
  const page = await (await report.html()).text();
  assert.ok(page.includes("Off: backup, failedUnlocks, newLog. With given thresholds: spike (learn P0D, perHour 10)."), "in the page");
  await vault.close();
});

test("what a merge brought of policies is told as not in the log, and that there may be more of it", async () => {
  const vault = await kept();
  const copy = await Strongroom.restore(await vault.backup(), { name: "copy", store: testingStore() });
  await copy.unlock(secret());
  later(DAY);
  await copy.keys.create({ alias: "theirs", policy: { operations: ["encryptValue"] } });
  await (await copy.keys.get("photos")).setPolicy({ operations: ["encryptValue", "setPolicy"] });
  await copy.setPolicy({ operations: ["backup", "merge", "setVaultPolicy"] });
  await vault.merge(await copy.backup());
  await vault.keys.create({ alias: "untouched" }).catch(() => {});
  const document = await documentOf(vault);
  const line = linesOf(document).get("policy-changes");
  assert.deepEqual([line.status, codesOf(document, line)], ["partial", ["policies-merged"]]);
  assert.deepEqual(line.figures, { done: 0, failed: 0, created: 0, unlogged: 3 });
  assert.deepEqual(line.rows.map(({ alias, operation, toldBy }) => [alias, operation, toldBy]), [["photos", null, "key"], ["theirs", null, "key"], [null, null, "vault"]]);
  assert.deepEqual(document.limits.map(({ code: kind }) => kind), ["policies-merged"]);
  await vault.close();
  await copy.close();
});

test("an entry of more than a thousand keys leaves no line that says that nothing was used", async () => {
  const vault = await kept();
  const copy = await Strongroom.restore(await vault.backup(), { name: "copy", store: testingStore() });
  await copy.unlock(secret());
  await Promise.all(Array.from({ length: 1001 }, (_, at) => copy.keys.create({ alias: `many ${at}` })));
  await vault.merge(await copy.backup());
  const document = await documentOf(vault);
  const line = linesOf(document).get("uses");
  assert.deepEqual([line.status, codesOf(document, line)], ["partial", ["keys-unnamed"]]);
  assert.ok(line.figures.unnamed > 0);
  assert.doesNotMatch(line.statement, /No key was used/);
  await vault.close();
  await copy.close();
});

test("a vault key that came with a revoked or a replaced factor is told with those that were asked for", async () => {
  const vault = await kept();
  const added = await vault.factors.add(passphrase("one more passphrase"), { factor: secret() });
  const next = await vault.factors.replace(added.id, passphrase("another passphrase still"), { factor: secret() });
  await vault.factors.revoke(next.id, { factor: secret() });
  await vault.rotateVaultKey();
  const line = await lineOf(vault, "vault-key");
  assert.deepEqual(line.rows.map(({ operation, entries }) => [operation, entries]), [["replaceFactor", 1], ["revokeFactor", 1], ["rotateVaultKey", 1]]);
  assert.deepEqual(line.figures, { done: 3 });
  assert.deepEqual((await lineOf(vault, "factor-changes")).rows.map(({ operation }) => operation), ["addFactor", "replaceFactor"]);
  await vault.close();
});

test("entries that wait because the store takes none are told by each line over the log", async () => {
  const honest = testingStore();
  const full = new DOMException("the disk is full", "QuotaExceededError");
  let takes = true;
  const store = { ...honest, commit: (...given) => (takes ? honest.commit(...given) : Promise.reject(full)) };
  const vault = await kept({ store });
  await vault.audit.flush();
  takes = false;
  await vault.encryptValue(1, photos);
  await vault.encryptValue(2, photos);
  const { waiting } = await vault.audit.state();
  assert.equal(waiting, 2);
  const document = await documentOf(vault);
  const lines = linesOf(document);
  const [limit] = document.limits;
  assert.deepEqual([limit.code, limit.params], ["entries-waiting", { entries: 2 }]);
  for (const line of lines.values()) assert.equal(codesOf(document, line).includes("entries-waiting"), line.source !== "state", line.id);
  assert.equal(lines.get("uses").status, "partial");
  assert.equal(lines.get("logs").rows[0].size, (await vault.audit.state()).size);
  takes = true;
  const after = await documentOf(vault);
  assert.deepEqual([after.limits, linesOf(after).get("uses").figures.uses], [[], 2]);
  await vault.close();
});

test("a report is of the time before its first reading: what came while it read is not in it for sure", async () => {
  const vault = await kept();
  later(1);
  const begun = Date.now();
  let moved = false;
  const onProgress = () => {
    if (!moved) later(1000);
    moved = true;
  };
  const { document } = await vault.report({ from: START, to: begun + 500, onProgress });
  assert.ok(moved);
  assert.equal(document.at, begun);
  assert.deepEqual(document.limits.map(({ code: kind, params }) => [kind, params]), [["period-not-over", { at: begun, to: begun + 500 }]]);
  await vault.close();
});

test("entries that were cut are neither counted nor called verified", async () => {
  const vault = await kept();
  await vault.audit.flush();
  later(1);
  await vault.encryptValue(1, photos);
  await vault.audit.flush();
  const { first } = await vault.audit.cut({ before: Date.now() });
  assert.ok(first > 0);
  const document = await documentOf(vault);
  const line = linesOf(document).get("logs");
  const { size } = await vault.audit.state();
  const [row] = line.rows;
  assert.deepEqual([row.size, row.cut, row.intact, row.unread, row.fault], [size - first, first, size - first, 0, null]);
  assert.deepEqual([line.figures.entries, line.figures.cut], [size - first, first]);
  assert.match(line.statement, new RegExp(`Cut before: ${first} entries`));
  await vault.close();
});

test("the log is verified, and a checkpoint of it is in the report", async () => {
  const vault = await kept();
  const document = await documentOf(vault);
  const lines = linesOf(document);
  const { size, log } = await vault.audit.state();
  const [row] = lines.get("logs").rows;
  assert.deepEqual([row.log, row.size, row.intact, row.unread, row.fault], [log, size, size, 0, null]);
  const note = lines.get("checkpoint").rows.find(({ name }) => name === "note").value;
  assert.equal((await vault.audit.verify({ lastCheckpoint: note })).fault, undefined);
  await vault.close();
});

test("a log that was stopped, and one that went on, is told by each line that rests on it", async () => {
  const vault = await kept();
  later(DAY);
  await vault.audit.stop();
  let document = await documentOf(vault);
  let lines = linesOf(document);
  assert.deepEqual(document.limits.map(({ code: kind }) => kind), ["log-stopped"]);
  assert.deepEqual(codesOf(document, lines.get("exports")), ["log-stopped"]);
  assert.equal(lines.get("exports").status, "partial");
  assert.equal(lines.get("exports").statement, "No secret key was exported. Not all was looked at.");
  assert.deepEqual([lines.get("register").status, lines.get("register").limits], ["found", []]);
  later(DAY);
  await vault.audit.start();
  document = await documentOf(vault);
  lines = linesOf(document);
  assert.deepEqual(codesOf(document, lines.get("exports")), ["log-paused"]);
  const { params } = document.limits[0];
  assert.deepEqual([params.from, params.to], [START + DAY, START + 2 * DAY + 1]);
  assert.deepEqual((await documentOf(vault, { from: Date.now() - 1 })).limits, [], "it was not within the period");
  await vault.close();
});

test("a log that does not reach back to the period's beginning says so, unless the vault was made with it", async () => {
  const vault = await kept();
  assert.deepEqual((await documentOf(vault, { from: START - 100 * DAY })).limits, []);
  const backup = await vault.backup();
  later(5 * DAY);
  const copy = await Strongroom.restore(backup, { name: "copy", store: testingStore() });
  await copy.unlock(secret());
  const document = await documentOf(copy, { from: START });
  const exports = linesOf(document).get("exports");
  assert.deepEqual(codesOf(document, exports), ["log-elsewhere"]);
  assert.equal(exports.status, "partial");
  assert.match(document.limits[0].message, /another log before, which is not in it/);
  assert.deepEqual((await documentOf(copy, { from: Date.now() })).limits, [], "the copy's own log has all of this period");
  await copy.close();
  await vault.close();
});

test("a revoked factor's new log goes on after the one before, and both are read", async () => {
  const vault = await kept();
  const added = await vault.factors.add(passphrase("one more passphrase"), { factor: secret() });
  await vault.encryptValue(1, photos);
  await vault.factors.revoke(added.id, { factor: secret(), compromised: true });
  await vault.encryptValue(1, photos);
  const document = await documentOf(vault);
  const lines = linesOf(document);
  assert.equal(lines.get("logs").rows.length, 2);
  assert.deepEqual(document.limits, []);
  assert.equal(lines.get("uses").rows.find(({ operation }) => operation === "encryptValue").uses, 2);
  assert.equal(lines.get("uses").rows.find(({ operation }) => operation === "encryptValue").entries, undefined);
  await vault.close();
});

/** A store that gives rows of the log as `seen` makes them of what is there. */
function lyingStore() {
  const store = testingStore();
  const lies = { seen: (/** @type {any[]} */ rows) => rows };
  const read = async (/** @type {string} */ name, /** @type {any} */ ranges) => {
    const { sequence, rows } = await store.read(name, ranges);
    return { sequence, rows: lies.seen(rows) };
  };
  return { honest: store, store: { ...store, read }, lies };
}

/** Entries in rows of their own. */
async function manyRows(vault, times) {
  for (let time = 0; time < times; time++) {
    await vault.audit.stop();
    await vault.audit.start();
  }
}

test("a log of which a row was changed: what is before and after it is read, and each line on it says that not all was", async () => {
  const { honest, store, lies } = lyingStore();
  const vault = await kept({ store });
  await manyRows(vault, 10);
  await vault.backup();
  const { size } = await vault.audit.state();
  const { rows } = await honest.read("kept", [{ prefix: ["audit"] }]);
  const [first, next] = [Number(rows[5].version), Number(rows[6].version)];
  lies.seen = (found) => found.map((row) => (row.type === "audit" && row.version === rows[5].version ? { ...row, bytes: row.bytes.toReversed() } : row));
  const document = await documentOf(vault);
  const lines = linesOf(document);
  const codes = document.limits.map(({ code: kind }) => kind).filter((kind) => kind !== "log-paused");
  assert.deepEqual(codes, ["log-fault", "log-unread"]);
  const [fault, unread] = document.limits.filter(({ code: kind }) => codes.includes(kind));
  assert.deepEqual(fault.params, { log: lines.get("logs").rows[0].log, fault: "entries", intact: first, size });
  assert.deepEqual([unread.params.entries, unread.params.first], [next - first, first]);
  const logs = lines.get("logs");
  assert.deepEqual([logs.status, logs.figures.faults, logs.rows[0].fault, logs.rows[0].unread], ["partial", 1, "entries", next - first]);
  assert.deepEqual(lines.get("backups").figures, { done: 1 }, "it came after what was changed");
  assert.equal(lines.get("backups").status, "partial");
  assert.match(lines.get("destroyed").statement, /^No version was destroyed\.$/);
  assert.match(lines.get("shredded").statement, /^No object was shredded\. Not all was looked at\.$/);
  lies.seen = (found) => found;
  assert.ok(!(await documentOf(vault)).limits.some(({ code: kind }) => kind === "log-fault"));
  await vault.close();
});

test("a log that is gone is told as one with a fault, not as one with nothing in it", async () => {
  const { store, lies } = lyingStore();
  const vault = await kept({ store });
  await vault.backup();
  lies.seen = (found) => found.filter(({ type }) => type !== "audit");
  const document = await documentOf(vault);
  const lines = linesOf(document);
  const codes = new Set(document.limits.map(({ code: kind }) => kind));
  assert.ok(codes.has("log-fault") && codes.has("log-unread") && codes.has("log-origin-unknown"), [...codes].join());
  const about = [...lines.values()].filter(({ source }) => source === "log");
  assert.deepEqual(new Set(about.map(({ status }) => status)), new Set(["partial"]));
  assert.equal(lines.get("logs").rows[0].intact, 0);
  lies.seen = (found) => found;
  await vault.close();
});

test("a vault of many keys and a log of many entries are read page by page, each once", async () => {
  const vault = await kept();
  await Promise.all(Array.from({ length: 1500 }, (_, at) => vault.keys.create({ alias: `many ${at}` })));
  await vault.encryptValues(Array(20).fill(1), photos);
  const told = [];
  later(1);
  const report = await vault.report({ from: START, onProgress: (progress) => told.push(progress) });
  const { size } = await vault.audit.state();
  assert.equal(linesOf(report.document).get("register").rows.length, 1501);
  assert.equal(linesOf(report.document).get("uses").figures.uses, 20);
  assert.deepEqual(told.slice(0, 2), [{ done: 1000, total: undefined }, { done: 1501, total: undefined }]);
  assert.deepEqual(told.at(-1), { done: 1501 + size, total: 1501 + size });
  const page = await (await report.html()).text();
  assert.equal(page.match(/>many \d+</g).length, 2 * 1500, "in the register, and as made in the period");
  await vault.close();
});

test("a period that is not over, one that makes no sense, and options that there are not", async () => {
  const vault = await kept();
  const document = await documentOf(vault, { to: START + 10 * DAY });
  const lines = linesOf(document);
  assert.deepEqual(codesOf(document, lines.get("exports")), ["period-not-over"]);
  assert.deepEqual(lines.get("register").limits, []);
  for (const options of [{ from: 5, to: 5 }, { from: 6, to: 5 }, { from: 0.5 }, { from: -1 }, { to: "now" }, { name: true }, { names: 1 }, { format: "html" }]) {
    await assert.rejects(vault.report(options), code("ERR_ARGUMENT"), JSON.stringify(options));
  }
  await vault.lock();
  await assert.rejects(vault.report(), code("ERR_LOCKED"));
  await vault.close();
});

test("names can be left out, and then none is anywhere", async () => {
  const vault = await kept({ name: "a vault’s name", factors: [secret()] });
  await vault.keys.create({ alias: "a telling alias", rotateEvery: "P1D", labels: { team: "a label" }, policy: { operations: ["decryptValue"] } });
  await assert.rejects(vault.encryptValue(1, { key: "a telling alias" }), PolicyError);
  const [factor] = await vault.factors.list();
  await vault.factors.rename(factor.id, "somebody’s name");
  later(5 * DAY);
  const told = await vault.report(whole({ names: false, reasons: true }));
  const text = (await told.json().text()) + (await (await told.html()).text());
  for (const name of ["telling alias", "a label", "vault’s name", "vault&#8217;s", "somebody"]) assert.ok(!text.includes(name), name);
  const { rows } = linesOf(told.document).get("register");
  assert.deepEqual(rows.map(({ key }) => key), rows.map(({ key }) => key).toSorted());
  assert.ok(!("alias" in rows[0]));
  const all = await (await vault.report(whole())).json().text();
  assert.ok(all.includes("a telling alias") && all.includes("somebody’s name") && !all.includes("a label"));
  await vault.close();
});

test("the same is reported in the same order", async () => {
  const vault = await kept();
  for (const alias of ["ä", "b", "a", "Z"]) await vault.keys.create({ alias });
  await vault.encryptValue(1, { key: "b" });
  await vault.encryptValue(1, { key: "a" });
  later(1);
  const period = { from: START, to: Date.now() };
  const texts = [];
  for (let times = 0; times < 2; times++) {
    const { sections } = (await vault.report(period)).document;
    texts.push(JSON.stringify(sections.map(({ id, lines }) => [id, lines.filter(({ id: line }) => !["logs", "checkpoint"].includes(line))])));
  }
  assert.equal(texts[0], texts[1]);
  const { rows } = await lineOf(vault, "register");
  assert.deepEqual(rows.map(({ alias }) => alias), ["Z", "a", "b", "photos", "ä"]);
  await vault.close();
});

test("the page is one document without scripts, and hostile aliases and reasons are text in it", async () => {
  const vault = await kept();
  const hostile = `</td><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
  await vault.keys.create({ alias: hostile });
  await (await vault.keys.get(hostile)).rotate({ reason: `<b>${hostile}\u202e\u0007` });
  const report = await vault.report(whole({ reasons: true }));
  const page = await report.html();
  assert.equal(page.type, "text/html");
  const text = await page.text();
  assert.equal(linesOf(report.document).get("rotations-done").rows[0].alias, hostile);
  for (const part of ["<script", "<img", "<b>", "\u202e", "\u0007"]) assert.ok(!text.includes(part), part);
  assert.ok(text.includes("\\u{202e}\\u{7}"));
  assert.ok(text.includes("&#60;script&#62;alert(1)&#60;/script&#62;"));
  assert.deepEqual(text.match(/<(?:link|iframe|object|embed|form|base|svg|style)\b/g), ["<style"]);
  assert.ok(!/\s(?:src|srcset|style|on[a-z]+)=["']/.test(text.replaceAll(/<style>[^]*?<\/style>/g, "")));
  assert.deepEqual([...new Set([...text.matchAll(/ href="([^"]*)"/g)].map(([, address]) => address[0]))], ["#"]);
  const style = /<style>([^]*?)<\/style>/.exec(text)[1];
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))).toString("base64");
  assert.ok(text.includes(`content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`));
  assert.equal(text.match(/<h1>/g).length, 1);
  assert.ok(text.startsWith('<!doctype html>\n<html lang="en"'));
  await vault.close();
});

test("signs that cannot be seen are shown by their numbers in the page", async () => {
  const vault = await kept();
  const inNames = ["\u3164", "\u115f", "\u1160", "\u034f", "\ufe00", "\ufe0f", "\u{e0100}", "\u{e01ef}", "\u2800", "\uffa0", "\u180b", "\u17b4", "\u{16fe4}", "\u{1d159}", "\ue000"];
  const inReasons = ["\u200b", "\u2060", "\u{e0041}", "\u00ad", "\u0007", "\u2028", "\u2029"];
  await (await vault.keys.create({ alias: `a${inNames.join("a")}` })).rotate({ reason: `a${inReasons.join("a")}` });
  await vault.keys.create({ alias: "क्\u200dष \u0646\u200c\u0645 é ü 漢字 ａ" });
  const unseen = [...inNames, ...inReasons];
  const page = await (await vault.report(whole({ reasons: true }))).html();
  const text = await page.text();
  for (const sign of unseen) {
    const number = sign.codePointAt(0).toString(16);
    assert.ok(!text.includes(sign), `${number} is in the page`);
    assert.ok(text.includes(`a\\u{${number}}`), number);
  }
  assert.ok(text.includes("क्\u200dष \u0646\u200c\u0645 é ü 漢字 ａ"));
  await vault.close();
});

test("keys and entries are counted while they are read, and an abort ends it", async () => {
  const vault = await kept();
  for (let at = 0; at < 5; at++) await vault.encryptValue(at, photos);
  const told = [];
  await vault.report({ onProgress: (progress) => told.push(progress) });
  const { size } = await vault.audit.state();
  assert.deepEqual(told, [{ done: 1, total: undefined }, { done: 1 + size, total: 1 + size }]);
  const controller = new AbortController();
  const aborted = vault.report({ signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
  await assert.rejects(aborted, (error) => error.code === "ERR_ABORTED" && error.cause.message === "enough");
  await vault.close();
});

test("nothing is changed by a report", async () => {
  const vault = await kept();
  await vault.audit.flush();
  const before = await vault.lastSeenHead();
  await vault.report();
  assert.equal(await vault.lastSeenHead(), before);
  await vault.close();
});
