/** The browser's questions about a passkey: which of them comes, and whether the person has to ask for it. */

import { signal, type ReadonlySignal } from "@preact/signals";
import type { PasskeyCeremony } from "strongroom";

export interface Asked extends PasskeyCeremony {
  /** Has the browser ask, where it wants a click before it does. */
  go: (() => void) | undefined;
}

const current = signal<Asked | undefined>(undefined);
let drop: (() => void) | undefined;

/** `undefined` while no passkey is asked for. */
export const ceremony: ReadonlySignal<Asked | undefined> = current;

/** Before each ceremony: some browsers refuse one that does not follow a click. */
export async function onCeremony(next: PasskeyCeremony): Promise<void> {
  if (next.step > 1 && navigator.userActivation?.isActive === false) {
    await new Promise<void>((resolve, reject) => {
      drop = () => reject(new DOMException("The dialog was closed.", "AbortError"));
      current.value = { ...next, go: resolve };
    });
  }
  current.value = { ...next, go: undefined };
}

/** Once the passkey was used, or what asked for it is gone. */
export function endCeremony(): void {
  drop?.();
  drop = undefined;
  current.value = undefined;
}
