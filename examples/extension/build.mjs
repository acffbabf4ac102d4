/** Writes `dist`, the folder that a browser loads: this extension's files, and the package in one script. */
import { copyFileSync, cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => join(import.meta.dirname, path);

rmSync(here("dist"), { recursive: true, force: true });
cpSync(here("extension"), here("dist"), { recursive: true });
copyFileSync(fileURLToPath(import.meta.resolve("strongroom/inline")), here("dist/strongroom.js"));
