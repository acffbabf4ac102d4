/** Objects for others beside the vault, in real browsers: keys of RSA and on P-256, from files and streams, whole and in parts. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

for (const engine of usually("Chromium")) {
  describe(`objects for others too in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/recipients.html`);
      await step("create", "correct horse battery staple");
      await step("createKey", "photos");
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("signs a file with its content, and reads it whole and in parts", async () => {
      const part = Array.from({ length: 10 }, (_, at) => ((2_000_000 + at) * 7) % 256);
      assert.deepEqual(await step("attached"), { origin: "own", covers: "content", size: true, same: true, part });
    });

    it("signs a stream after its body, and refuses what was changed or lost its signature", async () => {
      assert.deepEqual(await step("detached"), {
        early: "ERR_ARGUMENT",
        unread: "ERR_ARGUMENT",
        read: true,
        changed: "ERR_DECRYPT",
        stripped: "ERR_UNSIGNED",
      });
    });
  });
}
