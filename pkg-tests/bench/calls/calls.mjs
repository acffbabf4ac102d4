/**
 * What a single call costs: one value and one object of 1 KiB, each against a bare message to a Worker and back in the
 * same round, in rotated order: `cargo xtask bench --only calls`. Prints a table of medians.
 */
import { cpSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { temporaryFolder, unpack } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { median } from "../median.mjs";

const rounds = Number(process.env.STRONGROOM_ROUNDS ?? 15);

/** How many of each are measured together: clocks of pages are coarse. */
const ALONE = 200;
const AT_ONCE = 1000;

/** Its first row is the floor of all others. */
const ROWS = ["message", "encryptValue", "decryptValue", "encryptObject", "decryptObject"].flatMap((call) => [
  { call, times: ALONE, atOnce: false },
  { call, times: AT_ONCE, atOnce: true },
]);

/** @type {Record<string, string>} */
const NAMES = {
  message: "a bare message to a Worker and back",
  encryptValue: "encrypting a value",
  decryptValue: "decrypting a value",
  encryptObject: "encrypting an object of 1 KiB",
  decryptObject: "decrypting an object of 1 KiB",
};

const folder = temporaryFolder();
cpSync(fileURLToPath(new URL("page/", import.meta.url)), folder, { recursive: true });
unpack(folder);
const server = await serveFolder(folder);
try {
  for (const engine of (process.env.STRONGROOM_ENGINES ?? "Chromium,Firefox").split(",")) {
    await measured(/** @type {import("../../harness/browsers/browsers.mjs").Engine} */ (engine));
  }
} finally {
  await server.stop();
}

/** @param {import("../../harness/browsers/browsers.mjs").Engine} engine */
async function measured(engine) {
  const { driver } = await startBrowser(engine);
  try {
    await load(driver, server.origin);
    // Whatever is compiled or connected at first use.
    for (const { call } of ROWS) await story(driver, "run", call, ALONE, false);
    const took = ROWS.map(() => /** @type {number[]} */ ([]));
    for (let round = 0; round < rounds; round++) {
      for (let next = 0; next < ROWS.length; next++) {
        const at = (next + round) % ROWS.length;
        const { call, times, atOnce } = /** @type {(typeof ROWS)[number]} */ (ROWS[at]);
        took[at]?.push(await story(driver, "run", call, times, atOnce));
      }
    }
    print(`${engine} ${(await driver.getCapabilities()).getBrowserVersion()}`, took);
  } finally {
    await driver.quit();
  }
}

/** @param {string} title @param {number[][]} took of each row, by round */
function print(title, took) {
  const busy = loadavg()[0]?.toFixed(1);
  console.log(`\n${title}, medians of ${rounds} rounds, load ${busy}\n`);
  console.log("| call | | µs each | of a bare message | least µs | of the least message |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  const floors = took[0] ?? [];
  ROWS.forEach(({ call, times, atOnce }, at) => {
    const own = took[at] ?? [];
    const ratios = own.map((one, round) => one / (floors[round] ?? NaN));
    const least = Math.min(...own);
    const cells = [NAMES[call], atOnce ? `${times} at once` : "alone", Math.round(median(own)), median(ratios).toFixed(1)];
    console.log(`| ${[...cells, Math.round(least), (least / Math.min(...floors)).toFixed(1)].join(" | ")} |`);
  });
}
