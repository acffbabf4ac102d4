/**
 * Holds `src/` to its layout, where the linter cannot: no two files share a name (but `index.ts`), and no two files
 * declare the same name at their top, so that every helper and every type stands in one place.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const src = join(import.meta.dirname, "src");
/** They stand in the place of `browser.ts`, in `strongroom/inline` and in Node's build. */
const SUBSTITUTES = new Set(["embedded.ts", "node.ts"].map((name) => `page/runtime/assets/${name}`));

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !SUBSTITUTES.has(path))
  .toSorted();

/** @param {string} path */
function declared(path) {
  const declaration = /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let) (\w+)/gm;
  return Array.from(readFileSync(join(src, path), "utf8").matchAll(declaration), ([, name]) => name);
}

/** What occurs in several files, and in which. @param {(path: string) => (string | undefined)[]} namesIn */
function repeated(namesIn) {
  const found = new Map();
  for (const path of files) {
    for (const name of new Set(namesIn(path))) found.set(name, [...(found.get(name) ?? []), path]);
  }
  return [...found].filter(([, paths]) => paths.length > 1);
}

const faults = [
  ...repeated((path) => (basename(path) === "index.ts" ? [] : [basename(path)])),
  ...repeated((path) => (path.endsWith(".d.ts") ? [] : declared(path))),
];
for (const [name, paths] of faults) process.stderr.write(`${name} stands in ${paths.join(" and ")}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
