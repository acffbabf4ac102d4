/** Connections on which nothing moves any more, which a browser itself never gives up. */
import { abortable, withTimeout } from "../../shared/async.js";
import { ArgumentError, TransferError } from "../../shared/errors/index.js";
import { check } from "../../shared/options.js";
import { SILENCE, watchSilence } from "../../shared/watch-silence.js";

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

/** One attempt of `withRetries`. */
export interface RetryAttempt {
  /** Aborted when the attempt was silent for too long, and when the signal of the call is. */
  readonly signal: AbortSignal;
  /** Says that something has moved: how long the attempt may be silent counts from here. */
  heard(): void;
}

/** The longest time that a timer knows, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @internal */
export function checkSilence(value: unknown, name: string): number {
  const ms = check.number(value, name) as number;
  if (ms > 0) return ms;
  throw new ArgumentError(`${name} is a time in milliseconds, more than 0`);
}

/** What an attempt settles with, unless it is silent for too long or the signal is aborted first. @internal */
export async function answering<T>(
  work: (attempt: RetryAttempt) => Promise<T>,
  signal: AbortSignal | undefined,
  ms = SILENCE,
): Promise<T> {
  const silent = new AbortController();
  const either = AbortSignal.any(signal ? [silent.signal, signal] : [silent.signal]);
  let tell: (error: TransferError) => void;
  const silence = new Promise<never>((_, reject) => (tell = reject));
  const watch = watchSilence(() => {
    const error = new TransferError(SILENT);
    tell(error);
    silent.abort(error);
  }, Math.min(ms, LONGEST_TIMER));
  const attempt = { signal: either, heard: watch.heard };
  try {
    return await Promise.race([abortable(signal, async () => work(attempt)), silence]);
  } finally {
    watch.end();
  }
}
