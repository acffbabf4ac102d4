/**
 * The crates that the wasm is linked from, the npm packages that the scripts have inside, and the licences of what is bundled:
 * theirs, and that of Rust's own library.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = "wasm32-unknown-unknown";
/** Those of `devDependencies` that esbuild puts into a script. */
const BUNDLED = ["aws4fetch", "uqr"];
const TEXTS = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;

/** The words of recovery shares are no crate's: they are compiled from a file of the standard's reference implementation. */
const WORD_LIST = {
  name: "shamir-mnemonic's word list",
  version: "0.3.0",
  license: "MIT",
  folder: fileURLToPath(new URL("../src/hazmat/shamir", import.meta.url)),
};

/** One text with every licence once, below the names of those that it covers. */
export function licences() {
  const owners = new Map();
  for (const bundled of [...crates(), WORD_LIST, ...bundledPackages()]) {
    const named = `${bundled.name} ${bundled.version} (${bundled.license})`;
    for (const text of textsOf(bundled)) owners.set(text, [...(owners.get(text) ?? []), named]);
  }
  const parts = Array.from(owners, ([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return `What strongroom bundles, and under which licence.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** The npm packages that the scripts have inside; they need no others. */
export function bundledPackages() {
  const { packages: list } = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  return BUNDLED.map((name) => {
    const { version, license, integrity, dependencies } = list[`node_modules/${name}`];
    if (dependencies) throw new Error(`${name} needs other packages, which are to be listed too`);
    return { name, version, license, integrity, folder: fileURLToPath(new URL(`node_modules/${name}`, import.meta.url)) };
  });
}

/** What Rust says of its standard library, which is in the wasm too. */
export function rustLibrary() {
  const root = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
  return join(root, "share/doc/rust/COPYRIGHT-library.html");
}

/** Every crate that the wasm is linked from; what only runs while it is compiled is not. */
export function crates() {
  const given = ["metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const told = execFileSync("cargo", given, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  const { packages, resolve } = JSON.parse(told);
  const byId = new Map(packages.map((crate) => [crate.id, crate]));
  const needs = new Map(resolve.nodes.map(({ id, deps }) => [id, deps.filter(isLinked).map(({ pkg }) => pkg)]));
  const own = packages.find(({ name }) => name === "strongroom");
  const linked = new Set([own.id]);
  // A set takes in what is added while it is walked.
  for (const id of linked) {
    for (const needed of needs.get(id)) if (!isMacro(byId.get(needed))) linked.add(needed);
  }
  linked.delete(own.id);
  const found = Array.from(linked, (id) => byId.get(id));
  return found
    .map(({ id, name, version, license, manifest_path: manifest }) => ({
      name,
      version,
      license,
      folder: dirname(manifest),
      needs: needs.get(id).filter((needed) => linked.has(needed)).map((needed) => packageUrl(byId.get(needed))),
    }))
    .toSorted((one, other) => packageUrl(one).localeCompare(packageUrl(other)));
}

/** @param {{ name: string, version: string }} crate */
export const packageUrl = ({ name, version }) => `pkg:cargo/${name}@${version}`;

const isLinked = ({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null);
const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes("proc-macro"));

const PUBLIC_DOMAIN =
  "Dedicated to the public domain: CC0 1.0 Universal, https://creativecommons.org/publicdomain/zero/1.0/";

/** What a package brings; of one that brings no text but offers Apache-2.0, that text, which names nobody. */
function textsOf({ name, license, folder }) {
  const texts = textsIn(folder);
  if (texts.length > 0) return texts;
  // It asks for no notice.
  if (license === "CC0-1.0") return [PUBLIC_DOMAIN];
  if (!license?.includes("Apache-2.0")) throw new Error(`${name} (${license}) comes without its licence`);
  return [readFileSync(new URL("../LICENSE-APACHE", import.meta.url), "utf8").trim()];
}

/** Where MIT and Apache-2.0 are both offered, we take MIT. */
function textsIn(folder) {
  const names = readdirSync(folder).filter((name) => TEXTS.test(name));
  const mit = names.includes("LICENSE-MIT");
  const taken = names.filter((name) => !(mit && name === "LICENSE-APACHE"));
  return taken.toSorted().map((name) => readFileSync(join(folder, name), "utf8").trim());
}
