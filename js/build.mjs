/** Writes `dist/`: two entry points that share chunks, the wasm beside them, and the types. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

/** Everything that a page downloads, in bytes of brotli. */
const BUDGET = 90 * 1024;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

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
copyFileSync(here("generated/strongroom_bg.wasm"), here("dist/strongroom_bg.wasm"));
execFileSync(
  process.execPath,
  [here("node_modules/typescript/bin/tsc"), "--declaration", "--emitDeclarationOnly"],
  { cwd: here("."), stdio: "inherit" },
);
report();

/** A bundler for browsers must leave the import alone; the minifier drops such comments. */
function keepFromBundlers(module) {
  const path = here("dist/index.js");
  const from = `import("${module}")`;
  const to = `import(/* webpackIgnore: true *//* @vite-ignore */"${module}")`;
  const script = readFileSync(path, "utf8");
  if (!script.includes(from)) throw new Error(`index.js no longer imports ${module}`);
  writeFileSync(path, script.replace(from, to));
}

function report() {
  const files = readdirSync(here("dist")).filter((name) => /\.(js|wasm)$/.test(name));
  let total = 0;
  for (const name of files.toSorted()) {
    const bytes = readFileSync(here(`dist/${name}`));
    const packed = brotli(bytes);
    total += packed;
    print(name, bytes.byteLength, packed);
  }
  print("in all", undefined, total);
  if (total > BUDGET) print("over the budget by", undefined, total - BUDGET);
}

function brotli(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}

function print(name, raw, packed) {
  const size = raw === undefined ? "" : `${kib(raw)} KiB`;
  process.stdout.write(`${name.padEnd(24)} ${size.padStart(12)} ${kib(packed).padStart(8)} KiB brotli\n`);
}

function kib(bytes) {
  return (bytes / 1024).toFixed(1);
}
