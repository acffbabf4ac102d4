/** Real browsers, headless, over WebDriver; each session with a new profile. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Browser, Builder } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import firefox from "selenium-webdriver/firefox.js";
import { temporaryFolder } from "./consumer.mjs";

/** @typedef {"Chromium" | "Firefox"} Engine */

/** @type {readonly Engine[]} */
export const engines = ["Chromium", "Firefox"];

/** How long one step of a test may take in the page. */
const PATIENCE = 180_000;

/**
 * @param {Engine} engine
 * @param {{ width?: number, height?: number, profile?: string }} [options] `profile`: Chromium's, kept
 */
export async function startBrowser(engine, { width = 1200, height = 900, profile = temporaryFolder() } = {}) {
  const downloads = temporaryFolder();
  const driver = await (engine === "Chromium" ? chromium(downloads, profile) : gecko(downloads)).build();
  await driver.manage().setTimeouts({ script: PATIENCE, pageLoad: PATIENCE });
  await driver.manage().window().setRect({ width, height });
  return { driver, downloads };
}

/** @param {string} downloads @param {string} profile */
function chromium(downloads, profile) {
  const options = new chrome.Options();
  const binary = onPath(["chromium", "google-chrome", "chrome"]);
  options.setBinaryPath(binary);
  options.addArguments(
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
  );
  // Chromium refuses to run as root with its sandbox.
  if (process.getuid?.() === 0) options.addArguments("--no-sandbox");
  options.setUserPreferences({ "download.default_directory": downloads });
  const service = new chrome.ServiceBuilder(onPath(["chromedriver"]));
  return new Builder().forBrowser(Browser.CHROME).setChromeOptions(options).setChromeService(service);
}

/** @param {string} downloads */
function gecko(downloads) {
  const options = new firefox.Options();
  options.setBinary(onPath(["firefox-esr", "firefox"]));
  options.addArguments("-headless");
  options.setPreference("browser.download.folderList", 2);
  options.setPreference("browser.download.dir", downloads);
  const service = new firefox.ServiceBuilder(onPath(["geckodriver"]));
  return new Builder().forBrowser(Browser.FIREFOX).setFirefoxOptions(options).setFirefoxService(service);
}

/** @param {string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? "").split(":");
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error(`${names[0]} is missing; cargo xtask test installs it`);
  return found;
}
