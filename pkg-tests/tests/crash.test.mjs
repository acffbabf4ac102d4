/**
 * A tab or the whole browser killed at any instant leaves the old state or the new one, and never loses
 * what was acknowledged. A SIGKILL is not a power cut: what the kernel holds it still writes.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startBrowser } from "../browsers.mjs";
import { plainPage, temporaryFolder } from "../consumer.mjs";
import { load, story } from "../drive.mjs";
import { killChromium } from "../kill.mjs";
import { startServer } from "../server.mjs";

const SECRET = "correct horse battery staple";
/** How many kills, over the three operations in turn; every other one takes the whole browser. */
const KILLS = Number(process.env.STRONGROOM_KILLS ?? 10);

describe(`${KILLS} kills in Chromium`, { skip: process.platform !== "linux" }, () => {
  const profile = temporaryFolder();
  /** @type {Awaited<ReturnType<typeof startServer>>} */
  let server;
  /** @type {import("selenium-webdriver").WebDriver} */
  let driver;
  /** @type {string} */
  let token;
  /** Keys of "acme" that must be there: all whose creation was acknowledged. @type {Set<string>} */
  const acknowledged = new Set(["photos"]);
  const seen = { old: 0, new: 0, acknowledged: 0 };

  const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

  async function start() {
    ({ driver } = await startBrowser("Chromium", { profile }));
    await load(driver, server.origin);
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
    await timed("create", () => step("create", "acme", SECRET));
    await timed("createKey", () => step("createKey", "acme", "photos"));
    token = await step("encryptValue", "acme", "photos", "kept");
    await step("backup", "acme");
    await timed("restore", () => step("restore", "copy"));
    await step("remove", "copy");
  });
  after(async () => {
    await driver?.quit().catch(() => {});
    await server?.stop();
  });

  /** @type {((name: string, kill: (work: () => Promise<unknown>) => Promise<boolean>) => Promise<void>)[]} */
  const operations = [
    async function createKey(alias, kill) {
      await step("survived", "acme", SECRET, token);
      const was = await kill(() => step("createKey", "acme", alias));
      const keys = await step("survived", "acme", SECRET, token);
      if (was) acknowledged.add(alias);
      count(keys.includes(alias), was);
      const lost = [...acknowledged].filter((key) => !keys.includes(key));
      assert.deepEqual(lost, []);
      for (const key of keys) acknowledged.add(key);
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
    const what = Math.floor(at / operations.length) % 2 === 0 ? "browser" : "renderer";
    if (!operation) throw new Error("there are three");
    it(`${operation.name}, ${what} killed (${at + 1})`, async () => {
      // From before the operation to after it; the golden ratio spreads few kills as well as many.
      const delay = ((at * 0.618) % 1) * 1.3 * (took[operation.name] ?? 0);
      await operation(`${operation.name}-${at}`, (work) => killDuring(work, delay, what));
    });
  }

  it("says what it hit", (test) => {
    test.diagnostic(`old state ${seen.old}, new state ${seen.new}, of them acknowledged ${seen.acknowledged}`);
    assert.equal(seen.old + seen.new, KILLS);
  });
});
