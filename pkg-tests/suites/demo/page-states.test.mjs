/** What has to hold in every state of the demo page: nothing that axe-core finds, nothing that does not fit. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { states } from "../../harness/demo/page-states.mjs";
import { openPage } from "../../harness/demo/page.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 to level AA, and what axe-core holds to be good beyond it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A desktop's window and a small phone's, in CSS pixels. */
const SIZES = [
  { width: 1440, height: 900, mobile: false },
  { width: 360, height: 740, mobile: true },
];

/** Each with the rules that are held in it: all in the first, and in the other what depends on colours. */
const SCHEMES = /** @type {const} */ ({
  light: { run: { type: "tag", values: RULES }, least: 15 },
  dark: { run: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, least: 1 },
});

/** Where a finger is to hit: the smallest height and width, in CSS pixels. */
const TARGET = 44;

// Only Chromium takes another scheme and a phone's measures while it runs.
describe("every state of the demo page", () => {
  /** @type {import("../../harness/demo/page.mjs").Page} */
  let page;
  /** @type {import("selenium-webdriver/chrome.js").Driver} */
  let chromium;
  /** @type {Record<string, string[]>} */
  const found = { accessible: [], fits: [], reachable: [] };
  let count = 0;

  before(async () => {
    page = await openPage("Chromium", { passkeys: true });
    chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver);
  });
  after(() => page?.close());

  it("is reached", async () => {
    for await (const state of states(page)) {
      count += 1;
      for (const size of SIZES) {
        await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1 });
        await laidOut(size.width);
        const where = `${state}, ${size.width} px`;
        found.fits?.push(...(await overflowing(size.width)).map((what) => `${where}: ${what}`));
        if (size.mobile) found.reachable?.push(...(await small()).map((what) => `${where}: ${what}`));
        for (const [scheme, rules] of Object.entries(SCHEMES)) {
          await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", {
            features: [
              { name: "prefers-color-scheme", value: scheme },
              // Colours half-way through a transition are none of the design's.
              { name: "prefers-reduced-motion", value: "reduce" },
            ],
          });
          found.accessible?.push(...(await violations(rules)).map((what) => `${where}, ${scheme}: ${what}`));
        }
      }
      await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
    }
    assert.ok(count >= 72, `only ${count} states`);
  });

  it("has no violation of WCAG 2.2 AA or of good practice", () => assert.deepEqual(found.accessible, []));
  it("scrolls in one direction only", () => assert.deepEqual(found.fits, []));
  it("has controls that a finger hits", () => assert.deepEqual(found.reachable, []));

  /** @param {{ run: object, least: number }} rules @returns {Promise<string[]>} */
  async function violations({ run, least }) {
    await page.driver.executeScript(`if (!window.axe) { ${AXE} }`);
    const result = await page.driver.executeAsyncScript(
      `const [runOnly, done] = arguments;
       axe.run({ runOnly }).then(
         ({ passes, violations }) => done({
           passed: passes.length,
           failed: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)),
         }),
         (error) => done({ passed: 0, failed: [String(error)] }),
       );`,
      run,
    );
    const { passed, failed } = /** @type {{ passed: number, failed: string[] }} */ (result);
    return passed < least ? [...failed, `axe-core looked at ${passed} things only`] : failed;
  }

  /**
   * Waits until the page has the width, and has drawn itself in it: the command is answered before that.
   *
   * @param {number} width @returns {Promise<void>}
   */
  function laidOut(width) {
    return page.driver.executeAsyncScript(
      `const [width, done] = arguments;
       const fits = matchMedia("(width: " + width + "px)");
       const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => done()));
       if (fits.matches) drawn();
       else fits.addEventListener("change", drawn, { once: true });`,
      width,
    );
  }

  /**
   * What is wider than the window. A phone's own width follows what is in it, and says nothing.
   *
   * @param {number} width @returns {Promise<string[]>}
   */
  function overflowing(width) {
    return page.driver.executeScript(
      `const [width] = arguments;
       const { scrollWidth } = document.documentElement;
       return scrollWidth > width ? [scrollWidth + " px wide in " + width] : [];`,
      width,
    );
  }

  /** Controls below the size, but links in text. @returns {Promise<string[]>} */
  function small() {
    return page.driver.executeScript(
      `const [least] = arguments;
       const controls = document.querySelectorAll("button, summary, select, input:not([type=radio], [type=checkbox], [type=file]), label:has(input), #console a, nav a");
       return [...controls].flatMap((control) => {
         const { width, height } = control.getBoundingClientRect();
         if (width === 0) return [];
         return width < least || height < least ? [control.outerHTML.slice(0, 100) + " " + width + " × " + height] : [];
       });`,
      TARGET,
    );
  }
});
