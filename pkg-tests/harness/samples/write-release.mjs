/**
 * Writes the fixture of the release that is built here, in Chromium: `node harness/samples/write-release.mjs`. Once
 * a release is out, its fixture stays as it is.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { startBrowser } from "../browsers/browsers.mjs";
import { load, story } from "../browsers/drive.mjs";
import { plainPage } from "../consumer.mjs";
import { serveFolder } from "../servers/static.mjs";
import { fixtureFolder, plan, USES_WRITTEN } from "./release.mjs";
import { saveSample } from "./samples.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../../js/package.json", import.meta.url), "utf8"));
const release = version.split(".").slice(0, 2).join(".");
const folder = fixtureFolder(release);
if (existsSync(`${folder}manifest.json`)) throw new Error(`${folder} is there already; the fixture of a release stays as it is`);

const server = await serveFolder(plainPage());
const { driver } = await startBrowser("Chromium");
try {
  await load(driver, `${server.origin}/release.html`);
  const files = await story(driver, "writeRelease", plan(release), USES_WRITTEN);
  mkdirSync(folder, { recursive: true });
  saveSample(folder, files);
  console.log(`${folder}: ${Object.keys(files).join(", ")}`);
} finally {
  await driver.quit();
  await server.stop();
}
