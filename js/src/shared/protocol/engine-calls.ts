/** What the engine serves to the page. Both sides are of one release. */
import type { BodyCalls } from "./body-calls.js";
import type { SentAnswer, SentRequest } from "./kms-sending.js";
import type { RangeCalls } from "./range-calls.js";
import type { StandaloneCalls } from "./standalone-calls.js";
import type { Port } from "../rpc/port.js";
import type { Storage, VaultCalls } from "./vault-calls.js";

/** All calls of the engine. */
export interface EngineCalls extends VaultCalls, StandaloneCalls, BodyCalls, RangeCalls {
  /**
   * Takes `lock` for as long as the engine lives, where it can; whether it holds it. `release` is the page's; an engine of
   * an earlier one returns no object.
   */
  start(
    module: WebAssembly.Module,
    storage: Storage | undefined,
    lock: string | undefined,
    release: string,
  ): Promise<Started>;

  /** Whether the Worker still answers. */
  isAlive(): Promise<boolean>;

  /** Forgets all keys, and ends the Worker as soon as no transaction is running. The last call: nobody waits for its answer. */
  end(): Promise<void>;

  /**
   * Sends a request for a question that the page is asked (`askEscrow`), and keeps the secret of its answer until the page has answered.
   * `sending`: a number of the page's.
   */
  sendToKms(question: number, sending: number, request: SentRequest): Promise<SentAnswer>;

  /** Ends a request of the page's. */
  stopSending(question: number, sending: number): Promise<void>;

  /** Serves `Argon2Calls` to another Worker. */
  serveArgon2(port: MessagePort): Promise<void>;

  /**
   * Serves a view of the unlocked vault on a port of its own: `ViewCalls`, for these operations on these keys, by alias or id, or on all.
   * An inline engine is given a `Port`.
   */
  view(port: MessagePort | Port, operations: string[], keys: string[] | undefined): Promise<void>;

  /** Ends the view whose port it comes by. On the port of the vault itself it does nothing. */
  endView(): Promise<void>;
}

/** What the Worker for Argon2id serves to the engine of a vault. */
export interface Argon2Calls {
  ready(): Promise<void>;

  argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: number,
    passes: number,
    lanes: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** What an engine says when it has started. */
export interface Started {
  held: boolean;
  release: string;
}
