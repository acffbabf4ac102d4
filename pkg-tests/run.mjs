/**
 * Runs test files: `node run.mjs suites/package suites/demo/page.test.mjs`.
 *
 * One after the other, or as many at once as `--jobs` says.
 * `--engine WebKit` runs the files that loop over engines, for this one alone. `--usual` leaves out the engines that a
 * file's loop leaves out with `usually`. `--only` takes tests as JSON: of each an array of names, from its outermost
 * `describe` to its own. `--results` names a file for a line of JSON per test.
 */
import { createWriteStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { results } from "./harness/results.mjs";

/** A file's loop over engines; which are enough, if it says so; and the one that it needs, or cannot run in. */
const LOOP = /^for \(const engine of (?:engines|usually\((.*)\))(?:\.filter\(\(one\) => one ([!=])== "(\w+)"\))?\) \{$/m;

/** The most time of one file, in ms: one that does not end is named, and the others run. */
const LONGEST = 20 * 60_000;

const { values, positionals } = parseArgs({
  options: {
    engine: { type: "string" },
    jobs: { type: "string", default: "1" },
    only: { type: "string" },
    results: { type: "string" },
    usual: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const { engine } = values;
if (engine) process.env.STRONGROOM_ENGINES = engine;
if (values.usual) process.env.STRONGROOM_USUAL = "1";
const files = positionals.flatMap(testsIn).filter((file) => !engine || loopsOver(engine, file));

const only = values.only && { testNamePatterns: JSON.parse(values.only).map(exactly) };
const events = run({ files, concurrency: Number(values.jobs), timeout: LONGEST, ...only });
// A suite that fails has a test or a hook that fails.
events.on("test:fail", () => (process.exitCode = 1));
if (values.results) events.compose(results).pipe(createWriteStream(values.results));
events.compose(new spec()).pipe(process.stdout);

/** @param {string} path @returns {string[]} */
function testsIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const tests = names.filter((name) => name.endsWith(".test.mjs") && !name.includes("node_modules"));
  return tests.toSorted().map((name) => join(path, name));
}

/** @param {string} asked an engine @param {string} file */
function loopsOver(asked, file) {
  const text = readFileSync(file, "utf8");
  const loop = LOOP.exec(text);
  if (!loop && /^for \(const engine of /m.test(text)) throw new Error(`${file} has a loop over engines that is read wrongly here`);
  if (!loop) return false;
  const [, enough, operator, one] = loop;
  const left = values.usual && enough !== undefined && !enough.includes(`"${asked}"`);
  return !left && (operator === undefined || (one === asked) === (operator === "="));
}

/** Node.js 20 compares a test's own name, later releases all names with spaces between. @param {string[]} names */
function exactly(names) {
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const outer = escaped.slice(0, -1).map((name) => `${name} `);
  return new RegExp(`^(${outer.join("")})?${escaped.at(-1)}$`);
}
