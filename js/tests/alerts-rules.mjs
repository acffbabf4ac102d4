/** The rules of the alerts, which no entry of the package gives out: for tests on data alone. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const EXPORTS = `
export { settingsOf } from "./src/page/alerts/alert-rules.ts";
export { AlertChecks } from "./src/page/alerts/alert-checks.ts";
export { alertsOf } from "./src/page/alerts/alerts-of.ts";
export { LogReader } from "./src/page/alerts/log-reader.ts";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false });
export const { AlertChecks, settingsOf, alertsOf, LogReader } = await import(
  `data:text/javascript;base64,${Buffer.from(/** @type {any} */ (outputFiles)[0].contents).toString("base64")}`
);
