/**
 * Takes the pictures of the READMEs: `cargo xtask screenshots`. Names, sizes and days in them are always the
 * same; keys and identifiers are random.
 */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { By } from "selenium-webdriver";
import { pageWithClock } from "../../harness/demo/clock.mjs";
import { Console } from "../../harness/demo/console.mjs";
import { fileOnDisk, openPage } from "../../harness/demo/page.mjs";
import { png } from "../../harness/samples/png.mjs";

/** The moment at which the first file in the pictures was stored; the next was a minute later. */
const THEN = Date.parse("2026-11-03T10:15:00Z");

const FILES = {
  "minutes 2026-11-03.txt": "Present: Ada, Grace, Radia.\n\n1. The key is changed twice a year.\n2. The backup is with Grace.\n",
  "accounts-2026.csv": `month,in,out\n${Array.from({ length: 200 }, (_, at) => `${at},${at * 31},${at * 17}\n`).join("")}`,
  "harbour at dusk.png": png(960, 640),
};

const SIZES = /** @type {const} */ ({
  desktop: { width: 1440, height: 640, deviceScaleFactor: 1, mobile: false },
  tall: { width: 1440, height: 1010, deviceScaleFactor: 1, mobile: false },
  phone: { width: 360, height: 740, deviceScaleFactor: 2, mobile: true },
});

const DAY = 24 * 60 * 60 * 1000;

const folder = fileURLToPath(new URL("../../../www/screenshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
const { folder: site, setClock } = pageWithClock();
setClock(THEN - 400 * DAY);
const page = await openPage("Chromium", { folder: site });
const keys = new Console(page);
const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver);
const bucket = join(page.server.data, "strongroom");
/** @type {Set<string>} */
const dated = new Set();
try {
  await chromium.sendDevToolsCommand("Emulation.setTimezoneOverride", { timezoneId: "UTC" });
  await chromium.sendDevToolsCommand("Emulation.setLocaleOverride", { locale: "en_GB" });
  await page.createVault();
  await live();
  await page.driver.navigate().refresh();
  await page.unlock();
  for (const name of Object.keys(FILES)) await page.listed(name);
  await page.click("notice-dismiss");
  await take("files", "desktop", "body");
  await take("files", "phone", "#files");
  await (await page.inRow("harbour at dusk.png", "compare")).click();
  await page.find("preview-image");
  await page.text("stored-bytes");
  await take("provider", "desktop", "body");
  await page.click("comparison-close");
  await keys.openList();
  await take("keys", "desktop", "body");
  await keys.openKey("accounts");
  await keys.openVersion(3);
  await page.find("dependents");
  await take("key", "tall", "body");
  await take("key", "phone", "#versions-title");
} finally {
  await page.close();
}

/** The life of a key, over 400 days, and files under its versions. */
async function live() {
  await keys.make("accounts", { every: "P90D", labels: "team: finance" });
  await keys.make("inbox", { purpose: "share", every: "P180D" });
  await keys.make("releases", { purpose: "sign", every: "P365D", labels: "team: build" });
  await add("minutes 2026-11-03.txt");
  // Due three times by then, a day after each other at least: the vault is unlocked now and then.
  await goTo(-309);
  await goTo(-218);
  await add("accounts-2026.csv");
  await goTo(-170);
  await keys.openKey("accounts");
  await keys.consider("version-suspend");
  await keys.decide();
  await goTo(-155);
  await keys.openKey("accounts");
  await keys.consider("version-resume");
  await keys.decide();
  await goTo(-127);
  await goTo(-60);
  await keys.openKey("accounts");
  await keys.openVersion(2);
  await keys.consider("version-revoke");
  await page.type("action-reason", "a laptop was stolen");
  await keys.decide({ report: true });
  await keys.closeReport();
  await goTo(-36);
  await keys.openKey("accounts");
  await keys.openVersion(1);
  await keys.press("move-files");
  await keys.moved(/1 file moved/);
  await goTo(-10);
  await keys.openKey("accounts");
  await keys.openVersion(1);
  await keys.consider("version-scheduleDestroy");
  await keys.decide({ report: true });
  await keys.closeReport();
  await goTo(0);
  await add("harbour at dusk.png");
}

/** So many days from the moment of the pictures. @param {number} days */
async function goTo(days) {
  setClock(THEN + days * DAY);
  await page.driver.navigate().refresh();
  await page.unlock();
}

/** Encrypts under the first key. @param {keyof typeof FILES} name */
async function add(name) {
  await keys.openFiles();
  const path = fileOnDisk(name, FILES[name]);
  const time = new Date(THEN + Object.keys(FILES).indexOf(name) * 60_000);
  utimesSync(path, time, time);
  await page.give(path);
  await page.listed(name);
  await page.gone("transfer");
  for (const object of readdirSync(bucket).filter((stored) => !dated.has(stored))) {
    utimesSync(join(bucket, object), time, time);
    dated.add(object);
  }
}

/**
 * One picture in each colour scheme.
 *
 * @param {string} name @param {keyof typeof SIZES} size @param {string} top what stands at its upper edge
 */
async function take(name, size, top) {
  await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", SIZES[size]);
  for (const scheme of ["light", "dark"]) {
    const features = [
      { name: "prefers-color-scheme", value: scheme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", { features });
    const element = await page.driver.findElement(By.css(top));
    await page.driver.executeScript("arguments[0].scrollIntoView()", element);
    // Nothing is pointed at.
    await page.driver.actions().move({ x: 0, y: 0 }).perform();
    const { data } = /** @type {{ data: string }} */ (
      /** @type {unknown} */ (await chromium.sendAndGetDevToolsCommand("Page.captureScreenshot", { format: "png" }))
    );
    writeFileSync(join(folder, `${name}-${size === "tall" ? "desktop" : size}-${scheme}.png`), Buffer.from(data, "base64"));
  }
  await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
}
