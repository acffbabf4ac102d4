import { copyFileSync, cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { warnings } = await build({
  entryPoints: { main: "told.js", "strongroom-worker": "strongroom/worker" },
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  outdir: "dist",
});
if (warnings.length > 0) throw new Error(warnings[0].text);
copyFileSync(fileURLToPath(import.meta.resolve("strongroom/strongroom_bg.wasm")), "dist/strongroom_bg.wasm");
cpSync("public", "dist", { recursive: true });
