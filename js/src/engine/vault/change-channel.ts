/**
 * What the engines of several tabs tell each other about one vault: which of its keys and objects were changed.
 * Nothing secret: any script of the origin can listen and speak here.
 */
import { listenTo } from "../../shared/channel.js";
import type { Change } from "./changes.js";

const NOUNS: ReadonlySet<unknown> = new Set<Change["noun"]>(["keys", "objects", "uploads", "factors", "vaultKey"]);

export class ChangeChannel {
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  #closed = false;

  /** `changed` is called when another engine changed something; without a change where the message says none. */
  constructor(vault: string, changed: (change: Change | undefined) => void) {
    this.#name = `strongroom-keys:${vault}`;
    this.#channel = listenTo(this.#name, (message) => changed(changeIn(message)));
  }

  /** Also after it was closed: what was begun before may end later. */
  tell(change: Change): void {
    this.#post(change);
  }

  /** Has the other engines look at the vault soon. */
  look(): void {
    this.#post(null);
  }

  #post(message: Change | null): void {
    const channel = this.#closed ? new BroadcastChannel(this.#name) : this.#channel;
    channel.postMessage(message);
    if (this.#closed) channel.close();
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
  }
}

function changeIn(message: unknown): Change | undefined {
  const { noun, ids } = (message ?? {}) as Partial<Change>;
  if (!noun || !NOUNS.has(noun) || !Array.isArray(ids) || !ids.every((id) => typeof id === "string")) return undefined;
  return { noun, ids: [...(ids as string[])] };
}
