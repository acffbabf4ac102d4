/** What revoking or destroying a key's versions means for what they protected. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { BackupMade, Forgeable, Remains, Remedy, StillReadable } from "../../shared/model/report.js";
import type { TrackedObject } from "../../shared/model/tracked-object.js";
import { Inventory } from "../inventory/inventory.js";
import { RewrapJob, type RewrapOptions } from "../inventory/rewrap-job.js";
import type { UseEngine } from "../runtime/connection.js";

/** What the core says of a revocation. @internal */
export interface Revoked {
  objects: number;
  readable: readonly StillReadable[];
  forgeable: readonly Forgeable[];
  remedies: readonly Remedy[];
  objectsPage: readonly TrackedObject[];
}

/** What a holder of a revoked key can still read, and what would end that. */
export class RevocationReport<Key = KeyInfo> {
  /** The key, after it. */
  readonly key: Key;
  /** How many objects of the inventory the version opens. */
  readonly objects: number;
  /** The first 100 of them; `dependents` gives all. */
  readonly sample: readonly TrackedObject[];
  /** What a holder of the version can still read. */
  readonly readable: readonly StillReadable[];
  /** What others can have written, of a version that is compromised. */
  readonly forgeable: readonly Forgeable[];
  /** What would end that; nothing where the inventory has no such object. */
  readonly remedies: readonly Remedy[];
  readonly #use: UseEngine;
  readonly #of: { key: string; version: string };

  /** @internal */
  constructor(use: UseEngine, of: { key: string; version: string }, key: Key, revoked: Revoked) {
    this.#use = use;
    this.#of = of;
    this.key = key;
    this.objects = revoked.objects;
    this.sample = revoked.objectsPage;
    this.readable = revoked.readable;
    this.forgeable = revoked.forgeable;
    this.remedies = revoked.remedies;
    Object.freeze(this);
  }

  /**
   * The objects of the inventory that the version opens, read page by page. To end also the reading of
   * objects that were opened with it before, re-encrypt each (of sidecars, see `vault.reencrypt`):
   *
   * ```ts
   * for await (const { id, location } of report.dependents()) {
   *   if (location === undefined) continue;
   *   const from = { expect: id };
   *   const next = await vault.reencrypt(await fetch(location), { key: "photos", context: { location }, from });
   *   await upload(location, await next.blob());
   *   await next.track({ location });
   *   await vault.objects.untrack(id);
   * }
   * ```
   */
  dependents(): AsyncGenerator<TrackedObject, void, undefined> {
    return new Inventory(this.#use).each(this.#of);
  }

  /**
   * Moves the objects' headers to the key's primary version, or to another key. Ends what the key opens, not
   * what was opened with it before: a reader who kept an object's own key still reads the body, until
   * `vault.reencrypt` encrypts it again.
   *
   * ```ts
   * const rewrapping = report.rewrap({ fetchHeader: ({ id }) => download(id) });
   * for await (const { id, header } of rewrapping) if (header) await upload(id, header);
   * ```
   */
  rewrap(options?: RewrapOptions<TrackedObject>): RewrapJob<TrackedObject> {
    return new RewrapJob(this.#use, this.dependents(), options, this.objects);
  }
}

/** What a destruction leaves. */
export interface DestructionReport<Key = KeyInfo> {
  /** The key, after it. */
  readonly key: Key;
  /** How many objects of the inventory need what is destroyed. */
  readonly objects: number;
  /** Every backup made since the version existed: each may hold it. */
  readonly backups: readonly BackupMade[];
  /** What may survive. */
  readonly remains: readonly Remains[];
}
