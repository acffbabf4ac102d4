/**
 * A file that no buffer holds, to a consumer that throws away what it gets: nothing counts beyond 4 GiB wrongly, and
 * memory does not grow with the file. `cargo xtask transfers` takes 5 GiB.
 */
import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { engines, has, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { residentMemory } from "../../harness/browsers/processes.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { fileOnDisk } from "../../harness/demo/page.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const MiB = 1024 * 1024;
const SIZE = Number(process.env.STRONGROOM_SPARSE_MIB ?? 512) * MiB + 12_345;
/** A page and its Worker may have so much more resident than when the same file is only read. */
const BEYOND = 160 * MiB;

// WebKit reads a file to its end before it gives the first byte.
for (const engine of engines.filter((one) => one !== "WebKit")) {
  describe(`a file of ${Math.floor(SIZE / MiB)} MiB in ${engine}`, () => {
    const profile = temporaryFolder();
    const path = fileOnDisk("sparse.bin", 0);
    truncateSync(path, SIZE);
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    let onlyRead = Infinity;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine, { profile }));
      await driver.manage().setTimeouts({ script: 900_000 });
      await load(driver, `${server.origin}/sparse.html`);
      await step("create", "acme", "correct horse battery staple");
      await step("createKey", "acme", "photos");
      await driver.findElement(By.id("file")).sendKeys(path);
      assert.equal(await step("fileSize"), SIZE);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    /** Runs a step; the most that was resident meanwhile, where that can be seen. @param {string} name */
    async function watched(name) {
      let most = 0;
      const look = () => {
        const { renderer } = residentMemory(profile);
        most = Math.max(most, renderer);
      };
      const timer = has(engine, "memory that others can read") ? setInterval(look, 50) : undefined;
      const from = performance.now();
      try {
        const found = await step(name);
        const seconds = ((performance.now() - from) / 1000).toFixed(1);
        return { found, most, told: `${seconds} s${most > 0 ? `, ${Math.round(most / MiB)} MiB at most` : ""}` };
      } finally {
        clearInterval(timer);
      }
    }

    it("is read", async (test) => {
      const { found, most, told } = await watched("read");
      test.diagnostic(told);
      assert.deepEqual([found.size, found.others], [SIZE, 0]);
      onlyRead = most;
    });

    it("is encrypted", async (test) => {
      const { found, most, told } = await watched("encryptAll");
      test.diagnostic(told);
      assert.equal(found.size, found.expected);
      assert.ok(most <= onlyRead + BEYOND, told);
    });

    it("is encrypted and decrypted", async (test) => {
      const { found, most, told } = await watched("decryptAll");
      test.diagnostic(told);
      assert.deepEqual([found.size, found.others], [SIZE, 0]);
      assert.ok(most <= onlyRead + 2 * BEYOND, told);
    });

    it("gives its end once more when it can be resumed", async () => {
      const { whole, size, end } = await step("endAgain", 3 * MiB + 7);
      assert.equal(size, 3 * MiB + 7);
      assert.deepEqual(end, whole);
    });
  });
}
