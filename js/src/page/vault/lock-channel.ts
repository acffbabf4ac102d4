import { listenTo } from "../../shared/channel.js";
import type { VaultName } from "../../shared/protocol/vault-calls.js";

/** By its owner, or because a tab found its records changed from outside. */
export type LockReason = "locked" | "changed";

/**
 * What tabs tell each other about one vault: that it was locked, and why. Never that it was unlocked, and never
 * anything secret: any script of the origin can listen and speak here.
 */
export class LockChannel {
  readonly #channel: BroadcastChannel;

  /** `locked` is called when another tab, or another handle in this page, locked the vault. */
  constructor({ name, id }: VaultName, locked: (why: unknown) => void) {
    // A copy that was restored under another name has the same id, and a name may be used again.
    this.#channel = listenTo(`strongroom:${id}:${name}`, locked);
  }

  /** Locks the vault in all other tabs. */
  lock(why: LockReason): void {
    this.#channel.postMessage(why);
  }

  close(): void {
    this.#channel.close();
  }
}

/** Locks a vault in every tab: for one that has no handle of it. */
export function lockEverywhere(vault: VaultName): void {
  const tabs = new LockChannel(vault, () => {});
  tabs.lock("locked");
  tabs.close();
}
