/** How a Worker's engine starts, and how its end is noticed. */
import type { EngineCalls } from "../protocol/engine-calls.js";
import type { Storage } from "../protocol/vault-calls.js";
import { checkRelease, RELEASE } from "../release.js";
import type { Peer } from "../rpc/peer.js";

/** Milliseconds in which a Worker must have started. None was seen to take two seconds. */
const START_TIMEOUT = 20_000;

/**
 * Starts an engine in a Worker. A Worker that is killed says nothing, and whoever waits for it would wait
 * for ever: so it holds a lock, which the browser releases when it ends, and `gone` is called then. Where
 * there are no locks (a page without TLS), a Worker that is killed later than this is not missed. `ended` resolves
 * when the Worker has ended.
 */
export async function startWatched(
  peer: Peer<EngineCalls>,
  module: WebAssembly.Module,
  storage: Storage | undefined,
  gone: () => void,
): Promise<{ ended: Promise<void> | undefined }> {
  const locks = navigator.locks as LockManager | undefined;
  const lock = locks && crypto.randomUUID();
  const patience = setTimeout(gone, START_TIMEOUT);
  const { held, release } = await peer.call("start", module, storage, lock, RELEASE);
  clearTimeout(patience);
  checkRelease(release);
  const ended = lock && held ? locks.request(lock, gone).catch(() => {}) : undefined;
  return { ended };
}
