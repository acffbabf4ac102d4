/** The alerts of vaults, through the published surface. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { newRecoveryKit, passphrase, PolicyError, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code } from "./support.mjs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2031, 0, 1, 12);
const secret = () => passphrase("a test passphrase");
const wrong = () => passphrase("not the right one");
const photos = { key: "photos" };

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: START }));
afterEach(() => mock.timers.reset());

const later = (/** @type {number} */ ms) => mock.timers.setTime(Date.now() + ms);

/** A vault with a log, a backup and a key. */
async function kept(store = testingStore(), options = {}) {
  const vault = await Strongroom.create({ name: "kept", factors: [secret()], store, ...options });
  await vault.keys.create({ alias: "photos" });
  await vault.backup();
  return vault;
}

/** The names of the rules that found something. @param {import("strongroom").Vault} vault @param {import("strongroom").AlertRules} [rules] */
async function found(vault, rules) {
  const { alerts } = await vault.alerts.check({ rules: { backup: false, ...rules } });
  return alerts.map(({ rule }) => rule);
}

test("a vault whose log is stopped says so", async () => {
  const vault = await Strongroom.create({ name: "kept", factors: [secret()], store: testingStore() });
  await vault.audit.stop();
  assert.deepEqual(await found(vault), ["logOff"]);
  await vault.audit.start();
  const { alerts, log } = await vault.alerts.check();
  assert.deepEqual([alerts.map(({ rule }) => rule), log], [["logOff", "backup"], "written"]);
  assert.ok(alerts[0]?.message.includes("went on"));
  assert.ok(Object.isFrozen(alerts) && Object.isFrozen(alerts[0]?.evidence.numbers));
  await vault.audit.stop();
  const stopped = await vault.alerts.check();
  assert.deepEqual([stopped.alerts[0]?.rule, stopped.log], ["logOff", "stopped"]);
  await vault.close();
});

test("uses are held against the key's own history, and each entry is read once", async () => {
  const vault = await kept();
  for (let day = 0; day < 8; day++) {
    later(DAY);
    await vault.encryptValue(day, photos);
  }
  assert.deepEqual(await found(vault), []);
  await vault.encryptValues(Array(98).fill(1), photos);
  assert.deepEqual(await found(vault), [], "99 in this hour");
  await vault.encryptValue(1, photos);
  const { alerts, read, entries, from } = await vault.alerts.check();
  const key = await vault.keys.get("photos");
  assert.deepEqual([alerts.map(({ rule }) => rule), read, from], [["spike"], 1, Date.now() - 30 * DAY]);
  assert.equal(entries, (await vault.audit.state())?.size);
  assert.deepEqual(alerts[0]?.evidence.keys, [key.id]);
  assert.deepEqual(alerts[0]?.evidence.numbers, { uses: 100, usual: 1, limit: 100, window: 60 * MINUTE });
  assert.equal((await vault.alerts.check()).read, 0);
  assert.deepEqual(await found(vault, { spike: { perHour: 101 } }), []);
  await vault.close();
});

test("uses of versions that should not be used any more", async () => {
  const vault = await kept();
  const token = await vault.encryptValue(1, photos);
  const key = await vault.keys.get("photos");
  await key.rotate();
  later(30 * DAY - 1);
  await vault.decryptValue(token);
  assert.deepEqual(await found(vault), []);
  later(1);
  await vault.decryptValue(token);
  assert.deepEqual(await found(vault), ["deactivatedVersion"]);
  const [first] = (await vault.keys.get("photos")).versions;
  await first?.revoke({ compromised: true });
  assert.deepEqual(await found(vault), []);
  later(1);
  await vault.decryptValue(token, { allowUnsigned: true });
  const { alerts } = await vault.alerts.check({ rules: { backup: false } });
  assert.deepEqual(alerts.map(({ rule, evidence }) => [rule, evidence.versions]), [["compromisedVersion", [first?.id]]]);
  await vault.close();
});

test("refusals, and what does not open", async () => {
  const vault = await kept();
  const token = await vault.encryptValue(1, photos);
  const [head, ...rest] = token.split(".");
  const changed = [head, ...rest.slice(0, -1), "A".repeat(22)].join(".");
  const refused = () => assert.rejects(vault.decryptValue(changed), code("ERR_DECRYPT"));
  for (let times = 0; times < 4; times++) await refused();
  assert.deepEqual(await found(vault), []);
  await refused();
  assert.deepEqual(await found(vault), ["decryptErrors"]);
  const key = await vault.keys.get("photos");
  await key.setPolicy({ operations: ["setPolicy"] });
  const denied = () => assert.rejects(vault.encryptValue(1, photos), PolicyError);
  for (let times = 0; times < 4; times++) await denied();
  assert.deepEqual(await found(vault, { decryptErrors: false }), []);
  await denied();
  assert.deepEqual(await found(vault, { decryptErrors: false }), ["refusals"]);
  await vault.close();
});

test("attempts with a wrong factor, of a vault that was locked and of one that is open", async () => {
  const vault = await kept();
  await vault.lock();
  await assert.rejects(vault.unlock(wrong()), code("ERR_WRONG_FACTOR"));
  await vault.unlock(secret());
  assert.deepEqual(await found(vault, { failedUnlocks: { attempts: 2 } }), []);
  const key = await vault.keys.get("photos");
  await assert.rejects(key.dangerouslyExport({ factor: wrong() }), code("ERR_WRONG_FACTOR"));
  const { alerts } = await vault.alerts.check({ rules: { failedUnlocks: { attempts: 2 } } });
  assert.deepEqual(alerts.map(({ rule, evidence }) => [rule, evidence.numbers]), [["failedUnlocks", { attempts: 2, least: 2 }]]);
  await vault.close();
});

test("attempts on a locked vault are told, whatever call is the next to open it, and each once", async () => {
  const store = testingStore();
  const vault = await kept(store);
  const attempts = async () => {
    const { entries } = await vault.audit.page({ operation: "failUnlock" });
    return entries.map(({ failed }) => failed);
  };
  const guess = async () => {
    // Another handle, as another tab has one, which is locked.
    const other = await Strongroom.open({ name: "kept", store });
    await assert.rejects(other.unlock(wrong()), code("ERR_WRONG_FACTOR"));
    await other.close();
    later(60_000);
  };
  await guess();
  await vault.authenticate(secret());
  assert.deepEqual(await attempts(), [1]);
  await guess();
  await vault.unlock(secret());
  assert.deepEqual(await attempts(), [1, 1]);
  // What the open vault told itself is not told again.
  await assert.rejects(vault.authenticate(wrong()), code("ERR_WRONG_FACTOR"));
  later(60_000);
  await guess();
  await vault.authenticate(secret());
  assert.deepEqual(await attempts(), [1, 1, 1]);
  await vault.close();
});

test("the factor of a backup that is merged opens no vault, and ends no delay", async () => {
  const store = testingStore();
  const vault = await kept(store);
  const backup = await vault.backup();
  await vault.lock();
  await assert.rejects(vault.unlock(wrong()), code("ERR_WRONG_FACTOR"));
  later(60_000);
  const other = await Strongroom.open({ name: "kept", factor: secret(), store });
  await assert.rejects(other.authenticate(wrong()), code("ERR_WRONG_FACTOR"));
  later(60_000);
  await other.merge(backup, { factor: wrong() });
  await vault.unlock(secret());
  assert.equal(vault.lastUnlock?.failedAttempts?.count, 1, "they are counted still");
  await other.close();
  await vault.close();
});

test("a restored copy, and a clock that is set back", async () => {
  const vault = await kept();
  const backup = await vault.backup();
  await vault.close();
  const copy = await Strongroom.restore(backup, { name: "copy", store: testingStore() });
  await copy.unlock(secret());
  await copy.keys.create({ alias: "letters" });
  assert.deepEqual(await found(copy), ["newLog"]);
  later(60 * MINUTE);
  await copy.keys.create({ alias: "before" });
  later(-30 * MINUTE);
  for (const alias of ["one", "two"]) await copy.keys.create({ alias });
  assert.deepEqual(await found(copy, { newLog: false }), []);
  await copy.keys.create({ alias: "three" });
  assert.deepEqual(await found(copy, { newLog: false }), ["clock"]);
  later(-60 * MINUTE);
  assert.deepEqual(await found(copy, { newLog: false }), ["clock", "clock"], "the backup was made later than now");
  await copy.close();
});

test("a policy that is to be reviewed", async () => {
  const vault = await kept();
  await vault.setPolicy({ reviewEvery: "P1D" });
  await (await vault.keys.get("photos")).setPolicy({ reviewEvery: "P2D" });
  const told = async () => (await vault.alerts.check({ rules: { backup: false } })).alerts.filter(({ rule }) => rule === "review").map(({ message }) => message);
  assert.deepEqual(await told(), []);
  later(1 * DAY + 1);
  assert.deepEqual((await told()).map((message) => message.includes("the vault")), [true]);
  later(1 * DAY);
  assert.equal((await told()).length, 2);
});

test("what is overdue", async () => {
  const vault = await kept();
  const kit = await newRecoveryKit();
  await vault.factors.add(kit, { factor: secret() });
  const told = async () => (await vault.alerts.check()).alerts.map(({ rule }) => rule);
  later(30 * DAY - 1);
  assert.deepEqual(await told(), []);
  later(1);
  assert.deepEqual((await told()).toSorted(), ["backup", "rehearsal"]);
  await vault.factors.rehearse(kit);
  await vault.backup();
  assert.deepEqual(await told(), []);
  const aged = (/** @type {string} */ maximumAge) => found(vault, { rotation: { maximumAge } });
  assert.deepEqual([await aged("P31D"), await aged("P30D")], [[], ["rotation"]]);
  await (await vault.keys.get("photos")).rotate();
  assert.deepEqual(await aged("P30D"), []);
  await vault.close();
});

test("a log of which rows were taken away, and what is told of the rest", async () => {
  const store = testingStore();
  let gone = false;
  const lying = {
    ...store,
    read: async (/** @type {string} */ name, /** @type {any} */ ranges) => {
      const { sequence, rows } = await store.read(name, ranges);
      return { sequence, rows: gone ? rows.filter(({ type }) => type !== "audit") : rows };
    },
  };
  const vault = await Strongroom.create({ name: "kept", factors: [passphrase("correct horse battery staple")], store: lying });
  await vault.keys.create({ alias: "photos" });
  assert.deepEqual(await found(vault), []);
  await vault.keys.create({ alias: "letters" });
  gone = true;
  const { alerts } = await vault.alerts.check({ rules: { backup: false } });
  assert.deepEqual(alerts.map(({ rule, severity }) => [rule, severity]), [["brokenLog", "Critical"]]);
  gone = false;
  assert.deepEqual(await found(vault), []);
  await vault.close();
});

test("one row that was changed is one alert, also once more is written, and what was written since is looked at", async () => {
  const store = testingStore();
  /** @type {string | undefined} */
  let changed;
  const lying = {
    ...store,
    read: async (/** @type {string} */ name, /** @type {any} */ ranges) => {
      const { sequence, rows } = await store.read(name, ranges);
      return { sequence, rows: rows.map((row) => (row.type === "audit" && row.version === changed ? Object.assign({}, row, { bytes: row.bytes.toReversed() }) : row)) };
    },
  };
  const vault = await Strongroom.create({ name: "kept", factors: [secret()], store: lying });
  const toggle = async (/** @type {number} */ times) => {
    for (let time = 0; time < times; time++) {
      await vault.audit.stop();
      await vault.audit.start();
    }
  };
  await toggle(10);
  const { rows } = await store.read("kept", [{ prefix: ["audit"] }]);
  const size = (await vault.audit.state())?.size ?? 0;
  // The number of a row's first entry is its version.
  changed = rows[5]?.version;
  const after = Number(rows[6]?.version);
  const check = () => vault.alerts.check({ rules: { backup: false, logOff: false } });
  const { alerts: [alert, ...others], entries } = await check();
  assert.deepEqual([alert?.rule, alert?.evidence.numbers, others, entries], ["brokenLog", { sequence: after - 1 }, [], size - after]);
  await toggle(3);
  const then = await check();
  assert.deepEqual([then.alerts.map(({ id }) => id), then.entries], [[alert?.id], size + 6 - after]);
  await vault.close();
});

test("a watch tells each alert once, waits while the vault is locked, and puts off no lock", { timeout: 40_000 }, async () => {
  const vault = await kept(testingStore(), { autoLock: { idle: "PT4S" } });
  await vault.audit.stop();
  // Neither the watch nor the lock keeps Node from ending.
  const running = setInterval(() => {}, 1000);
  /** @type {string[]} */
  const told = [];
  vault.addEventListener("alert", ({ detail }) => told.push(detail.rule));
  const watching = new AbortController();
  const watch = vault.alerts.watch({ rules: { backup: false }, every: "PT1S", signal: watching.signal });
  const until = async (/** @type {() => boolean} */ is) => {
    for (const end = performance.now() + 20_000; !is(); ) {
      assert.ok(performance.now() < end, `not told: ${told}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const locked = new Promise((resolve) => vault.addEventListener("lock", ({ detail }) => resolve(detail.automatic), { once: true }));
  await until(() => told.length > 0);
  assert.deepEqual(told, ["logOff"]);
  assert.equal(await locked, "idle");
  assert.deepEqual(told, ["logOff"], "once, in several checks");
  await vault.unlock(secret());
  await vault.audit.start();
  await vault.audit.stop();
  await until(() => told.length > 1);
  // The stop before, which is over now, has the id that it had.
  assert.deepEqual(told, ["logOff", "logOff"]);
  watching.abort();
  await watch;
  await assert.rejects(vault.alerts.watch({ every: "PT0S" }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.alerts.watch({ rules: /** @type {any} */ ({ spikes: false }) }), code("ERR_ARGUMENT"));
  const closing = vault.alerts.watch({ every: "PT1S" });
  await vault.close();
  await closing;
  clearInterval(running);
});

test("a watch ends at once: with its signal, also where a listener aborts it, and with the vault", { timeout: 40_000 }, async () => {
  const vault = await kept();
  const watch = (/** @type {AbortSignal} */ signal) => vault.alerts.watch({ every: "PT1H", signal });
  const running = setInterval(() => {}, 1000);
  const pausing = new AbortController();
  const first = watch(pausing.signal);
  await vault.alerts.check();
  pausing.abort();
  await first;
  await watch(AbortSignal.abort());
  const telling = new AbortController();
  vault.addEventListener("alert", () => telling.abort(), { once: true });
  const second = watch(telling.signal);
  await vault.audit.stop();
  await second;
  const [third, fourth] = [watch(new AbortController().signal), vault.alerts.watch({ every: "PT1H" })];
  await vault.alerts.check();
  await vault.lock();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await vault.close();
  await Promise.all([third, fourth]);
  const again = await Strongroom.create({ name: "kept", factors: [secret()], store: testingStore() });
  again.addEventListener("alert", () => again.close(), { once: true });
  await again.alerts.watch({ every: "PT1H" });
  clearInterval(running);
});

test("what a check is asked for is checked, and a locked vault tells nothing", async () => {
  const vault = await kept();
  for (const given of [{ rule: {} }, { rules: { spikes: false } }, { rules: { spike: { times: 3 } } }, { rules: [] }, { from: "now" }, { every: "PT1M" }]) {
    await assert.rejects(vault.alerts.check(/** @type {any} */ (given)), code("ERR_ARGUMENT"), JSON.stringify(given));
  }
  await assert.rejects(vault.alerts.check({ signal: AbortSignal.abort() }), code("ERR_ABORTED"));
  assert.ok((await vault.alerts.check()).read > 0);
  await vault.lock();
  await assert.rejects(vault.alerts.check(), code("ERR_LOCKED"));
  await vault.unlock(secret());
  assert.equal((await vault.alerts.check()).read, (await vault.audit.state())?.size, "nothing was kept");
  await vault.close();
  await assert.rejects(vault.alerts.check(), code("ERR_CLOSED"));
});

test("of a log that was cut, alerts say since when there are entries, and what is usual is known from then on", async () => {
  const vault = await kept();
  for (let day = 0; day < 12; day++) {
    later(DAY);
    await vault.encryptValue(day, photos);
    await vault.audit.flush();
  }
  const before = Date.now() - DAY;
  const { first } = await vault.audit.cut({ before });
  assert.ok(first > 0);
  const { entries: [oldest] } = await vault.audit.page({ before: first + 1 });
  await vault.encryptValues(Array(150).fill(1), photos);
  const report = await vault.alerts.check();
  assert.equal(report.from, oldest?.at);
  assert.deepEqual(report.alerts.map(({ rule }) => rule).filter((rule) => rule === "spike"), [], "nobody knows what is usual");
  // As it is once that has passed, or was read before the cut.
  later(40 * DAY);
  assert.equal((await vault.alerts.check()).from, Date.now() - 30 * DAY);
  await vault.encryptValues(Array(150).fill(1), photos);
  assert.ok((await found(vault)).includes("spike"));
  await vault.audit.cut({ before: Date.now() - 20 * DAY });
  assert.equal((await vault.alerts.check()).from, Date.now() - 30 * DAY);
  await vault.close();
});

test("a log that went by a cut leaves alerts that begin with the one after it", async () => {
  const store = testingStore();
  const vault = await kept(store, { factors: [secret(), passphrase("stolen horse battery staple")] });
  later(DAY);
  const [, stolen] = await vault.factors.list();
  await vault.factors.revoke(stolen?.id ?? "", { factor: secret(), compromised: true });
  const begun = Date.now();
  later(DAY);
  await vault.encryptValue(1, photos);
  const { logs, first } = await vault.audit.cut({ before: begun });
  assert.deepEqual([logs, first], [1, 0]);
  assert.equal((await vault.alerts.check()).from, begun);
  await vault.close();
});
