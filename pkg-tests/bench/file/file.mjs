/**
 * A file of 512 MiB through the package, each round against the barest loop there is, `crypto.subtle` over the file's
 * bytes and nothing else: `cargo xtask bench --only file`. With `STRONGROOM_BEFORE`, the path of another tarball of the
 * package, that one takes part in every round too. Prints the median of the rounds' ratios.
 */
import { execFileSync } from "node:child_process";
import { cpSync, renameSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { By } from "selenium-webdriver";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { temporaryFolder, unpack } from "../../harness/consumer.mjs";
import { randomFile } from "../../harness/samples/random-file.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { median } from "../median.mjs";

const SIZE = 512 * 1024 * 1024;
const rounds = Number(process.env.STRONGROOM_ROUNDS ?? 5);
const before = process.env.STRONGROOM_BEFORE;

/** The first is the floor of all others. */
const ROWS = [
  ["bare loop", ""],
  ["encrypt", "package"],
  ["decrypt", "package"],
  ...(before ? [["encrypt", "before"], ["decrypt", "before"]] : []),
];

const folder = temporaryFolder();
cpSync(fileURLToPath(new URL("../loops/page/", import.meta.url)), folder, { recursive: true });
cpSync(fileURLToPath(new URL("page/", import.meta.url)), folder, { recursive: true });
if (before) {
  execFileSync("tar", ["-xzf", before, "-C", folder]);
  renameSync(join(folder, "package"), join(folder, "before"));
}
unpack(folder);
renameSync(join(folder, "strongroom"), join(folder, "package"));
const file = randomFile(SIZE);
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
    await driver.manage().setTimeouts({ script: 120_000 });
    await load(driver, `${server.origin}/file.html`);
    await driver.findElement(By.id("file")).sendKeys(file);
    const took = ROWS.map(() => /** @type {number[]} */ ([]));
    for (const [what, which] of ROWS) await story(driver, "run", what, which);
    for (let round = 0; round < rounds; round++) {
      const order = ROWS.map((row, at) => ({ row, at }));
      // What one run leaves behind, the next has to clear away: every other round goes the other way.
      if (round % 2) order.reverse();
      for (const { row, at } of order) took[at]?.push(await story(driver, "run", ...row));
    }
    print(`${engine} ${(await driver.getCapabilities()).getBrowserVersion()}`, took);
  } finally {
    await driver.quit();
  }
}

/** @param {string} title @param {number[][]} took of each row, by round */
function print(title, took) {
  console.log(`\n${title}, 512 MiB, medians of ${rounds} rounds, load ${loadavg()[0]?.toFixed(1)}\n`);
  console.log(`| what | ms | of the bare loop's throughput |${before ? " took, of what the one before took |" : ""}`);
  console.log(`| --- | --- | --- |${before ? " --- |" : ""}`);
  ROWS.forEach(([what, which], at) => {
    const own = took[at] ?? [];
    const against = (/** @type {number} */ other) => median(own.map((one, round) => one / (took[other]?.[round] ?? NaN)));
    const cells = [`${what} ${which}`.trim(), Math.round(median(own)), (1 / against(0)).toFixed(2)];
    if (before) cells.push(which === "package" ? against(at + 2).toFixed(3) : "");
    console.log(`| ${cells.join(" | ")} |`);
  });
}
