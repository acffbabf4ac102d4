/** Whose turn it is to ship to a destination: one tab's, or one shipment's where there are no Web Locks. */
import { aborted } from "../../shared/async.js";
import { holdLock, type ReleaseLock } from "../../shared/locks.js";

/** Who has a destination where there are no Web Locks, in the order of turns. */
const shipmentTurns = new Map<string, Promise<unknown>>();

/** One tab at a time ships to a destination; the next one goes on when that one ends. @internal */
export async function turnOf(name: string, signal: AbortSignal): Promise<ReleaseLock> {
  if (globalThis.navigator?.locks as LockManager | undefined) {
    const letGo = await holdLock(name, { signal });
    if (letGo) return letGo;
  }
  const before = shipmentTurns.get(name);
  const turn = new AbortController();
  const end = (): void => turn.abort();
  const over = new Promise<void>((resolve) => turn.signal.addEventListener("abort", () => resolve()));
  const both = Promise.all([before, over]).finally(() => {
    if (shipmentTurns.get(name) === both) shipmentTurns.delete(name);
  });
  shipmentTurns.set(name, both);
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      end();
      reject(aborted(signal));
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    void Promise.resolve(before).then(() => resolve());
  });
  return async () => end();
}
