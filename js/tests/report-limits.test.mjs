/** What a report says of what it could not look at, in data. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { failedUnlocksLine, LINES, limitsOf, LogTally, opensUntil, policyChangesLine, protectsUntil, usesLine, vaultKeyLine } from "./report-rules.mjs";

const FROM = Date.UTC(2031, 0, 1);
const TO = Date.UTC(2031, 1, 1);

const read = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Logs of which all was looked at. */
const whole = (of = {}) => ({ state: "written", logs: [{ log: "l1", device: "d1", size: 5, root: "r", intact: 5, fault: undefined, first: FROM, last: TO, unread: [] }], before: undefined, unknownBefore: false, created: false, pauses: [], waiting: 0, tally: new LogTally(), ...of });
const facts = (of = {}) => ({ at: TO, period: { from: FROM, to: TO }, names: true, keys: [], factors: [], vaultPolicy: {}, checks: [], changed: false, rulesOff: [], alerts: { from: FROM }, logs: whole(), ...of });
const codes = (/** @type {any} */ of) => limitsOf(facts(of)).limits.map((/** @type {any} */ { code }) => code);
const touched = (/** @type {any} */ of) => Object.keys(LINES).filter((line) => limitsOf(facts(of)).of(LINES[line]).length > 0);
const entry = (of = {}) => ({ sequence: 1, at: FROM, operation: "encrypt", keys: [], ...of });

/** What a log says that has these entries. */
const logOf = (/** @type {any[]} */ ...entries) => {
  const tally = new LogTally();
  for (const of of entries) tally.add(entry(of));
  return { logs: whole({ tally }) };
};

const ruled = (/** @type {number} */ created, /** @type {number | undefined} */ policyChanged) => ({ id: "a", alias: "a", created, policyChanged, versions: [] });
const version = (/** @type {any[]} */ ...history) => ({ created: 0, history: history.map(([state, at]) => ({ state, at, by: "create" })) });

test("where all was looked at, there is no limit", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(touched({}), []);
});

test("docs/report.md lists each kind of limit, and no other", () => {
  const source = read("../src/page/report/report-limits.ts");
  const told = [...source.matchAll(/\bcode: ([^,]+),/g)].flatMap(([, code = ""]) => [...code.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
  const [, table = ""] = read("../../docs/report.md").split("## What was not looked at");
  const rows = table.split("\n## ")[0]?.match(/^\| `.+?(?= \| )/gm) ?? [];
  const listed = rows.flatMap((row) => [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  assert.deepEqual(listed.filter((name) => name !== "code").toSorted(), [...new Set(told)].toSorted());
});

test("entries that could not be written are told by lines over the log's period alone", () => {
  const tally = new LogTally();
  tally.add(entry({ lost: 3 }));
  tally.add(entry({ lost: 1 }));
  const lossy = { logs: whole({ tally }) };
  assert.deepEqual(limitsOf(facts(lossy)).limits[0].params, { entries: 4 });
  assert.deepEqual(codes(lossy), ["entries-lost"]);
  const lines = touched(lossy);
  assert.ok(lines.includes("exports") && lines.includes("alerts") && !lines.includes("register") && !lines.includes("logs"));
});

test("a vault without a log, a log that begins too late, and one whose beginning does not open", () => {
  assert.deepEqual(codes({ logs: whole({ state: "none", logs: [] }) }), ["log-none"]);
  const late = [{ ...whole().logs[0], first: FROM + 1 }];
  assert.deepEqual(codes({ logs: whole({ logs: late }) }), ["log-begins-late"]);
  assert.deepEqual(codes({ logs: whole({ logs: late, created: true }) }), []);
  assert.deepEqual(codes({ logs: whole({ logs: late, before: { log: "l0", size: 9 } }) }), ["log-elsewhere"]);
  assert.deepEqual(codes({ logs: whole({ before: { log: "l0", size: 9 } }) }), [], "it ended before the period");
  assert.deepEqual(codes({ logs: whole({ unknownBefore: true }) }), ["log-origin-unknown"]);
});

test("a log of other commits proves nothing, and is told by each line over it", () => {
  const logs = [{ ...whole().logs[0], fault: "tree", intact: 0 }];
  assert.deepEqual(codes({ logs: whole({ logs }) }), ["log-fault"]);
  assert.deepEqual(touched({ logs: whole({ logs }) }), Object.keys(LINES).filter((line) => LINES[line].source !== "state"));
});

test("a clock that is behind touches all, keys that were changed what is told of them, rules that were cut alerts", () => {
  assert.equal(touched({ checks: [{ code: "clock-behind" }] }).length, Object.keys(LINES).length);
  assert.deepEqual(touched({ changed: true }), Object.keys(LINES).filter((line) => LINES[line].source !== "log"));
  assert.ok(touched({ changed: true }).includes("policy-changes"), "it looks at keys too");
  assert.deepEqual(touched({ alerts: { from: FROM + 1 } }), ["alerts"]);
  assert.deepEqual(touched({ at: TO - 1 }), Object.keys(LINES).filter((line) => LINES[line].covers === "period"));
});

test("entries are counted by what they say, each key once, and keys that are not named are told", () => {
  const tally = new LogTally();
  tally.add(entry({ keys: [{ key: "a", version: "1", uses: 2 }, { key: "a", version: "2", uses: 3 }, { key: "b", uses: 1 }], more: 7 }));
  tally.add(entry({ at: FROM + 5, keys: [{ key: "a", uses: 1 }] }));
  tally.add(entry({ error: "ERR_POLICY", rule: "operations", keys: [{ key: "a" }] }));
  const [done, refused] = [...tally.operations.values()];
  assert.deepEqual([done.count, done.uses, done.unnamed, done.first, done.last], [2, 7, 7, FROM, FROM + 5]);
  assert.deepEqual([refused.count, refused.error, refused.rule], [1, "ERR_POLICY", "operations"]);
  assert.deepEqual([...tally.keys.values()].map(({ key, error, count, uses }) => [key, error, count, uses]), [["a", undefined, 2, 6], ["b", undefined, 1, 1], ["a", "ERR_POLICY", 1, 0]]);
  assert.deepEqual([tally.entries, refused.unnamed], [3, 0]);
});

test("whatever gave the vault a new key is counted, by which operation it was, and what failed is not", () => {
  const operations = ["rotateVaultKey", "revokeFactor", "replaceFactor", "requireFactors", "revokeFactor"];
  const done = operations.map((operation) => ({ operation, factor: "f" }));
  const { count, figures, found, rows } = vaultKeyLine(facts(logOf(...done, { operation: "revokeFactor", error: "ERR_LAST_FACTOR" }, { operation: "addFactor" })));
  assert.deepEqual([count, figures], [5, { done: 5 }]);
  assert.deepEqual(rows.map((/** @type {any} */ row) => [row.operation, row.entries]), [["replaceFactor", 1], ["requireFactors", 1], ["revokeFactor", 2], ["rotateVaultKey", 1]]);
  assert.equal(found, "5 rotations: 1 by replaceFactor, 1 by requireFactors, 2 by revokeFactor, 1 by rotateVaultKey.");
  for (const operation of new Set(operations)) assert.equal(vaultKeyLine(facts(logOf({ operation }))).count, 1, operation);
  assert.equal(vaultKeyLine(facts(logOf({ operation: "revokeFactor", error: "ERR_POLICY" }))).count, 0);
});

test("a merge can have changed policies, and the line of their changes alone says that it did not see it", () => {
  const merged = logOf({ operation: "merge" }, { operation: "merge" }, { operation: "merge", error: "ERR_INTEGRITY" });
  assert.deepEqual(codes(merged), ["policies-merged"]);
  assert.deepEqual(limitsOf(facts(merged)).limits[0].params, { merges: 2 });
  assert.deepEqual(touched(merged), ["policy-changes"]);
  assert.deepEqual(codes(logOf({ operation: "merge", error: "ERR_INTEGRITY" })), []);
});

test("policies that were set without an entry of setPolicy are told: with the key, or as nothing in the log says", () => {
  const policy = { operations: [] };
  const keys = [
    { id: "a", alias: "changed", policy, created: FROM, policyChanged: FROM + 9 },
    { id: "b", alias: "made", policy, created: FROM, policyChanged: FROM },
    { id: "c", alias: "brought in", policy, created: TO - 1, policyChanged: TO - 1 },
    { id: "d", alias: "merged", policy, created: FROM + 5, policyChanged: FROM + 5 },
    { id: "e", alias: "made, and merged", created: FROM, policyChanged: FROM + 6 },
    { id: "f", alias: "before", policy, created: FROM - 1, policyChanged: FROM - 1 },
    { id: "g", alias: "after", policy, created: TO, policyChanged: TO },
    { id: "h", alias: "never", created: FROM },
    { id: "i", alias: "refused", policy, created: FROM + 7, policyChanged: FROM + 7 },
  ];
  const log = logOf(
    { operation: "setPolicy", at: FROM + 9, keys: [{ key: "a" }] },
    { operation: "createKey", keys: [{ key: "b" }] },
    { operation: "importKey", keys: [{ key: "c" }] },
    { operation: "createKey", keys: [{ key: "e" }] },
    { operation: "createKey", keys: [{ key: "h" }] },
    { operation: "setPolicy", error: "ERR_POLICY", keys: [{ key: "i" }] },
  );
  const told = policyChangesLine(facts({ ...log, keys, vaultPolicy: { policy, policyChanged: FROM + 8 } }));
  assert.deepEqual([told.count, told.figures], [8, { done: 1, failed: 1, created: 2, unlogged: 4 }]);
  const rows = told.rows.map((/** @type {any} */ { key, operation, error, toldBy, entries, last }) => [key, operation, error, toldBy, entries, last]);
  assert.deepEqual(rows, [
    ["a", "setPolicy", null, "log", 1, FROM + 9],
    ["i", "setPolicy", "ERR_POLICY", "log", 1, FROM],
    ["b", "createKey", null, "key", null, FROM],
    ["c", "importKey", null, "key", null, TO - 1],
    ["d", null, null, "key", null, FROM + 5],
    ["e", null, null, "key", null, FROM + 6],
    ["i", null, null, "key", null, FROM + 7],
    [null, null, null, "vault", null, FROM + 8],
  ]);
  for (const at of [FROM - 1, TO]) assert.equal(policyChangesLine(facts({ vaultPolicy: { policy, policyChanged: at } })).count, 0);
  const own = logOf({ operation: "setVaultPolicy", at: FROM + 8 });
  assert.equal(policyChangesLine(facts({ ...own, vaultPolicy: { policy, policyChanged: FROM + 8 } })).figures.unlogged, 0);
  assert.equal(policyChangesLine(facts({ keys: keys.filter(({ id }) => "fgh".includes(id)) })).count, 0);
});

test("a key that was made in the period may have had a policy that was changed since", () => {
  const since = { keys: [ruled(FROM, TO), ruled(TO - 1, TO + 9), ruled(FROM - 1, TO), ruled(TO, TO), ruled(FROM, TO - 1), ruled(FROM, undefined)] };
  assert.deepEqual(codes(since), ["policies-changed-since"]);
  assert.deepEqual(limitsOf(facts(since)).limits[0].params, { keys: 2 });
  assert.deepEqual(touched(since), ["policy-changes"]);
  assert.deepEqual(codes({ keys: since.keys.slice(2) }), []);
});

test("entries that wait are told by each line over the log", () => {
  const waiting = { logs: whole({ waiting: 3 }) };
  assert.deepEqual(codes(waiting), ["entries-waiting"]);
  assert.deepEqual(limitsOf(facts(waiting)).limits[0].params, { entries: 3 });
  assert.deepEqual(touched(waiting), Object.keys(LINES).filter((line) => LINES[line].source !== "state"));
});

test("rules that are off are named by the line of alerts", () => {
  const off = { rulesOff: ["backup", "spike"] };
  assert.deepEqual(codes(off), ["rules-off"]);
  const [{ params, message }] = limitsOf(facts(off)).limits;
  assert.deepEqual(params, { rules: "backup, spike" });
  assert.match(message, /backup, spike/);
  assert.deepEqual(touched(off), ["alerts"]);
});

test("a line whose figures or rows lack keys, because entries name a thousand, is not whole", () => {
  const many = { keys: [{ key: "a" }], more: 5 };
  assert.deepEqual(codes(logOf({ ...many, operation: "merge", error: "ERR_INTEGRITY" })), ["keys-unnamed"]);
  assert.deepEqual(touched(logOf({ ...many, operation: "update" })), ["uses"]);
  assert.deepEqual(touched(logOf({ ...many, error: "ERR_POLICY" })), ["refusals"]);
  assert.deepEqual(touched(logOf({ ...many, error: "ERR_DECRYPT" })), ["errors"]);
  assert.deepEqual(touched(logOf({ ...many, operation: "exportKey" })), ["uses", "exports"]);
  assert.deepEqual(touched(logOf({ ...many, operation: "setPolicy", error: "ERR_QUOTA" })), ["policy-changes", "errors"]);
  assert.deepEqual(touched(logOf({ ...many, error: "ERR_WRONG_FACTOR" })), []);
  const both = logOf({ ...many, operation: "update" }, { ...many, error: "ERR_POLICY", more: 2 });
  assert.deepEqual(limitsOf(facts(both)).limits[0].params, { keys: 7 });
  const { count, none, figures } = usesLine(facts(both));
  assert.deepEqual([count, figures.unnamed], [0, 5]);
  assert.doesNotMatch(none, /No key was used/);
  assert.match(none, /at least 5 keys more/);
});

test("attempts on the locked vault are said to have the time of the unlock after them", () => {
  const { found, none } = failedUnlocksLine(facts(logOf({ operation: "failUnlock", failed: 3 })));
  for (const sentence of [found, none]) assert.match(sentence, /the next unlock/);
});

test("cryptoperiods begin with the first activation and go by the calendar", () => {
  const leap = Date.UTC(2028, 1, 29);
  assert.equal(protectsUntil({ purpose: "encrypt" }, version(["pre-active", 0], ["active", leap])), Date.UTC(2030, 2, 1));
  assert.equal(protectsUntil({ purpose: "sign" }, version(["active", leap])), Date.UTC(2031, 2, 1));
  assert.equal(protectsUntil({ purpose: "verify" }, version(["active", leap])), undefined);
  assert.equal(protectsUntil({ purpose: "mac" }, version(["pre-active", leap])), undefined);
  assert.equal(protectsUntil({ purpose: "mac" }, version(["active", Number.MAX_SAFE_INTEGER])), undefined);
  const resumed = version(["active", 0], ["suspended", 5], ["active", 9], ["deactivated", FROM]);
  assert.equal(opensUntil({ purpose: "encrypt" }, resumed), Date.UTC(2034, 0, 1));
  assert.equal(opensUntil({ purpose: "encrypt" }, version(["active", 0])), undefined);
  assert.equal(opensUntil({ purpose: "share" }, resumed), undefined);
});
