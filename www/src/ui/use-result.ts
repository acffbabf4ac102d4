import { useEffect, useState } from "preact/hooks";

/**
 * The result of an asynchronous read; `undefined` until it is there. When an input changes, or the component goes,
 * the signal is aborted, and what arrives later is dropped.
 */
export function useResult<T>(
  read: (signal: AbortSignal) => Promise<T>,
  onError: (error: unknown) => void,
  inputs: readonly unknown[],
): T | undefined {
  const [result, setResult] = useState<T>();
  useEffect(() => {
    const stop = new AbortController();
    const run = async () => {
      try {
        const value = await read(stop.signal);
        if (!stop.signal.aborted) setResult(() => value);
      } catch (error) {
        if (!stop.signal.aborted) onError(error);
      }
    };
    void run();
    return () => stop.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- they are the caller's, who names what `read` depends on.
  }, inputs);
  return result;
}
