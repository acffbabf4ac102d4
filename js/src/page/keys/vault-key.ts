/** One of a vault's keys, what its owner can do with it, and the reports on that. */
import { NoVersionError, StateError } from "../../shared/errors/index.js";
import type { PublicJwk, SecretJwk } from "../../shared/model/jwk.js";
import type { KeyInfo, KeyVersion } from "../../shared/model/key-info.js";
import type { BackupMade, Remedy } from "../../shared/model/report.js";
import type { TrackedObject } from "../../shared/model/tracked-object.js";
import { check, optionsOf } from "../../shared/options.js";
import type { KeyAction } from "../../shared/protocol/vault-calls.js";
import { transferSecret } from "../../shared/rpc/transfer.js";
import { frozen, plainCopy } from "../../shared/text.js";
import { encodeFactor } from "../factors/factor.js";
import { Inventory } from "../inventory/inventory.js";
import { RewrapJob, type RewrapOptions } from "../inventory/rewrap-job.js";
import type { UseEngine } from "../runtime/connection.js";
import {
  CHANGES,
  DESTROY,
  EXPORT,
  REVOKE,
  SCHEDULE,
  type DestroyOptions,
  type ExportOptions,
  type KeyChanges,
  type RevokeOptions,
  type ScheduleOptions,
} from "./key-options.js";

/** What the core says of a revocation. @internal */
export interface Revoked {
  objects: number;
  readable: readonly string[];
  remedies: readonly Remedy[];
  objectsPage: readonly TrackedObject[];
}

/** What whoever holds a revoked key can still read, and what would end that. */
export class RevocationReport {
  /** The key, after it. */
  readonly key: VaultKey;
  /** How many objects of the inventory the version opens. */
  readonly objects: number;
  /** The first 100 of them; `dependents` gives all. */
  readonly sample: readonly TrackedObject[];
  /** Sentences for a person. */
  readonly readable: readonly string[];
  readonly remedies: readonly Remedy[];
  readonly #use: UseEngine;
  readonly #of: { key: string; version: string };

  /** @internal */
  constructor(use: UseEngine, of: { key: string; version: string }, key: VaultKey, revoked: Revoked) {
    this.#use = use;
    this.#of = of;
    this.key = key;
    this.objects = revoked.objects;
    this.sample = revoked.objectsPage;
    this.readable = revoked.readable;
    this.remedies = revoked.remedies;
    Object.freeze(this);
  }

  /**
   * The objects of the inventory that the version opens, read page by page. To end also what somebody has opened
   * with it, encrypt each anew (of sidecars, see `vault.reencrypt`):
   *
   * ```ts
   * for await (const { id, location } of report.dependents()) {
   *   const anew = await vault.reencrypt(await fetch(location), { key: "photos", context: { location } });
   *   await upload(location, await anew.blob());
   *   await anew.track({ location });
   *   await vault.objects.untrack(id);
   * }
   * ```
   */
  dependents(): AsyncGenerator<TrackedObject, void, undefined> {
    return new Inventory(this.#use).each(this.#of);
  }

  /**
   * Moves the objects' headers to the key's primary version, or to another key. Ends what the key opens, not
   * what somebody has opened with it: who kept an object's own key still reads the body, until it is encrypted
   * anew by `vault.reencrypt`.
   *
   * ```ts
   * const rewrapping = report.rewrap({ fetchHeader: ({ location }) => download(location) });
   * for await (const { source, header } of rewrapping) if (header) await upload(source.location, header);
   * ```
   */
  rewrap(options?: RewrapOptions<TrackedObject>): RewrapJob<TrackedObject> {
    return new RewrapJob(this.#use, this.dependents(), options, this.objects);
  }
}

/** What a destruction leaves. */
export interface DestructionReport {
  /** The key, after it. */
  readonly key: VaultKey;
  /** How many objects of the inventory need what is destroyed. */
  readonly objects: number;
  /** Every backup made since the version existed: each may hold it. */
  readonly backups: readonly BackupMade[];
  /** What may survive, in sentences for a person. */
  readonly remains: readonly string[];
}

/** What can be done with one version, or with a key as a whole. */
abstract class KeyActions {
  readonly #use: UseEngine;
  readonly #key: string;
  readonly #version: string | undefined;

  /** @internal */
  constructor(use: UseEngine, key: string, version?: string) {
    this.#use = use;
    this.#key = key;
    this.#version = version;
  }

  /**
   * Makes a pre-active version the primary one, and the primary one `deactivated`. Of a key: its newest
   * pre-active version.
   *
   * @throws StateError when there is none, or the version is in another state
   */
  activate(): Promise<VaultKey> {
    return this.changed("activate");
  }

  /** Neither protects nor opens until it is resumed. Of a key: its primary version. @throws StateError */
  suspend(): Promise<VaultKey> {
    return this.changed("suspend");
  }

  /** Ends a suspension. Of a key: of its primary version. @throws StateError */
  resume(): Promise<VaultKey> {
    return this.changed("resume");
  }

  /**
   * Protects nothing any more, and still opens what it protected. Says what whoever holds the key can read, and
   * does something about it. Of a key: its primary version.
   *
   * @throws StateError
   */
  async revoke(options?: RevokeOptions): Promise<RevocationReport> {
    const done = await this.#manage<Revoked>("revoke", optionsOf(options, REVOKE));
    const { id, primary } = done.key;
    const version = this.#version ?? primary;
    return new RevocationReport(this.#use, { key: id, version }, this.#fresh(done), done.report);
  }

  /**
   * Stops all use, and erases the material when the time has come: of what objects of the inventory still need
   * then, only if it is forced. Of a key: of all its versions.
   *
   * @throws StateError; ArgumentError for a time that is too short or too long, unless forced
   */
  async scheduleDestroy(options?: ScheduleOptions): Promise<DestructionReport> {
    return this.#destroyed("scheduleDestroy", optionsOf(options, SCHEDULE));
  }

  /** Takes a scheduled destruction back: `deactivated`, or `compromised` if it was. @throws StateError */
  cancelDestroy(): Promise<VaultKey> {
    return this.changed("cancelDestroy");
  }

  /**
   * Erases the material now, wherever the vault can reach. Nothing brings it back but a backup. That it existed
   * is remembered for ever. Of a key: all its versions.
   *
   * @throws InUseError while objects of the inventory need it, unless forced; StateError
   */
  async destroy(options?: DestroyOptions): Promise<DestructionReport> {
    return this.#destroyed("destroy", optionsOf(options, DESTROY));
  }

  /** @internal */
  protected async changed(what: KeyAction["do"], more?: object): Promise<VaultKey> {
    return this.#fresh(await this.#manage(what, more));
  }

  async #destroyed(what: KeyAction["do"], more: object): Promise<DestructionReport> {
    const done = await this.#manage<Omit<DestructionReport, "key">>(what, more);
    return Object.freeze({ ...done.report, key: this.#fresh(done) });
  }

  async #manage<Report>(what: KeyAction["do"], more?: object): Promise<ManageResult<Report>> {
    const action = plainCopy({ do: what, version: this.#version, ...more }) as KeyAction;
    return frozen(await this.#use().peer.call("manage", this.#key, action)) as ManageResult<Report>;
  }

  #fresh({ key }: ManageResult<unknown>): VaultKey {
    return new VaultKey(this.#use, key);
  }
}

interface ManageResult<Report> {
  key: KeyInfo;
  report: Report;
}

/** One version of a key, as it was when the vault was asked. Each method gives the key as it is then. */
export class VaultKeyVersion extends KeyActions implements KeyVersion {
  declare readonly id: string;
  declare readonly number: number;
  declare readonly state: KeyVersion["state"];
  declare readonly created: number;
  declare readonly uses: number;
  declare readonly destroyAt?: number;
  declare readonly compromised?: true;
  declare readonly publicJwk?: PublicJwk;
  declare readonly history: KeyVersion["history"];

  /** @internal */
  constructor(use: UseEngine, key: string, version: KeyVersion) {
    super(use, key, version.id);
    Object.freeze(Object.assign(this, version));
  }
}

/** A key as it was when the vault was asked. Each method gives the key as it is then. */
export class VaultKey extends KeyActions implements KeyInfo {
  declare readonly id: string;
  declare readonly alias: string;
  declare readonly purpose: KeyInfo["purpose"];
  declare readonly state: KeyInfo["state"];
  declare readonly primary: string;
  declare readonly created: number;
  declare readonly labels: KeyInfo["labels"];
  declare readonly rotateEvery?: string;
  declare readonly due?: number;
  declare readonly uses: number;
  declare readonly lastUsed?: number;
  declare readonly session?: true;
  declare readonly expires?: number;
  declare readonly versions: readonly VaultKeyVersion[];
  readonly #use: UseEngine;

  /** @internal */
  constructor(use: UseEngine, key: KeyInfo) {
    super(use, key.id);
    this.#use = use;
    const versions = key.versions.map((version) => new VaultKeyVersion(use, key.id, version));
    Object.freeze(Object.assign(this, key, { versions: Object.freeze(versions) }));
  }

  /** The key as it is now. @throws NoKeyError */
  async refresh(): Promise<VaultKey> {
    return new VaultKey(this.#use, frozen(await this.#use().peer.call("findKey", this.id)));
  }

  /** The version of that id or number. @throws NoVersionError */
  version(idOrNumber: string | number): VaultKeyVersion {
    const found = this.versions.find(({ id, number }) => id === idOrNumber || number === idOrNumber);
    if (!found) throw new NoVersionError(`the key has no version ${idOrNumber}`);
    return found;
  }

  /**
   * Makes a new version. It becomes the primary one, and the old one `deactivated`, which still opens what it
   * protected; with `activate: false` it waits as `pre-active`.
   *
   * @throws StateError
   */
  async rotate(options?: { activate?: boolean | undefined }): Promise<VaultKey> {
    return this.changed("rotate", optionsOf(options, { activate: check.flag }));
  }

  /**
   * Changes what is given.
   *
   * @throws KeyExistsError when another key has the alias
   */
  async update(changes: KeyChanges): Promise<VaultKey> {
    return this.changed("update", optionsOf(changes, CHANGES));
  }

  /**
   * The secret itself, as a JWK: of the primary version, or of the one with that id. Whoever sees it does what
   * the key does. Asks for a factor again, though the vault is unlocked.
   *
   * @throws WrongFactorError
   */
  async dangerouslyExport(options: ExportOptions): Promise<SecretJwk> {
    const { factor, version } = optionsOf(options, EXPORT);
    const { peer } = this.#use();
    const secret = encodeFactor(factor);
    const moved = transferSecret(secret);
    return JSON.parse(await peer.call("exportVaultKey", moved, this.id, version)) as SecretJwk;
  }

  /** Ends a session key now. @throws StateError for a key that is stored */
  async end(): Promise<void> {
    if (!this.session) throw new StateError("the key is stored, and ends by destroy()", { from: this.state });
    await this.#use().peer.call("endSession", this.id);
  }
}
