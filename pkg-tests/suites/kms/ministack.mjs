/** MiniStack, another project's stand-in for AWS: it has no ECDH, and `Decrypt` of its ignores `DryRun`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { python } from "../../harness/environment.mjs";
import { listen } from "../../harness/servers/listen.mjs";

/** MiniStack, as PyPI has it. @returns {import("./aws.mjs").Target} */
export function ministack() {
  /** @type {import("node:child_process").ChildProcess} */
  let child;
  return {
    withoutEcdh: true,
    withoutDryRun: true,
    async open() {
      const { address, stop } = await listen(createServer());
      await stop();
      const [, port = ""] = address.split(":");
      const home = temporaryFolder();
      const env = { ...process.env, HOME: home, GATEWAY_PORT: port, BIND_HOST: "127.0.0.1", IOT_MTLS_ENABLED: "0" };
      child = spawn(python(), ["-m", "ministack"], { env, cwd: home, stdio: "ignore" });
      const endpoint = `http://${address}`;
      for (let at = 0; at < 300; at++) {
        const { ok } = await fetch(`${endpoint}/_ministack/health`).catch(() => ({ ok: false }));
        if (ok) return new KMSClient({ region: "eu-central-1", endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
        if (child.exitCode !== null) break;
        await sleep(100);
      }
      throw new Error("MiniStack did not start");
    },
    async close() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
