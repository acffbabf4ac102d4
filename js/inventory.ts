/** The vault's inventory: what it knows of the objects that its keys protect. */
import type { Use } from "./connection.js";
import { frozenJson, keyName, named, requestText } from "./context.js";
import type { KeyReference, PageOptions } from "./key-info.js";
import type { Sidecar } from "./sidecars.js";

/** An object as the inventory has it. */
export interface TrackedObject {
  readonly id: string;
  /** The id of the key that protects it. */
  readonly key: string;
  /** The id of the version that opens it. */
  readonly version: string;
  /** Since when the inventory has it, in milliseconds since 1970. */
  readonly tracked: number;
  /** Bytes of the object, as it is stored. */
  readonly size?: number | undefined;
  readonly location?: string | undefined;
  /** Whether the header is in the vault, or wherever the caller put it. */
  readonly header: "vault" | "elsewhere";
  /** What it is a sidecar of. */
  readonly sidecar?: Sidecar | undefined;
}

export interface TrackOptions {
  /** The id that the object must have. */
  id?: string | undefined;
  /** Where it is: for whoever has to fetch it. Encrypted at rest. */
  location?: string | undefined;
  /** Bytes of the object as it is stored, where it does not know. */
  size?: number | undefined;
}

/** Which objects: of one key, or of one of its versions; the sidecars of one object. */
export interface ObjectFilter {
  /** The id of the object. */
  parent?: string | undefined;
  key?: KeyReference | undefined;
  /** A version's id. */
  version?: string | undefined;
}

/** A part of the list of objects. */
export interface ObjectPage {
  readonly objects: readonly TrackedObject[];
  /** What to give as `after` for the next page; `undefined` at the end. */
  readonly next?: string | undefined;
  /** How many there are on all pages together. */
  readonly total: number;
}

export class Inventory {
  readonly #use: Use;

  /** @internal */
  constructor(use: Use) {
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
    await this.#use().peer.call("untrack", named(id, "an object's id"), force);
  }
}
