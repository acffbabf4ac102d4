/** Builds `told.js` by each bundler, for production and for development, as each says it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as byEsbuild } from "esbuild";
import { build as byVite } from "vite";
import webpack from "webpack";

const here = fileURLToPath(new URL(".", import.meta.url));
const entry = join(here, "told.js");
const outDir = (/** @type {string} */ bundler, /** @type {string} */ mode) => join(here, "dist", `${bundler}-${mode}`);

for (const mode of ["production", "development"]) {
  process.env.NODE_ENV = mode;
  const rollupOptions = { input: entry, output: { entryFileNames: "told.mjs" } };
  await byVite({ root: here, mode, logLevel: "warn", build: { outDir: outDir("vite", mode), rollupOptions } });
  const output = { path: outDir("webpack", mode), filename: "told.mjs", publicPath: "/" };
  await new Promise((done, failed) => {
    const options = { mode, context: here, entry, output, performance: { hints: false }, devtool: false };
    webpack(options, (error, stats) => (error || stats?.hasErrors() ? failed(error ?? stats?.toString()) : done(stats)));
  });
  const minify = mode === "production";
  await byEsbuild({ entryPoints: [entry], bundle: true, format: "esm", minify, outfile: join(outDir("esbuild", mode), "told.mjs") });
}
