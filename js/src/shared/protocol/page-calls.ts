import type { WireError } from "../errors/index.js";
import type { VaultChange } from "../model/vault-change.js";

/** What the page serves. */
export interface PageCalls {
  /** The next piece of an input, of `most` bytes at most; `undefined` at its end. */
  read(source: number, most: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The bytes of an object from one place to another, all of them. */
  readPart(source: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Starts a Worker that runs Argon2id for the holder of the port's other end. Settles once that Worker has ended:
   * rejects unless it was stopped.
   */
  startArgon2(worker: number, port: MessagePort): Promise<void>;
  stopArgon2(worker: number): void;
  /** How far a call is that the page watches by that number. */
  progress(watch: number, done: number, total: number): void;
  /** Something was changed in the vault, here or by another tab. */
  changed(change: VaultChange): void;
  /** Something failed in the background, so that the vault must be locked. */
  failed(error: WireError): void;
}
