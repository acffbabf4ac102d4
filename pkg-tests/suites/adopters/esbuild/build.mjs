import { copyFileSync, cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { warnings } = await build({
  entryPoints: { main: "told.js" },
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  outdir: "dist",
});
if (warnings.length > 0) throw new Error(warnings[0].text);
const copies = { worker: "strongroom-worker.js", "strongroom_bg.wasm": "strongroom_bg.wasm" };
for (const [entry, name] of Object.entries(copies)) {
  copyFileSync(fileURLToPath(import.meta.resolve(`strongroom/${entry}`)), `dist/${name}`);
}
cpSync("public", "dist", { recursive: true });
