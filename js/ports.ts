/** Workers as ports of the RPC, and how they start and end. */
import type { EngineCalls, Storage } from "./protocol.js";
import type { Message, Peer, Port } from "./rpc.js";

/** A Worker as its owner sees it, or the Worker's own global scope: both post and listen alike. */
export function workerPort(end: Worker): Port {
  return {
    post: (message, transfer) => end.postMessage(message, transfer),
    listen: (receive) => {
      end.addEventListener("message", (event: MessageEvent<Message>) => receive(event.data));
    },
  };
}

/** Milliseconds in which a Worker must have started. None was seen to take two seconds. */
const PATIENCE = 20_000;

/**
 * Starts an engine in a Worker. A Worker that is killed says nothing, and whoever waits for it would wait
 * for ever: so it holds a lock, which the browser releases when it ends, and `gone` is called then. Where
 * there are no locks (a page without TLS), a Worker that is killed later than this is not missed.
 */
export async function startWatched(
  peer: Peer<EngineCalls>,
  module: WebAssembly.Module,
  storage: Storage | undefined,
  gone: () => void,
): Promise<void> {
  const { locks } = navigator as Partial<Navigator>;
  const lock = locks && crypto.randomUUID();
  const patience = setTimeout(gone, PATIENCE);
  const held = await peer.call("start", module, storage, lock);
  clearTimeout(patience);
  if (lock && held) locks.request(lock, gone).catch(() => {});
}

/** Holds a lock for as long as this Worker lives; whether there is one to be had. */
export function hold(lock: string): Promise<boolean> {
  return new Promise((held) => {
    const forever = (): Promise<never> => {
      held(true);
      return new Promise(() => {});
    };
    navigator.locks.request(lock, forever).catch(() => held(false));
  });
}
