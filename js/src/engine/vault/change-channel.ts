/**
 * What the engines of several tabs tell each other about one vault: which of its keys and objects were changed.
 * Nothing secret: whatever runs in the origin can listen and speak here.
 */
import type { Change } from "./changes.js";

export class ChangeChannel {
  readonly #channel: BroadcastChannel;

  /** `changed` is called when another engine changed something; without a change where the message says none. */
  constructor(vault: string, changed: (change: Change | undefined) => void) {
    this.#channel = new BroadcastChannel(`strongroom-keys:${vault}`);
    this.#channel.addEventListener("message", ({ data }) => changed(changeIn(data)));
  }

  tell(change: Change): void {
    this.#channel.postMessage(change);
  }

  close(): void {
    this.#channel.close();
  }
}

function changeIn(message: unknown): Change | undefined {
  const { noun, ids } = (message ?? {}) as Partial<Change>;
  const known = noun === "keys" || noun === "objects" || noun === "uploads";
  if (!known || !Array.isArray(ids) || !ids.every((id) => typeof id === "string")) return undefined;
  return { noun, ids: [...(ids as string[])] };
}
