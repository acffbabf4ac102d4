/** The demo page encrypts a file again: the old object goes once the whole new one was opened, and is the same. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import { Console, versionRow } from "../../harness/demo/console.mjs";
import { fileOnDisk, openPage, PATIENCE } from "../../harness/demo/page.mjs";

// What is tested is the page's own code: one engine will do.
describe("the demo page encrypts again", () => {
  /** @type {import("../../harness/demo/page.mjs").Page} */
  let page;
  /** @type {Console} */
  let keys;

  before(async () => {
    page = await openPage("Chromium");
    keys = new Console(page);
    await page.createVault();
    await page.give(fileOnDisk("one.txt", "what must not be lost"));
    await page.listed("one.txt");
    await page.gone("transfer");
  });
  after(() => page?.close());

  const bucket = () => join(page.server.data, "strongroom");
  const bodies = () => readdirSync(bucket()).filter((name) => name.endsWith(".srm"));

  it("and keeps the old object where the store has damaged the new one, until it has a good one", async () => {
    const [old = ""] = bodies();
    const damaged = new Set();
    const watcher = watch(bucket(), (_, name) => {
      if (!name?.endsWith(".srm") || name.startsWith(".") || name === old || damaged.size > 0) return;
      const path = join(bucket(), name);
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(path, bytes);
      damaged.add(name);
    });
    await keys.openKey("files");
    await page.type("version-revoke", Key.ENTER);
    await page.click("action-compromised");
    await keys.decide({ report: true });
    await keys.press("reencrypt");
    const told = async () => /one\.txt/.test(String(await page.text("transfers-alert").catch(() => "")));
    await page.driver.wait(told, PATIENCE, "nobody was told");
    watcher.close();
    assert.equal(damaged.size, 1);
    assert.ok(bodies().includes(old), "the old object is gone");
    // What is damaged is taken back.
    await page.driver.wait(() => bodies().length === 1, PATIENCE, "the damaged object stays");

    await page.click("transfer-retry");
    await page.driver.wait(() => !bodies().includes(old), PATIENCE, "the old object stays");
    await page.appears(versionRow(2, { state: "active", files: 1 }));
    assert.equal(bodies().length, 1);
  });
});
