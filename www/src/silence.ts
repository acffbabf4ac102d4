/** How long nothing may arrive or leave, in ms, before a connection counts as gone. */
const SILENCE = 30_000;

/** Calls `tell` once `heard` was not called for too long, unless `end` was. */
export function watchSilence(tell: () => void): { heard(): void; end(): void } {
  let timer = setTimeout(tell, SILENCE);
  const end = () => clearTimeout(timer);
  const heard = () => {
    end();
    timer = setTimeout(tell, SILENCE);
  };
  return { heard, end };
}
