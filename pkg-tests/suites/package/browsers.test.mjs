/** What each browser can do is tried, and `docs/browsers.md` says so. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

/** @typedef {Record<string, boolean>} Abilities */

/**
 * The page's table: a row for each ability, a column for each engine and the version that was tried.
 *
 * @param {string} engine
 */
function told(engine) {
  const page = readFileSync(new URL("../../../docs/browsers.md", import.meta.url), "utf8");
  const rows = page.split("\n").map((line) => line.split(/ ?\| ?/).slice(1));
  // The one whose columns name versions.
  const at = rows.findIndex((cells) => cells.some((cell) => /^WebKitGTK \d/.test(cell)));
  const header = rows[at] ?? [];
  const column = header.findIndex((cell) => cell.startsWith(engine));
  const abilities = rows.slice(at + 1).filter((cells) => /^(yes|no)$/.test(cells[column] ?? ""));
  return {
    version: header[column]?.split(" ")[1],
    abilities: /** @type {Abilities} */ (Object.fromEntries(abilities.map((cells) => [cells[0], cells[column] === "yes"]))),
  };
}

for (const engine of engines) {
  describe(`what ${engine} can do`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    before(async () => {
      server = await serveFolder(fileURLToPath(new URL("../../pages/probe", import.meta.url)));
      ({ driver } = await startBrowser(engine));
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("is what docs/browsers.md says", async (test) => {
      const version = String((await driver.getCapabilities()).get("browserVersion"));
      test.diagnostic(`${engine} ${version}`);
      await load(driver, server.origin);
      const found = /** @type {Abilities} */ (await story(driver, "probe"));
      const page = told(engine);
      assert.deepEqual(Object.keys(page.abilities).toSorted(), Object.keys(found).toSorted());
      // Another version than the page's may do more, but not less.
      const held = Object.entries(found).filter(([name]) => page.abilities[name] || version.startsWith(`${page.version}.`));
      assert.deepEqual(
        Object.fromEntries(held),
        Object.fromEntries(held.map(([name]) => [name, page.abilities[name]])),
      );
    });
  });
}
