/** Which kinds of factors this browser has, at the address that the page has. */

import { signal } from "@preact/signals";
import { Strongroom, type AvailableFactors } from "strongroom";

const available = signal<AvailableFactors | undefined>(undefined);

export async function readAvailable(): Promise<void> {
  available.value = await Strongroom.availableFactors();
}

/** Those of these kinds that can be used here. */
export const usable = <Name extends string>(kinds: readonly Name[]): readonly Name[] =>
  kinds.filter((kind) => kind !== "passkey" || hasPasskeys());

export const hasPasskeys = (): boolean => available.value !== undefined && whyNoPasskeys() === undefined;

/** Why no passkey is offered, in a sentence; `undefined` where one is, and until that is known. */
export function whyNoPasskeys(): string | undefined {
  if (!available.value) return undefined;
  const missing = available.value.missing.find(({ kind }) => kind === "passkey");
  if (missing) return `Passkeys cannot open a vault here: ${missing.reason}.`;
  if (!isAddress(location.hostname)) return undefined;
  return "Passkeys belong to a name, and this page has only an address. Open it as “localhost” to use one.";
}

/** Whether the browser can keep a key of its own, and for how long a vault opens by it. */
export const keepsKeys = (): boolean => available.value?.kinds.includes("this-device") ?? false;

export const DEVICE_TIME = "P30D";

/** Whether a host is an IP address, of which there can be no passkeys. */
const isAddress = (host: string): boolean => /^(?:[\d.]+|\[.*\])$/u.test(host);
