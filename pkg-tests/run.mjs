/**
 * Runs test files: `node run.mjs suites/package suites/demo/page.test.mjs`.
 *
 * One after the other, or as many at once as `--jobs` says.
 * `--engine WebKit` runs the files that have tests for every engine, for this one alone. `--only` takes tests as
 * JSON: of each an array of names, from its outermost `describe` to its own. `--results` names a file for a line of
 * JSON per test.
 */
import { createWriteStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { results } from "./harness/results.mjs";

/** How a file begins that has tests for every engine. */
const FOR_EACH = /^for \(const engine of engines\) \{$/m;

const { values, positionals } = parseArgs({
  options: {
    engine: { type: "string" },
    jobs: { type: "string", default: "1" },
    only: { type: "string" },
    results: { type: "string" },
  },
  allowPositionals: true,
});

const { engine } = values;
if (engine) process.env.STRONGROOM_ENGINES = engine;
const files = positionals.flatMap(testsIn).filter((file) => !engine || FOR_EACH.test(readFileSync(file, "utf8")));

const only = values.only && { testNamePatterns: JSON.parse(values.only).map(exactly) };
const events = run({ files, concurrency: Number(values.jobs), ...only });
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

/** Node.js 20 compares a test's own name, later releases all names with spaces between. @param {string[]} names */
function exactly(names) {
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const outer = escaped.slice(0, -1).map((name) => `${name} `);
  return new RegExp(`^(${outer.join("")})?${escaped.at(-1)}$`);
}
