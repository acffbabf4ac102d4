/** What package checkers say about the tarball. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tarball } from "../../harness/environment.mjs";

/** Both end with a failure, and print why, when they find something. @param {string} name @param {string[]} given */
function checked(name, ...given) {
  const program = fileURLToPath(new URL(join("node_modules/.bin", name), import.meta.url));
  execFileSync(program, given, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
}

test("publint finds nothing to say about the package", () => {
  checked("publint", "run", "--strict", tarball());
});

test("every entry's types resolve for bundlers and for Node's modules", () => {
  // ES modules only, by design; the wasm is an asset without types.
  checked("attw", "--profile", "esm-only", "--exclude-entrypoints", "strongroom_bg.wasm", "--", tarball());
});
