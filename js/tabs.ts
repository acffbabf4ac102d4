/**
 * What tabs tell each other about one vault: that it was locked. Never that it was unlocked, and never
 * anything secret: whatever runs in the origin can listen and speak here.
 */
export class Tabs {
  readonly #channel: BroadcastChannel;

  /** `locked` is called when another tab, or another handle in this page, locked the vault. */
  constructor(vault: string, locked: () => void) {
    this.#channel = channelOf(vault);
    this.#channel.addEventListener("message", locked);
  }

  /** Locks the vault in all other tabs. */
  lock(): void {
    this.#channel.postMessage("locked");
  }

  close(): void {
    this.#channel.close();
  }
}

/** Locks a vault in every tab: for one that has no handle of it. */
export function lockEverywhere(vault: string): void {
  const channel = channelOf(vault);
  channel.postMessage("locked");
  channel.close();
}

function channelOf(vault: string): BroadcastChannel {
  return new BroadcastChannel(`strongroom:${vault}`);
}
