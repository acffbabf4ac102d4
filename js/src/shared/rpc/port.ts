/** The channel under the RPC. */
import type { WireError } from "../errors/index.js";

/** One end of a channel. Messages arrive in order. */
export interface Port {
  post(message: Message, transfer: Transferable[]): void;
  listen(receive: (message: Message) => void): void;
}

export type Message =
  | { call: number; method: string; args: unknown[] }
  | { reply: number; value: unknown }
  | { reply: number; error: WireError };
