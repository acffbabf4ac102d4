/** What the keys in entries are called: entries name them by their ids. */

import type { Vault, VaultKey } from "strongroom";

/** Keys that are read at once. */
const PAGE = 1000;

/** Read from the vault's list: to ask for one that is gone would be an entry of the log by itself. */
export class KeyNames {
  readonly #vault: Vault;
  #known: ReadonlyMap<string, VaultKey> = new Map();
  #versions: ReadonlyMap<string, number> = new Map();

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** All keys by their ids, those that are destroyed among them. */
  async read(): Promise<ReadonlyMap<string, VaultKey>> {
    const keys: VaultKey[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#vault.keys.page({ destroyed: true, limit: PAGE, after });
      keys.push(...page.keys);
      if (page.next === undefined) break;
      after = page.next;
    }
    this.#known = new Map(keys.map((key) => [key.id, key]));
    const several = keys.filter(({ versions }) => versions.length > 1);
    this.#versions = new Map(several.flatMap(({ versions }) => versions.map(({ id, number }) => [id, number] as const)));
    return this.#known;
  }

  alias(id: string): string | undefined {
    return this.#known.get(id)?.alias;
  }

  number(version: string): number | undefined {
    return this.#versions.get(version);
  }

  /** To choose from, by their names. */
  get all(): readonly VaultKey[] {
    return [...this.#known.values()].toSorted((one, other) => one.alias.localeCompare(other.alias));
  }
}
