/** How a vault was opened here last, so that the same is proposed the next time; and whether this device opens it. */

/** Paper is for a day when something is lost, not for the next one. */
const PROPOSED: ReadonlySet<string> = new Set(["passphrase", "passkey", "both"]);

const nameOf = (vault: string) => `strongroom-demo:last-way:${vault}`;
const deviceOf = (vault: string) => `strongroom-demo:device:${vault}`;

export function lastWay(vault: string): string | undefined {
  try {
    return localStorage.getItem(nameOf(vault)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param way a kind, or `"both"`: the vault itself decides what it takes, and refuses anything else */
export function noteWay(vault: string, way: string): void {
  try {
    if (PROPOSED.has(way)) localStorage.setItem(nameOf(vault), way);
  } catch {
    // A browser that stores nothing has no vault to open either.
  }
}

export function forgetWay(vault: string): void {
  try {
    for (const name of [nameOf(vault), deviceOf(vault)]) localStorage.removeItem(name);
  } catch {
    // See above.
  }
}

/** Whether this device was added to the vault here. It may have been revoked or have expired since. */
export function opensByDevice(vault: string): boolean {
  try {
    return localStorage.getItem(deviceOf(vault)) !== null;
  } catch {
    return false;
  }
}

export function noteDevice(vault: string, opens: boolean): void {
  try {
    if (opens) localStorage.setItem(deviceOf(vault), "");
    else localStorage.removeItem(deviceOf(vault));
  } catch {
    // See above.
  }
}
