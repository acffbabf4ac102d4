/** The demo's server with its real S3-compatible store, on free ports of this machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { temporaryFolder } from "../consumer.mjs";
import { serverProgram } from "../environment.mjs";

/** The store's key, which presigned URLs outlive a restart with. */
export const STORE_CREDENTIALS = { accessKeyId: "strongroom-tests", secretAccessKey: "not-a-secret" };

/**
 * @param {string} page the folder to serve
 * @param {{ data?: string, ports?: [page: number, store: number], origins?: string[], collector?: string, azureKeys?: string[], services?: string[] }} [options]
 *   `data`: the store's folder; `collector`: the file of the collector's database; `origins`: of other pages that may use the store;
 *   `azureKeys`: keys that the relay admits; `services`: origins of key management services that the page may ask
 */
export async function startServer(page, { data = temporaryFolder(), ports = [0, 0], origins = [], collector, azureKeys = [], services = [] } = {}) {
  const [port, storePort] = ports.map(String);
  const others = origins.flatMap((origin) => ["--allow-origin", origin]);
  const relayed = azureKeys.flatMap((key) => ["--azure-key", key]).concat(services.flatMap((origin) => ["--kms-endpoint", origin]));
  const where = ["--port", port ?? "", "--store-port", storePort ?? "", "--page", page, "--data", data, ...others, ...relayed, ...(collector ? ["--collector", collector] : [])];
  const child = spawn(serverProgram(), where, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, STRONGROOM_STORE_KEY: Object.values(STORE_CREDENTIALS).join(":") },
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const address = async (/** @type {string} */ what) => {
    const { value = "" } = await lines.next();
    const [, origin] = new RegExp(`^${what} on (http://[a-z0-9.]+:\\d+)$`).exec(value) ?? [];
    if (!origin) throw new Error(`the server said: ${value}`);
    return origin;
  };
  const named = await address("listening");
  return {
    /** The page's, by the name that the server tells, under which there are passkeys; and by its address. */
    named,
    origin: named.replace("localhost", "127.0.0.1"),
    store: await address("store"),
    /** The folder with the stored objects. */
    data,
    /** It answers nothing until it goes on, and its connections stay. */
    pause() {
      child.kill("SIGSTOP");
    },
    goOn() {
      child.kill("SIGCONT");
    },
    /** Ends it as a crash would. */
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
