/** Writes `dist/`: two entry points that share chunks, the wasm beside them, and the types. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// The stores alone, for the crate's own browser tests.
await build({
  absWorkingDir: here("."),
  entryPoints: { indexeddb: "engine/stores/indexeddb.ts", memory: "engine/stores/memory.ts" },
  outdir: "generated",
  bundle: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
rmSync(here("dist"), { recursive: true, force: true });
await build({
  absWorkingDir: here("."),
  entryPoints: ["index.ts", "worker.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  // Node only, behind a test for a file: address; a browser never asks for it.
  external: ["node:fs/promises"],
  logLevel: "warning",
});
keepFromBundlers("node:fs/promises");
// Bundled, so that its licence travels along.
copyFileSync(here("node_modules/idb/LICENSE"), here("dist/idb.LICENSE.txt"));
copyFileSync(here("generated/strongroom_bg.wasm"), here("dist/strongroom_bg.wasm"));
execFileSync(
  process.execPath,
  [here("node_modules/typescript/bin/tsc"), "--declaration", "--emitDeclarationOnly"],
  { cwd: here("."), stdio: "inherit" },
);

/** A bundler for browsers must leave the import alone; the minifier drops such comments. */
function keepFromBundlers(module) {
  const path = here("dist/index.js");
  const from = `import("${module}")`;
  const to = `import(/* webpackIgnore: true *//* @vite-ignore */"${module}")`;
  const script = readFileSync(path, "utf8");
  if (!script.includes(from)) throw new Error(`index.js no longer imports ${module}`);
  writeFileSync(path, script.replace(from, to));
}
