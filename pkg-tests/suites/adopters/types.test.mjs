/** The package's types in a strict application that checks its dependencies' types too. */
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { project } from "./project.mjs";

/** The oldest that knows `Uint8Array<ArrayBuffer>`, and the newest. */
const compilers = { "5.7": "typescript-5.7", "7.0": "typescript" };

/** How a project of each kind finds a package. @type {[string, string][]} */
const resolutions = [
  ["bundler", "esnext"],
  ["nodenext", "nodenext"],
];

for (const [version, compiler] of Object.entries(compilers)) {
  for (const [resolution, module] of resolutions) {
    test(`TypeScript ${version} finds no mistake with moduleResolution ${resolution}`, () => {
      const folder = project("types", { typescript: compiler });
      const options = ["-p", ".", "--moduleResolution", resolution, "--module", module];
      execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options], {
        cwd: folder,
        stdio: ["ignore", "inherit", "inherit"],
      });
    });
  }
}
