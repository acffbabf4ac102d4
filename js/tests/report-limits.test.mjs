/** What a report says of what it could not look at, in data. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LINES, limitsOf, LogTally, opensUntil, protectsUntil } from "./report-rules.mjs";

const FROM = Date.UTC(2031, 0, 1);
const TO = Date.UTC(2031, 1, 1);

/** Logs of which all was looked at. */
const whole = (of = {}) => ({ state: "written", logs: [{ log: "l1", device: "d1", size: 5, root: "r", intact: 5, fault: undefined, first: FROM, last: TO, unread: [] }], before: undefined, unknownBefore: false, created: false, pauses: [], tally: new LogTally(), ...of });
const facts = (of = {}) => ({ at: TO, period: { from: FROM, to: TO }, checks: [], changed: false, alerts: { from: FROM }, logs: whole(), ...of });
const codes = (/** @type {any} */ of) => limitsOf(facts(of)).limits.map((/** @type {any} */ { code }) => code);
const touched = (/** @type {any} */ of) => Object.keys(LINES).filter((line) => limitsOf(facts(of)).of(LINES[line]).length > 0);
const entry = (of = {}) => ({ sequence: 1, at: FROM, operation: "encrypt", keys: [], ...of });

const version = (/** @type {any[]} */ ...history) => ({ created: 0, history: history.map(([state, at]) => ({ state, at, by: "create" })) });

test("where all was looked at, there is no limit", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(touched({}), []);
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
  assert.deepEqual(touched({ alerts: { from: FROM + 1 } }), ["alerts"]);
  assert.deepEqual(touched({ at: TO - 1 }), Object.keys(LINES).filter((line) => LINES[line].covers === "period"));
});

test("entries are counted by what they say, each key once, and keys that are not named are told", () => {
  const tally = new LogTally();
  tally.add(entry({ keys: [{ key: "a", version: "1", uses: 2 }, { key: "a", version: "2", uses: 3 }, { key: "b", uses: 1 }], more: 7 }));
  tally.add(entry({ at: FROM + 5, keys: [{ key: "a", uses: 1 }] }));
  tally.add(entry({ error: "ERR_POLICY", rule: "operations", keys: [{ key: "a" }] }));
  const [done, refused] = [...tally.operations.values()];
  assert.deepEqual([done.count, done.uses, done.first, done.last], [2, 7, FROM, FROM + 5]);
  assert.deepEqual([refused.count, refused.error, refused.rule], [1, "ERR_POLICY", "operations"]);
  assert.deepEqual([...tally.keys.values()].map(({ key, error, count, uses }) => [key, error, count, uses]), [["a", undefined, 2, 6], ["b", undefined, 1, 1], ["a", "ERR_POLICY", 1, 0]]);
  assert.deepEqual([tally.entries, tally.unnamed], [3, 7]);
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
