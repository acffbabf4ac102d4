/** How long nothing may arrive or leave, in ms, before a connection counts as gone. */
export const SILENCE = 30_000;

/** Calls `tell` once `heard` was not called for too long, unless `end` was. */
export function watchSilence(tell: () => void, patience = SILENCE): { heard(): void; end(): void } {
  let timer = setTimeout(tell, patience);
  const end = () => clearTimeout(timer);
  const heard = () => {
    end();
    timer = setTimeout(tell, patience);
  };
  return { heard, end };
}
