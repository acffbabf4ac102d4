/** How long nothing may arrive or leave, in ms, before a connection counts as gone. @internal */
export const SILENCE = 30_000;

/** Calls `tell` once `heard` was not called for too long, unless `end` was: what is heard after that is nothing. @internal */
export function watchSilence(tell: () => void, ms = SILENCE): { heard: () => void; end: () => void } {
  let ended = false;
  let timer = setTimeout(tell, ms);
  const end = (): void => {
    ended = true;
    clearTimeout(timer);
  };
  const heard = (): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(tell, ms);
  };
  return { heard, end };
}
