/**
 * Writes `dist/`: the entry points, readable and with source maps, which share chunks, once for browsers and bundlers
 * and once for Node; the Worker's script and `inline.js`, minified, each in one piece; the wasm beside them, the types,
 * the licences of what is bundled, and what programs ask about it.
 */
import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { writeBillOfMaterials } from "./bill-of-materials.mjs";
import { licences, rustLibrary } from "./licences.mjs";
import { writeTypes } from "./types.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What pages and Node import; `store` is types alone, and one empty module. */
const ENTRIES = ["files", "index", "kms", "media", "react", "s3", "standalone", "testing", "tus", "uppy"];
/** @type {import("esbuild").BuildOptions} */
const bundled = { absWorkingDir: here("."), bundle: true, format: "esm", target: "es2022", logLevel: "warning" };
/** @type {import("esbuild").BuildOptions} */
const shipped = {
  ...bundled,
  outdir: "dist",
  sourcemap: true,
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
/** @type {import("esbuild").BuildOptions} */
const readable = {
  ...shipped,
  entryPoints: [...ENTRIES, "store", "testing-production"].map((name) => `src/${name}.ts`),
  splitting: true,
  // For the bundler of the caller to say, not for this one.
  define: { ...shipped.define, "process.env.NODE_ENV": "process.env.NODE_ENV" },
  external: ["@uppy/core", "react"],
};
await build(readable);
await build({
  ...readable,
  platform: "node",
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  // Beside the others, because the wasm's address is relative.
  entryNames: "[name].node",
  chunkNames: "[name].node-[hash]",
  plugins: [assetsFrom("node")],
});
await build({ ...shipped, entryPoints: ["src/worker.ts"], minify: true });
await build({
  ...shipped,
  entryPoints: ["src/inline.ts"],
  minify: true,
  // Tools that look for an `export` without parsing miss the minified one, take a method that is called `require` for
  // CommonJS, and `//` in base64 for a comment up to the line's end: this one they see.
  footer: { js: "export {};" },
  // It may be copied without the package around it.
  banner: { js: "/*! strongroom, MIT OR Apache-2.0. What it bundles: THIRD-PARTY-LICENSES.txt of its npm package. */" },
  plugins: [assetsFrom("embedded")],
  define: {
    ...shipped.define,
    EMBEDDED_WASM: JSON.stringify(gzipSync(readFileSync(here("generated/strongroom_bg.wasm"))).toString("base64")),
    EMBEDDED_WORKER: JSON.stringify(await workerScript()),
  },
});
writeFileSync(here("dist/THIRD-PARTY-LICENSES.txt"), licences());
copyFileSync(rustLibrary(), here("dist/rust-library.COPYRIGHT.html"));
copyFileSync(here("generated/strongroom_bg.wasm"), here("dist/strongroom_bg.wasm"));
await writeTypes(here("dist"));
writeBillOfMaterials(here("dist"));

/** The version, and a digest of the sources and the wasm: the page's script and the Worker's compare it. */
function release() {
  const digest = createHash("sha256").update(readFileSync(here("generated/strongroom_bg.wasm")));
  for (const path of readdirSync(here("src"), { recursive: true, encoding: "utf8" }).toSorted()) {
    if (path.endsWith(".ts")) digest.update(path).update(readFileSync(here(`src/${path}`)));
  }
  const { version } = JSON.parse(readFileSync(here("package.json"), "utf8"));
  return `${version}+${digest.digest("hex").slice(0, 12)}`;
}

/** `name` of the assets' modules in the place of `browser.ts`. @param {string} name @returns {import("esbuild").Plugin} */
function assetsFrom(name) {
  const path = here(`src/page/runtime/assets/${name}.ts`);
  return { name, setup: (plugin) => plugin.onResolve({ filter: /\/assets\/browser\.js$/ }, () => ({ path })) };
}

/** The Worker's script, which is started from a text. */
async function workerScript() {
  const { outputFiles } = await build({
    ...shipped,
    entryPoints: ["src/worker.ts"],
    format: "iife",
    minify: true,
    sourcemap: false,
    write: false,
  });
  return outputFiles[0].text;
}
