/** One vault in several tabs: what one does, the others see, and nothing is lost. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const SECRET = "correct horse battery staple";
const SEED = Number(process.env.STRONGROOM_SEED ?? Date.now() % 1_000_000);
const ROUNDS = 12;

for (const engine of engines) {
  describe(`tabs in ${engine}, seed ${SEED}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {string[]} */
    const tabs = [];

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const within = async (/** @type {number} */ tab) => driver.switchTo().window(/** @type {string} */ (tabs[tab]));

    /** Opens tabs until there are so many, each with the vault unlocked. @param {number} count */
    async function unlockedTabs(count) {
      while (tabs.length < count) {
        await driver.switchTo().newWindow("tab");
        tabs.push(await driver.getWindowHandle());
        await load(driver, server.origin);
        await step("open", "acme");
      }
      for (let tab = 0; tab < count; tab++) {
        await within(tab);
        await step("unlock", "acme", SECRET);
      }
    }

    /** Waits until this tab was told of so many events. @param {number} events */
    async function noted(events) {
      const all = async () => (await driver.executeScript("return window.noted.length")) === events;
      await driver.wait(all, 5000, `${events} events`);
    }

    /** The ids of a change of keys, after which the vault was locked. @param {boolean} elsewhere */
    async function told(elsewhere) {
      const [change, lock, ...more] = await driver.executeScript("return window.noted");
      assert.deepEqual(more, []);
      assert.equal(change.ids.length, 1);
      assert.deepEqual({ ...change, ids: [] }, { type: "change", noun: "keys", ids: [], elsewhere, code: null });
      assert.deepEqual(lock, { type: "lock", elsewhere, code: "ERR_LOCKED" });
      return change.ids;
    }

    before(async () => {
      server = await startServer(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, server.origin);
      tabs.push(await driver.getWindowHandle());
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("a lock in one tab locks the others, an unlock only its own", async () => {
      await unlockedTabs(2);
      await step("countLocks", "acme");
      await within(0);
      await step("lock", "acme");
      await within(1);
      const locked = async () => (await step("unlocked", "acme")) === false;
      await driver.wait(locked, 5000, "the other tab was not locked");
      assert.equal(await driver.executeScript("return window.locks"), 1);
      await assert.rejects(step("keys", "acme"), { code: "ERR_LOCKED" });
      await step("unlock", "acme", SECRET);
      await within(0);
      await assert.rejects(step("keys", "acme"), { code: "ERR_LOCKED" });
    });

    for (const count of [2, 5]) {
      it(`${count} tabs at random lose nothing and break nothing`, async () => {
        await unlockedTabs(count);
        for (let tab = 0; tab < count; tab++) {
          await within(tab);
          // Not waited for, so that it runs beside the others.
          await driver.executeScript(
            "window.running = window.story.atRandom(...arguments)",
            "acme",
            SECRET,
            count * 10 + tab,
            SEED,
            ROUNDS,
          );
        }
        const aliases = ["photos"];
        const tokens = [];
        for (let tab = 0; tab < count; tab++) {
          await within(tab);
          const seen = await driver.executeAsyncScript(
            "window.running.then(arguments[0], ({ code, message }) => arguments[0]({ failed: `${code}: ${message}` }))",
          );
          assert.equal(seen.failed, undefined, `tab ${tab}`);
          aliases.push(...seen.aliases);
          tokens.push(...seen.tokens);
        }
        assert.ok(aliases.length > count && tokens.length > count);
        // A fresh page reads everything from the store, and checks every record against the head.
        await load(driver, server.origin);
        await step("open", "acme");
        await step("unlock", "acme", SECRET);
        const kept = await step("keys", "acme");
        assert.deepEqual(aliases.filter((alias) => !kept.includes(alias)), []);
        assert.deepEqual(await step("lost", "acme", tokens), []);
      });
    }

    it("what one tab revokes, the others use no longer", async () => {
      await unlockedTabs(2);
      await step("createKey", "acme", "letters");
      await within(0);
      await step("encryptValue", "acme", "letters", 1);
      await within(1);
      await step("revoke", "acme", "letters");
      await within(0);
      const ends = async () => step("encryptValue", "acme", "letters", 2).then(() => false, ({ code }) => code === "ERR_STATE");
      await driver.wait(ends, 5000, "the other tab went on");
    });

    it("events tell what changed, and whether another tab did it", async () => {
      await unlockedTabs(2);
      await within(0);
      await step("noteEvents", "acme");
      await within(1);
      await step("noteEvents", "acme");
      await step("createKey", "acme", "notes");
      await within(0);
      // Before the lock, which ends whatever a tab would still hear of changes.
      await noted(1);
      await within(1);
      await step("lock", "acme");
      const here = await told(false);
      await within(0);
      await noted(2);
      assert.deepEqual(await told(true), here);
    });

    it("what another page of the origin says is believed once the store says so", async () => {
      await unlockedTabs(2);
      await within(0);
      await step("noteEvents", "acme");
      await within(1);
      await step("speak", "acme", 300);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await within(0);
      assert.deepEqual(await driver.executeScript("return window.noted"), []);
      assert.equal(await step("unlocked", "acme"), true);
      await within(1);
      await step("rotateVaultKey", "acme");
      await within(0);
      await noted(1);
      const [lock] = await driver.executeScript("return window.noted");
      assert.deepEqual(lock, { type: "lock", elsewhere: true, code: "ERR_LOCKED" });
    });

    it("a factor that is added in one tab is seen in the others; one that is replaced locks them", async () => {
      await unlockedTabs(2);
      await step("noteEvents", "acme");
      await within(0);
      const [{ id }] = await step("factors", "acme");
      const added = await step("addFactor", "acme", SECRET, "a second one", "spare");
      await within(1);
      await noted(1);
      const [change] = await driver.executeScript("return window.noted.splice(0)");
      assert.deepEqual(change, { type: "change", noun: "factors", ids: [added.id], elsewhere: true, code: null });
      assert.deepEqual((await step("factors", "acme")).map((/** @type {any} */ factor) => factor.id), [id, added.id]);
      assert.equal(await step("opensBy", "acme", "a second one"), true);

      await within(0);
      const { name } = await step("replaceFactor", "acme", added.id, SECRET, "a third one");
      assert.equal(name, "spare");
      await within(1);
      await noted(1);
      const [lock] = await driver.executeScript("return window.noted");
      assert.deepEqual(lock, { type: "lock", elsewhere: true, code: "ERR_LOCKED" });
      assert.deepEqual([await step("opensBy", "acme", "a second one"), await step("opensBy", "acme", "a third one")], [false, true]);
      await step("unlock", "acme", "a third one");
      const [, last] = await step("factors", "acme");
      await step("revokeFactor", "acme", last.id, SECRET);
      assert.equal((await step("factors", "acme")).length, 1);
      await within(0);
      await driver.wait(async () => !(await step("unlocked", "acme")), 5000, "the other tab was not locked");
    });

    it("deleting a restored copy locks no tab that has the original", async () => {
      await unlockedTabs(1);
      await step("backup", "acme");
      await step("restore", "copy");
      await step("remove", "copy");
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(await step("unlocked", "acme"), true);
    });

    it("a vault that one tab deletes is locked in the others, and gone", async () => {
      await unlockedTabs(2);
      await step("remove", "acme");
      await within(0);
      await driver.wait(async () => !(await step("unlocked", "acme")), 5000, "the other tab was not locked");
      await assert.rejects(step("unlock", "acme", SECRET), { code: "ERR_NO_VAULT" });
    });
  });
}
