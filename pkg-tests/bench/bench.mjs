/**
 * Measures the packed package in real browsers, against what IndexedDB takes for the same in the same run:
 * `cargo xtask bench`. README.md says what is measured.
 */
import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "../harness/browsers/browsers.mjs";
import { load, story } from "../harness/browsers/drive.mjs";
import { temporaryFolder, unpack } from "../harness/consumer.mjs";
import { serveFolder } from "../harness/servers/static.mjs";

/** A folder with the vaults that `vault.rs` wrote. */
const vaults = resolve(process.env.STRONGROOM_VAULTS ?? "vaults");
const rounds = Number(process.env.STRONGROOM_ROUNDS ?? 7);
const only = process.env.STRONGROOM_BENCH ?? "rotate,many";
const engines = /** @type {import("../harness/browsers/browsers.mjs").Engine[]} */ (
  (process.env.STRONGROOM_ENGINES ?? "Chromium,Firefox").split(",")
);

/** Entries, and how many of them are in a row, as `log.rs` makes them. */
const LOGS = [[1000, 64], [10_000, 64], [100_000, 64], [100_000, 1], [1_000_000, 64]];

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** @param {string} what @param {...unknown} told */
const tell = (what, ...told) => console.log(`  ${what.padEnd(52)}`, ...told);
/** @param {number} took */
const ms = (took) => `${took.toFixed(took < 10 ? 1 : 0)} ms`;
/** @param {number[]} took */
const spread = (took) => `${ms(median(took))} (${ms(Math.min(...took))} to ${ms(Math.max(...took))})`;

const folder = temporaryFolder();
cpSync(fileURLToPath(new URL("page/", import.meta.url)), folder, { recursive: true });
unpack(folder);
symlinkSync(vaults, join(folder, "vaults"));
const server = await serveFolder(folder);

for (const engine of engines) {
  console.log(`\n${engine}`);
  const { driver } = await startBrowser(engine);
  /** @param {string} step @param {...unknown} given */
  const call = (step, ...given) => story(driver, step, ...given);
  try {
    await driver.manage().setTimeouts({ script: 600_000 });
    await load(driver, server.origin);
    if (only.includes("rotate")) {
      await rotation(call, "1000x10", 10_000);
      await rotation(call, "10000x1", 10_000);
    }
    if (only.includes("many")) await many(call);
    if (only.includes("evidence")) for (const name of ["10000x1", "100000x1"]) await evidence(call, name);
    if (only.includes("log")) await logs(call);
  } finally {
    await driver.quit();
  }
}
await server.stop();

/** @typedef {(step: string, ...given: unknown[]) => Promise<any>} Call */

/** @param {Call} call @param {string} name @param {number} records */
async function rotation(call, name, records) {
  await call("fill", name, `/vaults/${name}.ndjson`);
  await call("open", name);
  const results = await call("rotations", name, records, rounds);
  /** @param {string} part */
  const of = (part) => results.map((/** @type {any} */ round) => round[part]);
  tell(`rotateVaultKey of ${name}, ${results[0].records} records`, spread(of("took")));
  tell("  its reading, its computing, its commit", ["read", "rest", "commit"].map((part) =>
    ms(median(part === "rest" ? results.map((/** @type {any} */ r) => r.took - r.read - r.commit) : of(part)))).join(", "));
  tell(`  putting ${records} such records in one transaction`, spread(of("floor")));
  const ratio = median(of("took")) / median(of("floor"));
  tell("  ratio", ratio.toFixed(2), `(each round: ${results.map((/** @type {any} */ r) => (r.took / r.floor).toFixed(2)).join(" ")})`);
  await call("close");
}

/** @param {Call} call */
async function many(call) {
  const [few, all] = ["10x1", "100000x1"];
  await call("fill", few, `/vaults/${few}.ndjson`);
  await call("fill", all, `/vaults/${all}.ndjson`);
  /** @type {Record<string, any[]>} */
  const unlocked = { [few]: [], [all]: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of [few, all]) unlocked[name].push(await call("unlocking", name));
  }
  for (const name of [few, all]) {
    const of = (/** @type {(round: any) => number} */ part) => spread(unlocked[name].map(part));
    tell(`open and unlock of ${name}`, of(({ open, unlock }) => open + unlock));
    tell("  without Argon2id", of(({ open, unlock, argon2id }) => open + unlock - argon2id));
  }
  const floors = await call("floors", all);
  for (let round = 0; round < 3; round++) {
    const survey = await call("survey", all);
    tell("background: index done, all done", `${ms(survey.index)}, ${ms(survey.all)}`);
    tell("  longest stall of the page, of the Worker", `${ms(survey.main)}, ${ms(survey.worker)}`);
  }
  tell("  getAll of the catalog", spread(floors.catalog));
  const first = await call("firstList", all);
  tell("first page of 50, right after the unlock", ms(first.took));
  const during = await call("during", all, "team-01/key-000001");
  tell("a key by its alias, while the index is built", spread(during));
  await call("open", all);
  const aliases = Array.from({ length: 50 }, (_, at) => alias(at * 1999));
  tell("a key by its alias", spread(await call("lookups", aliases)));
  tell("  get of one row", spread(floors.row));
  for (const query of [{}, { prefix: "team-07/" }, { label: ["env", "test"] }, { dueBefore: Date.now() + 30 * 86_400_000 }]) {
    tell(`first page of 50, ${JSON.stringify(query)}`, spread(await call("pages", 5, { ...query, limit: 50 })));
  }
  tell("creating a key", spread(await call("creations", 10, "new")));
  tell("  putting 4 rows in one transaction", spread(floors.put));
  const tick = await call("tick");
  tell("looking for what is due: time, rows read, stall", ms(tick.took), tick.rows, ms(tick.worker));
  await call("close");
}

/** @param {Call} call @param {string} name */
async function evidence(call, name) {
  await call("fill", name, `/vaults/${name}.ndjson`);
  await call("open", name);
  /** @type {any[]} */
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await call("evidence"));
  for (const [what, called] of [["cbom", "inventory.cbom"], ["report", "report, with json()"], ["page", "  its html()"]]) {
    const of = (/** @type {string} */ part) => results.map((round) => round[String(what)][part]);
    tell(`${called} of ${name}`, spread(of("took")), `${(median(of("bytes")) / 1e6).toFixed(1)} MB`, `stall ${ms(median(of("stall")))}`);
  }
  await call("close");
}

/** @param {Call} call */
async function logs(call) {
  for (const [entries = 0, row = 0] of LOGS) {
    const name = `log-${entries}x${row}`;
    tell(`a log of ${entries} entries, ${row} in a row`);
    await call("fill", name, `/vaults/${name}.ndjson`);
    await call("open", name);
    const [hour, middle] = [3_600_000, Date.now() - (entries / 2) * 1000];
    /** @type {Record<string, object>} */
    const asked = {
      "the last 50 entries": {},
      "of a key that is used often": { key: "key-7" },
      "of a key that was used five times, long ago": { key: "rare" },
      "of an operation that was done once, long ago": { operation: "rotate" },
      "of an error, one in each hundredth of the log": { error: "ERR_NO_KEY" },
      "of the key and the error, which there are none of": { key: "key-7", error: "ERR_POLICY" },
      "of an hour": { from: middle, to: middle + hour },
    };
    await pages(call, asked);
    tell("  appending an entry", spread(await call("appends", rounds * 3)));
    const spots = Array.from({ length: rounds }, (_, at) => Math.floor((entries / rounds) * at) + 3);
    tell("  a proof of one", spread(await call("proofs", spots)));
    const batches = Math.min(rounds, Math.floor(entries / 256) - 1);
    tell("  a batch of 256 to ship", spread(await call("batches", name, batches)));
    const times = entries > 100_000 ? 1 : 3;
    await verification(call, times);
    const cut = await call("cutLog", middle);
    tell(`  a cut of ${cut.entries}`, ms(cut.took));
    const later = middle + (entries / 4) * 1000;
    await pages(call, { ...asked, "of an hour": { from: later, to: later + hour } });
    await verification(call, times);
    await call("close");
  }
}

/** @param {Call} call @param {Record<string, object>} asked */
async function pages(call, asked) {
  for (const [what, query] of Object.entries(asked)) {
    const { found, took } = await call("logPages", rounds, { ...query, limit: 50 });
    tell(`  first page of 50 ${what}: ${found} found`, spread(took));
  }
}

/** @param {Call} call @param {number} times */
async function verification(call, times) {
  const verified = await call("verified", times);
  tell(`  verifying all: ${verified.fault ?? "whole"}`, spread(verified.took));
}

/** As `vault.rs` names them. @param {number} at */
function alias(at) {
  return `team-${String(at % 50).padStart(2, "0")}/key-${String(at).padStart(6, "0")}`;
}
