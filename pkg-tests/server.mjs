/** The demo's server with its real S3-compatible store, on free ports of 127.0.0.1. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { temporaryFolder } from "./consumer.mjs";
import { serverProgram } from "./environment.mjs";

/**
 * @param {string} page the folder to serve
 * @param {{ origins?: string[] }} [options] `origins`: of other pages that may use the store
 */
export async function startServer(page, { origins = [] } = {}) {
  const data = temporaryFolder();
  const others = origins.flatMap((origin) => ["--allow-origin", origin]);
  const where = ["--port", "0", "--store-port", "0", "--page", page, "--data", data, ...others];
  const child = spawn(serverProgram(), where, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const address = async (/** @type {string} */ what) => {
    const { value = "" } = await lines.next();
    const [, origin] = /^(?:listening|store) on (http:\/\/127\.0\.0\.1:\d+)$/.exec(value) ?? [];
    if (!origin || !value.startsWith(what)) throw new Error(`the server said: ${value}`);
    return origin;
  };
  return {
    origin: await address("listening"),
    store: await address("store"),
    /** The folder with the stored objects. */
    data,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
