/** The keys that new files can be encrypted with, and the one that is chosen. */

import { batch, signal } from "@preact/signals";
import type { VaultKey } from "strongroom";
import { latest } from "../../app/latest";
import type { Scope } from "../../app/scope";

/** Keys that fit beside the files. */
const OFFERED = 6;

export class KeyChoice {
  readonly #scope: Scope;
  readonly #offered = signal<readonly VaultKey[] | undefined>(undefined);
  readonly #hasMore = signal(false);
  readonly #chosen = signal<VaultKey | undefined>(undefined);

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** As many as fit; `undefined` until they were read. */
  get offered(): readonly VaultKey[] | undefined {
    return this.#offered.value;
  }

  get hasMore(): boolean {
    return this.#hasMore.value;
  }

  get chosen(): VaultKey | undefined {
    return this.#chosen.value;
  }

  choose(key: VaultKey): void {
    this.#chosen.value = key;
  }

  /** Reads the keys, and keeps the choice while it is possible. */
  read(): Promise<void> {
    return this.#apply(this.#find()).catch(this.#scope.fail);
  }

  async #find() {
    const { keys, next } = await this.#scope.vault.keys.page({ purpose: "encrypt", state: "active", limit: OFFERED });
    return { keys, hasMore: next !== undefined, chosen: await this.#stillChosen(keys) };
  }

  readonly #apply = latest<{ keys: readonly VaultKey[]; hasMore: boolean; chosen: VaultKey | undefined }>(
    ({ keys, hasMore, chosen }) =>
      batch(() => {
        const added = chosen && !keys.some(({ id }) => id === chosen.id);
        this.#offered.value = added ? [chosen, ...keys] : keys;
        this.#hasMore.value = hasMore;
        this.#chosen.value = chosen ?? keys[0];
      }),
  );

  async #stillChosen(offered: readonly VaultKey[]): Promise<VaultKey | undefined> {
    const id = this.#chosen.peek()?.id;
    if (!id) return undefined;
    const key = offered.find((one) => one.id === id) ?? (await this.#scope.vault.keys.get(id));
    return key.state === "active" ? key : undefined;
  }
}
