/** Keeps the vault's inventory complete: the vault counts dependent objects in it before a key is destroyed. */

import { StrongroomError, type Vault } from "strongroom";

export class Inventory {
  readonly #vault: Vault;
  /** Ids of the tracked objects, once they are needed. */
  #ids: Promise<Set<string>> | undefined;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /**
   * Tracks an object that the inventory lacks: uploaded in another browser, or after the backup that this vault
   * was restored from.
   */
  async adopt(object: { id: string; header: Uint8Array; size: number }, location: string): Promise<void> {
    const ids = await this.#tracked();
    if (ids.has(object.id)) return;
    ids.add(object.id);
    await this.#vault.track(object, { location });
  }

  /** Records an object that was tracked by `object.track`. */
  async note(id: string): Promise<void> {
    (await this.#tracked()).add(id);
  }

  /** Untracks an object, if it is tracked. */
  async forget(id: string): Promise<void> {
    const ids = await this.#tracked();
    if (ids.delete(id)) await this.#vault.objects.untrack(id).catch(unlessGone);
  }

  #tracked(): Promise<Set<string>> {
    if (this.#ids) return this.#ids;
    const read = async () => new Set((await this.#vault.objects.list()).map(({ id }) => id));
    const ids = read();
    this.#ids = ids;
    // After a failure the next call reads again.
    ids.catch(() => (this.#ids = undefined));
    return ids;
  }
}

/** Another tab may have untracked it before. */
function unlessGone(error: unknown): void {
  if (!(error instanceof StrongroomError && error.code === "ERR_NO_OBJECT")) throw error;
}
