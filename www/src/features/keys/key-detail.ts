/** One key in detail, with the number of files that depend on each of its versions. */

import { signal } from "@preact/signals";
import { StrongroomError, type ObjectPage, type VaultKey } from "strongroom";
import { latest } from "../../app/latest";
import type { Scope } from "../../app/scope";
import { NAMED_FILES } from "./dependents/named-files";
import type { Version } from "./versions";

export interface KeySnapshot {
  key: VaultKey;
  /** How many objects of the inventory each version opens, by its id. */
  dependents: ReadonlyMap<string, number>;
  /** The first objects of the inventory that it opens. */
  protects: ObjectPage;
  /** When it was read, in milliseconds since 1970. */
  now: number;
}

export class KeyDetail {
  readonly id: string;
  readonly #scope: Scope;
  readonly #snapshot = signal<KeySnapshot | "missing" | undefined>(undefined);

  constructor(scope: Scope, id: string) {
    this.#scope = scope;
    this.id = id;
  }

  /** `undefined` until it was read. */
  get snapshot(): KeySnapshot | "missing" | undefined {
    return this.#snapshot.value;
  }

  /** Reads the key as it is now. */
  read(): Promise<void> {
    return this.#apply(this.#find()).catch(this.#scope.fail);
  }

  /** A page of the objects that a version opens. */
  dependents(version: string, limit: number): Promise<ObjectPage> {
    return this.#scope.vault.objects.page({ key: this.id, version, limit });
  }

  async #find(): Promise<KeySnapshot | "missing"> {
    try {
      const key = await this.#scope.vault.keys.get(this.id);
      const counts = await Promise.all(key.versions.map((version) => this.#count(version)));
      const protects = await this.#scope.vault.objects.page({ key: this.id, limit: NAMED_FILES });
      const dependents = new Map(key.versions.map((version, at) => [version.id, counts[at] ?? 0]));
      return { key, dependents, protects, now: Date.now() };
    } catch (error) {
      if (error instanceof StrongroomError && error.code === "ERR_NO_KEY") return "missing";
      throw error;
    }
  }

  async #count({ id, state }: Version): Promise<number> {
    return state === "destroyed" ? 0 : (await this.dependents(id, 1)).total;
  }

  readonly #apply = latest<KeySnapshot | "missing">((snapshot) => {
    this.#snapshot.value = snapshot;
  });
}
