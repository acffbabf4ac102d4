/** The programs in `examples`, as after `npm install`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder, unpack } from "./consumer.mjs";
import { STORE_CREDENTIALS } from "./servers/server.mjs";

/**
 * Links to the packages of these tests or of another folder, and the packed package.
 *
 * @param {string} folder that gets `node_modules`
 * @param {string} from a folder that has one
 */
export function installInto(folder, from = fileURLToPath(new URL("../", import.meta.url))) {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const entry of readdirSync(join(from, "node_modules"))) {
    if (!entry.startsWith(".")) symlinkSync(join(from, "node_modules", entry), join(modules, entry));
  }
  unpack(modules);
}

/** A copy of an example. @param {string} name @param {string} [modules] a folder that has its packages */
export function example(name, modules) {
  const folder = temporaryFolder();
  cpSync(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), folder, {
    recursive: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  installInto(folder, modules);
  return folder;
}

/**
 * Starts `examples/presign-node` for a store.
 *
 * @param {{ store: string }} of
 * @param {{ module?: string, port?: number }} [how] `module`: what signs
 */
export function startPresigner({ store }, { module = "./presign.mjs", port = 0 } = {}) {
  return startExample(example("presign-node"), ["server.mjs"], {
    PORT: String(port),
    PRESIGN: module,
    S3_ENDPOINT: store,
    S3_BUCKET: "strongroom",
    S3_ACCESS_KEY_ID: STORE_CREDENTIALS.accessKeyId,
    S3_SECRET_ACCESS_KEY: STORE_CREDENTIALS.secretAccessKey,
  });
}

/**
 * Starts an example's server, and waits until it says where it listens.
 *
 * @param {string} folder
 * @param {string[]} given the script, and what it is given
 * @param {Record<string, string>} [env]
 */
export async function startExample(folder, given, env = { PORT: "0" }) {
  const child = spawn(process.execPath, given, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, origin] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (!origin) continue;
    child.stdout.resume();
    const stop = async () => {
      child.kill("SIGTERM");
      await exited;
    };
    return { origin, stop };
  }
  throw new Error(`${given[0]} ended`);
}
