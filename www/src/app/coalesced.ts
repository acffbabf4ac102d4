/** Runs `work` one at a time. Calls that come meanwhile share one more run, which sees all that they have seen. */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    running = work().finally(() => {
      running = next;
      next = undefined;
    });
    return running;
  };
  return () => (running ? (next ??= running.then(run, run)) : run());
}
