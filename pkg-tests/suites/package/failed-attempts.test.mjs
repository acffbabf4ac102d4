/** Attempts to open a vault that failed: told to who opens it next, in whichever tab, and slow from then on. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

// The journal and its delays are the page's own code, over locks and storage that other files try in WebKit too.
for (const engine of usually("Chromium", "Firefox")) {
  describe(`failed attempts in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {string[]} */
    const tabs = [];

    const within = async (/** @type {number} */ tab) => driver.switchTo().window(/** @type {string} */ (tabs[tab]));
    const tryAll = (/** @type {string[]} */ ...secrets) => story(driver, "tryAll", "acme", secrets);
    const stored = () => driver.executeScript("return {...localStorage}");

    /** Begins, and comes back at once: the other tab tries meanwhile. */
    const begin = (/** @type {string} */ secret) =>
      driver.executeScript("window.trying = window.story.tryAll('acme', [arguments[0]])", secret);
    const ended = async () => {
      const [attempt] = /** @type {any} */ (await driver.executeAsyncScript("window.trying.then(arguments[0])"));
      return attempt;
    };

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, server.origin);
      tabs.push(await driver.getWindowHandle());
      await story(driver, "create", "acme", SECRET);
      await driver.switchTo().newWindow("tab");
      tabs.push(await driver.getWindowHandle());
      await load(driver, server.origin);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("tells nothing where nothing failed", async () => {
      const [attempt] = await tryAll(SECRET);
      assert.deepEqual([attempt.outcome, attempt.failed], ["opened", 0]);
    });

    it("has the tabs take turns after a failure, and wait twice as long after each", async () => {
      const [first] = await tryAll("wrong");
      assert.equal(first.outcome, "ERR_WRONG_FACTOR");
      await begin("wrong too");
      await within(0);
      await begin("wrong as well");
      const attempts = [await ended()];
      await within(1);
      attempts.push(await ended());
      const [second, third] = attempts.toSorted((one, other) => one.at - other.at);
      assert.deepEqual([second.outcome, third.outcome], ["ERR_WRONG_FACTOR", "ERR_WRONG_FACTOR"]);
      // What is entered is the time at which the failure came to the page.
      assert.ok(second.at - first.at >= 1000 - 5, `${second.at - first.at} ms`);
      assert.ok(third.at - second.at >= 2000 - 5, `${third.at - second.at} ms`);
    });

    it("tells of them at the next unlock, after a reload, in the other tab; and then no more", async () => {
      await within(0);
      await load(driver, server.origin);
      const [told, ...others] = Object.values(await stored()).filter((text) => text.startsWith("{"));
      assert.deepEqual([JSON.parse(told).count, others], [3, []]);
      const [attempt] = await tryAll(SECRET);
      assert.deepEqual([attempt.outcome, attempt.failed, attempt.last], ["opened", 3, JSON.parse(told).last]);
      assert.ok(attempt.at - attempt.last >= 4000 - 5, `${attempt.at - attempt.last} ms`);
      await within(1);
      const [again] = await tryAll(SECRET);
      assert.deepEqual([again.outcome, again.failed], ["opened", 0]);
    });

    it("opens the vault whatever another script of the origin wrote there", async () => {
      await tryAll("wrong");
      const name = Object.keys(await stored()).find((key) => key.startsWith("strongroom-failed-attempts:"));
      const future = Date.now() + 1e12;
      for (const text of ["", "{", "[]", '{"count":-1,"last":0}', `{"count":1,"last":${future}}`, '{"count":1e15,"last":0}']) {
        await driver.executeScript("localStorage.setItem(...arguments)", name, text);
        const [attempt] = await tryAll(SECRET);
        assert.equal(attempt.outcome, "opened", text);
      }
    });

    it("keeps nothing of a vault that is deleted", async () => {
      await tryAll("wrong");
      assert.equal(Object.keys(await stored()).length, 2);
      await story(driver, "remove", "acme");
      assert.deepEqual(await stored(), {});
    });
  });
}
