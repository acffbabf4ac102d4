/** The adopters' projects, each in a folder of its own with the packed package installed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder, unpack } from "../../harness/consumer.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * A copy of the project `name` as after `npm install`. What it depends on are links to one shared
 * installation, but the package is its own.
 *
 * @param {string} name
 * @param {Record<string, string>} [aliases] packages to be found under another one's name
 */
export function project(name, aliases = {}) {
  const folder = temporaryFolder();
  for (const part of ["shared", name]) cpSync(join(here, part), folder, { recursive: true });
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const entry of readdirSync(join(here, "node_modules"))) {
    if (entry.startsWith(".")) continue;
    symlinkSync(join(here, "node_modules", aliases[entry] ?? entry), join(modules, entry));
  }
  unpack(modules);
  return folder;
}

const environment = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };

/** `npm run build`; the folder it wrote. @param {string} folder */
export function built(folder) {
  execFileSync("npm", ["run", "--silent", "build"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(folder, "dist");
}

/** The project's development server, which is Vite's. @param {string} folder */
export const developed = (folder) => listening(folder, ["vite/bin/vite.js", "--host", "127.0.0.1", "--port", "0"]);

/** The project's own server, which is Next's. @param {string} folder */
export function started(folder) {
  built(folder);
  return listening(folder, ["next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", "0"]);
}

/** A program among the project's packages, once it says where it listens. @param {string} folder @param {string[]} given */
async function listening(folder, [program = "", ...given]) {
  const server = spawn(process.execPath, [join(folder, "node_modules", program), ...given], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(server, "exit");
  for await (const line of createInterface({ input: server.stdout })) {
    const [, origin] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (!origin) continue;
    server.stdout.resume();
    const stop = async () => {
      server.kill("SIGTERM");
      await exited;
    };
    return { origin, stop };
  }
  throw new Error(`${program} ended`);
}
