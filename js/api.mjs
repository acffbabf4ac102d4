/**
 * The report of the package's API, in `api/`: the declarations that are published, without their comments. `npm run
 * api` writes it; with `--check` it is only compared, and a change that forgot it fails.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTypes } from "./types.mjs";

const report = join(import.meta.dirname, "api");
const fresh = mkdtempSync(join(tmpdir(), "strongroom-api-"));

try {
  await writeTypes(fresh, { comments: false });
  if (process.argv.includes("--check")) compare();
  else write();
} finally {
  rmSync(fresh, { recursive: true });
}

function write() {
  rmSync(report, { recursive: true, force: true });
  cpSync(fresh, report, { recursive: true });
}

function compare() {
  const [kept, wanted] = [contents(report), contents(fresh)];
  const names = new Set([...kept.keys(), ...wanted.keys()]);
  const stale = [...names].filter((name) => kept.get(name) !== wanted.get(name));
  for (const name of stale) process.stderr.write(`api/${name} is not what is exported: npm run api writes it\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}

/** @param {string} folder */
function contents(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
