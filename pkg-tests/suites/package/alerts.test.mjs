/** Alerts: over a log in IndexedDB, that two tabs write and a Worker reads. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

// The rules compute, and what they read is read by the calls of the audit log, whose suite runs in all engines.
for (const engine of usually("Chromium")) {
  describe(`alerts in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const check = async () => {
      const { alerts, read } = await step("alerting", "check", { rules: { backup: false, refusals: { refusals: 2 } } });
      return { rules: alerts.map((/** @type {{ rule: string }} */ { rule }) => rule), ids: alerts.map((/** @type {{ id: string }} */ { id }) => id), read };
    };
    const refused = () => assert.rejects(step("vault", "encryptValue", 1, { key: "photos" }), { code: "ERR_POLICY" });

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", SECRET);
      await step("keyring", "create", { alias: "photos", policy: { operations: ["decryptValue"] } });
      await step("auditing", "start");
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("are found in what this tab did, and in what another one did, each entry read once", async () => {
      await refused();
      assert.deepEqual((await check()).rules, []);
      await driver.switchTo().newWindow("tab");
      await load(driver, `${page.origin}/keys.html`);
      await step("open");
      await step("unlock", SECRET);
      await refused();
      const there = await check();
      assert.deepEqual(there.rules, ["refusals"]);
      const [first] = await driver.getAllWindowHandles();
      await driver.switchTo().window(/** @type {string} */ (first));
      const here = await check();
      assert.deepEqual(here.ids, there.ids);
      assert.ok(here.read < there.read, `${here.read} of ${there.read}`);
      assert.equal((await check()).read, 0);
    });

    it("are told by an event while the page watches", async () => {
      await step("noteEvents");
      await step("watchAlerts", { rules: { backup: false }, every: "PT1S" });
      await step("auditing", "stop");
      for (let left = 100; ; left -= 1) {
        const noted = (await story(driver, "noted")).filter((/** @type {{ type: string }} */ { type }) => type === "alert");
        if (noted.some((/** @type {{ rule: string }} */ { rule }) => rule === "logOff")) return;
        assert.ok(left > 0, "no alert");
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });
  });
}
