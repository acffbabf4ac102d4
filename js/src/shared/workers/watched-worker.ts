/** How a Worker's engine starts, and how its end is noticed. */
import { withTimeout } from "../async.js";
import type { EngineCalls } from "../protocol/engine-calls.js";
import type { Storage } from "../protocol/vault-calls.js";
import { checkRelease, RELEASE } from "../release.js";
import type { Peer } from "../rpc/peer.js";

/** Milliseconds in which a Worker must have started. None was seen to take two seconds. */
const START_TIMEOUT = 20_000;

/**
 * Starts an engine in a Worker. A Worker that is killed says nothing, and its callers would wait
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
  if (!lock || !held) return { ended: undefined };
  return { ended: callAtEnd(hasEnded(locks, lock, peer), gone) };
}

async function callAtEnd(ended: Promise<boolean>, gone: () => void): Promise<void> {
  if (await ended.catch(() => false)) gone();
}

/**
 * Waits until the Worker has let its lock go, and says whether it has ended. In Chromium, a page whose site data was
 * cleared has other locks than the Workers that it starts from then on: it is given the lock at once, while the Worker
 * holds it. The end of such a Worker cannot be seen.
 */
async function hasEnded(locks: LockManager, lock: string, peer: Peer<EngineCalls>): Promise<boolean> {
  const released = locks.request(lock, () => {});
  // Asked behind the request, which waits unless nobody is seen to hold the lock.
  const { pending = [] } = await locks.query();
  await released;
  if (pending.some(({ name }) => name === lock)) return true;
  const isAlive = peer.call("isAlive").catch(() => false);
  return !(await withTimeout(isAlive, START_TIMEOUT, () => false));
}
