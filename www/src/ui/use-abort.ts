import { useEffect, useState } from "preact/hooks";

/** Aborted once the component goes: a dialog that is closed stops what it began. */
export function useAbort(): AbortSignal {
  const [controller] = useState(() => new AbortController());
  useEffect(() => () => controller.abort(), [controller]);
  return controller.signal;
}
