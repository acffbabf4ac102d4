/** The packed package in folders of its own, as `npm install` would leave it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { tarball } from "./environment.mjs";

/** @type {string[]} */
const folders = [];
process.once("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new folder that is gone when the process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-"));
  folders.push(folder);
  return folder;
}

/** Unpacks the package as `folder/strongroom`. @param {string} folder */
export function unpack(folder) {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", tarball(), "-C", folder]);
  renameSync(join(folder, "package"), join(folder, "strongroom"));
}

/** A folder to be served: a page without a bundler, and the package beside it. */
export function plainPage() {
  const folder = temporaryFolder();
  cpSync(fileURLToPath(new URL("../pages/plain/", import.meta.url)), folder, { recursive: true });
  unpack(folder);
  return folder;
}

/** A Node project that has the package installed. @param {string} script its `main.mjs` */
export function nodeProject(script) {
  const folder = temporaryFolder();
  unpack(join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(folder, "main.mjs"), script);
  return folder;
}

/**
 * Imports the package's entries into this process, all from one installation.
 *
 * @returns {(entry?: string) => Promise<any>}
 */
export function installedPackage() {
  const { resolve } = createRequire(join(nodeProject(""), "main.mjs"));
  return (entry = "strongroom") => import(pathToFileURL(resolve(entry)).href);
}
