/** No bundler: the package's files as they are, beside the page's. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";

cpSync("public", "dist", { recursive: true });
copyFileSync("main.js", "dist/main.js");
cpSync("node_modules/strongroom/dist", "dist/strongroom", { recursive: true });
const job = readFileSync("main-job.js", "utf8");
writeFileSync("dist/main-job.js", job.replace('"strongroom"', '"./strongroom/index.js"'));
