/**
 * A small RPC over anything that posts messages. Both sides call and both serve: the page calls
 * the engine, and the engine asks the page for the next piece of an input.
 */
import { asStrongroomError, fromWire, InternalError, toWire, type StrongroomError } from "../errors/index.js";
import type { Message, Port } from "./port.js";
import { buffersOf } from "./transfer.js";

// `never[]` lets a table of differently typed methods be one; calls are typed by `Remote`.
// oxlint-disable-next-line typescript/no-explicit-any
type Methods<T> = { [K in keyof T]: (...args: any[]) => unknown };

export class Peer<Remote extends Methods<Remote>> {
  readonly #port: Port;
  readonly #done: (error?: StrongroomError) => void;
  readonly #missing: (method: string) => StrongroomError;
  readonly #pending = new Map<number, PromiseWithResolvers>();
  #next = 0;
  /** Called when this side calls, and with the answer. */
  used: (answered: boolean) => void = () => {};
  #ended: StrongroomError | undefined;

  /**
   * `done` is called after each call of either side, with its error. `missing`: what a call of the other side rejects with that is none
   * of this side's.
   */
  constructor(port: Port, local: object, done: (error?: StrongroomError) => void = () => {}, missing = noSuchCall) {
    this.#port = port;
    this.#done = done;
    this.#missing = missing;
    port.listen((message) => {
      if ("call" in message) void this.#serve(message, local);
      else this.#settle(message);
    });
  }

  /** Rejects with the other side's error, or with the reason of `end`. */
  call<K extends keyof Remote & string>(
    method: K,
    ...args: Parameters<Remote[K]>
  ): Promise<Awaited<ReturnType<Remote[K]>>> {
    return this.#post(method, args, true);
  }

  /** As `call`, of what counts as no use: nobody asked for it. */
  callQuietly<K extends keyof Remote & string>(
    method: K,
    ...args: Parameters<Remote[K]>
  ): Promise<Awaited<ReturnType<Remote[K]>>> {
    return this.#post(method, args, false);
  }

  #post<T>(method: string, args: unknown[], isUse: boolean): Promise<T> {
    if (isUse) this.used(false);
    if (this.#ended) return Promise.reject(this.#ended);
    const call = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve: resolve as (value: unknown) => void, reject, isUse });
      try {
        this.#port.post({ call, method, args }, args.flatMap(buffersOf));
      } catch (error) {
        this.#pending.delete(call);
        reject(asStrongroomError(error));
      }
    });
  }

  /** Rejects every pending call and all later ones with `reason`. The first reason stays. */
  end(reason: StrongroomError): void {
    if (this.#ended) return;
    this.#ended = reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  async #serve(message: Extract<Message, { call: number }>, local: object): Promise<void> {
    const { call: reply, method, args } = message;
    try {
      const handler = Object.hasOwn(local, method) && (local as Record<string, unknown>)[method];
      if (typeof handler !== "function") throw this.#missing(method);
      const value: unknown = await handler(...args);
      this.#done();
      if (!this.#ended) this.#port.post({ reply, value }, buffersOf(value));
    } catch (thrown) {
      const error = asStrongroomError(thrown);
      this.#done(error);
      if (!this.#ended) this.#port.post({ reply, error: toWire(error) }, []);
    }
  }

  #settle(message: Exclude<Message, { call: number }>): void {
    const pending = this.#pending.get(message.reply);
    this.#pending.delete(message.reply);
    const error = "error" in message ? fromWire(message.error) : undefined;
    if (error) pending?.reject(error);
    else pending?.resolve((message as { value: unknown }).value);
    this.#done(error);
    if (pending?.isUse) this.used(true);
  }

  /** Whether a call of this side has no answer yet. */
  get waits(): boolean {
    return this.#pending.size > 0;
  }
}

function noSuchCall(method: string): StrongroomError {
  return new InternalError(`the other side has no call ${method}`);
}

interface PromiseWithResolvers {
  resolve(value: unknown): void;
  reject(reason: StrongroomError): void;
  readonly isUse: boolean;
}
