/** The packed package in projects of every common bundler: the main job in the page they made. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser } from "../browsers.mjs";
import { load, story } from "../drive.mjs";
import { startServer } from "../server.mjs";
import { built, developed, project } from "./project.mjs";

/**
 * @typedef {object} Adopter
 * @property {string} name the project's folder
 * @property {"build" | "dev"} mode
 * @property {import("../browsers.mjs").Engine[]} in
 * @property {Record<string, string>} [aliases]
 */

/** @type {import("../browsers.mjs").Engine[]} */
const both = ["Chromium", "Firefox"];

/** @type {Adopter[]} */
const adopters = [
  { name: "vite", mode: "build", in: both },
  { name: "vite", mode: "dev", in: ["Chromium"] },
  { name: "vite-7", mode: "build", in: ["Chromium"], aliases: { vite: "vite-7" } },
  { name: "vite-7", mode: "dev", in: ["Chromium"], aliases: { vite: "vite-7" } },
  { name: "webpack", mode: "build", in: both },
  { name: "rollup", mode: "build", in: ["Chromium"] },
  { name: "esbuild", mode: "build", in: both },
  { name: "react", mode: "dev", in: ["Chromium"] },
  { name: "react-ssr", mode: "build", in: ["Chromium"] },
  { name: "trusted-types", mode: "build", in: ["Chromium"] },
];

/** A production build is served under the demo's strict policy, which the Worker's response carries too. */
async function served(/** @type {Adopter} */ { name, mode, aliases }) {
  const folder = project(name, aliases);
  return mode === "dev" ? developed(folder) : startServer(built(folder));
}

for (const adopter of adopters) {
  describe(`an application of ${adopter.name}, ${adopter.mode}`, () => {
    /** @type {{ origin: string, stop(): Promise<void> }} */
    let server;
    before(async () => void (server = await served(adopter)));
    after(() => server?.stop());

    for (const engine of adopter.in) {
      it(`keeps a vault over a reload in ${engine}`, async () => {
        const { driver } = await startBrowser(engine);
        try {
          await load(driver, server.origin);
          const { length, text } = await story(driver, "begin");
          assert.equal(text, "a picture");
          assert.ok(length > text.length);
          await load(driver, server.origin);
          assert.deepEqual(await story(driver, "resume"), { refused: "ERR_LOCKED", text: "a picture" });
          if (adopter.name === "react") await mountsTwice(driver);
        } finally {
          await driver.quit();
        }
      });
    }
  });
}

/** @param {import("selenium-webdriver").WebDriver} driver */
async function mountsTwice(driver) {
  await driver.wait(async () => (await story(driver, "shown")).text !== "opening", 20_000);
  assert.deepEqual(await story(driver, "shown"), { text: "a locked vault", mounted: 2 });
}
