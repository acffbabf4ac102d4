/** What `cargo xtask test` hands to these tests, and where to find it when they are run by hand. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** @param {string} name @param {() => string | undefined} otherwise */
function given(name, otherwise) {
  const path = process.env[name] ?? otherwise();
  if (!path || !existsSync(path)) throw new Error(`${name} is missing; run cargo xtask test`);
  return path;
}

const inRepository = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));

/** The packed npm package. */
export const tarball = () =>
  given("STRONGROOM_TARBALL", () => {
    const folder = inRepository("target/npm/");
    const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith(".tgz")) : undefined;
    return name && folder + name;
  });

/** What `wasm-pack build --target web` writes. */
export const wasmPackModule = () => given("STRONGROOM_WASM_PACK", () => inRepository("pkg"));

/** The demo's server, built. */
export const serverProgram = () =>
  given("STRONGROOM_SERVER", () => inRepository("target/debug/strongroom-demo-server"));

/** The command line program, built. */
export const commandLine = () => given("STRONGROOM_COMMAND_LINE", () => inRepository("target/debug/strongroom"));

/** The demo's page, built. */
export const demoPage = () => given("STRONGROOM_PAGE", () => inRepository("www/dist"));

/** A Python that has what `tests/interop/requirements.txt` names. */
export const python = () => given("STRONGROOM_PYTHON", () => inRepository(".tools/python/bin/python"));

/** Debian's SoftHSM, a PKCS#11 token in software. */
export const softHsm = () => given("STRONGROOM_SOFTHSM", () => "/usr/lib/softhsm/libsofthsm2.so");

/** Kryoptic, another one: `tests/hsm`, built. */
export const kryoptic = () => given("STRONGROOM_KRYOPTIC", () => inRepository("target/hsm/debug/libstrongroom_hsm.so"));
