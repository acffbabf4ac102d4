/** One of a vault's keys and its versions, and what their owner can do with them. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, NoVersionError, StateError } from "../../shared/errors/index.js";
import type { SecretJwk } from "../../shared/model/jwk.js";
import { VERSION_ACTIONS, type KeyInfo, type KeyVersion, type VersionAction } from "../../shared/model/key-info.js";
import type { ApprovalOptions, KeyPolicy, PolicyTrial, ReasonOptions } from "../../shared/model/key-policy.js";
import { optionsOf, REASON } from "../../shared/options.js";
import type { KeyAction } from "../../shared/protocol/vault-calls.js";
import { frozen, plainCopy } from "../../shared/text.js";
import { encodePresented } from "../factors/factor.js";
import { presented } from "../factors/presented.js";
import type { UseEngine } from "../runtime/connection.js";
import {
  CHANGES,
  DESTROY,
  EXPORT,
  REVOKE,
  ROTATE,
  SCHEDULE,
  SET_POLICY,
  type DestroyOptions,
  type ExportOptions,
  type KeyChanges,
  type RevokeOptions,
  type RotateOptions,
  type ScheduleOptions,
  type SetPolicyOptions,
} from "./key-options.js";
import { policyOf, tryPolicy, type TryPolicyOptions } from "../policies/policy-options.js";
import { RevocationReport, type DestructionReport, type Revoked } from "./key-reports.js";

/** What is done with one version, or with all versions of a key. */
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
   * Stops all use, and erases the material when the time has come: of what objects of the inventory still need
   * then, only if it is forced. Of a key: of all its versions.
   *
   * @throws StateError; ArgumentError for a time that is too short or too long, unless forced
   */
  async scheduleDestroy(options?: ScheduleOptions): Promise<DestructionReport<VaultKey>> {
    return this.#destroyed("scheduleDestroy", optionsOf(options, SCHEDULE));
  }

  /**
   * Cancels a scheduled destruction: `deactivated` again, or `compromised` if it was. Of a key: of all its versions.
   *
   * @throws StateError
   */
  async cancelDestroy(options?: ReasonOptions): Promise<VaultKey> {
    return this.changed("cancelDestroy", optionsOf(options, REASON));
  }

  /**
   * Erases the material now, wherever the vault can reach. Nothing brings it back but a backup. That it existed
   * is remembered for ever. Of a key: all its versions; it is found by its id from then on, and its alias is free.
   *
   * @throws InUseError while objects of the inventory need it, unless forced; StateError
   */
  async destroy(options?: DestroyOptions): Promise<DestructionReport<VaultKey>> {
    return this.#destroyed("destroy", optionsOf(options, DESTROY));
  }

  /** @internal */
  protected async changed(what: KeyAction["do"], more?: object): Promise<VaultKey> {
    const { key } = await this.managed(what, more);
    return new VaultKey(this.#use, key);
  }

  /** @internal */
  protected async managed<Report>(what: KeyAction["do"], more?: object): Promise<{ key: KeyInfo; report: Report }> {
    const { approval, ...asked } = more as ApprovalOptions;
    const action = plainCopy({ do: what, version: this.#version, ...asked, approvals: approval }) as KeyAction;
    return frozen(await this.#use().peer.call("manage", this.#key, action)) as { key: KeyInfo; report: Report };
  }

  async #destroyed(what: KeyAction["do"], more: object): Promise<DestructionReport<VaultKey>> {
    const { key, report } = await this.managed<Omit<DestructionReport, "key">>(what, more);
    return Object.freeze({ ...report, key: new VaultKey(this.#use, key) });
  }
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
  declare readonly compromisedAt?: number;
  declare readonly publicJwk?: NonNullable<KeyVersion["publicJwk"]>;
  declare readonly history: KeyVersion["history"];
  declare readonly actions: KeyVersion["actions"];
  readonly #use: UseEngine;
  readonly #key: string;

  /** @internal */
  constructor(use: UseEngine, key: string, version: KeyVersion) {
    super(use, key, version.id);
    this.#use = use;
    this.#key = key;
    Object.freeze(Object.assign(this, version));
  }

  /**
   * Whether the version's state permits an action. Another tab may have changed it since: the action itself decides.
   *
   * @example
   * button.hidden = !version.can("suspend");
   */
  can(action: VersionAction): boolean {
    if (!VERSION_ACTIONS.includes(action)) throw new ArgumentError(`no action of a version: ${String(action)}`);
    return this.actions.includes(action);
  }

  /** Makes a pre-active version the primary one, and the primary one `deactivated`. @throws StateError */
  async activate(options?: ReasonOptions): Promise<VaultKey> {
    return this.changed("activate", optionsOf(options, REASON));
  }

  /** Neither protects nor opens until it is resumed. @throws StateError */
  async suspend(options?: ReasonOptions): Promise<VaultKey> {
    return this.changed("suspend", optionsOf(options, REASON));
  }

  /** Ends a suspension. @throws StateError */
  async resume(options?: ReasonOptions): Promise<VaultKey> {
    return this.changed("resume", optionsOf(options, REASON));
  }

  /**
   * Protects nothing any more, and still opens what it protected: with `compromised: true` what others can have written
   * as well, which is then `"unsigned"`. One whose destruction is scheduled stays scheduled. Says what a holder of the key can read, and
   * does something about it.
   *
   * @throws StateError
   */
  async revoke(options?: RevokeOptions): Promise<RevocationReport<VaultKey>> {
    const { key, report } = await this.managed<Revoked>("revoke", optionsOf(options, REVOKE));
    const of = { key: this.#key, version: this.id };
    return new RevocationReport(this.#use, of, new VaultKey(this.#use, key), report);
  }
}

/** A key as it was when the vault was asked. Each method gives the key as it is then. */
export class VaultKey extends KeyActions implements KeyInfo {
  declare readonly id: string;
  declare readonly alias: string;
  declare readonly purpose: KeyInfo["purpose"];
  declare readonly state: KeyInfo["state"];
  declare readonly destroyed?: true;
  declare readonly primary: string;
  declare readonly created: number;
  declare readonly labels: KeyInfo["labels"];
  declare readonly rotateEvery?: string;
  declare readonly due?: number;
  declare readonly uses: number;
  declare readonly lastUsed?: number;
  declare readonly session?: true;
  declare readonly policy?: KeyPolicy;
  declare readonly conflictingPolicies?: readonly KeyPolicy[];
  declare readonly policyVersion?: number;
  declare readonly policyChanged?: number;
  declare readonly reviewDue?: number;
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

  /** The version that protects. */
  get primaryVersion(): VaultKeyVersion {
    return this.version(this.primary);
  }

  /**
   * Makes a new version. It becomes the primary one, and the old one `deactivated`, which still opens what it
   * protected; with `activate: false` it waits as `pre-active`.
   *
   * @throws StateError
   */
  async rotate(options?: RotateOptions): Promise<VaultKey> {
    return this.changed("rotate", optionsOf(options, ROTATE));
  }

  /**
   * Changes what is given.
   *
   * @throws KeyExistsError when another key has the alias
   */
  async update(changes: KeyChanges, options?: ReasonOptions): Promise<VaultKey> {
    return this.changed("update", { ...optionsOf(changes, CHANGES), ...optionsOf(options, REASON) });
  }

  /**
   * Sets the policy in the place of whichever applies; `null` takes it away. The policy that applies decides whether that is
   * allowed. The same policy once more says that it was reviewed.
   *
   * @example
   * await key.setPolicy({ operations: ["encrypt", "decrypt", "rotate", "setPolicy"], context: { required: { tenant: "42" } } });
   *
   * @throws PolicyError where the policy before forbids it; ArgumentError for a member that this release does not know
   */
  async setPolicy(policy: KeyPolicy | null, options?: SetPolicyOptions): Promise<VaultKey> {
    const checked = policy === null ? null : policyOf(policy, "policy");
    return this.changed("setPolicy", { policy: checked, ...optionsOf(options, SET_POLICY) });
  }

  /**
   * What a policy would have refused of what was done with the key: a dry run over the vault's audit log, by the code that decides of
   * each use. Nothing is changed, and nothing is written. What failed or was refused then is not looked at. It is as exact as the log: that has no
   * encryption contexts (`undecided`), does not tell tabs apart, and not what was presented beside `unlock` and `authenticate`.
   *
   * @example
   * const { refused } = await key.tryPolicy({ operations: ["encrypt", "decrypt"] });
   * for (const { rule, count } of refused) show(`${rule} would have refused ${count} operations`);
   *
   * @throws ArgumentError for a member that this release does not know, and for a vault that has no log yet; IntegrityError where entries are missing
   */
  async tryPolicy(policy: KeyPolicy, options?: TryPolicyOptions): Promise<PolicyTrial> {
    return tryPolicy(this.#use, this.id, policy, options);
  }

  /**
   * The secret itself, as a JWK: of the primary version, or of the one with that id. It does what
   * the key does. Asks for a factor again, though the vault is unlocked. After an abort nothing is given out.
   *
   * @throws WrongFactorError; StateError of a version that is suspended, or to be destroyed
   */
  async dangerouslyExport(options: ExportOptions): Promise<SecretJwk> {
    const { factor, version, reason, approval = [], signal } = optionsOf(options, EXPORT);
    const connection = this.#use();
    throwIfAborted(signal);
    const jwk = await presented(connection, [encodePresented(factor)], signal, (moved) =>
      abortable(signal, () => connection.peer.call("exportVaultKey", moved, this.id, version, reason, approval as string[])),
    );
    return JSON.parse(jwk) as SecretJwk;
  }

  /** Ends a session key now. @throws StateError for a key that is stored */
  async end(): Promise<void> {
    if (!this.session) throw new StateError("the key is stored, and ends by destroy()", { from: this.state });
    await this.#use().peer.call("endSession", this.id);
  }
}
