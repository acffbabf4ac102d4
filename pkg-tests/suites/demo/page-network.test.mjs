/** A network that goes away in the middle: what it interrupts is held, told, and goes on or begins again. */
import assert from "node:assert/strict";
import { readdirSync, truncateSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { usually, without } from "../../harness/browsers/browsers.mjs";
import { fileOnDisk, handle, openPage, PATIENCE, sha256, transfer } from "../../harness/demo/page.mjs";

const MiB = 1024 * 1024;
const SIZE = 150 * MiB;

// What interrupted uploads do in every engine is tried by suites/package/resume.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`the demo page without a network in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    const path = fileOnDisk("large.bin", SIZE);

    before(async () => {
      page = await openPage(engine);
      await page.createVault();
    });
    after(() => page?.close());

    /** What the store's folder holds: objects, and parts that nobody made one of. */
    function stored() {
      const names = readdirSync(page.server.data, { recursive: true, encoding: "utf8" });
      return {
        objects: names.filter((name) => name.endsWith(".srm")).length,
        parts: names.filter((name) => name.includes(".upload")).length,
      };
    }

    const problem = async () => String(await page.text("transfer-error"));
    const offline = (/** @type {boolean} */ gone) =>
      /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver).setNetworkConditions(
        /** @type {any} */ ({ offline: gone, latency: 0, download_throughput: -1, upload_throughput: -1 }),
      );

    async function removeAll() {
      await (await page.inRow("large.bin", "delete-object")).click();
      await page.click("confirm-yes");
      await page.gone("object");
    }

    it("says what to do when a server is killed in an upload, and begins again when its parts are lost", async () => {
      await page.give(path);
      await page.progressBeyond("uploaded", 10);
      await page.server.kill();
      const row = await page.appears(transfer("large.bin", "running"));
      await page.driver.wait(async () => /trying again/.test(await row.getText()), PATIENCE, "it does not say that it tries again");
      await page.appears(transfer("large.bin", "interrupted"));
      assert.doesNotMatch(await row.getText(), /trying again/);
      assert.match(await problem(), /cannot be reached.*check the connection, then resume/i);
      assert.match(String(await page.text("transfers-alert")), /large\.bin.*cannot be reached/);
      await page.revive();
      // The server forgot the upload: this one cannot go on, which a part of it may hear before it is told to. Then the button
      // begins again: it is looked for and pressed at once.
      await page.driver.executeScript(
        `document.querySelector('[data-testid="transfer-retry"][aria-label^="Resume"]')?.click()`,
      );
      await page.appears(transfer("large.bin", "failed"));
      assert.match(await problem(), /dropped what was sent.*starts over/i);
      assert.equal(await page.count(), 0);
      await page.click("transfer-retry");
      await page.listed("large.bin");
      await page.gone("transfer");
      assert.deepEqual(stored(), { objects: 1, parts: 0 });
    });

    it("goes on with a download where the server was killed", async () => {
      await (await page.inRow("large.bin", "download")).click();
      await page.progressBeyond("decrypted", 5);
      await page.server.kill();
      await page.appears(transfer("large.bin", "interrupted"));
      const reached = await page.progress("decrypted");
      assert.match(await problem(), /check the connection, then resume/i);
      await page.revive();
      await page.click("transfer-retry");
      await page.progressBeyond("decrypted", reached - 1);
      assert.equal(await sha256(await page.saved("large.bin", SIZE)), await sha256(path));
      await page.gone("transfer");
      await removeAll();
    });

    it("goes on by itself when the network is back", { skip: without(engine, "DevTools") }, async () => {
      await page.give(path);
      await page.progressBeyond("uploaded", 10);
      await offline(true);
      await page.appears(transfer("large.bin", "interrupted"));
      const reached = await page.progress("uploaded");
      assert.ok(stored().parts > 0);
      await offline(false);
      await page.appears(transfer("large.bin", "running"));
      assert.ok((await page.progress("uploaded")) >= reached, "it began again");
      await page.listed("large.bin");
      await page.gone("transfer");
      assert.deepEqual(stored(), { objects: 1, parts: 0 });
    });

    const once = { skip: engine !== "Chromium" && "takes half a minute: tried in one engine" };
    it("notices a server that says nothing, and leaves no parts of what is cancelled then", once, async () => {
      // Sparse, and so large that it is not done before the server is told to be silent.
      const silent = fileOnDisk("silent.bin", 0);
      truncateSync(silent, 1024 * MiB);
      await page.give(silent);
      await page.progressBeyond("uploaded", 5);
      page.server.pause();
      await page.appears(transfer("silent.bin", "interrupted"));
      assert.match(await problem(), /stopped answering/);
      await page.click("transfer-cancel");
      await page.gone("transfer");
      page.server.goOn();
      await page.driver.wait(() => stored().parts === 0, PATIENCE, "parts are left");
      await page.click("refresh");
      assert.equal(await page.count(), 1);
      assert.deepEqual(stored(), { objects: 1, parts: 0 });
    });

    it("says so where only the list cannot be read", async () => {
      await page.server.kill();
      await page.click("refresh");
      assert.match(String(await page.text("alert")), /cannot be reached.*try again/i);
      await page.revive();
      await page.click("refresh");
      await page.driver.findElement(handle("objects")).catch(() => page.find("empty"));
    });
  });
}
