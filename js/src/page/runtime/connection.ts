/** A connection of the page to one engine. */
import {
  asStrongroomError,
  fromWire,
  objectClosed,
  WasmError,
  type StrongroomError,
} from "../../shared/errors/index.js";
import type { ReleaseLock } from "../../shared/locks.js";
import { report } from "../../shared/async.js";
import type { Progress } from "../../shared/model/progress.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import type { PageCalls } from "../../shared/protocol/page-calls.js";
import { Peer } from "../../shared/rpc/peer.js";
import type { Port } from "../../shared/rpc/port.js";
import { transfer } from "../../shared/rpc/transfer.js";
import type { Source } from "../objects/input.js";
import type { RangeBytes } from "../ranges/range-source.js";
import { Argon2Workers } from "./argon2-workers.js";
import { askEscrow } from "./escrow-holders.js";
import { KmsSender } from "./kms-sender.js";
import { createPasskey, evaluatePrf } from "./passkey-ceremonies.js";

/** Gives the engine of an unlocked vault, or says that it is locked. */
export type UseEngine = () => Connection;

/** Calls the engine of an unlocked vault. */
export type CallEngine = Peer<EngineCalls>["call"];

/** A call that is watched, and how far it was. */
interface Watching {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  done: number;
}

export class Connection {
  readonly peer: Peer<EngineCalls>;
  /** Called once, however the engine ends. */
  onEnd: ((reason: StrongroomError) => void) | undefined;
  /** Called when something was changed in the vault. */
  onChanged: ((change: VaultChange) => void) | undefined;
  /** Presents a factor to the vault by a call. The vault's session counts those that fail, and has the next ones wait. */
  present: <T>(begin: () => Promise<T>, signal: AbortSignal | undefined, person: boolean) => Promise<T> = (begin) => begin();
  /** Called when something failed in the background, so that the engine must end. */
  onFailed: (reason: StrongroomError) => void = (reason) => this.end(reason);
  readonly #sources = new Map<number, Source>();
  readonly #objects = new Map<number, RangeBytes>();
  readonly #watches = new Map<number, Watching>();
  /** What is let go when the engine ends. */
  readonly held = new Set<ReleaseLock>();
  /** Those of views of the vault. They end with it, and what they do keeps it from locking itself. */
  readonly views = new Set<Connection>();
  /** Whether the engine runs on this thread. */
  readonly inline: boolean;
  /** Resolves once the engine's Worker has ended, where that is known. */
  workerEnded: Promise<unknown> | undefined;
  #released: Promise<unknown> = Promise.resolve();
  readonly #release: () => Promise<void> | void;
  readonly #argon2: Argon2Workers;
  readonly #ending = new AbortController();
  #numbers = 0;
  #ended = false;

  /** @param spawn starts another Worker like the engine's; none for an engine that runs inline */
  constructor(port: Port, release: () => Promise<void> | void, spawn?: () => Worker) {
    this.#release = release;
    this.inline = spawn === undefined;
    this.#argon2 = new Argon2Workers(spawn);
    const page: PageCalls = {
      read: (number, most) => this.#read(number, most),
      readPart: (number, from, to) => this.#readPart(number, from, to),
      startArgon2: (worker, channel) => this.#argon2.start(worker, channel),
      stopArgon2: (worker) => this.#argon2.stop(worker),
      createPasskey,
      evaluatePrf,
      askEscrow: (holder, requests, question) => askEscrow(holder, requests, new KmsSender(this.peer, question)),
      progress: (watch, done, total) => this.#progress(watch, { done, total }),
      changed: (change) => this.onChanged?.(change),
      failed: (error) => this.onFailed(fromWire(error)),
    };
    this.peer = new Peer<EngineCalls>(port, page, (error) => {
      if (error instanceof WasmError) this.end(error);
    });
  }

  /** Aborted once the engine ends, with why as its reason. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Whether a call is in flight, or a body is open. */
  get runs(): boolean {
    return this.peer.waits || this.#sources.size > 0 || Array.from(this.views).some((view) => view.runs);
  }

  /** A number for a body and its source. */
  register(source: Source): number {
    const number = this.#numbers++;
    this.#sources.set(number, source);
    return number;
  }

  /** A number for an object whose parts are read. */
  registerObject(parts: RangeBytes): number {
    const number = this.#numbers++;
    this.#objects.set(number, parts);
    return number;
  }

  forget(number: number): void {
    this.#sources.delete(number);
    this.#objects.delete(number);
  }

  /** A number for a call that is watched. */
  watch(onProgress: Watching["onProgress"]): number {
    const number = this.#numbers++;
    this.#watches.set(number, { onProgress, done: 0 });
    return number;
  }

  unwatch(number: number): void {
    this.#watches.delete(number);
  }

  /** Never less than before, though another tab was faster and the engine has begun again. */
  #progress(number: number, progress: Progress): void {
    const watching = this.#watches.get(number);
    if (!watching || progress.done <= watching.done) return;
    watching.done = progress.done;
    report(watching.onProgress, progress);
  }

  /** Ends the engine. Calls in flight and later calls reject with `reason`. */
  end(reason: StrongroomError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.peer.end(reason);
    for (const view of this.views) view.end(reason);
    this.#ending.abort(reason);
    try {
      const released = this.#release();
      if (released) this.held.add(() => released);
    } catch {
      // A module that trapped frees nothing any more.
    }
    this.#argon2.close();
    this.#sources.clear();
    for (const parts of this.#objects.values()) parts.close();
    this.#objects.clear();
    this.#released = Promise.all([this.#released, ...Array.from(this.held, (letGo) => letGo())]);
    this.held.clear();
    this.onEnd?.(reason);
    this.onEnd = undefined;
  }

  /** After `end`: resolves once the Worker has ended, and what was held is let go. */
  async left(): Promise<void> {
    await Promise.all([this.workerEnded, this.#released]);
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
    if (!parts) throw objectClosed();
    try {
      const bytes = await parts.read(from, to);
      return transfer(bytes, [bytes.buffer]);
    } catch (error) {
      parts.failure = asStrongroomError(error);
      throw parts.failure;
    }
  }
}
