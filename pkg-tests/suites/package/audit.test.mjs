/** The audit log: what is left of it when a tab is killed, and what two tabs make of it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

for (const engine of engines) {
  describe(`the audit log in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const audit = (/** @type {string} */ method, /** @type {unknown[]} */ ...given) => step("auditing", method, ...given);
    const unlocked = async () => {
      await load(driver, `${page.origin}/keys.html`);
      await step("open");
      await step("unlock", SECRET);
    };
    const operations = async () => {
      const { entries } = await audit("page", { limit: 1000 });
      return entries.toReversed().map((/** @type {{ operation: string }} */ { operation }) => operation);
    };
    const isWhole = async () => {
      const { size, intact, fault } = await audit("verify");
      assert.deepEqual([fault, intact], [undefined, size]);
    };

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", SECRET);
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("has what changed something however the page ends, and other uses within seconds", async () => {
      await step("keyring", "create", { alias: "photos" });
      await step("vault", "encryptValue", "lost", { key: "photos" });
      await unlocked();
      assert.deepEqual(await operations(), ["beginAudit", "create", "createKey", "unlock"]);
      await step("vault", "encryptValue", "kept", { key: "photos" });
      await new Promise((resolve) => setTimeout(resolve, 4000));
      await unlocked();
      assert.deepEqual((await operations()).slice(4), ["encryptValue", "unlock"]);
      await isWhole();
    });

    it("is written to its end by a lock, whose keys are gone at once", async () => {
      const known = (await operations()).length;
      await step("vault", "encryptValue", "a secret", { key: "photos" });
      await step("lock");
      await step("unlock", SECRET);
      const lately = (/** @type {string[]} */ all) => all.slice(known).toSorted();
      // The next unlock does not wait for the end of the one before.
      const until = Date.now() + 10_000;
      while ((await operations()).length < known + 3 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.deepEqual(lately(await operations()), ["encryptValue", "lock", "unlock"]);
      await isWhole();
    });

    it("is a file for other systems, by a script that is loaded when it is asked for", async () => {
      const formats = async () => {
        const { names } = await step("loaded");
        return names.filter((/** @type {string} */ name) => /export-formats/.test(name));
      };
      assert.deepEqual(await formats(), []);
      const events = await step("exportLog", { format: "ocsf" });
      assert.equal((await formats()).length, 1);
      const classes = events.trimEnd().split("\n").map((/** @type {string} */ line) => JSON.parse(line).class_uid);
      assert.deepEqual(new Set(classes), new Set([3004, 3002, 6005]));
      const csv = await step("exportLog", { format: "csv", operation: "encryptValue" });
      assert.match(csv, /^vault,log,device,.*\r\n(?:[^\r\n]+,"encryptValue","success",[^\r\n]*\r\n){2}$/);
    });

    it("is one log of all tabs", async () => {
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await unlocked();
      await step("keyring", "create", { alias: "of the second tab" });
      await driver.switchTo().window(first);
      await step("keyring", "create", { alias: "of the first tab" });
      await step("vault", "encryptValue", "a secret", { key: "photos" });
      await audit("flush");
      assert.deepEqual((await operations()).slice(-4), ["unlock", "createKey", "createKey", "encryptValue"]);
      await isWhole();
    });

    it("is cut in one step, and what is left is whole after a reload", async () => {
      const { size } = await audit("state");
      const { first, held } = await audit("cut", { before: Date.now() + 1000, reason: "retention" });
      assert.ok(first >= size && held === undefined, `${first} of ${size}, ${held}`);
      await isWhole();
      await unlocked();
      await isWhole();
      const { entries } = await audit("page", { limit: 1000 });
      const [oldest] = entries.toReversed();
      assert.deepEqual([oldest.sequence, oldest.operation, oldest.cut.size], [first, "cutAudit", first]);
    });
  });
}
