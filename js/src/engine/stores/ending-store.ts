/**
 * A store that a Worker can end with. WebKit keeps a transaction that waits for its turn, and one that commits, when
 * their Worker is terminated: in every tab all later writes would wait behind it until the browser is closed. So a
 * Worker lets its transactions end, and begins no other.
 */
import { LockedError } from "../../shared/errors/index.js";
import type { Store } from "../../shared/model/vault-store.js";

export class EndingStore implements Store {
  readonly #store: Store;
  readonly #running = new Set<Promise<unknown>>();
  #ended = false;

  /** @param store whose calls settle when their transactions have ended */
  constructor(store: Store) {
    this.#store = store;
  }

  vaults: Store["vaults"] = () => this.#run(() => this.#store.vaults());
  read: Store["read"] = (...from) => this.#run(() => this.#store.read(...from));
  commit: Store["commit"] = (...change) => this.#run(() => this.#store.commit(...change));
  remove: Store["remove"] = (vault) => this.#run(() => this.#store.remove(vault));

  /** Refuses every later call, and waits for those that are running. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.allSettled(this.#running);
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new LockedError("the vault was locked");
    const running = call();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
