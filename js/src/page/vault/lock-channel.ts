import { listenTo } from "../../shared/channel.js";
import type { VaultName } from "../../shared/protocol/vault-calls.js";

/** What one tab says to the others. */
const LOCKED = "locked";

/**
 * What tabs tell each other about one vault: that its owner locked it. Never that it was unlocked, and never anything
 * secret: any script of the origin can listen and speak here, and so can lock the vault, as it could delete it.
 */
export class LockChannel {
  readonly #channel: BroadcastChannel;

  /** `locked` is called when another tab, or another handle in this page, locked the vault. */
  constructor({ name, id }: VaultName, locked: () => void) {
    // A copy that was restored under another name has the same id, and a name may be used again.
    this.#channel = listenTo(`strongroom:${id}:${name}`, (said) => {
      if (said === LOCKED) locked();
    });
  }

  /** Locks the vault in all other tabs. */
  lock(): void {
    this.#channel.postMessage(LOCKED);
  }

  close(): void {
    this.#channel.close();
  }
}

/** Locks a vault in every tab: for one that has no handle of it. */
export function lockEverywhere(vault: VaultName): void {
  const tabs = new LockChannel(vault, () => {});
  tabs.lock();
  tabs.close();
}
