/** Objects whose body is encrypted more than once: each pass in the engine is held to what the first one saw. */
import type { Connection } from "./connection.js";
import { requestText, wellFormed } from "./context.js";
import { AbortedError, ClosedError, ConsumedError, InUseError } from "./errors.js";
import { sourceOf } from "./inputs.js";
import type { ReencryptRequest, Resumed } from "./protocol.js";
import { Pump, type Watch } from "./pump.js";

/** What is bound to the object. */
type Bound = Pick<ReencryptRequest, "context" | "sidecar">;

/** One object's input, and who reads it. @internal */
export class Passes {
  readonly #connection: Connection;
  readonly #vault: string;
  readonly #file: Blob;
  readonly #bound: Bound;
  readonly #watch: Watch;
  /** What the vault is told when the object is pinned. */
  readonly #about: object;
  readonly #open = new Set<Pump>();
  #release: (() => void) | undefined;
  #note: string | undefined;
  #closed = false;

  constructor(
    connection: Connection,
    vault: string,
    file: Blob,
    bound: Bound,
    watch: Watch,
    about: object = {},
  ) {
    this.#connection = connection;
    this.#vault = vault;
    this.#file = file;
    this.#bound = bound;
    this.#watch = watch;
    this.#about = about;
  }

  /** Whether the vault knows of it, so that passes may begin. */
  get begun(): boolean {
    return this.#release !== undefined;
  }

  get note(): string | undefined {
    return this.#note;
  }

  /** The first pass, which gives nothing out. */
  async pin(
    pump: Pump,
    said: { id: string; location: string | undefined },
    { signal, onProgress }: Watch,
  ): Promise<void> {
    const about = requestText({ ...said, ...this.#about });
    pump.take();
    const abort = (): void => pump.stop(new AbortedError("aborted", { cause: signal?.reason }));
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    const release = await lock(this.#vault, said.id);
    try {
      await pump.pin(about, onProgress);
      this.#hold(release);
    } catch (error) {
      release();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Holds the object's upload, and asks the vault what it knows of it. */
  async resume(id: string): Promise<{ pump: Pump; resumed: Resumed }> {
    const release = await lock(this.#vault, id);
    const pump = this.#pump();
    try {
      const resumed = await pump.begin((number) => this.#begin(number, id, 0));
      this.#note = resumed.note;
      this.#hold(release);
      return { pump, resumed };
    } catch (error) {
      release();
      throw error;
    } finally {
      pump.stop(new ConsumedError("this pass was only asked about"));
    }
  }

  /** Another pass, from a byte of the object on. */
  from(id: string, from: number): Pump {
    if (this.#closed) throw gone();
    for (const pump of this.#open) if (pump.done) this.#open.delete(pump);
    const pump = this.#pump().beginning((number) => this.#begin(number, id, from));
    this.#open.add(pump);
    return pump;
  }

  async remember(id: string, note: string): Promise<void> {
    await this.#connection.peer.call("noteUpload", id, wellFormed(note, "a note"));
    this.#note = note;
  }

  async forget(id: string): Promise<void> {
    await this.#connection.peer.call("endUpload", id);
  }

  close(): void {
    this.#closed = true;
    for (const pump of this.#open) pump.stop(gone());
    this.#open.clear();
    if (this.#release) this.#connection.held.delete(this.#release);
    this.#release?.();
  }

  /** Until the object is closed, or the vault locked. */
  #hold(release: () => void): void {
    this.#release = release;
    this.#connection.held.add(release);
  }

  #pump(): Pump {
    return new Pump(this.#connection, sourceOf(this.#file), this.#watch);
  }

  #begin(number: number, id: string, from: number): Promise<Resumed> {
    const request = { id, ...this.#bound, file: this.#file, from };
    return this.#connection.peer.call("resume", number, request);
  }
}

function gone(): ClosedError {
  return new ClosedError("this object was closed");
}

/** One object's upload goes on in one place at a time, where the browser can see to that. */
async function lock(vault: string, id: string): Promise<() => void> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return () => {};
  return new Promise((resolve, reject) => {
    const held = (given: Lock | null): Promise<void> | undefined => {
      if (given) return new Promise((release) => resolve(release));
      reject(new InUseError("this upload is open already, here or in another tab; close it there"));
      return undefined;
    };
    locks.request(`strongroom:upload:${vault}:${id}`, { ifAvailable: true }, held).catch(reject);
  });
}
