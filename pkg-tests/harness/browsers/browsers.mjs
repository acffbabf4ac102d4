/** Real browsers, headless, over WebDriver; each session with a new profile. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser, Builder } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import firefox from "selenium-webdriver/firefox.js";
import { temporaryFolder } from "../consumer.mjs";

/** @typedef {"Chromium" | "Firefox" | "WebKit"} Engine */

/** All three, or those that the person at work names: `STRONGROOM_ENGINES=WebKit,Firefox`. */
const named = process.env.STRONGROOM_ENGINES ?? "Chromium,Firefox,WebKit";

/**
 * The engines of this run. A test file whose subject hangs on the engine loops over them: storage, Workers, service
 * workers, tabs, passkeys, memory, what fails and how.
 */
export const engines = /** @type {Engine[]} */ (named.split(","));

/**
 * The engines of this run for a test file whose subject is the same in each: in `cargo xtask test` only the given ones, in
 * `cargo xtask engines` and by hand all of `engines`. A comment above the file's loop says why these are enough.
 *
 * @param {...Engine} enough
 */
export const usually = (...enough) =>
  process.env.STRONGROOM_USUAL ? engines.filter((engine) => enough.includes(engine)) : engines;

/**
 * For a test's `skip`, in a file whose other tests hang on the engine: false, or where the test runs.
 *
 * @param {Engine} engine @param {...Engine} enough
 */
export const unlessUsual = (engine, ...enough) =>
  !usually(...enough).includes(engine) && `it is the same in ${enough.join(" and ")}; cargo xtask engines runs it here too`;

/** What a test may need of a browser's driver beyond WebDriver, and who has it. */
const abilities = {
  /** It tells what pages and Workers log, and which Workers there are. */
  BiDi: ["Chromium", "Firefox"],
  /** It hands over what pages log. */
  "a console to read": ["Chromium"],
  /** Heap snapshots, a quota of the test's choice, a network that is gone. */
  DevTools: ["Chromium"],
  /** The browser is several processes of one user, on Linux; see processes.mjs. */
  "memory that others can read": process.platform === "linux" ? ["Chromium"] : [],
  /** WebKitGTK's are its system's. */
  "films of VP9": ["Chromium", "Firefox"],
  /** With `quota`. */
  "a setting for how much pages keep": ["Firefox"],
  /** With `host`. */
  "names of a test's own": ["Chromium", "Firefox"],
  /** With `private`; WebKit's driver has no other. */
  "private windows beside others": ["Chromium", "Firefox"],
  /** With `storage: false`. */
  "a setting by which pages keep nothing": ["Chromium", "Firefox"],
  /** WebKitGTK saves nothing that a service worker answers. */
  "files that a service worker gives": ["Chromium", "Firefox"],
  /** WebKitGTK gives pages no files of their own that they can write to. */
  "files of a page's own": ["Chromium", "Firefox"],
  /** With `passkeys`. WebKitGTK has no WebAuthn. */
  "passkeys of a test's own": ["Chromium", "Firefox"],
  /** With `workerIdle`. */
  "a setting for when idle service workers end": ["Firefox"],
};

/** @param {Engine} engine @param {keyof typeof abilities} ability */
export const has = (engine, ability) => abilities[ability].includes(engine);

/** For a test's `skip`: false, or what is missing. @param {Engine} engine @param {keyof typeof abilities} ability */
export const without = (engine, ability) => !has(engine, ability) && `${engine}'s driver lacks ${ability}`;

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
 * @property {number} [workerIdle] milliseconds after which Firefox ends an idle service worker
 * @property {boolean} [passkeys] Firefox's token in software, instead of keys that are plugged in
 * @property {string} [extension] the folder of one that Chromium loads
 * @property {string} [proxy] host and port
 * @property {string} [host] a name that stands for this machine, and is not one of those that browsers trust
 * @property {boolean} [bidi] see bidi.mjs
 */

/** @param {Engine} engine @param {Options} [options] */
export async function startBrowser(engine, options = {}) {
  const { width = 1200, height = 900 } = options;
  const downloads = temporaryFolder();
  const builders = {
    Chromium: () => chromium(downloads, options),
    Firefox: () => gecko(downloads, options),
    WebKit: () => webkit(downloads),
  };
  const builder = builders[engine]();
  if (options.proxy) {
    const manual = { proxyType: "manual", httpProxy: options.proxy };
    // Chromium's word for: not even loopback addresses bypass it.
    const everything = engine === "Chromium" && { noProxy: ["<-loopback>"] };
    builder.setProxy(/** @type {any} */ ({ ...manual, ...everything }));
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
  if (given.extension) {
    options.addArguments(`--load-extension=${given.extension}`, "--disable-features=DisableLoadExtensionCommandLineSwitch");
  }
  if (given.host) options.addArguments(`--host-resolver-rules=MAP ${given.host} 127.0.0.1`);
  options.setUserPreferences({
    "download.default_directory": downloads,
    // Chromium's "block all cookies", which takes all storage away.
    ...(!storage && { "profile.default_content_setting_values.cookies": 2 }),
  });
  const service = new chrome.ServiceBuilder(onPath(["chromedriver"]));
  return new Builder().forBrowser(Browser.CHROME).setChromeOptions(options).setChromeService(service);
}

/** @param {string} downloads @param {Options} options */
function gecko(downloads, { storage = true, quota, workerIdle, ...given }) {
  const options = new firefox.Options();
  options.setBinary(onPath(["firefox-esr", "firefox"]));
  options.addArguments("-headless");
  options.setPreference("browser.download.folderList", 2);
  options.setPreference("browser.download.dir", downloads);
  // The panel of downloads would take the focus from the page.
  options.setPreference("browser.download.alwaysOpenPanel", false);
  options.setPreference("network.proxy.allow_hijacking_localhost", true);
  if (!storage) options.setPreference("network.cookie.cookieBehavior", 2);
  if (given.private) options.setPreference("browser.privatebrowsing.autostart", true);
  if (given.host) options.setPreference("network.dns.localDomains", given.host);
  if (given.passkeys) {
    options.setPreference("security.webauth.webauthn_enable_softtoken", true);
    options.setPreference("security.webauth.webauthn_enable_usbtoken", false);
  }
  if (workerIdle) {
    options.setPreference("dom.serviceWorkers.idle_timeout", workerIdle);
    options.setPreference("dom.serviceWorkers.idle_extended_timeout", workerIdle);
  }
  if (quota) options.setPreference("dom.quotaManager.temporaryStorage.fixedLimit", quota);
  const service = new firefox.ServiceBuilder(onPath(["geckodriver"]));
  return new Builder().forBrowser(Browser.FIREFOX).setFirefoxOptions(options).setFirefoxService(service);
}

/** WebKitGTK's MiniBrowser, whose sessions are all private ones. @param {string} downloads */
function webkit(downloads) {
  // Where downloads go is the person's setting, not the browser's.
  const settings = temporaryFolder();
  writeFileSync(join(settings, "user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const program = fileURLToPath(new URL("webkit-driver.sh", import.meta.url));
  const service = new chrome.ServiceBuilder(program).setEnvironment({ ...process.env, XDG_CONFIG_HOME: settings });
  // Selenium does not know this driver. What its class for Chromium's adds is commands that nobody gives.
  const builder = new Builder().forBrowser("MiniBrowser");
  return Object.assign(builder, { build: () => chrome.Driver.createSession(builder.getCapabilities(), service.build()) });
}

/** @param {string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? "").split(":");
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error(`${names[0]} is missing; cargo xtask test installs it`);
  return found;
}
