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
 * @typedef {object} Options
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [profile] Chromium's, kept
 * @property {boolean} [storage] whether pages may keep anything
 * @property {boolean} [private] a private window
 * @property {number} [quota] KiB that Firefox lets all pages keep together
 * @property {boolean} [sandbox] Chromium's, which hides its memory from other processes of the same user
 * @property {string} [proxy] host and port
 * @property {boolean} [bidi] see bidi.mjs
 */

/** @param {Engine} engine @param {Options} [options] */
export async function startBrowser(engine, options = {}) {
  const { width = 1200, height = 900 } = options;
  const downloads = temporaryFolder();
  const builder = engine === "Chromium" ? chromium(downloads, options) : gecko(downloads, options);
  if (options.proxy) {
    // Chromium's word for: not even loopback addresses bypass it.
    const manual = { proxyType: "manual", httpProxy: options.proxy, noProxy: ["<-loopback>"] };
    builder.setProxy(/** @type {any} */ (manual));
  }
  if (options.bidi) builder.getCapabilities().set("webSocketUrl", true);
  const driver = await builder.build();
  await driver.manage().setTimeouts({ script: PATIENCE, pageLoad: PATIENCE });
  await driver.manage().window().setRect({ width, height });
  return { driver, downloads };
}

/** @param {string} downloads @param {Options} options */
function chromium(downloads, { profile = temporaryFolder(), storage = true, sandbox = true, ...given }) {
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
  if (!sandbox || process.getuid?.() === 0) options.addArguments("--no-sandbox");
  if (given.private) options.addArguments("--incognito");
  options.setUserPreferences({
    "download.default_directory": downloads,
    // Chromium's "block all cookies", which takes all storage away.
    ...(!storage && { "profile.default_content_setting_values.cookies": 2 }),
  });
  const service = new chrome.ServiceBuilder(onPath(["chromedriver"]));
  return new Builder().forBrowser(Browser.CHROME).setChromeOptions(options).setChromeService(service);
}

/** @param {string} downloads @param {Options} options */
function gecko(downloads, { storage = true, quota, ...given }) {
  const options = new firefox.Options();
  options.setBinary(onPath(["firefox-esr", "firefox"]));
  options.addArguments("-headless");
  options.setPreference("browser.download.folderList", 2);
  options.setPreference("browser.download.dir", downloads);
  options.setPreference("network.proxy.allow_hijacking_localhost", true);
  if (!storage) options.setPreference("network.cookie.cookieBehavior", 2);
  if (given.private) options.setPreference("browser.privatebrowsing.autostart", true);
  if (quota) options.setPreference("dom.quotaManager.temporaryStorage.fixedLimit", quota);
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
