/** What the rules find, in data: each with the case that they tell, and the nearest one that they do not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AlertChecks, alertsOf, LogReader, settingsOf } from "./alerts-rules.mjs";
import { code } from "./support.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2031, 5, 1, 12);

const version = { id: "v1", number: 1, state: "active", created: NOW - 100 * DAY, uses: 0, history: [{ state: "active", at: NOW - 100 * DAY, by: "createKey" }], actions: [] };
const photos = { id: "k1", alias: "photos", purpose: "encrypt", state: "active", primary: "v1", created: NOW - 100 * DAY, labels: {}, uses: 0, versions: [version] };
const well = { now: NOW, from: NOW - 30 * DAY, backup: { at: NOW - DAY, changes: 3 }, latest: NOW - DAY, rehearsals: [], keys: [photos] };

/** A log whose entries are so many milliseconds old. @param {[ago: number, of?: object][]} written */
function seenLog(written, state = {}) {
  const entries = written.map(([ago, of], sequence) => ({ log: "l1", sequence, at: NOW - ago, operation: "encrypt", keys: [], ...of }));
  return { log: "written", id: "l1", size: entries.length, entries, read: entries.length, cut: false, brokenBefore: undefined, ...state };
}

const told = (/** @type {any} */ facts, /** @type {any} */ rules = undefined) =>
  alertsOf({ ...well, seen: seenLog([[40 * DAY]]), ...facts }, settingsOf(rules));
const ofLog = (/** @type {[ago: number, of?: object][]} */ written, /** @type {any} */ rules = undefined, facts = {}) =>
  told({ ...facts, seen: seenLog(written) }, rules);
const rulesOf = (/** @type {any[]} */ alerts) => alerts.map(({ rule }) => rule);
const times = (/** @type {number} */ many, /** @type {(at: number) => [number, object?]} */ make) => Array.from({ length: many }, (_, at) => make(at));

const used = (/** @type {number} */ uses, of = "v1", operation = "decryptValue") => ({ operation, keys: [{ key: "k1", version: of, uses }] });

const failed = (/** @type {number} */ count) => ({ operation: "failUnlock", failed: count });

test("a vault that is kept well has no alerts", () => {
  assert.deepEqual(told({}), []);
});

test("a burst of attempts with a wrong factor is one alert, however often it is looked for", () => {
  assert.deepEqual(ofLog([[HOUR, failed(4)]]), []);
  const [alert, ...others] = ofLog([[2 * HOUR], [HOUR, failed(5)]]);
  assert.deepEqual(others, []);
  assert.deepEqual([alert.rule, alert.severity, alert.severityId, alert.at], ["failedUnlocks", "Medium", 3, NOW - HOUR]);
  assert.equal(alert.message, "5 attempts to open the vault failed.");
  assert.deepEqual(alert.evidence.entries, [{ log: "l1", sequence: 1 }]);
  assert.deepEqual(alert.evidence.numbers, { attempts: 5, least: 5 });
  // More of it is the same alert.
  const [more] = ofLog([[2 * HOUR], [HOUR, failed(5)], [HOUR / 2, failed(2)]]);
  assert.deepEqual([more.id, more.at, more.evidence.numbers.attempts], [alert.id, alert.at, 7]);
  // In an open vault, each attempt is an entry.
  const wrong = { operation: "exportKey", error: "ERR_WRONG_FACTOR" };
  assert.deepEqual(ofLog(times(5, (at) => [5 * HOUR - at * 76 * MINUTE, wrong])), [], "not within an hour of each other");
  assert.deepEqual(rulesOf(ofLog(times(5, (at) => [HOUR - at * MINUTE, wrong]))), ["failedUnlocks"]);
  assert.deepEqual(ofLog(times(5, (at) => [HOUR - at * MINUTE, { ...wrong, operation: "merge" }])), [], "that is a backup's factor");
  assert.deepEqual(ofLog([[HOUR, failed(5)]], { failedUnlocks: { attempts: 6 } }), []);
  assert.deepEqual(ofLog([[HOUR, failed(5)]], { failedUnlocks: false }), []);
  assert.deepEqual(ofLog([[HOUR, { operation: "askKms", failed: 9 }]]), [], "those attempts are counted as such");
  // Two bursts are two.
  assert.equal(ofLog([[9 * HOUR, failed(5)], [HOUR, failed(5)]]).length, 2);
});

test("a spike is told against the key's own history", () => {
  // 40 a day, one each minute of an hour.
  const ordinary = times(20, (at) => [(22 - at) * DAY, used(40)]);
  const busy = (/** @type {number} */ uses) => ofLog([...ordinary, [HOUR, used(uses)]]);
  assert.deepEqual(busy(159), []);
  const [alert, ...others] = busy(160);
  assert.deepEqual(others, []);
  assert.deepEqual([alert.rule, alert.severity, alert.at], ["spike", "High", NOW - HOUR]);
  assert.equal(alert.message, "160 uses of the key “photos” in one hour, where its busiest hour had 40.");
  assert.deepEqual(alert.evidence.keys, ["k1"]);
  assert.deepEqual(alert.evidence.numbers, { uses: 160, usual: 40, limit: 160, window: HOUR });
  assert.match(alert.id, /^spike:k1:2031-06-01$/);
  // What was as busy before is its measure: a batch job, each week.
  assert.deepEqual(ofLog([...ordinary, [8 * DAY, used(41)], [HOUR, used(160)]].toSorted(([one], [other]) => Number(other) - Number(one))), []);
  // Slowly, over a day: 12 hours with 25 of them.
  const slowly = (/** @type {number} */ uses) => ofLog([...ordinary, ...times(12, (at) => [12 * HOUR - at * HOUR, used(uses)])]);
  assert.deepEqual(slowly(24), []);
  assert.equal(slowly(25)[0]?.message, "300 uses of the key “photos” in one day, where its busiest day had 40.");
  // A key that the log does not know for a week yet has no history.
  assert.deepEqual(ofLog([[6 * DAY, used(1)], [HOUR, used(5000)]]), []);
  const young = { keys: [{ ...photos, created: NOW - 6 * DAY }] };
  assert.deepEqual(ofLog([...ordinary, [HOUR, used(5000)]], undefined, young), []);
  // One that was not used for long has one.
  assert.deepEqual(rulesOf(ofLog([[9 * DAY], [HOUR, used(100)]])), ["spike"]);
  assert.deepEqual(ofLog([[9 * DAY], [HOUR, used(99)]]), []);
  // What was refused is no use.
  assert.deepEqual(ofLog([[9 * DAY], [HOUR, { ...used(100), error: "ERR_STATE" }]]), []);
});

test("a flood of uses that fills what is kept is no beginning of the log", () => {
  const flood = times(50, (at) => /** @type {[number, object]} */ ([HOUR - at * MINUTE, used(2000)]));
  const seen = (/** @type {object} */ state) => told({ seen: seenLog(flood, state) });
  assert.deepEqual(seen({}), [], "the log has just begun");
  assert.deepEqual(rulesOf(seen({ cut: true })), ["spike", "cutLog"]);
  const later = seenLog(flood);
  const on = { ...later, entries: later.entries.map((entry) => Object.assign({}, entry, { sequence: entry.sequence + 9000 })) };
  assert.deepEqual(rulesOf(told({ seen: on })), ["spike"], "the log began earlier");
  assert.deepEqual(rulesOf(seen({ brokenBefore: { log: "l1", sequence: 1 } })), ["brokenLog", "spike"]);
  // Whoever made a key just now may use it.
  assert.deepEqual(rulesOf(told({ seen: seenLog(flood, { cut: true }), keys: [{ ...photos, created: NOW - DAY }] })), ["cutLog"]);
});

test("a key that is in no list is judged once the log has known it for a week", () => {
  const session = (/** @type {number} */ ago) => ofLog([[40 * DAY], [ago, used(1)], [HOUR, used(5000)]], undefined, { keys: [] });
  assert.deepEqual(session(6 * DAY), []);
  assert.deepEqual(rulesOf(session(9 * DAY)), ["spike"]);
});

test("uses of a compromised version are told once a day, and rewraps are not", () => {
  const keys = [{ ...photos, versions: [{ ...version, id: "v0", state: "compromised", compromised: true, compromisedAt: NOW - 5 * DAY }, version] }];
  const with_ = (/** @type {[ago: number, of?: object][]} */ written) => ofLog(written, undefined, { keys });
  assert.deepEqual(with_([[6 * DAY, used(1, "v0")], [HOUR, used(1)], [HOUR, used(1, "v0", "rewrap")]]), []);
  const alerts = with_([[4 * DAY, used(2, "v0")], [4 * DAY - MINUTE, used(1, "v0")], [HOUR, used(1, "v0")]]);
  assert.deepEqual(alerts.map(({ id, severity, evidence }) => [id, severity, evidence.numbers.uses]), [
    ["compromisedVersion:v0:2031-06-01", "High", 1],
    ["compromisedVersion:v0:2031-05-28", "High", 3],
  ]);
  assert.deepEqual([alerts[0].evidence.versions, alerts[0].evidence.keys], [["v0"], ["k1"]]);
});

test("uses of a deactivated version are told after the time in which to move what it protects", () => {
  const history = [{ state: "deactivated", at: NOW - 31 * DAY, by: "rotate" }];
  const keys = [{ ...photos, versions: [{ ...version, id: "v0", state: "deactivated", history }, version] }];
  const with_ = (/** @type {[ago: number, of?: object][]} */ written) => ofLog(written, undefined, { keys });
  assert.deepEqual(with_([[DAY + 1, used(1, "v0")], [HOUR, used(1, "v0", "rewrap")], [HOUR, used(9)]]), []);
  const [alert, ...others] = with_([[DAY, used(1, "v0")], [HOUR, used(1, "v0")]]);
  assert.deepEqual(others, []);
  assert.deepEqual([alert.id, alert.severity, alert.evidence.numbers.uses], ["deactivatedVersion:v0", "Low", 2]);
});

test("a policy that refuses again and again is told of its key", () => {
  const refused = { error: "ERR_POLICY", rule: "operations", keys: [{ key: "k1" }] };
  const often = (/** @type {number} */ many, of = refused) => ofLog(times(many, (at) => [HOUR - at * MINUTE, of]));
  assert.deepEqual(often(4), []);
  assert.deepEqual(often(5).map(({ rule, message, evidence }) => [rule, message, evidence.keys]), [
    ["refusals", "The policy of the key “photos” refused 5 operations.", ["k1"]],
  ]);
  assert.deepEqual(often(5, { ...refused, error: "ERR_STATE" }), []);
  // The page asks for a factor then.
  for (const rule of ["freshFactor", "secondFactor"]) assert.deepEqual(often(5, { ...refused, rule }), []);
  const others = times(5, (at) => /** @type {[number, object]} */ ([HOUR - at * MINUTE, { ...refused, keys: [{ key: `k${at}` }] }]));
  assert.deepEqual(ofLog(others), [], "of five keys");
});

test("one integrity error is told, and a series of what does not open", () => {
  assert.deepEqual(rulesOf(ofLog([[HOUR, { error: "ERR_INTEGRITY" }]])), ["integrityErrors"]);
  const undecryptable = (/** @type {number} */ many) => ofLog(times(many, (at) => [HOUR - at * MINUTE, { error: "ERR_DECRYPT" }]));
  assert.deepEqual(undecryptable(4), []);
  assert.deepEqual(rulesOf(undecryptable(5)), ["decryptErrors"]);
});

test("a log that begins after another is told, and the first log of a vault is not", () => {
  const begins = { log: "l1", device: "d" };
  assert.deepEqual(ofLog([[HOUR, { operation: "beginAudit", begins }]]), []);
  const after = { log: "l0", size: 12, root: "" };
  const [alert] = ofLog([[HOUR, { operation: "beginAudit", begins: { ...begins, after } }]]);
  assert.deepEqual([alert.id, alert.severity, alert.evidence.logs, alert.evidence.numbers], ["newLog:l1", "Medium", ["l1", "l0"], { size: 12 }]);
});

test("a clock that was set back is told, and a call that took long is not", () => {
  const back = (/** @type {number} */ many, by = DAY) => ofLog([[3 * HOUR], ...times(many, () => [3 * HOUR + by]), [HOUR]]);
  assert.deepEqual(back(2), []);
  assert.deepEqual(back(3, 5 * MINUTE), []);
  const [alert, ...others] = back(4);
  assert.deepEqual(others, []);
  assert.deepEqual([alert.rule, alert.severity, alert.evidence.numbers, alert.evidence.entries.length], ["clock", "Medium", { behind: DAY, least: 3 }, 3]);
  assert.equal(alert.message, "The clock was set back by 24 hours: 3 entries in a row began before one that was written earlier.");
  // One that had been ahead is told once, and then counts for nothing.
  assert.equal(ofLog([[-900 * DAY], ...times(9, (at) => /** @type {[number]} */ ([(9 - at) * HOUR]))]).length, 1);
  assert.deepEqual(told({ latest: NOW + 5 * MINUTE }), []);
  assert.deepEqual(rulesOf(told({ latest: NOW + 5 * MINUTE + 1 })), ["clock"]);
});

test("no rule is evaded by a clock that is set back, or by one that is wrong now", () => {
  const ordinary = times(20, (at) => /** @type {[number, object]} */ ([(22 - at) * DAY, used(40)]));
  const year = 365 * DAY;
  const alerts = ofLog([...ordinary, [HOUR], ...times(5, () => /** @type {[number, object]} */ ([year, used(60)])), [MINUTE]]);
  assert.deepEqual(rulesOf(alerts).toSorted(), ["clock", "spike"]);
  // A clock that is behind now makes no burst of what was years apart.
  const refused = { error: "ERR_POLICY", keys: [{ key: "k1" }] };
  const apart = times(5, (at) => /** @type {[number, object]} */ ([-year + (5 - at) * DAY, refused]));
  assert.deepEqual(ofLog(apart), []);
});

test("a rotation, a backup and a rehearsal are told when they are overdue", () => {
  const scheduled = (/** @type {number} */ ago) => told({ keys: [{ ...photos, rotateEvery: "P30D", due: NOW - ago }] });
  assert.deepEqual(scheduled(DAY - 1), []);
  assert.deepEqual(scheduled(DAY).map(({ rule, severity, id }) => [rule, severity, id]), [["rotation", "Low", "rotation:k1:v1"]]);
  const old = (/** @type {number} */ days, of = {}) => told({ keys: [{ ...photos, ...of, versions: [{ ...version, created: NOW - days * DAY }] }] });
  assert.deepEqual(old(729), []);
  assert.deepEqual(rulesOf(old(730)), ["rotation"]);
  assert.deepEqual(old(730, { purpose: "verify" }), []);
  assert.deepEqual(old(730, { session: true }), []);

  const backup = (/** @type {number} */ days, /** @type {number} */ changes) => told({ backup: { at: NOW - days * DAY, changes } });
  assert.deepEqual([...backup(29, 9), ...backup(400, 0)], []);
  assert.deepEqual(backup(30, 1).map(({ rule, at, id }) => [rule, at, id]), [["backup", NOW, `backup:${NOW - 30 * DAY}`]]);
  assert.deepEqual(told({ backup: undefined }).map(({ id, at }) => [id, at]), [["backup:none", photos.created]]);

  const rehearsal = (/** @type {number | undefined} */ due) => told({ rehearsals: [{ id: "f", at: undefined, due }] });
  assert.deepEqual(rehearsal(NOW + 1), []);
  assert.deepEqual(rehearsal(NOW).map(({ rule, evidence }) => [rule, evidence.factors]), [["rehearsal", ["f"]]]);
  assert.deepEqual(rulesOf(rehearsal(undefined)), ["rehearsal"]);
});

test("the review of a policy is told when it is overdue, of a key and of the vault", () => {
  const review = (/** @type {number} */ due, /** @type {any} */ rules = undefined) => told({ keys: [{ ...photos, reviewDue: due }] }, rules);
  assert.deepEqual(review(NOW + 1), []);
  assert.deepEqual(review(NOW).map(({ rule, severity, id, evidence }) => [rule, severity, id, evidence.keys]), [["review", "Low", `review:k1:${NOW}`, ["k1"]]]);
  assert.match(review(NOW - 3 * DAY)[0].message, /^The policy of .*photos.* was to be reviewed 3 days ago\.$/);
  assert.deepEqual(review(NOW - DAY + 1, { review: { grace: "P1D" } }), []);
  assert.deepEqual(review(NOW, { review: false }), []);
  assert.deepEqual(told({ reviewDue: NOW + 1 }), []);
  assert.deepEqual(told({ reviewDue: NOW }).map(({ id, evidence }) => [id, evidence.keys, evidence.numbers]), [[`review:vault:${NOW}`, [], { due: NOW }]]);
});

test("what the rules cannot see is told", () => {
  assert.deepEqual(ofLog([[HOUR, { operation: "loseEntries", lost: 3 }]], { lostEntries: { entries: 4 } }), []);
  assert.deepEqual(ofLog([[HOUR, { operation: "loseEntries", lost: 3 }]]).map(({ rule, evidence }) => [rule, evidence.numbers.lost]), [["lostEntries", 3]]);
  assert.deepEqual(rulesOf(told({ seen: seenLog([], { log: "none", id: undefined }) })), []);
  /** @type {[number, object?][]} */
  const written = [[40 * DAY], [31 * DAY, { operation: "stopAudit" }]];
  const stopped = told({ seen: seenLog(written, { log: "stopped" }) });
  assert.deepEqual(stopped.map(({ id, at }) => [id, at]), [["logOff:l1:1", NOW - 31 * DAY]]);
  // As long as it is stopped, whether or not the entry is looked at.
  assert.deepEqual(told({ seen: seenLog([], { log: "stopped", size: 2 }) }).map(({ id }) => id), ["logOff:l1:1"]);
  const wentOn = (/** @type {number} */ ago) => ofLog([[40 * DAY], [ago, { operation: "stopAudit" }], [ago - HOUR, { operation: "startAudit" }]]);
  assert.deepEqual(wentOn(31 * DAY), []);
  assert.deepEqual(wentOn(29 * DAY).map(({ id, evidence }) => [id, evidence.numbers]), [["logOff:l1:1", { until: NOW - 29 * DAY + HOUR }]]);
  const [cut, ...besides] = told({ seen: seenLog([[40 * DAY], [HOUR]], { cut: true }) });
  assert.deepEqual(besides, []);
  assert.deepEqual([cut.id, cut.severity, cut.at, cut.evidence.numbers, cut.evidence.logs], ["cutLog:l1", "Medium", NOW - 40 * DAY, { entries: 2 }, ["l1"]]);
  assert.deepEqual(told({ seen: seenLog([[HOUR]], { cut: true }) }, { cutLog: false }), []);
  // A log that begins meanwhile is stopped too.
  /** @type {[number, object?][]} */
  const stoppedTwo = [[40 * DAY], [9 * DAY, { operation: "stopAudit" }], [8 * DAY, { operation: "beginAudit", log: "l2", sequence: 0, begins: { log: "l2", after: { log: "l1", size: 2 } } }]];
  const gap = told({ seen: seenLog([...stoppedTwo, [7 * DAY, { operation: "startAudit", log: "l2", sequence: 1 }]], { id: "l2" }) }, { newLog: false });
  assert.deepEqual(gap.map(({ id, evidence }) => [id, evidence.numbers]), [["logOff:l1:1", { until: NOW - 7 * DAY }]]);
  assert.deepEqual(told({ seen: seenLog(stoppedTwo, { id: "l2", size: 1, log: "stopped" }) }, { newLog: false }).map(({ id }) => id), ["logOff:l2:0"]);
  const brokenBefore = { log: "l1", sequence: 64 };
  assert.deepEqual(told({ seen: seenLog([], { brokenBefore }) }).map(({ id, severity, severityId }) => [id, severity, severityId]), [["brokenLog:l1:63", "Critical", 5]]);
});

test("the most severe alert is first, and of these the latest", () => {
  const alerts = told({ backup: undefined, seen: seenLog([[9 * DAY], [3 * HOUR, { error: "ERR_INTEGRITY" }], [HOUR, used(100)]]) });
  assert.deepEqual(rulesOf(alerts), ["spike", "integrityErrors", "backup"]);
});

test("a rule or a threshold that there is not is refused, and one that makes no sense", () => {
  const wrong = [
    { spikes: false }, { spike: { times: 3 } }, { spike: { factor: 0.5 } }, { spike: { factor: Infinity } }, { refusals: { refusals: 2.5 } }, { refusals: { refusals: 0 } },
    { refusals: { within: 60 } }, { refusals: { within: "P1Y" } }, { newLog: { least: 1 } }, { spike: null }, { spike: "on" }, [], new Map(),
  ];
  for (const rules of wrong) assert.throws(() => settingsOf(/** @type {any} */ (rules)), code("ERR_ARGUMENT"), JSON.stringify(rules));
  assert.equal(settingsOf({ spike: true, newLog: {} }).spike.factor, 4);
  assert.equal(settingsOf({ spike: { factor: 1.5, history: "P1W" } }).spike.history, 7 * DAY);
});

const opened = (/** @type {any[]} */ entries) => {
  if (entries.some(({ gone }) => gone)) throw Object.assign(new Error("gone"), { name: "IntegrityError", code: "ERR_INTEGRITY" });
  return entries;
};

/** An engine with these logs, whose calls are counted. @param {Record<string, any[]>} logs */
function engine(logs, state = {}) {
  const asked = /** @type {any[]} */ ([]);
  const ids = Object.keys(logs);
  const call = async (/** @type {string} */ method, /** @type {any} */ query, /** @type {any} */ first = 0) => {
    const written = /** @type {string} */ (ids.at(-1));
    if (method === "auditState") return { state: { log: written, size: logs[written]?.length, waiting: 0, stopped: false, ...state } };
    if (method === "vitalSigns") asked.push(method);
    if (method === "vitalSigns") return { factors: [], backup: { at: NOW, changes: 0 }, latest: NOW - DAY };
    if (method === "listKeys") return { keys: [] };
    if (method === "vaultPolicy") return {};
    asked.push(query);
    const { log = written, before = Infinity, limit, from = 0 } = query;
    const all = (logs[log] ?? []).map((entry, sequence) => Object.assign({ sequence, keys: [], operation: "encrypt" }, entry));
    if (method === "readAudit") return { entries: opened(all.slice(first, first + limit)) };
    // Some 64 are opened at once.
    const entries = [];
    for (let until = Math.min(before, all.length); until > 0 && entries.length < limit; until -= 63) {
      const some = opened(all.slice(Math.max(0, until - 126), until)).slice(-63).toReversed();
      entries.push(...some.filter(({ at }) => at >= from).slice(0, limit - entries.length));
    }
    return { entries, next: entries.at(-1)?.sequence || undefined };
  };
  return { call, asked };
}

test("each entry is read once, through the logs that came before", async () => {
  const first = [{ at: NOW, begins: { log: "a" } }, ...times(2499, () => /** @type {any} */ ({ at: NOW }))];
  const logs = { a: first };
  const { call, asked } = engine(logs);
  const reader = new LogReader();
  const read = () => reader.read(call, NOW - DAY, undefined);
  assert.deepEqual([(await read()).read, asked.length], [2500, 3]);
  assert.deepEqual([(await read()).read, asked.length], [0, 3]);
  logs.a.push(/** @type {any} */ ({ at: NOW }), /** @type {any} */ ({ at: NOW, rule: "freshFactor" }));
  const { read: two, entries } = await read();
  assert.deepEqual([two, entries.length, asked.length, asked.at(-1)?.limit], [2, 2502, 4, 2]);
  assert.deepEqual(entries.slice(-2).map(({ sequence, rule }) => [sequence, rule]), [[2500, undefined], [2501, "freshFactor"]]);

  const next = engine({ ...logs, b: [{ at: NOW, begins: { log: "b", after: { log: "a", size: 2502 } } }, { at: NOW }] });
  const then = await reader.read(next.call, NOW - DAY, undefined);
  assert.deepEqual([then.read, then.entries.length, then.id, then.size], [2, 2504, "b", 2]);
  assert.deepEqual(then.entries.slice(-3).map(({ log, sequence }) => [log, sequence]), [["a", 2501], ["b", 0], ["b", 1]]);
  const again = new LogReader();
  assert.equal((await again.read(next.call, NOW - DAY, undefined)).read, 2504);
  // Asked for earlier ones, it reads them all again.
  assert.equal((await reader.read(next.call, NOW - 2 * DAY, undefined)).read, 2504);
});

test("what is older than what is asked for is read no further than ten pages, and what is broken is read again", async () => {
  const old = times(30_000, () => /** @type {any} */ ({ at: NOW - 9 * DAY }));
  const { call, asked } = engine({ a: [...old, { at: NOW }] });
  const reader = new LogReader();
  const { entries, read } = await reader.read(call, NOW - DAY, undefined);
  // And it was looked whether any before those is not, and what the log before was.
  assert.deepEqual([entries.length, read, asked.length], [1, 11_000, 13]);

  const logs = { a: [...times(2000, () => /** @type {any} */ ({ at: NOW })), { gone: true }, ...times(1500, () => /** @type {any} */ ({ at: NOW }))] };
  const broken = engine(logs);
  const other = new LogReader();
  for (const more of [0, 1, 70, 2000]) {
    logs.a.push(...times(more, () => /** @type {any} */ ({ at: NOW })));
    const seen = await other.read(broken.call, NOW - DAY, undefined);
    assert.deepEqual([seen.entries.length, seen.brokenBefore], [logs.a.length - 2001, { log: "a", sequence: 2001 }]);
  }
});

test("an entry that does not open has one name, wherever it stands, and those after it are read", async () => {
  const NONE = /** @type {any} */ ({ at: NOW });
  for (const after of [0, 1, 62, 63, 64, 127, 128, 200]) {
    const { call } = engine({ a: [...times(300, () => NONE), { gone: true }, { gone: true }, ...times(after, () => NONE)] });
    const seen = await new LogReader().read(call, NOW - DAY, undefined);
    assert.deepEqual([seen.entries.length, seen.brokenBefore], [after, { log: "a", sequence: 302 }], `${after}`);
  }
  // In a log that the vault had before; which a copy has not.
  const begins = { log: "b", after: { log: "a", size: 301 } };
  const before = [...times(300, () => NONE), { gone: true }];
  const whole = await new LogReader().read(engine({ a: before, b: [{ at: NOW, begins }] }).call, NOW - DAY, undefined);
  assert.deepEqual([whole.entries.length, whole.brokenBefore], [1, { log: "a", sequence: 301 }]);
  const copy = await new LogReader().read(engine({ a: before.map(() => ({ gone: true })), b: [{ at: NOW, begins }] }).call, NOW - DAY, undefined);
  assert.deepEqual([copy.entries.length, copy.brokenBefore], [1, undefined]);
});

test("a clock that was set far back for long ends no reading", async () => {
  const [old, recent] = [{ at: 0 }, { at: NOW - HOUR }].map((entry) => (/** @type {number} */ many) => times(many, () => /** @type {any} */ (entry)));
  const start = NOW - DAY;
  const read = (/** @type {any} */ logs) => new LogReader().read(engine(logs).call, start, undefined);
  const honest = { at: NOW - 9 * DAY };
  const hidden = await read({ a: [honest, ...recent(3), ...old(25_000), ...recent(1)] });
  assert.deepEqual([hidden.entries.length, hidden.cut], [25_004, false]);
  // Also where the log before has what is asked for, and nothing was done since.
  const begins = { log: "b", after: { log: "a", size: 4 } };
  const two = await read({ a: [honest, ...recent(3)], b: [{ at: 0, begins }, ...old(12_000)] });
  assert.deepEqual([two.entries.length, two.cut], [12_004, false]);
  // Too many are a log that is cut.
  const many = await read({ a: [honest, ...recent(3), ...old(101_000)] });
  assert.deepEqual([many.entries.length, many.cut], [0, true]);
  // One that does not open may be of any time.
  const broken = await read({ a: [honest, ...recent(3), { gone: true }, ...old(12_000)] });
  assert.deepEqual([broken.entries.length, broken.brokenBefore], [12_000, { log: "a", sequence: 5 }]);
});

test("a check reads keys and backups again where the log tells of a change, and a clock that was ahead hides nothing", async () => {
  const settings = settingsOf(undefined);
  const begun = Date.now();
  const use = { at: begun - HOUR, keys: [{ key: "k1", version: "v1", uses: 1 }] };
  const log = [...times(50, () => /** @type {any} */ ({ ...use, at: 0 })), { at: begun - HOUR, operation: "setPolicy" }, ...times(99, () => /** @type {any} */ (use))];
  const { call, asked } = engine({ a: log });
  const checks = new AlertChecks();
  const check = (/** @type {number} */ ago) => checks.check({ call, settings, from: begun - ago, signal: undefined, stateLasts: HOUR });
  await check(DAY);
  // It reads more than it keeps: 150, and 100.
  await check(2 * DAY);
  assert.equal(asked.filter((one) => one === "vitalSigns").length, 2);

  const ahead = [use, { ...use, at: begun + 900 * DAY }, ...times(99_998, () => /** @type {any} */ (use)), { ...use, error: "ERR_INTEGRITY" }];
  const { alerts, from } = await new AlertChecks().check({ call: engine({ a: ahead }).call, settings, from: begun - DAY, signal: undefined, stateLasts: 0 });
  assert.ok(from <= Date.now());
  assert.deepEqual(rulesOf(alerts).filter((rule) => rule !== "clock"), ["integrityErrors", "cutLog"]);
});
