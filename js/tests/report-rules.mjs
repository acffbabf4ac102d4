/** Parts of the report, which no entry of the package gives out: for tests on data alone. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const EXPORTS = `
export { LogTally } from "./src/page/report/log-tally.ts";
export { limitsOf } from "./src/page/report/report-limits.ts";
export { LINES } from "./src/page/report/report-lines.ts";
export { failedUnlocksLine, usesLine, vaultKeyLine } from "./src/page/report/log-lines.ts";
export { policyChangesLine } from "./src/page/report/policy-changes.ts";
export { opensUntil, protectsUntil } from "./src/page/report/cryptoperiods.ts";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false });
export const { failedUnlocksLine, LogTally, limitsOf, LINES, opensUntil, policyChangesLine, protectsUntil, usesLine, vaultKeyLine } = await import(
  `data:text/javascript;base64,${Buffer.from(/** @type {any} */ (outputFiles)[0].contents).toString("base64")}`
);
