/** The packed package in projects of every common bundler: the main job in the page they made. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { story } from "../../harness/browsers/drive.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { mainJob, startStore } from "./job.mjs";
import { built, developed, project, started } from "./project.mjs";

/**
 * @typedef {object} Adopter
 * @property {string} name the project's folder
 * @property {"build" | "dev" | "start"} mode a build in a file server, or the project's own server
 * @property {import("../../harness/browsers/browsers.mjs").Engine[]} in
 * @property {Record<string, string>} [aliases]
 * @property {string} [worker] where its Workers come from, if not from its own origin
 * @property {string} [policies] its Trusted Types policies, if there are more than the package's
 */

/** @type {import("../../harness/browsers/browsers.mjs").Engine[]} */
const both = ["Chromium", "Firefox"];

/** @type {Adopter[]} */
const adopters = [
  { name: "plain", mode: "build", in: both },
  { name: "vite", mode: "build", in: both },
  { name: "vite", mode: "dev", in: ["Chromium"] },
  { name: "vite-7", mode: "build", in: ["Chromium"], aliases: { vite: "vite-7" } },
  { name: "vite-7", mode: "dev", in: ["Chromium"], aliases: { vite: "vite-7" } },
  { name: "webpack", mode: "build", in: both, policies: "strongroom webpack" },
  { name: "rollup", mode: "build", in: ["Chromium"] },
  { name: "esbuild", mode: "build", in: both },
  { name: "inline", mode: "build", in: ["Chromium"], worker: "blob:" },
  { name: "react", mode: "dev", in: ["Chromium"] },
  { name: "react-ssr", mode: "build", in: ["Chromium"] },
  { name: "next", mode: "start", in: ["Chromium"] },
];

/** What the documentation says to allow. The response with the Worker's script carries it too. @param {Adopter} adopter */
const policy = ({ worker = "'self'", policies = "strongroom" }) =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `worker-src ${worker}`,
    "connect-src 'self' http://127.0.0.1:*",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    `trusted-types ${policies}`,
  ].join("; ");

/** @param {Adopter} adopter @returns {Promise<{ origin: string, refused?: string[], stop(): Promise<void> }>} */
async function served(adopter) {
  const folder = project(adopter.name, adopter.aliases);
  if (adopter.mode === "dev") return developed(folder);
  if (adopter.mode === "start") return started(folder);
  return serveFolder(built(folder), { policy: policy(adopter) });
}

for (const adopter of adopters) {
  describe(`an application of ${adopter.name}, ${adopter.mode}`, () => {
    /** @type {Awaited<ReturnType<typeof served>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startStore>>} */
    let store;
    before(async () => {
      server = await served(adopter);
      store = await startStore(server.origin);
    });
    after(() => Promise.all([server?.stop(), store?.stop()]));

    for (const engine of adopter.in) {
      it(`keeps a vault over a reload in ${engine}`, async () => {
        const { driver } = await startBrowser(engine);
        try {
          await mainJob(driver, server.origin, store, `${engine}.srm`);
          if (adopter.name === "react") await mountsTwice(driver);
          if (adopter.name === "next") await rendersTwice(driver, server.origin);
        } finally {
          await driver.quit();
        }
        assert.deepEqual(server.refused ?? [], []);
      });
    }
  });
}

/** @param {import("selenium-webdriver").WebDriver} driver */
async function mountsTwice(driver) {
  await driver.wait(async () => (await story(driver, "shown")).text !== "opening", 20_000);
  assert.deepEqual(await story(driver, "shown"), { text: "a locked vault", mounted: 2 });
}

/** On the server, and again in the browser. @param {import("selenium-webdriver").WebDriver} driver @param {string} page */
async function rendersTwice(driver, page) {
  const html = (await (await fetch(page)).text()).replace(/<!--.*?-->/g, "");
  assert.match(html, /<p>function and function in the server<\/p>/);
  assert.equal(await story(driver, "shown"), "function and function in the browser");
}
