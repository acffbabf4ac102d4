/**
 * The report of the package's API, in `api/`: the declarations that are published, without their comments. `npm run
 * api` writes it; with `--check` it is only compared, and a change that forgot it fails.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTypes } from "./types.mjs";

const report = join(import.meta.dirname, "api");

if (process.argv.includes("--check")) {
  const fresh = mkdtempSync(join(tmpdir(), "strongroom-api-"));
  await writeTypes(fresh, { comments: false });
  const stale = staleFiles(contents(report), contents(fresh));
  rmSync(fresh, { recursive: true });
  for (const name of stale) process.stderr.write(`api/${name} is not what is exported: npm run api writes it\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  rmSync(report, { recursive: true, force: true });
  await writeTypes(report, { comments: false });
}

/** @param {string} folder */
function contents(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** @param {Map<string, string>} kept @param {Map<string, string>} fresh */
function staleFiles(kept, fresh) {
  return [...new Set([...kept.keys(), ...fresh.keys()])].filter((name) => kept.get(name) !== fresh.get(name));
}
