/**
 * Writes `dist/`: six entry points that share chunks, the wasm beside them, and the types; and a seventh entry point
 * that has the core inside. The licences of what is bundled travel along.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { licences, rustLibrary } from "./licences.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {import("esbuild").BuildOptions} */
const bundled = { absWorkingDir: here("."), bundle: true, format: "esm", target: "es2022", logLevel: "warning" };
/** @type {import("esbuild").BuildOptions} */
const shipped = {
  ...bundled,
  minify: true,
  legalComments: "none",
  define: { STRONGROOM_RELEASE: JSON.stringify(release()) },
};

// The engine of bodies alone, for the crate's own browser tests.
await build({
  ...bundled,
  entryPoints: { cipher: "src/engine/bodies/aes.ts" },
  outdir: "generated",
});
rmSync(here("dist"), { recursive: true, force: true });
await build({
  ...shipped,
  entryPoints: ["index", "worker", "media", "s3", "tus", "uppy"].map((name) => `src/${name}.ts`),
  outdir: "dist",
  splitting: true,
  // The first is for Node only, behind a test for a file: address; a browser never asks for it.
  external: ["node:fs/promises", "@uppy/core"],
});
keepFromBundlers("node:fs/promises");
await build({
  ...shipped,
  entryPoints: ["src/inline.ts"],
  outdir: "dist",
  // It may be copied without the package around it.
  banner: { js: "/*! strongroom, MIT OR Apache-2.0. What it bundles: THIRD-PARTY-LICENSES.txt of its npm package. */" },
  plugins: [{ name: "embedded", setup: embed }],
  define: {
    ...shipped.define,
    EMBEDDED_WASM: JSON.stringify(gzipSync(readFileSync(here("generated/strongroom_bg.wasm"))).toString("base64")),
    EMBEDDED_WORKER: JSON.stringify(await workerScript()),
  },
});
writeFileSync(here("dist/THIRD-PARTY-LICENSES.txt"), licences([]));
copyFileSync(rustLibrary(), here("dist/rust-library.COPYRIGHT.html"));
copyFileSync(here("generated/strongroom_bg.wasm"), here("dist/strongroom_bg.wasm"));
execFileSync(
  process.execPath,
  [here("node_modules/typescript/bin/tsc"), "--declaration", "--emitDeclarationOnly"],
  { cwd: here("."), stdio: "inherit" },
);

/** The version, and a digest of the sources and the wasm: the page's script and the Worker's compare it. */
function release() {
  const digest = createHash("sha256").update(readFileSync(here("generated/strongroom_bg.wasm")));
  for (const path of readdirSync(here("src"), { recursive: true, encoding: "utf8" }).toSorted()) {
    if (path.endsWith(".ts")) digest.update(path).update(readFileSync(here(`src/${path}`)));
  }
  const { version } = JSON.parse(readFileSync(here("package.json"), "utf8"));
  return `${version}+${digest.digest("hex").slice(0, 12)}`;
}

/** A bundler for browsers must leave the import alone; the minifier drops such comments. */
function keepFromBundlers(module) {
  const path = here("dist/index.js");
  const from = `import("${module}")`;
  const to = `import(/* webpackIgnore: true *//* @vite-ignore */"${module}")`;
  const script = readFileSync(path, "utf8");
  if (!script.includes(from)) throw new Error(`index.js no longer imports ${module}`);
  writeFileSync(path, script.replace(from, to));
}

/** @param {import("esbuild").PluginBuild} plugin */
function embed(plugin) {
  plugin.onResolve({ filter: /\/assets\/packaged\.js$/ }, () => ({ path: here("src/page/runtime/assets/embedded.ts") }));
}

/** The Worker's script in one piece. */
async function workerScript() {
  const { outputFiles } = await build({ ...shipped, entryPoints: ["src/worker.ts"], format: "iife", write: false });
  return outputFiles[0].text;
}
