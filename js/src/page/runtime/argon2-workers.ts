/** The Workers that run Argon2id for an engine, which this page starts, watches and ends. */
import { WorkerError } from "../../shared/errors/index.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import { Peer } from "../../shared/rpc/peer.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { startWatched } from "../../shared/workers/watched-worker.js";
import { workerPort } from "../../shared/workers/worker-port.js";
import { wasmModule } from "./init.js";

export class Argon2Workers {
  readonly #spawn: (() => Worker) | undefined;
  readonly #running = new Map<number, () => void>();
  #closed = false;

  /** @param spawn starts a Worker of the package's script; none for an engine that runs inline */
  constructor(spawn?: () => Worker) {
    this.#spawn = spawn;
  }

  /** Settles once the Worker has ended: rejects unless it was stopped. */
  async start(number: number, port: MessagePort): Promise<void> {
    const module = await wasmModule();
    if (!this.#spawn || this.#closed) throw new WorkerError("no Worker to start");
    const worker = this.#spawn();
    const peer = new Peer<EngineCalls>(workerPort(worker), {});
    try {
      await new Promise<void>((stopped, failed) => {
        this.#running.set(number, stopped);
        const gone = () => failed(new WorkerError("the Worker for Argon2id stopped"));
        worker.addEventListener("error", gone);
        const started = startWatched(peer, module, undefined, gone);
        started.then(() => peer.call("serveArgon2", transfer(port, [port]))).catch(failed);
      });
    } finally {
      this.#running.delete(number);
      peer.end(new WorkerError("the Worker for Argon2id stopped"));
      worker.terminate();
    }
  }

  stop(number: number): void {
    this.#running.get(number)?.();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#running.values()) stop();
  }
}
