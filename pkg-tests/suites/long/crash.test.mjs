/**
 * A tab or the whole browser killed at any instant leaves the old state or the new one, and never loses
 * what was acknowledged. A SIGKILL is not a power cut: what the kernel holds it still writes.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { killChromium } from "../../harness/faults/kill.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const SECRET = "correct horse battery staple";
/**
 * How many kills, over the thirteen operations in turn; every other one takes the whole browser. Twenty-six are one of each
 * kind in each operation, two hundred what `cargo xtask crash` does.
 */
const KILLS = Number(process.env.STRONGROOM_KILLS ?? 13);
/** Objects of each kind whose headers are moved. */
const OBJECTS = 12;

describe(`${KILLS} kills in Chromium`, { skip: process.platform !== "linux" }, () => {
  const profile = temporaryFolder();
  /** @type {Awaited<ReturnType<typeof startServer>>} */
  let server;
  /** @type {import("selenium-webdriver").WebDriver} */
  let driver;
  /** @type {string} */
  let token;
  /** Keys of "acme" that must be there: all whose creation was acknowledged. */
  const acknowledged = new Set(["photos"]);
  /** Values under each version of "photos" there was. @type {string[]} */
  const tokens = [];
  /** The bodies of all objects, by id. @type {Record<string, string>} */
  const bodies = {};
  /** `between`: some headers were moved and some not. */
  const seen = { old: 0, between: 0, new: 0, acknowledged: 0 };
  const killed = { browser: 0, renderer: 0 };

  const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
  const acme = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => step(name, "acme", ...given);

  async function start() {
    ({ driver } = await startBrowser("Chromium", { profile }));
    await load(driver, `${server.origin}/keys.html`);
  }

  /**
   * Kills after a delay; whether `work` was acknowledged by then. Starts the browser again.
   *
   * @param {() => Promise<unknown>} work
   * @param {number} delay milliseconds
   * @param {"renderer" | "browser"} what
   */
  async function killDuring(work, delay, what) {
    let done = false;
    const running = (async () => {
      await work();
      done = true;
    })().catch(() => {}); // The session ends with the browser.
    await pause(delay);
    const wasDone = done;
    killChromium(profile, what);
    killed[what]++;
    // A crashed tab may never answer.
    await Promise.race([running, pause(500)]);
    await driver.quit().catch(() => {});
    await start();
    return wasDone;
  }

  /** @param {boolean} there @param {boolean} was acknowledged */
  function count(there, was) {
    assert.ok(there || !was, "an acknowledged change is lost");
    seen[there ? "new" : "old"] += 1;
    if (was) seen.acknowledged += 1;
  }

  /** Opens the vault, which checks every record of it, and all that was ever acknowledged: its keys. */
  async function whole() {
    const keys = await acme("survived", SECRET, token);
    assert.deepEqual([...acknowledged].filter((key) => !keys.includes(key)), [], "keys are lost");
    for (const key of keys) acknowledged.add(key);
    for (const value of tokens) assert.equal(await acme("vault", "decryptValue", value), "kept");
    const objects = await acme("readObjects", bodies);
    assert.deepEqual(objects.ids.toSorted(), Object.keys(bodies).toSorted(), "objects are lost");
    const photos = await acme("keyring", "get", "photos");
    for (const { id, state } of photos.versions) assert.equal(state, id === photos.primary ? "active" : "deactivated");
    return { keys, objects, photos, records: await step("records") };
  }

  async function rotatePhotos() {
    const photos = await acme("key", "photos", "rotate");
    tokens.push(await acme("encryptValue", "photos", "kept"));
    return photos;
  }

  /** The page holds a backup of a copy of the vault that has one more key: a value under that. @param {string} alias */
  async function holdCopyWith(alias) {
    await acme("holdBackup");
    await step("restoreHeldAs", "copy");
    await step("unlock", "copy", SECRET);
    await step("createKey", "copy", alias);
    const value = await step("encryptValue", "copy", alias, "merged");
    await step("holdBackup", "copy");
    // Both are one vault to the tabs: it is locked.
    await step("remove", "copy");
    await acme("unlock", SECRET);
    return value;
  }

  /** A vault of which somebody has a factor, and added one more; the page holds a kit for it. @param {string} name */
  async function stolenVault(name) {
    await step("create", name, SECRET);
    await step("createKey", name, "photos");
    const value = await step("encryptValue", name, "photos", "kept");
    const earlier = await step("factors", name);
    const oldWords = await step("addKit", name, SECRET);
    for (const whose of ["kept", "a thief's", "a thief's second"]) await step("addFactor", name, SECRET, `${whose} ${SECRET}`);
    const ids = (await step("factors", name)).map((/** @type {{ id: string }} */ { id }) => id);
    assert.deepEqual([ids[0], ids.length], [earlier[0].id, 5]);
    const [, , kept, thief] = ids;
    const identity = await step("identityOf", name);
    return { value, identity, kept, thief, oldWords, newWords: await step("holdNewKit") };
  }

  /** What each operation took, undisturbed. @type {Record<string, number>} */
  const took = {};

  /** @param {string} name @param {() => Promise<unknown>} work */
  async function timed(name, work) {
    const from = performance.now();
    await work();
    took[name] = performance.now() - from;
  }

  before(async () => {
    server = await startServer(plainPage());
    await start();
    await timed("create", () => acme("create", SECRET));
    await timed("createKey", () => acme("createKey", "photos"));
    token = await acme("encryptValue", "photos", "kept");
    await acme("backup");
    await timed("restore", () => step("restore", "copy"));
    // Both are one vault to the tabs: it is locked.
    await step("remove", "copy");
    await acme("unlock", SECRET);
    for (const inVault of [true, false]) Object.assign(bodies, await acme("makeObjects", "photos", OBJECTS, inVault));
    await timed("rotate", rotatePhotos);
    await timed("rewrapKept", () => acme("moveObjects", "vault"));
    await timed("rewrapTracked", () => acme("moveObjects", "elsewhere"));
    await timed("rotateVaultKey", () => acme("vault", "rotateVaultKey"));
    const factors = await acme("factors");
    await timed("addFactor", () => acme("addFactor", SECRET, "a spare passphrase"));
    const spare = (await acme("factors")).find((/** @type {{ id: string }} */ { id }) => id !== factors[0].id);
    await timed("replaceFactor", () => acme("replaceFactor", spare.id, SECRET, "another spare passphrase"));
    await acme("addFactor", SECRET, "a third passphrase");
    const third = (await acme("factors")).at(-1);
    await timed("revokeFactor", () => acme("revokeFactor", third.id, SECRET));
    await revokeOthers(factors);
    const stolen = await stolenVault("stolen");
    await timed("revokeCompromised", () => step("revokeCompromised", "stolen", stolen.thief, SECRET, [stolen.kept]));
    await step("remove", "stolen");
    await acme("createKey", "doomed");
    acknowledged.add("doomed");
    await timed("destroy", () => acme("key", "doomed", "destroy"));
    await holdCopyWith("merged");
    await timed("merge", () => acme("mergeHeld"));
    acknowledged.add("merged");
  });
  after(async () => {
    await driver?.quit().catch(() => {});
    await server?.stop();
  });

  /** @typedef {(work: () => Promise<unknown>) => Promise<boolean>} Kill */

  /** Moves headers of one kind; begun anew, it ends. @param {"vault" | "elsewhere"} kind @param {Kill} kill */
  async function rewrap(kind, kill) {
    await whole();
    const { primary } = await rotatePhotos();
    const was = await kill(() => acme("moveObjects", kind));
    const { objects } = await whole();
    const moved = objects.under[kind][primary] ?? 0;
    if (was || moved === OBJECTS) count(moved === OBJECTS, was);
    else seen[moved === 0 ? "old" : "between"]++;
    // The inventory never says that a header was moved which is not.
    const stored = Object.entries(/** @type {Record<string, string>} */ (objects.stored));
    for (const [id, version] of stored) if (objects.inventory[id] === primary) assert.equal(version, primary);
    const report = await acme("moveObjects", kind);
    assert.deepEqual([report.processed, report.failed], [OBJECTS, 0]);
    const again = (await whole()).objects;
    assert.deepEqual(again.under[kind], { [primary]: OBJECTS });
  }

  /** @param {{ id: string }[]} earlier */
  async function revokeOthers(earlier) {
    const ids = new Set(earlier.map(({ id }) => id));
    for (const { id } of await acme("factors")) if (!ids.has(id)) await acme("revokeFactor", id, SECRET);
  }

  /** @type {((name: string, kill: Kill) => Promise<void>)[]} */
  const operations = [
    async function createKey(alias, kill) {
      await whole();
      const was = await kill(() => acme("createKey", alias));
      if (was) acknowledged.add(alias);
      const { keys } = await whole();
      count(keys.includes(alias), was);
    },
    async function rotate(_, kill) {
      const { photos } = await whole();
      const was = await kill(() => acme("key", "photos", "rotate"));
      const now = (await whole()).photos;
      const made = now.versions.length - photos.versions.length;
      assert.ok(made === 0 || made === 1);
      count(made === 1, was);
      tokens.push(await acme("encryptValue", "photos", "kept"));
    },
    async function rotateVaultKey(_, kill) {
      const old = generation((await whole()).records);
      const was = await kill(() => acme("vault", "rotateVaultKey"));
      const steps = generation((await whole()).records) - old;
      assert.ok(steps === 0 || steps === 1);
      count(steps === 1, was);
    },
    async function addFactor(phrase, kill) {
      await whole();
      const earlier = await acme("factors");
      const was = await kill(() => acme("addFactor", SECRET, phrase));
      await whole();
      const added = (await acme("factors")).length - earlier.length;
      assert.ok(added === 0 || added === 1);
      count(added === 1, was);
      assert.equal(await acme("opensBy", phrase), added === 1);
      await revokeOthers(earlier);
    },
    async function replaceFactor(phrase, kill) {
      await whole();
      const earlier = await acme("factors");
      const { id } = await acme("addFactor", SECRET, `old ${phrase}`);
      const was = await kill(() => acme("replaceFactor", id, SECRET, phrase));
      await whole();
      const now = (await acme("factors")).map((/** @type {{ id: string }} */ factor) => factor.id);
      const replaced = !now.includes(id);
      assert.equal(now.length, earlier.length + 1);
      count(replaced, was);
      const opens = [await acme("opensBy", `old ${phrase}`), await acme("opensBy", phrase)];
      assert.deepEqual(opens, [!replaced, replaced]);
      await revokeOthers(earlier);
    },
    async function revokeFactor(phrase, kill) {
      await whole();
      const earlier = await acme("factors");
      const { id } = await acme("addFactor", SECRET, phrase);
      const was = await kill(() => acme("revokeFactor", id, SECRET));
      const old = await whole();
      const now = (await acme("factors")).map((/** @type {{ id: string }} */ factor) => factor.id);
      const revoked = !now.includes(id);
      assert.equal(now.length, earlier.length + (revoked ? 0 : 1));
      count(revoked, was);
      assert.equal(await acme("opensBy", phrase), !revoked);
      await revokeOthers(earlier);
      assert.equal(generation((await whole()).records), generation(old.records) + (revoked ? 0 : 1));
    },
    async function revokeCompromised(name, kill) {
      const stolen = await stolenVault(name);
      const was = await kill(() => step("revokeCompromised", name, stolen.thief, SECRET, [stolen.kept]));
      // The factor that was presented opens both states, and knows who signs.
      assert.deepEqual(await step("survived", name, SECRET), ["photos"]);
      const revoked = (await step("identityOf", name)) !== stolen.identity;
      count(revoked, was);
      const { versions } = await step("keyring", name, "get", "photos");
      const states = versions.map((/** @type {{ state: string }} */ { state }) => state).toSorted();
      assert.deepEqual(states, revoked ? ["active", "compromised"] : ["active"]);
      const reading = step("vault", name, "decryptValue", stolen.value);
      if (revoked) await assert.rejects(reading, { code: "ERR_UNSIGNED" });
      else assert.equal(await reading, "kept");
      assert.equal((await step("factors", name)).length, revoked ? 3 : 5);
      for (const whose of ["a thief's", "a thief's second"]) {
        assert.equal(await step("opensBy", name, `${whose} ${SECRET}`), !revoked);
      }
      assert.equal(await step("opensByWords", name, stolen.oldWords), !revoked);
      assert.equal(await step("opensByWords", name, stolen.newWords), revoked);
      const byKept = step("opensBy", name, `kept ${SECRET}`);
      if (revoked) await assert.rejects(byKept, { code: "ERR_IDENTITY_CHANGED" });
      else assert.equal(await byKept, true);
      await step("remove", name);
    },
    async function rewrapKept(_, kill) {
      await rewrap("vault", kill);
    },
    async function rewrapTracked(_, kill) {
      await rewrap("elsewhere", kill);
    },
    async function destroy(alias, kill) {
      await whole();
      await acme("createKey", alias);
      const value = await acme("encryptValue", alias, "doomed");
      const { id } = await acme("key", alias, "rotate");
      acknowledged.add(alias);
      const was = await kill(() => acme("key", alias, "destroy"));
      const { records } = await whole();
      const { versions } = await acme("keyring", "get", id);
      const states = new Set(versions.map((/** @type {any} */ { state }) => state));
      const material = records.filter((/** @type {any} */ row) => row.type === "version" && row.id === id).length;
      const gone = states.has("destroyed");
      count(gone, was);
      // Both versions, or none.
      assert.deepEqual([states.size === 1, material], gone ? [true, 0] : [false, 2]);
      if (gone) await assert.rejects(acme("vault", "decryptValue", value), { code: "ERR_STATE" });
      else assert.equal(await acme("vault", "decryptValue", value), "doomed");
    },
    async function merge(alias, kill) {
      await whole();
      const value = await holdCopyWith(alias);
      const was = await kill(() => acme("mergeHeld"));
      if (was) acknowledged.add(alias);
      const { keys } = await whole();
      count(keys.includes(alias), was);
      if (keys.includes(alias)) assert.equal(await acme("vault", "decryptValue", value), "merged");
      else await assert.rejects(acme("vault", "decryptValue", value), { code: "ERR_NO_KEY" });
    },
    async function create(name, kill) {
      const was = await kill(() => step("create", name, SECRET));
      const keys = await step("survived", name, SECRET);
      count(keys !== null, was);
      if (keys) assert.deepEqual(keys, []);
      await step("remove", name);
    },
    async function restore(name, kill) {
      const was = await kill(() => step("restore", name));
      const keys = await step("survived", name, SECRET, token);
      count(keys !== null, was);
      if (keys) assert.deepEqual(keys, ["photos"]);
      await step("remove", name);
    },
  ];

  for (let at = 0; at < KILLS; at++) {
    const operation = operations[at % operations.length];
    // Their number is odd: in the next round each meets the other kind.
    const what = at % 2 === 0 ? "browser" : "renderer";
    if (!operation) throw new Error("there are thirteen");
    it(`${operation.name}, ${what} killed (${at + 1})`, async () => {
      // From before the operation to after it; the golden ratio spreads few kills as well as many.
      const delay = ((at * 0.618) % 1) * 1.3 * (took[operation.name] ?? 0);
      await operation(`${operation.name}-${at}`, (work) => killDuring(work, delay, what));
    });
  }

  it("says what it hit", (test) => {
    const { old, between, new: moved, acknowledged: was } = seen;
    test.diagnostic(`old state ${old}, between two headers ${between}, new state ${moved}, of them acknowledged ${was}`);
    test.diagnostic(`killed: the browser ${killed.browser} times, the renderer ${killed.renderer} times`);
    assert.equal(old + between + moved, KILLS);
  });
});

/** How often the vault key was written. @param {{ type: string, revision: number }[]} records */
function generation(records) {
  return records.find(({ type }) => type === "vault-key")?.revision ?? 0;
}
