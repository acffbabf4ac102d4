/** How long nothing may arrive or leave, in ms, before a connection counts as gone. @internal */
export const SILENCE = 30_000;

/** Calls `tell` once `heard` was not called for too long, unless `end` was. @internal */
export function watchSilence(tell: () => void, ms = SILENCE): { heard(): void; end(): void } {
  let timer = setTimeout(tell, ms);
  const end = (): void => clearTimeout(timer);
  const heard = (): void => {
    end();
    timer = setTimeout(tell, ms);
  };
  return { heard, end };
}
