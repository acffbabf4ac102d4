import { startBrowser } from "./browsers.mjs"; import { mainJob, startStore } from "./adopters/job.mjs"; import { story } from "./drive.mjs";
const origin = process.argv[2]; const { driver } = await startBrowser("Chromium"); const store = await startStore(origin);
try { await mainJob(driver, origin, store); console.log("ok", await story(driver,"shown"), await driver.executeScript("return performance.getEntriesByType('resource').map(e=>e.name)")); } finally { await driver.quit(); await store.stop(); }
