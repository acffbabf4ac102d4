/** esbuild, which follows neither the Worker nor the wasm: nothing is said of either. */
import { cpSync } from "node:fs";
import { build } from "esbuild";

const { warnings } = await build({
  entryPoints: ["main.js"],
  alias: { strongroom: "strongroom/inline" },
  bundle: true,
  format: "iife",
  minify: true,
  outdir: "dist",
});
if (warnings.length > 0) throw new Error(warnings[0].text);
cpSync("public", "dist", { recursive: true });
