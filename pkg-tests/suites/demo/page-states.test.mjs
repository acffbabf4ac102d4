/** What has to hold in every state of the demo page: nothing that axe-core finds, nothing that does not fit. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ALL_RULES, COLOUR_RULES, overflowing, small, violations } from "../../harness/demo/judge.mjs";
import { states } from "../../harness/demo/page-states.mjs";
import { openPage } from "../../harness/demo/page.mjs";

/** A desktop's window and a small phone's, in CSS pixels. */
const SIZES = [
  { width: 1440, height: 900, mobile: false },
  { width: 360, height: 740, mobile: true },
];

/** Each with the rules that are held in it: all in the first, and in the other what depends on colours. */
const SCHEMES = { light: ALL_RULES, dark: COLOUR_RULES };

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
        found.fits?.push(...(await overflowing(chromium, size.width)).map((what) => `${where}: ${what}`));
        if (size.mobile) found.reachable?.push(...(await small(chromium)).map((what) => `${where}: ${what}`));
        for (const [scheme, rules] of Object.entries(SCHEMES)) {
          await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", {
            features: [
              { name: "prefers-color-scheme", value: scheme },
              // Colours half-way through a transition are none of the design's.
              { name: "prefers-reduced-motion", value: "reduce" },
            ],
          });
          found.accessible?.push(...(await violations(chromium, rules)).map((what) => `${where}, ${scheme}: ${what}`));
        }
      }
      await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
    }
    assert.ok(count >= 112, `only ${count} states`);
  });

  it("has no violation of WCAG 2.2 AA or of good practice", () => assert.deepEqual(found.accessible, []));
  it("scrolls in one direction only", () => assert.deepEqual(found.fits, []));
  it("has controls that a finger hits", () => assert.deepEqual(found.reachable, []));

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
});
