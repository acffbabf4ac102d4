/**
 * What the engines of several tabs tell each other about one vault: that what its keys may be used for was changed.
 * Nothing secret: whatever runs in the origin can listen and speak here.
 */
export class ChangeChannel {
  readonly #channel: BroadcastChannel;

  /** `changed` is called when another engine changed something. */
  constructor(vault: string, changed: () => void) {
    this.#channel = new BroadcastChannel(`strongroom-keys:${vault}`);
    this.#channel.addEventListener("message", changed);
  }

  tell(): void {
    this.#channel.postMessage("changed");
  }

  close(): void {
    this.#channel.close();
  }
}
