/** Connections on which nothing moves any more, which a browser itself never gives up. */
import { abortable, withTimeout } from "../../shared/async.js";
import { TransferError } from "../../shared/errors/index.js";
import { SILENCE } from "../../shared/watch-silence.js";

/** @internal */
export const SILENT = "the store has stopped answering";

/**
 * What an application's function answers: where it says nothing for too long, that is as if the store did. An abort
 * does not wait for it. `late` is given an answer that comes after that. @internal
 */
export function answerOf<T>(
  ask: () => Promise<T>,
  {
    signal,
    ms = SILENCE,
    late = () => {},
  }: { signal?: AbortSignal | undefined; ms?: number; late?: (answer: T) => void } = {},
): Promise<T> {
  const answer = abortable(signal, async () => ask());
  return withTimeout(answer, ms, () => {
    answer.then(late, () => {});
    return saysNothing();
  });
}

function saysNothing(): never {
  throw new TransferError(SILENT);
}
