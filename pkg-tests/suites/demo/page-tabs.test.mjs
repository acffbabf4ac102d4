/** The demo page's list comes from the vault: with several tabs, several vaults, and a provider that lost something. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { usually } from "../../harness/browsers/browsers.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

const MiB = 1024 * 1024;

// What tabs tell each other is tried in every engine by suites/package/tabs.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`the demo page's list of files in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    before(async () => {
      page = await openPage(engine);
      driver = page.driver;
      await page.createVault();
      await page.give(fileOnDisk("one.txt", "the first"));
      await page.listed("one.txt");
      await page.gone("transfer");
    });
    after(() => page?.close());

    const stored = () => readdirSync(page.server.data, { recursive: true, encoding: "utf8" });
    const bodies = () => stored().filter((name) => name.endsWith(".srm"));
    const headers = () => stored().filter((name) => name.endsWith(".srh"));
    const parts = () => stored().filter((name) => name.includes(".upload"));

    /** A second tab, unlocked, while `work` is done with the first one in the background. */
    async function inAnotherTab(/** @type {(first: string) => Promise<void>} */ work) {
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await driver.get(page.server.origin);
      await page.unlock();
      await work(first);
    }

    it("shows in a tab what another one stores and deletes", async () => {
      await page.listed("one.txt");
      await inAnotherTab(async (first) => {
        await page.listed("one.txt");
        await page.give(fileOnDisk("two.txt", "the second"));
        await page.listed("two.txt");
        await page.gone("transfer");
        const second = await driver.getWindowHandle();
        await driver.switchTo().window(first);
        await page.listed("two.txt");
        await (await page.inRow("two.txt", "delete-object")).click();
        await page.click("confirm-yes");
        await driver.wait(async () => (await page.count()) === 1, PATIENCE, "it stays in this tab");
        await driver.switchTo().window(second);
        await driver.wait(async () => (await page.count()) === 1, PATIENCE, "it stays in the other tab");
        await driver.close();
        await driver.switchTo().window(first);
      });
      assert.deepEqual([bodies().length, headers().length], [1, 1]);
    });

    it("shows nothing of an upload whose tab was closed, and removes it", async () => {
      await inAnotherTab(async (first) => {
        await page.give(fileOnDisk("cut off.bin", 200 * MiB));
        // One that the store only began is left to the store's own rule.
        await driver.wait(() => parts().some((name) => name.includes(".part-")), PATIENCE, "nothing is sent");
        await driver.close();
        await driver.switchTo().window(first);
      });
      assert.ok(parts().length > 0, "it was sent as a whole before");
      assert.equal(await page.count(), 1);
      const removed = async () => {
        await page.click("refresh");
        return parts().length === 0;
      };
      await driver.wait(removed, PATIENCE, "parts are left", 1000);
      assert.deepEqual([bodies().length, headers().length, await page.count()], [1, 1, 1]);
      await page.listed("one.txt");
    });

    it("has no files of another vault, and says that the provider has them", async () => {
      await page.click("lock");
      // While it is locked, what the provider has is all there is to see.
      await driver.wait(async () => (await page.count()) === 1, PATIENCE, "the locked list is not shown");
      await page.click("switch-entrance");
      await page.createVault("another");
      await page.find("empty");
      assert.equal(await page.count(), 0);
      assert.match(String(await page.text("others")), /Not in this vault.*1 other object/);
      await page.give(fileOnDisk("mine.txt", "of the other vault"));
      await page.listed("mine.txt");
      await page.gone("transfer");
      assert.equal(await page.count(), 1);
      assert.match(String(await page.text("others")), /1 other object/);
      assert.match(String(await page.text("store-total")), /2 objects/);
    });

    it("says of a file that the provider has lost, and lets it go", async () => {
      const key = String(await (await page.listed("mine.txt")).getAttribute("data-key"));
      rmSync(join(page.server.data, "strongroom", key));
      await page.click("refresh");
      const says = async (/** @type {RegExp} */ sentence) => sentence.test(await (await page.listed("mine.txt")).getText());
      await driver.wait(() => says(/Not in the provider's list/), PATIENCE, "the row does not say so");
      await (await page.inRow("mine.txt", "download")).click();
      assert.match(String(await page.text("transfer-error")), /no longer has this file/);
      await page.click("transfer-cancel");
      await (await page.inRow("mine.txt", "delete-object")).click();
      await page.click("confirm-yes");
      await page.find("empty");
      assert.deepEqual([bodies().length, headers().length], [1, 1]);
    });

    it("has the first vault's files again once that is unlocked", async () => {
      await page.click("lock");
      await driver.executeScript('const name = document.querySelector("#unlock-name"); name.value = "acme"; name.dispatchEvent(new Event("change", { bubbles: true }))');
      await page.type("unlock-passphrase", SECRET);
      await page.click("unlock-submit");
      await page.unlocked();
      await page.listed("one.txt");
      assert.equal((await driver.findElements(handle("others"))).length, 0);
    });
  });
}
