/**
 * What the package is made of, for programs that look for it: `sbom.cdx.json` (CycloneDX 1.6), and `integrity.json` with
 * the hash of each script and of the wasm, as `init({ integrity })` and `<script integrity>` take it.
 */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crates, bundledPackages, packageUrl } from "./licences.mjs";

const LOCK = readFileSync(new URL("../Cargo.lock", import.meta.url), "utf8");
const WASM = "strongroom_bg.wasm";

/** Writes both into the folder of what is published. @param {string} dist */
export function writeBillOfMaterials(dist) {
  const names = readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name)).toSorted();
  const files = names.map((name) => ({ name, bytes: readFileSync(join(dist, name)) }));
  const integrity = Object.fromEntries(files.map(({ name, bytes }) => [name, `sha384-${hash("sha384", bytes, "base64")}`]));
  writeFileSync(join(dist, "integrity.json"), text(integrity));
  writeFileSync(join(dist, "sbom.cdx.json"), text(billOfMaterials(files, dist)));
}

/** @param {{ name: string, bytes: Buffer }[]} files @param {string} dist */
function billOfMaterials(files, dist) {
  const { name, version, license } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  const own = `pkg:npm/${name}@${version}`;
  const rust = rustLibrary();
  const linked = crates();
  const bundled = bundledPackages();
  const scripts = files.filter((file) => file.name !== WASM).map((script) => ({ ref: script.name, dependsOn: insideOf(join(dist, script.name)).map(npmUrl) }));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuid(files)}`,
    version: 1,
    metadata: {
      component: { type: "library", "bom-ref": own, name, version, purl: own, licenses: [{ expression: license }] },
    },
    components: [...files.map(fileComponent), rust, ...linked.map(crateComponent), ...bundled.map(packageComponent)],
    dependencies: [
      { ref: own, dependsOn: files.map((file) => file.name) },
      ...scripts,
      ...bundled.map((found) => ({ ref: npmUrl(found), dependsOn: [] })),
      { ref: WASM, dependsOn: [rust["bom-ref"], ...linked.map(packageUrl)] },
      { ref: rust["bom-ref"], dependsOn: [] },
      ...linked.map((crate) => ({ ref: packageUrl(crate), dependsOn: crate.needs.toSorted() })),
    ],
  };
}

function fileComponent({ name, bytes }) {
  const hashes = [
    { alg: "SHA-256", content: hash("sha256", bytes, "hex") },
    { alg: "SHA-384", content: hash("sha384", bytes, "hex") },
  ];
  return { type: "file", "bom-ref": name, name, hashes };
}

/** The packages that a script has code of beside the package's own, as its source map says. @param {string} script */
function insideOf(script) {
  const { sources } = JSON.parse(readFileSync(`${script}.map`, "utf8"));
  return bundledPackages().filter(({ name }) => sources.some((source) => source.includes(`node_modules/${name}/`)));
}

const npmUrl = ({ name, version }) => `pkg:npm/${name}@${version}`;

function packageComponent(found) {
  const { name, version, license, integrity } = found;
  const hashes = [{ alg: "SHA-512", content: Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex") }];
  return { type: "library", "bom-ref": npmUrl(found), name, version, purl: npmUrl(found), licenses: [{ expression: license }], hashes };
}

function crateComponent(crate) {
  const url = packageUrl(crate);
  const { name, version, license } = crate;
  const hashes = [{ alg: "SHA-256", content: checksum(crate) }];
  return { type: "library", "bom-ref": url, name, version, purl: url, licenses: [{ expression: expression(license) }], hashes };
}

/** A slash stands for OR in older manifests. */
const expression = (license) => license.replaceAll(/\s*\/\s*/g, " OR ");

function rustLibrary() {
  const version = execFileSync("rustc", ["--version"], { encoding: "utf8" }).split(" ")[1];
  const url = `pkg:generic/rust-std@${version}`;
  const licenses = [{ expression: "MIT OR Apache-2.0" }];
  return { type: "library", "bom-ref": url, name: "rust-std", version, purl: url, licenses };
}

/** Of the crate's file, as the lock file has it. */
function checksum({ name, version }) {
  const [, found] = LOCK.match(`name = "${name}"\nversion = "${version}"\nsource = .*\nchecksum = "([0-9a-f]{64})"`) ?? [];
  if (!found) throw new Error(`Cargo.lock has no checksum of ${name} ${version}`);
  return found;
}

/** The same for the same files: a random one would be another in each build. */
function uuid(files) {
  const all = createHash("sha256");
  for (const { bytes } of files) all.update(hash("sha256", bytes, "hex"));
  const hex = all.digest("hex");
  const part = (/** @type {number} */ from, /** @type {number} */ to) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

const hash = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);
const text = (value) => `${JSON.stringify(value, null, 2)}\n`;
