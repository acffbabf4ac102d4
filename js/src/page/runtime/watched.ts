/** Calls of the engine that tell how far they are, and stop where they can. */
import { abortable } from "../../shared/async.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Connection } from "./connection.js";

/** Runs a call, which is given the number that the engine knows it by; none where nobody watches. @internal */
export async function watched<T>(
  connection: Connection,
  { signal, onProgress }: OperationOptions,
  call: (watch: number | undefined) => Promise<T>,
): Promise<T> {
  if (!signal && !onProgress) return call(undefined);
  const watch = connection.watch(onProgress);
  try {
    return await abortable(signal, () => call(watch));
  } catch (error) {
    if (signal?.aborted) connection.peer.call("stop", watch).catch(() => {});
    throw error;
  } finally {
    connection.unwatch(watch);
  }
}
