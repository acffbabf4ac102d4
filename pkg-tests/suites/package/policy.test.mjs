/** What a key's policy refuses: after a reload, in another tab, and once its uses are spent. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

const refusedBy = (/** @type {string} */ rule, /** @type {Promise<unknown>} */ call) =>
  assert.rejects(call, { code: "ERR_POLICY", rule });

// What a policy refuses is the core's choice, the same in every engine.
for (const engine of usually("Chromium")) {
  describe(`the policy of a key in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const encryptValue = (/** @type {string} */ key, /** @type {object} */ more = {}) =>
      step("vault", "encryptValue", "a secret", { key, ...more });
    const unlocked = async () => {
      await load(driver, `${page.origin}/keys.html`);
      await step("open");
      await step("unlock", SECRET);
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

    it("holds after a reload, and is changed under the old one alone", async () => {
      const policy = {
        operations: ["encryptValue", "decryptValue", "setPolicy"],
        context: { required: { tenant: "42" } },
        requireReason: ["setPolicy"],
      };
      const made = await step("keyring", "create", { alias: "tenant", policy });
      assert.deepEqual([made.policy, made.policyVersion], [policy, 1]);
      await unlocked();
      await refusedBy("context", encryptValue("tenant", { context: { tenant: "43" } }));
      await encryptValue("tenant", { context: { tenant: "42" } });
      await refusedBy("operations", step("key", "tenant", "rotate"));
      await refusedBy("requireReason", step("key", "tenant", "setPolicy", null));
      const asked = { key: "tenant", context: { tenant: "42" } };
      assert.deepEqual(await step("vault", "can", "encryptValue", asked), { allowed: true });
      assert.deepEqual(await step("vault", "can", "destroy", asked), { allowed: false, rule: "operations", policy: "key" });
      const free = await step("key", "tenant", "setPolicy", null, { reason: "the tenant has left" });
      assert.deepEqual([free.policy, free.policyVersion], [undefined, 2]);
      await encryptValue("tenant", { context: { tenant: "43" } });
    });

    it("asks for a factor that was presented lately, of each tab", async () => {
      const seconds = 3;
      const freshFactor = { within: `PT${seconds}S`, operations: ["rotate"] };
      const rotate = () => step("key", "again", "rotate");
      await step("keyring", "create", { alias: "again", policy: { freshFactor } });
      await step("lock");
      await step("unlock", SECRET);
      await rotate();
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await unlocked();
      await rotate();
      await driver.sleep(seconds * 1000 + 100);
      await refusedBy("freshFactor", rotate());
      await assert.rejects(step("authenticate", "another horse battery staple"), { code: "ERR_WRONG_FACTOR" });
      await refusedBy("freshFactor", rotate());
      const { kind } = await step("authenticate", SECRET);
      assert.equal(kind, "passphrase");
      await rotate();
      const second = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      await refusedBy("freshFactor", rotate());
      await driver.switchTo().window(second);
      await driver.close();
      await driver.switchTo().window(first);
    });

    it("counts each use before its result is there, however the page ends, and in all tabs together", async () => {
      await step("keyring", "create", { alias: "few", policy: { maximumUses: 3 } });
      const value = await encryptValue("few");
      // The page ends without a lock, before anything is written that was only gathered.
      await unlocked();
      const { uses } = await step("keyring", "get", "few");
      assert.equal(uses, 1);
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await unlocked();
      assert.equal(await step("vault", "decryptValue", value), "a secret");
      await driver.switchTo().window(first);
      assert.equal(await step("vault", "decryptValue", value), "a secret");
      await refusedBy("maximumUses", step("vault", "decryptValue", value));
      await refusedBy("maximumUses", encryptValue("few"));
      const { uses: all } = await step("keyring", "get", "few");
      assert.equal(all, 3);
    });
  });
}
