/**
 * Measures the packed package beside its peers in real browsers, in one run: `cargo xtask bench --only peers`.
 * Writes what it found as JSON; report.mjs makes a page and a chart of that.
 */
import { closeSync, cpSync, openSync, writeFileSync, writeSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { randomBytes } from "node:crypto";
import { build } from "esbuild";
import { By } from "selenium-webdriver";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { residentMemory } from "../../harness/browsers/processes.mjs";
import { temporaryFolder, unpack } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";
import { downloads } from "./sizes.mjs";

const KIB = 1024;
const MIB = KIB * KIB;

const quick = process.env.STRONGROOM_QUICK !== undefined;
const rounds = Number(process.env.STRONGROOM_ROUNDS ?? (quick ? 3 : 5));
const out = resolve(process.env.STRONGROOM_RESULTS ?? "results.json");
const engines = /** @type {import("../../harness/browsers/browsers.mjs").Engine[]} */ (
  (process.env.STRONGROOM_ENGINES ?? (quick ? "Chromium" : "Chromium,Firefox")).split(",")
);
/** What to measure: all of it, or some while an engine is tuned. */
const parts = (process.env.STRONGROOM_PARTS ?? "unlock,values,memory,streams").split(",");
const only = process.env.STRONGROOM_PEERS?.split(",");
const SIZES = process.env.STRONGROOM_SIZES ? process.env.STRONGROOM_SIZES.split(",").map(Number) : quick ? [100, KIB, MIB] : [100, KIB, 64 * KIB, MIB, 64 * MIB];
const FILE = (quick ? 128 : 512) * MIB;
/** JavaScript's ciphers take seconds for that. */
const SLOW = /^@noble|^jose/;
const READINGS = ["stream", "byob", "slice", "slice ahead"];
const STREAMS = ["strongroom", "crypto.subtle, 256 KiB frames", "age-encryption", "libsodium secretstream", "openpgp"];

/** @param {string} name */
const wanted = (name) => !only || only.some((one) => name.startsWith(one));
/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const page = await served();
const file = randomFile(FILE);
const server = await serveFolder(page);
const results = { machine: machine(), quick, rounds, file: FILE, downloads: await downloads(), engines: {} };
try {
  for (const engine of engines) results.engines[engine] = await measured(engine);
} finally {
  await server.stop();
}
writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
console.log(`wrote ${out}`);

/** @param {import("../../harness/browsers/browsers.mjs").Engine} engine */
async function measured(engine) {
  const profile = temporaryFolder();
  const { driver } = await startBrowser(engine, { profile });
  const call = (/** @type {string} */ step, /** @type {unknown[]} */ ...given) => story(driver, step, ...given);
  try {
    await driver.manage().setTimeouts({ script: 900_000 });
    await load(driver, server.origin);
    await driver.findElement(By.id("file")).sendKeys(file);
    const capabilities = await driver.getCapabilities();
    console.log(`\n${engine} ${capabilities.getBrowserVersion()}`);
    return {
      version: capabilities.getBrowserVersion(),
      unlock: parts.includes("unlock") ? await alternated(["unlock"], () => call("unlock")) : {},
      values: parts.includes("values") ? await alternated(["values"], () => call("values", 1000, 100)) : {},
      memory: parts.includes("memory") ? await inMemory(call) : {},
      streams: parts.includes("streams") ? await streamed(call, engine === "Chromium" ? profile : undefined) : {},
    };
  } finally {
    await driver.quit();
  }
}

/** @typedef {(step: string, ...given: unknown[]) => Promise<any>} Call */

/** @param {Call} call */
async function inMemory(call) {
  const peers = await call("peers");
  const found = {};
  for (const size of SIZES) {
    const able = peers.filter((/** @type {string} */ name) => size < 16 * MIB || !SLOW.test(name));
    found[size] = await alternated(able, (name) => call("memory", name, size, size < MIB ? 60 : 200));
    tell(`${size} bytes`, found[size]);
  }
  return found;
}

/** @param {Call} call @param {string | undefined} profile where memory can be seen */
async function streamed(call, profile) {
  const names = [...READINGS.map((way) => `reading: ${way}`), ...STREAMS];
  const encrypting = await alternated(names, (name) =>
    observed(profile, () => call("stream", ...request(name))),
  );
  tell("streams", encrypting);
  await call("store");
  const stored = [...READINGS.filter((way) => way !== "byob").map((way) => `reading: ${way}`), "strongroom decrypts"];
  const decrypting = await alternated(stored, (name) =>
    observed(profile, () => call("streamStored", ...request(name))),
  );
  tell("streams from the origin's files", decrypting);
  return { encrypting, decrypting };
}

/** @param {string} name */
function request(name) {
  const [, way] = /^reading: (.*)$/.exec(name) ?? [];
  return way ? ["reading", way] : [name, undefined];
}

/**
 * Rounds in a rotated order, so that nobody is always first.
 *
 * @param {string[]} all @param {(name: string) => Promise<any>} measure
 * @returns {Promise<Record<string, any[]>>}
 */
async function alternated(all, measure) {
  const names = all.length > 1 ? all.filter(wanted) : all;
  const found = Object.fromEntries(names.map((name) => [name, /** @type {any[]} */ ([])]));
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round) % names.length];
      found[name].push(await measure(name).catch((error) => ({ error: error.message })));
    }
  }
  return found;
}

/**
 * With what the browser had resident at most while it ran, beyond what it had before.
 *
 * @param {string | undefined} profile @param {() => Promise<any>} run
 */
async function observed(profile, run) {
  if (!profile) return run();
  const total = () => {
    const { renderer, browser } = residentMemory(profile);
    return renderer + browser;
  };
  const before = total();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, total())), 50);
  try {
    return { ...(await run()), memory: most - before };
  } finally {
    clearInterval(timer);
  }
}

/** @param {string} what @param {Record<string, any[]>} found */
function tell(what, found) {
  console.log(what);
  for (const [name, took] of Object.entries(found)) console.log(`  ${name.padEnd(44)} ${JSON.stringify(took.at(-1))}`);
}

/** The page, its peers bundled. */
async function served() {
  const folder = temporaryFolder();
  for (const name of ["index.html", "reader.js"]) cpSync(here(`page/${name}`), join(folder, name));
  unpack(folder);
  await build({
    entryPoints: [here("page/bench.js")],
    outdir: folder,
    bundle: true,
    format: "esm",
    minify: true,
    define: { global: "globalThis" },
    external: ["./strongroom/*"],
    logLevel: "error",
  });
  return folder;
}

/** @param {number} size */
function randomFile(size) {
  const path = join(temporaryFolder(), "file.bin");
  const handle = openSync(path, "w");
  for (let at = 0; at < size; at += 16 * MIB) writeSync(handle, randomBytes(16 * MIB));
  closeSync(handle);
  return path;
}

function machine() {
  const [{ model } = { model: "unknown" }] = cpus();
  return { cpu: model, cores: cpus().length, date: new Date().toISOString().slice(0, 10) };
}
