/** `strongroom/testing` in the builds of common bundlers: those for production refuse it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { built, project } from "./project.mjs";

/** @type {string} */
let dist;
before(() => {
  dist = built(project("testing"));
});

/** Runs a build as a page does, where there is no `process`. @param {string} name */
function told(name) {
  const script = pathToFileURL(join(dist, name, readdirSync(join(dist, name)).find((file) => file.startsWith("told")) ?? ""));
  const page = `globalThis.self = globalThis; self.location = new URL("https://app.example/"); delete globalThis.process;`;
  const run = `const { log } = console; ${page} await import("${script.href}"); log(globalThis.told)`;
  return execFileSync(process.execPath, ["--input-type=module", "--eval", run], { encoding: "utf8" }).trim();
}

for (const bundler of ["vite", "webpack", "esbuild"]) {
  test(`a build of ${bundler} for production refuses a test's vault, and one for development has it`, () => {
    assert.equal(told(`${bundler}-production`), "ERR_UNSUPPORTED");
    assert.equal(told(`${bundler}-development`), "vaults,read,commit,remove");
  });
}
