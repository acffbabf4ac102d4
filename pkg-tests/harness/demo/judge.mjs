/** What has to hold of the demo page as it stands: nothing that axe-core finds, nothing that does not fit or cannot be hit. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 to level AA, and what axe-core holds to be good beyond it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** All rules, and those that depend on colours. */
export const ALL_RULES = { run: { type: "tag", values: RULES }, least: 15 };
export const COLOUR_RULES = { run: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, least: 1 };

/** Where a finger is to hit: the smallest height and width, in CSS pixels. */
const TARGET = 44;

/** @param {import("selenium-webdriver").WebDriver} driver @param {{ run: object, least: number }} rules @returns {Promise<string[]>} */
export async function violations(driver, { run, least }) {
  await driver.executeScript(`if (!window.axe) { ${AXE} }`);
  const result = await driver.executeAsyncScript(
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
 * What is wider than the window. A phone's own width follows what is in it, and says nothing.
 *
 * @param {import("selenium-webdriver").WebDriver} driver @param {number} width @returns {Promise<string[]>}
 */
export function overflowing(driver, width) {
  return driver.executeScript(
    `const [width] = arguments;
     const { scrollWidth } = document.documentElement;
     return scrollWidth > width ? [scrollWidth + " px wide in " + width] : [];`,
    width,
  );
}

/** Controls below the size, but links in text. @param {import("selenium-webdriver").WebDriver} driver @returns {Promise<string[]>} */
export function small(driver) {
  return driver.executeScript(
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
