/** Starts engines, in a Worker or inline. */
import { asStrongroomError, StorageError, UnsupportedError, WorkerError } from "../../shared/errors/index.js";
import type { Store } from "../../shared/model/vault-store.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import type { Storage } from "../../shared/protocol/vault-calls.js";
import { RELEASE } from "../../shared/release.js";
import { pair } from "../../shared/rpc/in-process.js";
import type { Port } from "../../shared/rpc/port.js";
import { startWatched } from "../../shared/workers/watched-worker.js";
import { workerPort } from "../../shared/workers/worker-port.js";
import type { AutoLockOptions } from "../vault/auto-lock.js";
import type { SurviveReloadOptions } from "../vault/survive-reload.js";
import { packagedWorker, WORKER_HINT, WORKER_SOURCE } from "./assets/browser.js";
import { Connection } from "./connection.js";
import type { GivenSource } from "../organisation/organisation-options.js";
import { isForgetful, wasmModule, workerPlace } from "./init.js";
import { startWorker, viaBlob } from "./worker-url.js";

export interface VaultStorage {
  /** A store of the caller's own, which runs inline. */
  store?: Store | undefined;
  /** Who must sign for the vault. */
  identity?: string | undefined;
  /** What the vault must not be older than. */
  lastSeenHead?: string | undefined;
  /** When the vault locks itself. */
  autoLock?: AutoLockOptions | undefined;
  /** Which organisation it is to belong to. */
  organisation?: GivenSource | undefined;
  /** For how long a reload opens it. */
  surviveReload?: SurviveReloadOptions | undefined;
}

/** Whether other tabs see the same vaults: those in IndexedDB. */
export function isShared({ store }: VaultStorage): boolean {
  return !store && typeof indexedDB !== "undefined" && typeof BroadcastChannel !== "undefined";
}

/** Connects to a fresh engine that keeps vaults. */
export async function connectVault({ store }: VaultStorage): Promise<Connection> {
  if (store) return startEngine("inline", store);
  if (isForgetful()) return startEngine(workerPlace(), "memory");
  // A page whose browser has no database must hear of it, not keep its keys in memory as Node does.
  const missing = typeof indexedDB === "undefined" && typeof Worker === "undefined";
  if (missing) throw new StorageError(NO_DATABASE);
  return startEngine(workerPlace(), "indexeddb");
}

const NO_DATABASE =
  "there is no IndexedDB here; a test's DOM (jsdom, happy-dom) has none: give a store, or load fake-indexeddb before";

/** The one engine for everything that needs no vault; started again after a failure. */
export function connectKeys(): Promise<Connection> {
  sharedEngine ??= startEngine(workerPlace(), undefined).then(
    (connection) => {
      connection.onEnd = () => {
        sharedEngine = undefined;
      };
      return connection;
    },
    (error: unknown) => {
      sharedEngine = undefined;
      throw error;
    },
  );
  return sharedEngine;
}

let sharedEngine: Promise<Connection> | undefined;

async function startEngine(where: URL | "default" | "inline", storage: Storage | undefined): Promise<Connection> {
  const module = await wasmModule();
  const inline = where === "inline";
  const connection = inline ? await connectInline() : connectWorker(where);
  const gone = () => connection.end(new WorkerError("the Worker was stopped; unlock or open again"));
  try {
    if (inline) await connection.peer.call("start", module, storage, undefined, RELEASE);
    else connection.workerEnded = (await startWatched(connection.peer, module, storage, gone)).ended;
    return connection;
  } catch (error) {
    connection.end(asStrongroomError(error));
    throw error;
  }
}

async function connectInline(): Promise<Connection> {
  const { serve } = await loadEngine();
  const [ours, theirs] = pair();
  return new Connection(ours, serve(theirs));
}

type Serve = (port: Port) => () => Promise<void>;

async function loadEngine(): Promise<{ serve: Serve }> {
  try {
    // The one way from the page into the engine, loaded where there is no Worker.
    // oxlint-disable-next-line no-restricted-imports
    return await import("../../engine/serve.js");
  } catch (cause) {
    if ("ServiceWorkerGlobalScope" in globalThis) {
      const what = "import() in a service worker";
      throw new UnsupportedError(`not supported: ${what}; import strongroom/inline there`, { what, cause });
    }
    throw new WorkerError(`the engine's script could not be loaded; is it served? ${String(cause)}`, { cause });
  }
}

function connectWorker(where: URL | "default"): Connection {
  const worker = spawnEngine(where);
  const connection = new Connection(workerPort(worker), () => endWorker(worker), () => spawnEngine(where));
  worker.addEventListener("error", (event) => {
    const why = event.message ? `: ${event.message}` : ` to start; ${WORKER_HINT}`;
    connection.end(new WorkerError(`the Worker failed${why}`));
  });
  return connection;
}

/** Milliseconds in which a Worker that was told to end must have done so. */
const END_TIMEOUT = 10_000;

function endWorker(worker: Worker): void {
  workerPort(worker).post({ call: -1, method: "end" satisfies keyof EngineCalls, args: [] }, []);
  // One that hangs is told nothing.
  setTimeout(() => worker.terminate(), END_TIMEOUT);
}

function spawnEngine(where: URL | "default"): Worker {
  try {
    if (where === "default") return packagedWorker();
    return where.origin === location.origin ? startWorker(where) : viaBlob(where);
  } catch (cause) {
    const hint = `do ${WORKER_SOURCE} and trusted-types allow it?`;
    throw new WorkerError(`the Worker could not be started; ${hint} ${String(cause)}`, { cause });
  }
}
