/** Objects whose body is encrypted more than once: each pass in the engine is held to what the first one saw. */
import { aborted } from "../../shared/async.js";
import { objectClosed, ConsumedError, InUseError } from "../../shared/errors/index.js";
import { holdLock, type ReleaseLock } from "../../shared/locks.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Resumed, ResumeRequest, UploadOrigin } from "../../shared/protocol/body-calls.js";
import { plainCopy, wellFormed } from "../../shared/text.js";
import { BodyReader } from "../objects/body-reader.js";
import { sourceOf } from "../objects/input.js";
import type { Connection } from "../runtime/connection.js";

/** What is bound to the object, and why it is read. */
type BoundTo = Pick<ResumeRequest, "context" | "sidecar" | "reason">;

/** One object's input, and who reads it. @internal */
export class ResumableBody {
  readonly #connection: Connection;
  readonly #vault: string;
  readonly #file: Blob;
  readonly #bound: BoundTo;
  readonly #watch: OperationOptions;
  /** What the vault is told when the object is pinned. */
  readonly #about: UploadOrigin;
  readonly #open = new Set<BodyReader>();
  #release: ReleaseLock | undefined;
  #note: string | undefined;
  #closed = false;

  constructor(
    connection: Connection,
    vault: string,
    file: Blob,
    bound: BoundTo,
    watch: OperationOptions,
    about: UploadOrigin = { attached: false, kept: false },
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
    reader: BodyReader,
    said: { id: string; location: string | undefined },
    { signal, onProgress }: OperationOptions,
  ): Promise<void> {
    const about = plainCopy({ ...said, ...this.#about });
    reader.take();
    const release = await lockUpload(this.#vault, said.id);
    const abort = (): void => reader.stop(aborted(signal));
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    try {
      await reader.pin(about, onProgress);
      this.#hold(release);
    } catch (error) {
      await release();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Holds the object's upload, and asks the vault what it knows of it. */
  async resume(id: string): Promise<{ reader: BodyReader; resumed: Resumed }> {
    const release = await lockUpload(this.#vault, id);
    const reader = this.#reader();
    try {
      const resumed = await reader.begin((number) => this.#begin(number, id, 0));
      this.#note = resumed.note;
      this.#hold(release);
      return { reader, resumed };
    } catch (error) {
      await release();
      throw error;
    } finally {
      reader.stop(new ConsumedError("this pass was only asked about"));
    }
  }

  /** Another pass, from a byte of the object on. */
  from(id: string, from: number): BodyReader {
    if (this.#closed) throw objectClosed();
    for (const reader of this.#open) if (reader.done) this.#open.delete(reader);
    const reader = this.#reader().beginning((number) => this.#begin(number, id, from));
    this.#open.add(reader);
    return reader;
  }

  async remember(id: string, note: string): Promise<void> {
    await this.#connection.peer.call("noteUpload", id, wellFormed(note, "a note"));
    this.#note = note;
  }

  async forget(id: string): Promise<void> {
    await this.#connection.peer.call("endUpload", id);
  }

  /** Resolves once the upload can be resumed elsewhere. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const reader of this.#open) reader.stop(objectClosed());
    this.#open.clear();
    if (this.#release) this.#connection.held.delete(this.#release);
    await this.#release?.();
  }

  /** Until the object is closed, or the vault locked. */
  #hold(release: ReleaseLock): void {
    this.#release = release;
    this.#connection.held.add(release);
  }

  #reader(): BodyReader {
    return new BodyReader(this.#connection, sourceOf(this.#file), this.#watch);
  }

  #begin(number: number, id: string, from: number): Promise<Resumed> {
    const request = { id, ...this.#bound, file: this.#file, from };
    return this.#connection.peer.call("resume", number, request);
  }
}

/** One tab at a time resumes an object's upload, where the browser has Web Locks. */
async function lockUpload(vault: string, id: string): Promise<ReleaseLock> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return async () => {};
  const release = await holdLock(`strongroom:upload:${vault}:${id}`, { ifAvailable: true });
  if (release) return release;
  throw new InUseError("this upload is open already, here or in another tab; close it there");
}
