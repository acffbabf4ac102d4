/**
 * Takes the pictures of the README: `cargo xtask screenshots`. Names, sizes and times in them are always the
 * same; keys and identifiers are random.
 */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { By } from "selenium-webdriver";
import { fileOnDisk, openPage } from "./page.mjs";
import { png } from "./png.mjs";

/** The moment at which the first file in the pictures was stored; the next was a minute later. */
const THEN = Date.parse("2026-11-03T10:15:00Z");

const FILES = {
  "minutes 2026-11-03.txt": "Present: Ada, Grace, Radia.\n\n1. The key is changed twice a year.\n2. The backup is with Grace.\n",
  "accounts-2026.csv": `month,in,out\n${Array.from({ length: 200 }, (_, at) => `${at},${at * 31},${at * 17}\n`).join("")}`,
  "harbour at dusk.png": png(960, 640),
};

const SIZES = /** @type {const} */ ({
  desktop: { width: 1440, height: 640, deviceScaleFactor: 1, mobile: false },
  phone: { width: 360, height: 740, deviceScaleFactor: 2, mobile: true },
});

const folder = fileURLToPath(new URL("../www/screenshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
const page = await openPage("Chromium");
const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (page.driver);
try {
  await chromium.sendDevToolsCommand("Emulation.setTimezoneOverride", { timezoneId: "UTC" });
  await chromium.sendDevToolsCommand("Emulation.setLocaleOverride", { locale: "en_GB" });
  await page.createVault();
  const bucket = join(page.server.data, "strongroom");
  /** @type {Set<string>} */
  const dated = new Set();
  for (const [name, contents] of Object.entries(FILES)) {
    const path = fileOnDisk(name, contents);
    const time = new Date(THEN + dated.size * 60_000);
    utimesSync(path, time, time);
    await page.give(path);
    await page.listed(name);
    await page.gone("transfer");
    for (const object of readdirSync(bucket).filter((stored) => !dated.has(stored))) {
      utimesSync(join(bucket, object), time, time);
      dated.add(object);
    }
  }
  await page.driver.navigate().refresh();
  await page.unlock();
  for (const name of Object.keys(FILES)) await page.listed(name);
  await page.click("notice-dismiss");
  await take("files", "desktop");
  await take("files", "phone");
  await (await page.inRow("harbour at dusk.png", "compare")).click();
  await page.find("preview-image");
  await page.text("stored-bytes");
  await take("provider", "desktop");
} finally {
  await page.close();
}

/** One picture in each colour scheme. @param {string} name @param {keyof typeof SIZES} size */
async function take(name, size) {
  await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", SIZES[size]);
  for (const scheme of ["light", "dark"]) {
    const features = [
      { name: "prefers-color-scheme", value: scheme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", { features });
    const top = size === "phone" ? "#files" : "body";
    const element = await page.driver.findElement(By.css(top));
    await page.driver.executeScript("arguments[0].scrollIntoView()", element);
    const { data } = /** @type {{ data: string }} */ (
      /** @type {unknown} */ (await chromium.sendAndGetDevToolsCommand("Page.captureScreenshot", { format: "png" }))
    );
    writeFileSync(join(folder, `${name}-${size}-${scheme}.png`), Buffer.from(data, "base64"));
  }
  await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
}
