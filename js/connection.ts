/** A page's line to one engine, in a Worker or inline. */
import type { CallerStore } from "./bindings.js";
import { asStrongroomError, ClosedError, fromWire, WasmError, WorkerError, type StrongroomError } from "./errors.js";
import { wasmModule, workerPlace } from "./init.js";
import type { Source } from "./inputs.js";
import { packagedWorker, WORKER_HINT, WORKER_SOURCE } from "./packaged.js";
import { startWatched, workerPort } from "./ports.js";
import type { EngineCalls, PageCalls, Storage } from "./protocol.js";
import { pair, Peer, transfer, type Port } from "./rpc.js";
import type { Parts } from "./sources.js";
import { startWorker, viaBlob } from "./workers.js";

export interface Place {
  /** A store of the caller's own, which runs inline. */
  store?: CallerStore | undefined;
  /** What the vault must not be older than. */
  lastSeenHead?: string | undefined;
}

/** Gives the engine of an unlocked vault, or says that it is locked. */
export type Use = () => Connection;

/** Whether other tabs see the same vaults: those in IndexedDB. */
export function isShared({ store }: Place): boolean {
  return !store && typeof indexedDB !== "undefined" && typeof BroadcastChannel !== "undefined";
}

/** Connects to a fresh engine that keeps vaults. */
export function connectVault({ store }: Place): Promise<Connection> {
  if (store) return Connection.start("inline", store);
  // A page whose browser has no database must hear of it, not keep its keys in memory as Node does.
  const browser = typeof document !== "undefined" || "WorkerGlobalScope" in globalThis;
  const forgetful = typeof indexedDB === "undefined" && !browser;
  const database = forgetful ? "memory" : "indexeddb";
  return Connection.start(workerPlace(), database);
}

/** The one engine for everything that needs no vault; started again after a failure. */
export function connectKeys(): Promise<Connection> {
  shared ??= Connection.start(workerPlace(), undefined).then(
    (connection) => {
      connection.onEnd = () => {
        shared = undefined;
      };
      return connection;
    },
    (error: unknown) => {
      shared = undefined;
      throw error;
    },
  );
  return shared;
}

let shared: Promise<Connection> | undefined;

export class Connection {
  readonly peer: Peer<EngineCalls>;
  /** Called once, however the engine ends. */
  onEnd: ((reason: StrongroomError) => void) | undefined;
  /** Called when something failed in the background, so that the engine must end. */
  onFailed: (reason: StrongroomError) => void = (reason) => this.end(reason);
  readonly #sources = new Map<number, Source>();
  readonly #objects = new Map<number, Parts>();
  /** What is let go when the engine ends. */
  readonly held = new Set<() => void>();
  readonly #release: () => void;
  #numbers = 0;

  static async start(
    where: URL | "default" | "inline",
    storage: Storage | undefined,
  ): Promise<Connection> {
    const module = await wasmModule();
    const inline = where === "inline";
    const connection = inline ? await connectInline() : connectWorker(where);
    const gone = () => connection.end(new WorkerError("the Worker was stopped; unlock or open again"));
    try {
      if (inline) await connection.peer.call("start", module, storage);
      else await startWatched(connection.peer, module, storage, gone);
      return connection;
    } catch (error) {
      connection.end(asStrongroomError(error));
      throw error;
    }
  }

  constructor(port: Port, release: () => void) {
    this.#release = release;
    const page: PageCalls = {
      read: (number, most) => this.#read(number, most),
      readPart: (number, from, to) => this.#readPart(number, from, to),
      failed: (error) => this.onFailed(fromWire(error)),
    };
    this.peer = new Peer<EngineCalls>(port, page, (error) => {
      if (error instanceof WasmError) this.end(error);
    });
  }

  /** A number for a body and its source. */
  register(source: Source): number {
    const number = this.#numbers++;
    this.#sources.set(number, source);
    return number;
  }

  /** A number for an object whose parts are read. */
  registerObject(parts: Parts): number {
    const number = this.#numbers++;
    this.#objects.set(number, parts);
    return number;
  }

  forget(number: number): void {
    this.#sources.delete(number);
    this.#objects.delete(number);
  }

  /** Ends the engine. Whatever is in flight, and whatever comes later, rejects with `reason`. */
  end(reason: StrongroomError): void {
    this.peer.end(reason);
    try {
      this.#release();
    } catch {
      // A module that trapped frees nothing any more.
    }
    this.#sources.clear();
    for (const parts of this.#objects.values()) parts.close();
    this.#objects.clear();
    for (const letGo of this.held) letGo();
    this.held.clear();
    this.onEnd?.(reason);
    this.onEnd = undefined;
  }

  async #read(number: number, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const source = this.#sources.get(number);
    try {
      return await source?.read?.(most);
    } catch (error) {
      const failure = asStrongroomError(error);
      if (source) source.failure = failure;
      throw failure;
    }
  }

  async #readPart(number: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts = this.#objects.get(number);
    if (!parts) throw new ClosedError("this object was closed");
    try {
      const bytes = await parts.read(from, to);
      return transfer(bytes, [bytes.buffer]);
    } catch (error) {
      parts.failure = asStrongroomError(error);
      throw parts.failure;
    }
  }
}

async function connectInline(): Promise<Connection> {
  const { serve } = await import("./engine/engine.js");
  const [ours, theirs] = pair();
  return new Connection(ours, serve(theirs));
}

function connectWorker(where: URL | "default"): Connection {
  const worker = spawn(where);
  const connection = new Connection(workerPort(worker), () => worker.terminate());
  worker.addEventListener("error", (event) => {
    const why = event.message ? `: ${event.message}` : ` to start; ${WORKER_HINT}`;
    connection.end(new WorkerError(`the Worker failed${why}`));
  });
  return connection;
}

function spawn(where: URL | "default"): Worker {
  try {
    if (where === "default") return packagedWorker();
    return where.origin === location.origin ? startWorker(where) : viaBlob(where);
  } catch (cause) {
    const hint = `do ${WORKER_SOURCE} and trusted-types allow it?`;
    throw new WorkerError(`the Worker could not be started; ${hint} ${String(cause)}`, { cause });
  }
}
