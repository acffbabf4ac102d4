/** The vault's inventory: what it knows of the objects that its keys protect. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import type { PageOptions } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { ObjectFilter, ObjectPage, TrackedObject, TrackOptions } from "../../shared/model/tracked-object.js";
import { ABORT, check, optionsOf, PAGE, REASON, type Checks } from "../../shared/options.js";
import { frozen, nonEmpty, plainCopy } from "../../shared/text.js";
import { keyThumbprintOf } from "../factors/key-dependents.js";
import { keyName } from "../keys/key-reference.js";
import { headerOf, signatureOf, type Headed } from "../objects/header.js";
import type { UseEngine } from "../runtime/connection.js";
import { recordsState } from "./records-state.js";

export interface UntrackOptions extends ReasonOptions {
  /** Although nobody can open the object afterwards, or it has sidecars. */
  force?: boolean | undefined;
}

const UNTRACK = { ...REASON, force: check.flag } satisfies Checks<UntrackOptions>;
const TRACK = { ...REASON, id: check.name, location: check.text, size: check.number } satisfies Checks<TrackOptions & ReasonOptions>;
const OBJECT_FILTER = { parent: check.name, key: check.any, version: check.name, recipient: check.any } satisfies Checks<ObjectFilter>;
const FILTER = { ...OBJECT_FILTER, ...ABORT } satisfies Checks<ObjectFilter & AbortOptions>;

/** Objects of a page, at most. */
const PAGE_SIZE = 1000;
/** How often a list of several pages is read where it is changed meanwhile. */
const READINGS = 8;

export class Inventory {
  readonly #use: UseEngine;

  /** @internal */
  constructor(use: UseEngine) {
    this.#use = use;
  }

  /**
   * All objects that match, as they stood at one moment. Of more than 1,000 in a vault that is changed all the time, the
   * last of eight readings has to do.
   */
  async list(filter?: ObjectFilter & AbortOptions): Promise<readonly TrackedObject[]> {
    const wanted = await this.#found(optionsOf<ObjectFilter & AbortOptions>(filter, FILTER));
    const first = await this.page({ ...wanted, limit: PAGE_SIZE });
    if (first.next === undefined) return first.objects;
    for (let left = READINGS; ; left -= 1) {
      const before = await recordsState(this.#use);
      const all: TrackedObject[] = [];
      for await (const object of this.each(wanted)) all.push(object);
      if (left === 1 || before === (await recordsState(this.#use))) return all;
    }
  }

  /**
   * One after the other, read page by page: `for await (const object of vault.objects.each())`. What is changed between two
   * pages may be in both or in none.
   */
  async *each(filter?: ObjectFilter & AbortOptions): AsyncGenerator<TrackedObject, void, undefined> {
    const wanted = await this.#found(optionsOf<ObjectFilter & AbortOptions>(filter, FILTER));
    for (let after: string | undefined; ; ) {
      const { objects, next } = await this.page({ ...wanted, after, limit: PAGE_SIZE });
      for (const object of objects) {
        throwIfAborted(wanted.signal);
        yield object;
      }
      if (next === undefined) return;
      after = next;
    }
  }

  /** An adapter is asked for its key once, not for each page. */
  async #found(filter: ObjectFilter & AbortOptions): Promise<ObjectFilter & AbortOptions> {
    const { recipient, signal } = filter;
    if (recipient === undefined) return filter;
    return { ...filter, recipient: await abortable(signal, () => keyThumbprintOf(recipient, signal)) };
  }

  /** Some of the objects that match. */
  async page(query?: ObjectFilter & PageOptions & AbortOptions): Promise<ObjectPage> {
    const checks = { ...OBJECT_FILTER, ...PAGE, ...ABORT };
    const { key, recipient, signal, ...rest } = optionsOf<ObjectFilter & PageOptions & AbortOptions>(query, checks);
    const list = async (): Promise<ObjectPage> => {
      const found = recipient === undefined ? recipient : await keyThumbprintOf(recipient, signal);
      const asked = plainCopy({ ...rest, key: key === undefined ? key : keyName(key), recipient: found });
      return this.#use().peer.call("listObjects", asked);
    };
    return frozen(await abortable(signal, list));
  }

  /**
   * Forgets an object and its sidecars. Where the vault keeps the only copy of a header, nobody can ever open that
   * object again, and `force` has to be said; so it has where there are sidecars.
   *
   * @throws NoObjectError; InUseError for one whose header the vault keeps and for one with sidecars, unless forced
   */
  async untrack(id: string, options?: UntrackOptions): Promise<void> {
    const { force = false, reason } = optionsOf(options, UNTRACK);
    await this.#use().peer.call("untrack", nonEmpty(id, "an object's id"), force, reason);
  }
}

/** Enters an object into the inventory, by its header, or changes its entry. @internal */
export async function track(use: UseEngine, object: Headed, options?: TrackOptions & ReasonOptions): Promise<TrackedObject> {
  const { id, location, size = object?.size, reason } = optionsOf<TrackOptions & ReasonOptions>(options, TRACK);
  const header = headerOf(object);
  const signature = await signatureOf(object);
  return frozen(await use().peer.call("track", plainCopy({ id, location, size }), header, reason, signature));
}
