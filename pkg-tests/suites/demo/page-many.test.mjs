/** 200 files at once in the demo page: a few at a time, none stopped by another, in a list that stays fast. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By, Key } from "selenium-webdriver";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { handle, openPage, PATIENCE, transfer } from "../../harness/demo/page.mjs";

const FILES = 200;

/** The longest the page may stand still while files go up, in ms; 376 was measured on two overloaded cores. */
const STALL = 1000;

/** The longest between two frames while the list is scrolled, in ms; 150 was measured there, without a GPU. */
const FRAME = 500;

// How the page schedules is the same everywhere; Chromium is the one that tells its long tasks.
describe(`${FILES} files in the demo page`, () => {
  /** @type {import("../../harness/demo/page.mjs").Page} */
  let page;
  const folder = join(temporaryFolder(), "many");
  const paths = Array.from({ length: FILES }, (_, at) => join(folder, `file ${String(at).padStart(3, "0")}.txt`));

  before(async () => {
    mkdirSync(folder);
    for (const path of paths) writeFileSync(path, `the contents of ${path}`);
    page = await openPage("Chromium");
    await page.createVault();
  });
  after(() => page?.close());

  const shown = async () => (await page.driver.findElements(handle("transfer"))).length;
  /** How long the longest task was since it was last asked, in ms. */
  const longest = () =>
    page.driver.executeScript(`
      if (!window.tasks) {
        window.tasks = [0];
        new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
          .observe({ type: "longtask" });
      }
      return Math.max(...window.tasks.splice(0, window.tasks.length, 0));
    `);

  it("go up a few at a time, and one that fails stops no other", async (test) => {
    await longest();
    const from = performance.now();
    await page.give(...paths);
    // Gone before its turn comes.
    rmSync(String(paths.at(-1)));
    await page.appears(handle("overall"));
    assert.match(String(await page.text("overall")), new RegExp(`of ${FILES} files`));
    assert.ok((await shown()) < 10, "only what moves and what is next is shown");
    // The last of all.
    await page.appears(transfer(`file ${FILES - 1}.txt`, "failed"), "the last one did not fail", 10 * PATIENCE);
    await page.driver.wait(async () => (await page.count()) === FILES - 1, 3 * PATIENCE, "some are missing");
    const took = Math.round(performance.now() - from);
    const stall = await longest();
    test.diagnostic(`${took} ms, longest task ${stall} ms`);
    assert.ok(Number(stall) < STALL, `the page stood still for ${stall} ms`);
    assert.match(String(await page.text("status")), new RegExp(`${FILES - 1} files are encrypted and stored`));
    assert.match(String(await page.text("transfers-alert")), new RegExp(`file ${FILES - 1}\\.txt.*changed, moved or removed`));
    await page.click("transfer-cancel");
    await page.gone("transfer");
  });

  it("are named again after a reload", async (test) => {
    await page.driver.navigate().refresh();
    await longest();
    const from = performance.now();
    await page.unlock();
    const named = By.css('[data-testid="object"][data-name]');
    await page.driver.wait(async () => (await page.driver.findElements(named)).length === FILES - 1, PATIENCE);
    test.diagnostic(`${Math.round(performance.now() - from)} ms, longest task ${await longest()} ms`);
  });

  it("scroll without a stutter", async (test) => {
    const slowest = await page.driver.executeAsyncScript(`
      const [done] = arguments;
      let [slowest, last] = [0, performance.now()];
      const step = (now) => {
        slowest = Math.max(slowest, now - last);
        last = now;
        const { scrollHeight } = document.documentElement;
        if (scrollY + innerHeight >= scrollHeight - 2) return done(slowest);
        scrollBy(0, 400);
        requestAnimationFrame(step);
      };
      scrollTo(0, 0);
      requestAnimationFrame(step);
    `);
    test.diagnostic(`slowest frame ${slowest} ms`);
    assert.ok(Number(slowest) < FRAME, `a frame took ${slowest} ms`);
    await page.driver.executeScript("scrollTo(0, 0)");
  });

  it("are found by a part of their name", async () => {
    await page.type("find", "file 12");
    await page.driver.wait(async () => (await page.count()) === 10, PATIENCE);
    await page.type("find", Key.BACK_SPACE.repeat(7));
    await page.driver.wait(async () => (await page.count()) === FILES - 1, PATIENCE, "the others stay away");
  });

  it("are cancelled together, and nothing of them stays", async () => {
    const names = () => readdirSync(join(page.server.data, "strongroom"));
    const stored = () => names().filter((name) => name.endsWith(".srm")).length;
    await page.give(...paths.slice(0, -1));
    await page.click("cancel-all");
    await page.gone("transfer");
    await page.click("refresh");
    // What was on its way at that moment is removed in the background.
    await page.driver.wait(async () => stored() === (await page.count()), PATIENCE, "the list is another");
    assert.ok(stored() < FILES * 2 - 2, "it was cancelled");
    await page.driver.wait(() => names().length === stored() * 2, PATIENCE, "headers are left, or missing");
    await page.gone("overall");
  });
});
