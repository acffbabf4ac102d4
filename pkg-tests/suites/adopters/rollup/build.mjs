import { copyFileSync, cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";

const bundle = await rollup({
  input: { main: "told.js", "strongroom-worker": "strongroom/worker" },
  plugins: [nodeResolve({ browser: true })],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({ dir: "dist", format: "es", entryFileNames: "[name].js" });
copyFileSync(fileURLToPath(import.meta.resolve("strongroom/strongroom_bg.wasm")), "dist/strongroom_bg.wasm");
cpSync("public", "dist", { recursive: true });
