import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import webpack from "webpack";

const path = fileURLToPath(new URL("dist", import.meta.url));
const compiler = webpack({
  mode: "production",
  context: import.meta.dirname,
  entry: "./main.js",
  // For pages with Trusted Types: its Workers load their parts by `importScripts`.
  output: { path, publicPath: "auto", trustedTypes: { policyName: "webpack" } },
  // It warns of every file above 244 KiB, and the wasm is one.
  performance: { hints: false },
});
const stats = await promisify(compiler.run.bind(compiler))();
if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
cpSync("public", path, { recursive: true });
