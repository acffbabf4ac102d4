/** A large file through the demo page: up and down in bounded memory. `cargo xtask page` takes 2 GiB. */
import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { residentMemory } from "../../harness/browsers/processes.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { fileOnDisk, openPage, sha256, transfer } from "../../harness/demo/page.mjs";

const MiB = 1024 * 1024;
const SIZE = Number(process.env.STRONGROOM_PAGE_MIB ?? 200) * MiB;

/**
 * What a page and its Worker may have resident at most, in bytes, however large the file is: 336 MiB were
 * measured for 2 GiB going up and 440 coming down, 306 and 325 for 200 MiB. Chromium itself keeps the Blob
 * that is saved, up to 2 GiB of it in memory, in a process of its own.
 */
const BOUND = 600 * MiB;

/** In ms: one MiB in 300 ms, for machines that do much else. */
const PATIENCE = 60_000 + (SIZE / MiB) * 300;

describe(`a file of ${SIZE / MiB} MiB in the demo page`, { skip: process.platform !== "linux" }, () => {
  const profile = temporaryFolder();
  /** @type {import("../../harness/demo/page.mjs").Page} */
  let page;
  /** Sparse on disk: its bytes are zeros, which no cipher treats better than others. */
  const path = fileOnDisk("large.bin", 0);
  truncateSync(path, SIZE);

  before(async () => {
    page = await openPage("Chromium", { profile });
    await page.createVault();
  });
  after(() => page?.close());

  /**
   * Runs until `done`; the most memory meanwhile, and how many values a bar showed.
   *
   * @param {string} bar @param {() => Promise<boolean>} done
   */
  async function watched(bar, done) {
    const most = { renderer: 0, browser: 0 };
    const seen = new Set();
    const from = performance.now();
    await page.driver.wait(
      async () => {
        const now = residentMemory(profile);
        most.renderer = Math.max(most.renderer, now.renderer);
        most.browser = Math.max(most.browser, now.browser);
        seen.add(await page.progress(bar));
        return done();
      },
      PATIENCE,
      "it does not end",
      50,
    );
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    const [renderer, browser] = [most.renderer, most.browser].map((bytes) => Math.round(bytes / MiB));
    return { most, steps: seen.size, told: `${seconds} s, renderer ${renderer} MiB, browser ${browser} MiB at most` };
  }

  const idle = async () => (await page.driver.findElements(transfer("large.bin"))).length === 0;

  it("can be cancelled on its way", async () => {
    await page.give(path);
    await page.progressBeyond("uploaded", 1);
    await page.click("transfer-cancel");
    await page.gone("transfer");
    assert.equal(await page.count(), 0);
  });

  it("goes up", async (test) => {
    await page.give(path);
    await page.appears(transfer("large.bin"));
    const { most, steps, told } = await watched("uploaded", idle);
    test.diagnostic(told);
    assert.ok(most.renderer > 0 && most.renderer < BOUND, told);
    assert.ok(steps > 5, "the bar does not move");
    await page.listed("large.bin");
  });

  it("comes back the same", async (test) => {
    await (await page.inRow("large.bin", "download")).click();
    await page.appears(transfer("large.bin"));
    const { most, steps, told } = await watched("decrypted", idle);
    test.diagnostic(told);
    assert.ok(most.renderer > 0 && most.renderer < BOUND, told);
    assert.ok(steps > 5, "the bar does not move");
    assert.equal(await sha256(await page.saved("large.bin", SIZE, PATIENCE)), await sha256(path));
  });
});
