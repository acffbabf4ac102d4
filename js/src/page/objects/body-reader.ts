/** One body as it is pulled out of the engine. */
import { aborted, report } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { asStrongroomError, ConsumedError, type StrongroomError } from "../../shared/errors/index.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Batch, Begun, UploadAbout } from "../../shared/protocol/body-calls.js";
import type { Connection } from "../runtime/connection.js";
import type { Source } from "./input.js";

/** Pulls one body out of the engine, and ends it early. @internal */
export class BodyReader {
  readonly #connection: Connection;
  readonly #source: Source;
  readonly #watch: OperationOptions;
  readonly #number: number;
  #begun: Promise<Begun> | undefined;
  /** A batch that came with the answer. */
  #first: Batch | undefined;
  #signature: string | undefined;
  #taken = false;
  #done = false;
  #failure: StrongroomError | undefined;
  #reject: ((reason: StrongroomError) => void) | undefined;
  #stopped: ((reason: StrongroomError) => void) | undefined;

  constructor(connection: Connection, source: Source, watch: OperationOptions) {
    this.#connection = connection;
    this.#source = source;
    this.#watch = watch;
    this.#number = connection.register(source);
    if (watch.signal?.aborted) this.#abort();
    else watch.signal?.addEventListener("abort", this.#abort);
  }

  /** Runs the call that begins the body; a failure or an abort ends it. */
  async begin<T extends Begun>(start: (number: number) => Promise<T>): Promise<T> {
    const begun = await this.#guard(() => start(this.#number));
    this.#first = begun.first;
    return begun;
  }

  /** As `begin`, for who does not wait: what fails, the first read fails with. */
  beginning(start: (number: number) => Promise<Begun>): this {
    this.#begun = this.begin(start);
    this.#begun.catch(() => {});
    return this;
  }

  /** Claims the body for one reader; `stopped` is told when it ends early. */
  take(stopped?: (reason: StrongroomError) => void): void {
    if (this.#taken || this.#done) throw new ConsumedError("this body was read already");
    if (this.#failure) throw this.#failure;
    this.#taken = true;
    this.#stopped = stopped;
  }

  /** The next few segments; `undefined` at the end, and only there. */
  async next(): Promise<Bytes[] | undefined> {
    if (this.#done) return undefined;
    await this.#begun;
    const batch = await this.#step(() => this.#pull(), this.#watch.onProgress);
    return batch.chunks;
  }

  /** Reads the input to its end in place of the body, and has the vault keep what another pass is held to. */
  async pin(about: UploadAbout, onProgress: OperationOptions["onProgress"]): Promise<void> {
    const pin = () => this.#connection.peer.call("pin", this.#number, about);
    while (!this.#done) await this.#step(pin, onProgress);
  }

  async #step(call: () => Promise<Batch>, onProgress: OperationOptions["onProgress"]): Promise<Batch> {
    const batch = await this.#guard(call);
    report(onProgress, { done: batch.processed, total: this.#source.total });
    this.#done = batch.done;
    this.#signature = batch.signature;
    if (batch.done) this.#leave();
    return batch;
  }

  async #pull(): Promise<Batch> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#connection.peer.call("pull", this.#number);
  }

  /** The signature of an object whose body it covers, once everything was pulled. */
  get signature(): string | undefined {
    return this.#signature;
  }

  /** Whether everything was pulled. */
  get done(): boolean {
    return this.#done;
  }

  /** Ends the body early. Later reads reject with `reason`; so does the pending one. */
  stop(reason: StrongroomError): void {
    if (this.#failure || this.#done) return;
    this.#failure = reason;
    this.#leave();
    this.#source.cancel?.(reason);
    this.#connection.peer.call("drop", this.#number).catch(() => {});
    this.#reject?.(reason);
    this.#stopped?.(reason);
  }

  readonly #abort = (): void => {
    this.stop(aborted(this.#watch.signal));
  };

  /** Makes no error for what may read later: the stack of one would be 2 % of an object of 1 KiB. */
  #leave(): void {
    this.#first = undefined;
    this.#watch.signal?.removeEventListener("abort", this.#abort);
    this.#connection.forget(this.#number);
  }

  #guard<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      call().then(resolve, (error: unknown) => {
        const failure = this.#source.failure ?? asStrongroomError(error);
        this.stop(failure);
        reject(this.#failure ?? failure);
      });
    });
  }
}
