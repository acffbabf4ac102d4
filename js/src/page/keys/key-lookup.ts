/** Looking a vault's keys up. */
import { abortable } from "../../shared/async.js";
import { isDate } from "../../shared/kinds.js";
import type { KeyFilter, KeyInfo, PageOptions } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, optionsOf, PAGE } from "../../shared/options.js";
import { frozen, nonEmpty, plainCopy } from "../../shared/text.js";
import type { UseEngine } from "../runtime/connection.js";
import { KEY_FILTER } from "./key-options.js";
import { VaultKey } from "./vault-key.js";

/** A part of the list of keys. */
export interface KeyPage {
  readonly keys: readonly VaultKey[];
  /** What to give as `after` for the next page; `undefined` at the end. */
  readonly next: string | undefined;
}

/** A vault's keys, as they are looked up: all of them, or those of a view. */
export class KeyLookup {
  /** @internal */
  protected readonly use: UseEngine;

  /** @internal */
  constructor(use: UseEngine) {
    this.use = use;
  }

  /** A key that is destroyed is found by its id alone. @throws NoKeyError when there is none of that alias or id */
  async get(aliasOrId: string): Promise<VaultKey> {
    const text = nonEmpty(aliasOrId, "a key's alias or id");
    return this.keyOf(await this.use().peer.call("findKey", text));
  }

  /**
   * All keys that match, by alias: without those that are destroyed, unless they are asked for. Reads page after page; see
   * `page` for a vault of many.
   */
  async list(filter?: KeyFilter & AbortOptions): Promise<readonly VaultKey[]> {
    const wanted = optionsOf<KeyFilter & AbortOptions>(filter, { ...KEY_FILTER, ...ABORT });
    const all: VaultKey[] = [];
    for (let after: string | undefined; ; ) {
      const { keys, next } = await this.page({ ...wanted, after, limit: 1000 });
      all.push(...keys);
      if (next === undefined) return all;
      after = next;
    }
  }

  /**
   * Some of the keys that match, by alias. Right after unlocking, a vault of many keys first reads through all
   * of them for this: seconds for 100,000.
   */
  async page(query?: KeyFilter & PageOptions & AbortOptions): Promise<KeyPage> {
    const checks = { ...KEY_FILTER, ...PAGE, ...ABORT };
    const { label, signal, ...rest } = optionsOf<KeyFilter & PageOptions & AbortOptions>(query, checks);
    const asked = plainCopy({ ...rest, label: typeof label === "string" ? [label] : label });
    const { keys, next } = frozen(await abortable(signal, () => this.use().peer.call("listKeys", asked)));
    return { keys: keys.map((key) => new VaultKey(this.use, key)), next };
  }

  /** The keys whose next rotation is due before `at`: now unless given, in milliseconds since 1970. */
  async due(at: Date | number = Date.now(), options?: AbortOptions): Promise<readonly VaultKey[]> {
    const { signal } = optionsOf(options, ABORT);
    return this.list({ dueBefore: isDate(at) ? at.getTime() : at, signal });
  }

  /** @internal */
  protected keyOf(key: KeyInfo): VaultKey {
    return new VaultKey(this.use, frozen(key));
  }
}
