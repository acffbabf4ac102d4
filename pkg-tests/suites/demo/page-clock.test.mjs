/** What time brings, seen in the demo page's console: keys that rotate, versions whose day has come. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { usually } from "../../harness/browsers/browsers.mjs";
import { pageWithClock } from "../../harness/demo/clock.mjs";
import { Console, keyRow, versionRow } from "../../harness/demo/console.mjs";
import { fileOnDisk, openPage } from "../../harness/demo/page.mjs";

const DAY = 24 * 60 * 60 * 1000;

// What the console shows of dates: the page's own code.
for (const engine of usually("Chromium")) {
  describe(`the demo page's console over months in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Console} */
    let keys;
    const { folder, setClock } = pageWithClock();
    const start = Date.now();

    before(async () => {
      page = await openPage(engine, { folder });
      keys = new Console(page);
      await page.createVault();
      await keys.make("photos", { every: "P30D" });
      await keys.openFiles();
      await page.give(fileOnDisk("one.txt", "one"));
      await page.listed("one.txt");
      await page.gone("transfer");
    });
    after(() => page?.close());

    /** @param {number} days */
    async function later(days) {
      setClock(start + days * DAY);
      await page.driver.navigate().refresh();
      await page.unlock();
    }

    it("rotates a key that is due, at unlock, and its files stay readable", async () => {
      await later(31);
      await keys.openFiles();
      await page.listed("one.txt");
      await keys.openKey("photos");
      await page.appears(versionRow(1, { state: "deactivated", files: 1 }));
      await page.appears(versionRow(2, { state: "active", files: 0 }));
      await keys.openVersion(1);
      assert.match(String(await page.text("history")), /on schedule/);
    });

    it("does nothing harmful when the clock is set back", async () => {
      await later(-400);
      await keys.openFiles();
      await page.listed("one.txt");
      await keys.openKey("photos");
      await page.appears(versionRow(2, { state: "active" }));
      assert.equal((await page.driver.findElements(versionRow(3))).length, 0);
    });

    it("holds a destruction up while a file needs the version, and destroys it then", async () => {
      await later(32);
      await keys.openKey("photos");
      await keys.openVersion(1);
      assert.match(await keys.consider("version-scheduleDestroy"), /block its destruction/);
      await keys.decide({ report: true });
      await keys.closeReport();
      await later(70);
      await keys.openKey("photos");
      await page.appears(versionRow(1, { state: "destroy-scheduled", files: 1 }));
      await keys.openVersion(1);
      await keys.consider("version-cancelDestroy");
      await keys.decide();
      await page.appears(versionRow(1, { state: "deactivated" }));
      await keys.press("move-files");
      await keys.moved(/1 file moved/);
      await page.appears(versionRow(1, { files: 0 }));
      await keys.consider("version-scheduleDestroy");
      await keys.decide({ report: true });
      await keys.closeReport();
      await later(101);
      await keys.openFiles();
      await page.listed("one.txt");
      await keys.openKey("photos");
      await page.appears(versionRow(1, { state: "destroyed" }));
    });

    it("lists how old the versions in use are, and what comes", async () => {
      await keys.openList();
      const text = await (await page.appears(keyRow("files"))).getText();
      assert.match(text, /100 days|101 days|3 months/);
      assert.match(text, /manual/);
    });
  });
}
