/** Waiting for what a service does not do at once: a change of a key's state reaches all of AWS and Google Cloud some time later. */
import { setTimeout as sleep } from "node:timers/promises";

const STEP = 2000;

/** Does the work until it succeeds, for that many seconds at most. @param {number | undefined} seconds @param {() => Promise<void>} work */
export async function within(seconds, work) {
  const end = Date.now() + (seconds ?? 0) * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() + STEP > end) throw error;
      await sleep(STEP);
    }
  }
}
