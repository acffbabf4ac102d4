/** Calls that are aborted before, during and after: each rejects at once, and leaves the old state or the new one. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
/** Records of the vault, so that a rotation takes a while. */
const RECORDS = 200;
/** Milliseconds after a call's beginning. */
const MOMENTS = [0, 2, 10, 40, 120];
/** Milliseconds from an abort to its rejection, of a page on a busy machine. */
const AT_ONCE = 500;

/** Calls of the vault that change nothing. */
const READING = ["list", "backup", "openObject", "read", "encryptValues", "decryptValues", "keys", "objects", "uploads"];

/** How a call ended that was aborted: at once, or before. @param {any} outcome */
function endedAtOnce({ status, late, ...error }) {
  if (status === "fulfilled") return false;
  assert.deepEqual(error, { name: "AbortError", code: "ERR_ABORTED", cause: "enough" });
  assert.ok(late < AT_ONCE, `${late} ms`);
  return true;
}

for (const engine of engines) {
  describe(`aborted calls in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {string} */
    let token;
    /** @type {string} */
    let first;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const whole = { value: 0, keys: RECORDS + 1 };

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      first = await driver.getWindowHandle();
      await load(driver, `${server.origin}/abort.html`);
      await step("create", SECRET);
      token = await step("fill", RECORDS);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("before they begin, nothing is done", async () => {
      // What was done before is written to the log by then, and not in between.
      await step("auditing", "flush");
      const head = await step("vault", "lastSeenHead");
      for (const call of [...READING, "rotateVaultKey"]) assert.ok(endedAtOnce(await step("aborted", call, null)), call);
      for (const call of ["create", "restore"]) assert.ok(endedAtOnce(await step("aborted", call, null, call, SECRET)));
      assert.ok(endedAtOnce(await step("aborted", "unlock", null, SECRET)));
      assert.equal(await step("vault", "lastSeenHead"), head);
      assert.equal(await story(driver, "exists", "create"), false);
      assert.equal(await story(driver, "exists", "restore"), false);
    });

    for (const call of READING) {
      it(`${call}: during, and after the end`, async () => {
        for (const moment of MOMENTS) endedAtOnce(await step("aborted", call, moment));
        assert.ok(endedAtOnce(await step("aborted", call, 0)));
        assert.equal(await step("ended", call), true);
        assert.equal(await step("reads"), 100);
        assert.deepEqual(await step("found", SECRET, token), whole);
      });
    }

    it("an unlock: the vault stays locked, and Argon2id's Worker ends at once", async () => {
      for (const moment of MOMENTS) {
        await step("lock");
        const gone = endedAtOnce(await step("aborted", "unlock", moment, SECRET));
        assert.equal(await step("unlocked"), !gone);
        await step("unlock", SECRET);
      }
      const { ended, unlocked, ...aborted } = await step("abortArgon2id", SECRET);
      assert.ok(endedAtOnce(aborted));
      assert.deepEqual({ ended, unlocked }, { ended: true, unlocked: false });
      assert.equal(await step("ended", "unlock", SECRET), true);
      assert.equal(await step("unlocked"), true);
    });

    it("open, openOrCreate: no vault is open, and the next one opens", async () => {
      for (const call of ["open", "openOrCreate"]) {
        for (const moment of MOMENTS) endedAtOnce(await step("aborted", call, moment, "acme", SECRET));
        assert.equal(await step("ended", call, "acme", SECRET), true);
      }
      assert.deepEqual(await step("found", SECRET, token), whole);
    });

    it("a creation: the name is free, or has the whole vault", async () => {
      for (const moment of [...MOMENTS, 200, 300]) {
        const name = `made-${moment}`;
        endedAtOnce(await step("aborted", "create", moment, name, SECRET));
        if (await story(driver, "exists", name)) {
          assert.deepEqual(await story(driver, "found", name, SECRET), { value: null, keys: 0 });
        } else {
          assert.equal(await step("ended", "create", name, SECRET), true);
        }
      }
    });

    it("a restore: the name is free, or has all that the backup holds", async () => {
      for (const moment of MOMENTS) {
        const name = `copy-${moment}`;
        endedAtOnce(await step("aborted", "restore", moment, name));
        if (!(await story(driver, "exists", name))) assert.equal(await step("ended", "restore", name), true);
        assert.deepEqual(await story(driver, "found", name, SECRET, token), { value: 0, keys: 1 });
      }
    });

    it("a rotation: the old vault key or the new one, and the event says which", async () => {
      await step("noteEvents");
      let { generation } = await step("vault", "rotateVaultKey");
      for (const moment of MOMENTS) {
        await driver.executeScript("window.noted.length = 0");
        endedAtOnce(await step("aborted", "rotateVaultKey", moment));
        // Waits for its turn, behind what still runs.
        const next = (await step("vault", "rotateVaultKey")).generation;
        const told = await driver.executeScript("return window.noted.filter(({ noun }) => noun === 'vaultKey').length");
        assert.ok(next === generation + 1 || next === generation + 2, `${generation}, then ${next}`);
        assert.equal(told, next - generation);
        generation = next;
        assert.deepEqual(await step("found", SECRET, token), whole);
      }
      assert.equal(await step("unlocked"), true);
    });

    for (const call of ["backup", "rotateVaultKey", "restore", "unlock"]) {
      it(`${call} tells how far it is, to the end`, async () => {
        const seen = await step("told", call, SECRET);
        const { total } = seen.at(-1);
        assert.ok(total >= (call === "unlock" ? 2 : 2 * RECORDS), `${total} in all`);
        assert.equal(seen.at(-1).done, total);
        for (const [at, progress] of seen.entries()) {
          assert.equal(progress.total, total);
          assert.ok(progress.done > (seen[at - 1]?.done ?? 0));
        }
      });
    }

    it("a rotation that is aborted too late locks the other tabs", async () => {
      await driver.switchTo().newWindow("tab");
      const second = await driver.getWindowHandle();
      await load(driver, `${server.origin}/abort.html`);
      await step("open");
      await step("unlock", SECRET);
      await driver.switchTo().window(first);
      // One that is aborted in time locks nothing.
      assert.ok(endedAtOnce(await step("aborted", "rotateVaultKey", 0)));
      endedAtOnce(await step("abortedAtTheEnd"));
      assert.equal(await step("unlocked"), true);
      await driver.switchTo().window(second);
      const locked = async () => (await step("unlocked")) === false;
      await driver.wait(locked, 5000, "the other tab was not locked");
      await step("unlock", SECRET);
      assert.deepEqual(await step("found", SECRET, token), whole);
    });
  });
}
