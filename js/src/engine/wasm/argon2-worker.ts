/**
 * Argon2id in a Worker of its own. A wasm instance's memory never shrinks, so that the 64 MiB and
 * the passphrase would otherwise stay with the vault; this Worker ends with the derivation.
 */
import { WorkerError } from "../../shared/errors/index.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import { Peer } from "../../shared/rpc/peer.js";
import { transferSecret } from "../../shared/rpc/transfer.js";
import { scriptAddress } from "../../shared/workers/trusted-types.js";
import { startWatched } from "../../shared/workers/watched-worker.js";
import { workerPort } from "../../shared/workers/worker-port.js";
import type { Bindings, Stretch, StretchParameters } from "./bindings.js";

export function stretchWith(module: WebAssembly.Module, bindings: Bindings): Stretch {
  return async (passphrase, ...parameters) => {
    try {
      return await inOwnWorker(module, passphrase, parameters);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      return bindings.argon2id(passphrase, ...parameters);
    } finally {
      passphrase.fill(0);
    }
  };
}

async function inOwnWorker(
  module: WebAssembly.Module,
  passphrase: Uint8Array,
  parameters: StretchParameters,
): Promise<Uint8Array> {
  const worker = spawnSibling();
  const peer = new Peer<EngineCalls>(workerPort(worker), {});
  const stopped = () => peer.end(new WorkerError("the Worker for Argon2id stopped"));
  worker.addEventListener("error", stopped);
  try {
    await startWatched(peer, module, undefined, stopped);
    return await peer.call("argon2id", transferSecret(new Uint8Array(passphrase)), ...parameters);
  } finally {
    worker.terminate();
  }
}

/** Another Worker of this Worker's own script, whatever a bundler named it and turned it into. */
function spawnSibling(): Worker {
  const inWorker = typeof importScripts === "function";
  if (!inWorker || typeof Worker === "undefined") throw new WorkerError("no Worker to start");
  try {
    return new Worker(scriptAddress(location.href), { type: isClassic() ? "classic" : "module" });
  } catch (cause) {
    throw new WorkerError("the Worker for Argon2id did not start", { cause });
  }
}

/**
 * In a module Worker `importScripts` is there, but throws a `TypeError` (HTML §10.3.1). In a classic one
 * an address that is none is a `SyntaxError`; without any address, Firefox throws in neither.
 */
function isClassic(): boolean {
  try {
    importScripts(scriptAddress("http://"));
    return true;
  } catch (error) {
    return !(error instanceof TypeError);
  }
}

declare function importScripts(address: string): void;
