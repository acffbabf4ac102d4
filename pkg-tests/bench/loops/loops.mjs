/**
 * Which loop encrypts a file fastest: ways of reading, sizes of pieces, one Worker or two. Prints a table, the
 * median of rounds in rotated order: `cargo xtask bench --only loops`.
 */
import { fileURLToPath } from "node:url";
import { By } from "selenium-webdriver";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { processorTime } from "../../harness/browsers/processes.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { randomFile } from "../../harness/samples/random-file.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { median } from "../median.mjs";

const MIB = 1024 * 1024;
const SEGMENT = 262_144 - 16;
const SIZE = 256 * MIB;
const rounds = Number(process.env.STRONGROOM_ROUNDS ?? 5);

/** @typedef {{ reading: string, piece: number, by?: string, encrypts?: boolean, overlaps?: boolean }} Loop */

/** @param {string} reading @param {number} segments @param {Partial<Loop>} [more] @returns {Loop} */
const loop = (reading, segments, more) => ({ reading, piece: segments * SEGMENT, ...more });
const encrypts = true;

/** @type {Loop[]} */
const LOOPS = [
  loop("stream", 4),
  loop("byte stream", 4),
  loop("byte stream, fresh", 4),
  loop("slice", 4),
  loop("slice", 32),
  loop("stream", 4, { encrypts }),
  loop("byte stream, fresh", 4, { encrypts }),
  loop("slice", 32, { encrypts }),
  ...[1, 2, 4, 8, 16].map((segments) => loop("byte stream", segments, { encrypts })),
  ...[4, 8].map((segments) => loop("byte stream", segments, { encrypts, overlaps: true })),
  loop("byte stream", 8, { encrypts, by: "page" }),
  loop("byte stream", 8, { encrypts, by: "another Worker" }),
];

const file = randomFile(SIZE);
const server = await serveFolder(fileURLToPath(new URL("page", import.meta.url)));
try {
  for (const engine of (process.env.STRONGROOM_ENGINES ?? "Chromium,Firefox").split(",")) {
    await measured(/** @type {import("../../harness/browsers/browsers.mjs").Engine} */ (engine));
  }
} finally {
  await server.stop();
}

/** @param {import("../../harness/browsers/browsers.mjs").Engine} engine */
async function measured(engine) {
  const profile = temporaryFolder();
  const { driver } = await startBrowser(engine, { profile });
  try {
    await driver.manage().setTimeouts({ script: 60_000 });
    await load(driver, server.origin);
    await driver.findElement(By.id("file")).sendKeys(file);
    const found = LOOPS.map(() => ({ took: /** @type {number[]} */ ([]), processor: /** @type {number[]} */ ([]) }));
    for (let round = 0; round < rounds; round++) {
      for (let next = 0; next < LOOPS.length; next++) {
        const at = (next + round) % LOOPS.length;
        const before = processorTime(profile);
        // A byte stream that hangs is one of the findings.
        const took = await story(driver, "run", LOOPS[at]).catch(() => Infinity);
        found[at]?.took.push(took);
        found[at]?.processor.push(processorTime(profile) - before);
        if (took === Infinity) await load(driver, server.origin).then(() => driver.findElement(By.id("file")).sendKeys(file));
      }
    }
    print(`${engine} ${(await driver.getCapabilities()).getBrowserVersion()}`, found);
  } finally {
    await driver.quit();
  }
}

/** @param {string} title @param {{ took: number[], processor: number[] }[]} found */
function print(title, found) {
  const best = Math.min(...found.filter((_, at) => !LOOPS[at]?.encrypts).map(({ took }) => median(took)));
  console.log(`\n${title}, ${SIZE / MIB} MiB, medians of ${rounds}\n`);
  console.log("| reading | segments a piece | read by | | MB/s | of the fastest reading | processor |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  found.forEach(({ took, processor }, at) => {
    const { reading, piece, by = "the Worker", encrypts: does, overlaps } = /** @type {Loop} */ (LOOPS[at]);
    const what = does ? `encrypts${overlaps ? ", overlapping" : ""}` : "reads";
    const hung = took.filter((one) => one === Infinity).length;
    const cells = [reading, piece / SEGMENT, by, what + (hung ? `, hung ${hung} times` : "")];
    const speed = Math.round(SIZE / median(took) / 1000);
    const ratio = (best / median(took)).toFixed(2);
    // Only Chromium's processes are told by their profile.
    const computed = median(processor) > 0 ? `${Math.round(median(processor))} ms` : "";
    console.log(`| ${[...cells, speed, ratio, computed].join(" | ")} |`);
  });
}
