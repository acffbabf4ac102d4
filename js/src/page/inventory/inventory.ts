/** The vault's inventory: what it knows of the objects that its keys protect. */
import type { PageOptions } from "../../shared/model/key-info.js";
import type { ObjectFilter, ObjectPage, TrackedObject } from "../../shared/model/tracked-object.js";
import { frozenJson, nonEmpty, requestText } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import type { UseEngine } from "../runtime/connection.js";

export class Inventory {
  readonly #use: UseEngine;

  /** @internal */
  constructor(use: UseEngine) {
    this.#use = use;
  }

  /** All objects that match. */
  async list(filter: ObjectFilter = {}): Promise<readonly TrackedObject[]> {
    const all: TrackedObject[] = [];
    for await (const object of this.each(filter)) all.push(object);
    return all;
  }

  /** One after the other, read page by page: `for await (const object of vault.objects.each())`. */
  async *each(filter: ObjectFilter = {}): AsyncGenerator<TrackedObject, void, undefined> {
    for (let after: string | undefined; ; ) {
      const { objects, next } = await this.page({ ...filter, after, limit: 1000 });
      yield* objects;
      if (next === undefined) return;
      after = next;
    }
  }

  /** Some of the objects that match. */
  async page({ key, ...query }: ObjectFilter & PageOptions = {}): Promise<ObjectPage> {
    const asked = requestText({ ...query, key: key === undefined ? key : keyName(key) });
    return frozenJson(await this.#use().peer.call("listObjects", asked));
  }

  /**
   * Forgets an object and its sidecars. Where the vault keeps the only copy of a header, nobody can ever open that
   * object again, and `force` has to be said; so it has where there are sidecars.
   *
   * @throws NoObjectError; InUseError for one whose header the vault keeps and for one with sidecars, unless forced
   */
  async untrack(id: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    await this.#use().peer.call("untrack", nonEmpty(id, "an object's id"), force);
  }
}
