/** A vault: locked or unlocked. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import { closeBy } from "../../shared/closeable.js";
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { KeyOperation, PolicyDecision, ReasonOptions } from "../../shared/model/key-policy.js";
import type { MergeReport } from "../../shared/model/merge-report.js";
import type { OrganisationChange, OrganisationInfo } from "../../shared/model/organisation.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import type { RestoreReport, Shredding } from "../../shared/model/report.js";
import type { TrackedObject, TrackOptions } from "../../shared/model/tracked-object.js";
import type { FailedAttempts, UnlockResult } from "../../shared/model/unlock-result.js";
import type { VaultHealth } from "../../shared/model/vault-health.js";
import type { VaultOperation, VaultPolicy, VaultPolicyInfo } from "../../shared/model/vault-policy.js";
import { ABORT, optionsOf, REASON } from "../../shared/options.js";
import type { RotatedVaultKey, WireFactor, WireFactorInfo } from "../../shared/protocol/vault-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import { VaultApprovals } from "../approvals/vault-approvals.js";
import { VaultAlerts } from "../alerts/vault-alerts.js";
import { AuditLog } from "../audit/audit-log.js";
import { KeyInventory } from "../cbom/key-inventory.js";
import { checkPresented, encodePresented, type PresentedFactor } from "../factors/factor.js";
import { presented } from "../factors/presented.js";
import { factorInfo } from "../factors/told-factor.js";
import { VaultFactors } from "../factors/vault-factors.js";
import { healthOf } from "../health/health.js";
import { Inventory, track } from "../inventory/inventory.js";
import { fetchedPolicy } from "../organisation/fetched-policy.js";
import {
  refreshOf,
  setOrganisationOf,
  type RefreshOrganisationOptions,
  type SetOrganisationOptions,
} from "../organisation/organisation-options.js";
import { can, vaultPolicyOf, type CanOptions } from "../policies/policy-options.js";
import { SET_POLICY, type SetPolicyOptions } from "../keys/key-options.js";
import { VaultKeys } from "../keys/vault-keys.js";
import type { EncryptedObject, ObjectVault } from "../objects/encrypted-object.js";
import type { Headed } from "../objects/header.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import type { VaultStorage } from "../runtime/start-engine.js";
import { watched } from "../runtime/watched.js";
import { reportOf, type ReportOptions } from "../report/report-options.js";
import type { VaultReport } from "../report/vault-report.js";
import { resumeFrom, Uploads, type ResumeOptions } from "../uploads/pending-uploads.js";
import { backupBytes } from "./backup-bytes.js";
import { evictionMarkers } from "./eviction-markers.js";
import { MERGE, REASONED, UNLOCK, type MergeOptions, type UnlockOptions } from "./vault-options.js";
import { VaultSession } from "./vault-session.js";
import { VaultObjects } from "./vault-objects.js";
import { VaultView, type ViewOptions } from "./vault-view.js";

/** Which vault it is. @internal */
export interface VaultAbout {
  name: string;
  id: string;
  restored?: RestoreReport;
}

/**
 * An opened vault. Tells of what happens to it by the events `lock` and `change`, here or in another tab. Close it when
 * it is no longer needed: a handle that is only dropped keeps its Worker (about 3 MiB), and an unlocked one its keys.
 *
 * @example
 * await using vault = await Strongroom.open({ name: "acme", factor: passphrase(typed) });
 * vault.addEventListener("lock", ({ detail }) => showLogin(detail.reason));
 */
export class Vault extends VaultObjects {
  /** `close()`, for `using`; there where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;
  /** `close()`, for `await using`; there where the engine knows `Symbol.asyncDispose`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly name: string;
  readonly id: string;
  readonly keys: VaultKeys;
  /** What opens it. */
  readonly factors: VaultFactors;
  /** The inventory of objects. */
  readonly objects: Inventory;
  /** The inventory of keys, for audits. */
  readonly inventory: KeyInventory;
  /** Pending uploads that can be resumed. */
  readonly uploads: Uploads;
  /** What was done with the keys. */
  readonly audit: AuditLog;
  /** What rules find in the audit log, the keys and the vault's state. */
  readonly alerts: VaultAlerts;
  /** What somebody else has to approve, and approving what others ask. */
  readonly approvals: VaultApprovals;
  /** What the backup is that the vault was just restored from. */
  readonly restored: RestoreReport | undefined;
  /** @internal */
  protected override readonly use: UseEngine;
  readonly #session: VaultSession;
  readonly #health: (options: AbortOptions) => Promise<VaultHealth>;

  /** @internal */
  constructor(
    connection: Connection,
    about: VaultAbout,
    unlocked: boolean,
    place: VaultStorage,
  ) {
    super();
    this.name = about.name;
    this.id = about.id;
    this.restored = about.restored;
    this.#session = new VaultSession(connection, about, unlocked, place, {
      locked: (lock) => {
        this.alerts.forget();
        this.tell("lock", lock);
      },
      changed: (change) => this.tell("change", change),
    });
    this.use = this.#session.use;
    const isMarked = (): boolean => evictionMarkers.get(this.name) === this.id;
    this.#health = (options) => healthOf(this.use, place, isMarked, (url) => this.audit.shippingTo(url), this.#session.refreshFailure, options);
    this.keys = new VaultKeys(this.use);
    this.factors = new VaultFactors(this.use, this.name, (identity) => this.#session.renewed(identity));
    this.objects = new Inventory(this.use);
    this.inventory = new KeyInventory(this.use, { id: this.id, name: this.name });
    this.uploads = new Uploads(this.use);
    this.audit = new AuditLog(this.use, { id: this.id, name: this.name });
    this.approvals = new VaultApprovals(this.use);
    this.alerts = new VaultAlerts(this.use, {
      unlocked: () => this.unlocked,
      closed: () => this.#session.closed,
      tell: (alert) => this.tell("alert", alert),
    });
  }

  /** Whether the vault's keys can be used now. */
  get unlocked(): boolean {
    return this.#session.unlocked;
  }

  /**
   * What failed before a factor opened the vault the last time, in whatever call: an unlock, or one that asks for a factor of a
   * vault that is open.
   */
  get failedAttempts(): FailedAttempts | undefined {
    return this.#session.failedAttempts;
  }

  /** What the last unlock told, such as that of `Strongroom.open({ factor })`; `undefined` for one that was just created. */
  get lastUnlock(): UnlockResult | undefined {
    return this.#session.lastUnlock;
  }

  /**
   * Whether the vault is unlocked by a reload (`surviveReload`), and no factor has unlocked it since: a reload proves no person, and
   * `lastUnlock` tells nothing of it.
   */
  get survivedReload(): boolean {
    return this.#session.survivedReload;
  }

  /**
   * Whether a reload of the page now would unlock the vault again (`surviveReload`), as far as this tab knows: a copy
   * of the tab may have used what is kept, and a clock that was set back ends it. Not once its time is over or the
   * vault key has changed, nor where the browser keeps nothing, or where the vault takes two factors at once: each
   * reload asks for both.
   */
  get survivesReload(): boolean {
    return this.#session.survivesReload;
  }

  /** @internal */
  async survive(): Promise<this> {
    await this.#session.survive();
    return this;
  }

  /**
   * Rotates what is due and reads through all records afterwards, in the background. An abort ends the Worker, and
   * Argon2id with it: no key stays in memory, and the vault is as locked or as unlocked as it was. `onProgress` counts
   * steps: the factor opened, then the vault; of a vault that was unlocked before, there is one.
   *
   * After attempts that failed, the next one waits: until 1, 2, 4, … and at most 60 seconds have passed since the last of them.
   * `lock()`, `close()` and an abort end that. What failed is told by the result, and by `failedAttempts`.
   *
   * A passphrase that was set when the release's default cost was lower is derived twice: its record is sealed again at the new cost
   * (`strengthened`), if there are the memory and the space for it.
   *
   * A vault that takes two factors at once (`requires`) is given both, in an array. Both are asked, whatever the first one answers, and
   * which of them was wrong is not told; together they count as one attempt.
   *
   * @example
   * const { failedAttempts } = await vault.unlock(passphrase(typed));
   * if (failedAttempts) warn(`Failed attempts: ${failedAttempts.count}, the last at ${failedAttempts.last.toLocaleString()}`);
   *
   * @throws WrongFactorError when the factor does not open this vault; SecondFactorError when it takes two; IntegrityError when the vault is older
   *   than the `lastSeenHead` that it was opened with, or not that of `identity`; IdentityChangedError; PolicyError and others where the policy of the
   *   `organisation` that it was opened with is refused: it stays locked
   */
  async unlock(factor: PresentedFactor, options?: UnlockOptions): Promise<UnlockResult> {
    return this.#session.unlock(factor, optionsOf(options, UNLOCK));
  }

  /**
   * Has a person prove themselves once more while the vault is unlocked, by one of its factors: for a key's policy that asks for that
   * (`freshFactor`, `secondFactor`). The vault remembers kind and time in its Worker, until it is locked; no other tab knows
   * of it. An unlock by a factor of a person counts as well, and so does each call that such a factor is given to, but for a rehearsal and a merge.
   * What fails counts as for `unlock`. A vault that takes two factors at once is given both, in an array, or what opens it alone. Resolves
   * with the factor; of two, with the first.
   *
   * @example
   * const { allowed, rule } = await vault.can("destroy", { key: "photos" });
   * if (!allowed && rule === "freshFactor") await vault.authenticate(passphrase(await ask()));
   *
   * @throws WrongFactorError; PersonNeededError for a device; NoFactorError for a kind that the vault has none of; SecondFactorError when it takes two
   */
  async authenticate(factor: PresentedFactor, options?: AbortOptions): Promise<FactorInfo> {
    const { signal } = optionsOf(options, ABORT);
    throwIfAborted(signal);
    const connection = this.use();
    const authenticate = (present: WireFactor): Promise<WireFactorInfo> =>
      watched(connection, { signal }, (watch) => connection.peer.call("authenticate", present, watch));
    return factorInfo(await presented(connection, [encodePresented(factor)], signal, authenticate));
  }

  /**
   * Ends the vault's Worker, and with it every key in memory, here and in all other tabs. What is in
   * flight rejects with `ERR_LOCKED`; `unlock` starts another Worker, in this tab alone.
   */
  async lock(): Promise<void> {
    this.#session.lock();
  }

  /**
   * Locks this handle, for good; other tabs are not affected. Twice is fine; used afterwards is `ERR_CLOSED`. Once it resolves,
   * the Worker has ended, and uploads that were open can be resumed at once, here or elsewhere.
   */
  close(): Promise<void> {
    const closed = this.#session.close();
    this.alerts.forget();
    return closed;
  }

  static {
    closeBy(Vault.prototype, "dispose");
    closeBy(Vault.prototype, "asyncDispose");
  }

  /**
   * The object of an upload that was begun before (`object.resumeToken`), here or in another tab, on another day:
   * the same header, the same body. The file must be the one that it was, which is found out piece by piece, before
   * any byte of what changed is encrypted. Close the object, or upload it, before another tab resumes it.
   *
   * ```ts
   * for (const { token, name } of await vault.uploads.list()) {
   *   const object = await vault.resume(token, await choose(name), { context });
   *   await uploadToS3(object, presigner);
   * }
   * ```
   *
   * @throws NoObjectError when there is no such upload; ChangedError for a file of another size, and while the body
   *   is read; InUseError while it is open elsewhere; ContextError; StateError
   */
  async resume(token: string, file: Blob, options?: ResumeOptions): Promise<EncryptedObject> {
    return resumeFrom(this.use(), this.home, token, file, options);
  }

  /**
   * Whether policies allow an operation now, without doing it: that of the vault, and of an operation on a key the key's own. Of a use: one, of
   * the primary version, and for `rewrap` within the key. It does not look at the key's purpose, or at versions' states, which `version.can` tells.
   *
   * @example
   * const { allowed, rule } = await vault.can("decrypt", { key: "photos", context: { tenant: "42" } });
   * if (!allowed) explain(rule);
   *
   * @throws NoKeyError; UnsupportedError for a policy of a later release
   */
  override async can(operation: KeyOperation, options: CanOptions): Promise<PolicyDecision>;
  override async can(operation: VaultOperation, options?: ReasonOptions): Promise<PolicyDecision>;
  override async can(operation: KeyOperation | VaultOperation, options?: CanOptions | ReasonOptions): Promise<PolicyDecision> {
    return can(this.use, operation, options);
  }

  /**
   * A view of the unlocked vault: a handle for code of the page that needs less, such as a gallery that only decrypts photos. It does the
   * operations that it lists, on the keys that it lists, and has no other keys. The Worker enforces that. It limits mistakes, and not a hostile
   * script: code of the same page can change what this handle is made of before it is made.
   *
   * It ends when the vault is locked or closed, and does not begin again with the next unlock.
   *
   * @example
   * const gallery = await vault.view({ operations: ["decrypt"], keys: ["photos"] });
   * const photo = await gallery.decrypt(await fetch("/photos/1"), { context: { path: "/photos/1" } });
   *
   * @throws NoKeyError; ArgumentError for no operation, for `export`, and for an operation on the vault
   */
  async view(options: ViewOptions): Promise<VaultView> {
    return VaultView.of(this.use, options);
  }

  /** The policy of the vault itself, as it is stored now. */
  async policy(): Promise<VaultPolicyInfo> {
    return frozen(await this.use().peer.call("vaultPolicy"));
  }

  /**
   * Sets the vault's policy, in the place of the one that it has; `null` takes it away. It has rules for operations on the vault itself, and for
   * all operations on every key, besides the key's own policy. It is an operation under the policy before: without `setVaultPolicy` among its
   * `operations` a policy stays for good.
   *
   * @example
   * await vault.setPolicy({
   *   freshFactor: { within: "PT5M", operations: ["export", "destroy", "rotateVaultKey", "stopAudit", "setVaultPolicy"] },
   *   requireReason: ["revokeFactor", "destroy"],
   * });
   *
   * @throws PolicyError; ArgumentError for what is no rule of a vault; UnsupportedError while a policy of a later release applies
   */
  async setPolicy(policy: VaultPolicy | null, options?: SetPolicyOptions): Promise<VaultPolicyInfo> {
    const { reason, approval = [] } = optionsOf(options, SET_POLICY);
    const rules = policy === null ? undefined : vaultPolicyOf(policy);
    return frozen(await this.use().peer.call("setVaultPolicy", rules, reason, approval as string[]));
  }

  /** The policy of the organisation that the vault belongs to, as it is stored now; `undefined` where none binds it. */
  async organisation(): Promise<OrganisationInfo | undefined> {
    const { organisation } = await this.use().peer.call("organisation");
    return organisation && frozen(organisation);
  }

  /**
   * Has the policy of an organisation bind the vault, for good: only a later one of that organisation takes its place. `key` says whose it has to be.
   *
   * @example
   * await vault.setOrganisation({ policy: await (await fetch("/policy.jws")).text(), key: ACME_KEY });
   *
   * @throws DecryptError where the organisation did not sign it; PolicyError for another organisation's, for one that has expired, and where the vault's
   *   policy refuses it; MalformedError; TooLargeError; UnsupportedError for one of a later release
   */
  async setOrganisation(organisation: SetOrganisationOptions): Promise<OrganisationChange> {
    const { policy, key, reason } = setOrganisationOf(organisation);
    return this.#organised(await this.use().peer.call("setOrganisation", policy, key, reason));
  }

  /**
   * Takes a later policy of the vault's organisation: from a URL, or as it is given. An older one, one by a key before, and the one that the
   * vault has change nothing. What fails changes nothing either, so nobody needs to wait for it. The vault's own policy cannot refuse it.
   *
   * @example
   * vault.refreshOrganisation({ url: "/policy.jws" }).catch(report);
   *
   * @throws TransferError; PolicyError for another organisation's, and for one that has the number of another; DecryptError; MalformedError; TooLargeError;
   *   UnsupportedError for one of a later release; ArgumentError where no organisation's policy binds the vault
   */
  async refreshOrganisation(options: RefreshOrganisationOptions): Promise<OrganisationChange> {
    const { url, policy = "", reason, signal } = refreshOf(options);
    const connection = this.use();
    const later = url === undefined ? policy : await fetchedPolicy(url, signal);
    return this.#organised(await abortable(signal, () => connection.peer.call("setOrganisation", later, undefined, reason)));
  }

  #organised(change: OrganisationChange): OrganisationChange {
    this.#session.refreshed();
    return frozen(change);
  }

  /**
   * Enters an object into the inventory, by its header, or changes its entry, for which what `vault.objects` gives of it is
   * enough. Objects that were not entered are not counted by what destroys keys.
   */
  async track(object: Headed, options?: TrackOptions & ReasonOptions): Promise<TrackedObject> {
    return this.#track(object, options);
  }

  /**
   * Erases an object's header, and with it the only way to its body, if the sole copy is in the vault and no
   * backup holds it; and the headers of its sidecars in the inventory, of which the same must be true. Otherwise
   * erases nothing, and says which copies there are.
   */
  async shred(object: string | { readonly id: string }, options?: ReasonOptions): Promise<Shredding> {
    const { reason } = optionsOf(options, REASON);
    const id = nonEmpty(typeof object === "object" ? object?.id : object, "an object's id");
    return frozen(await this.use().peer.call("shred", id, reason));
  }

  /**
   * A new vault key for all records, in one step. Every factor opens it; other tabs are locked, because they
   * hold the old one. Backups that were made before open as they did.
   *
   * `onProgress` counts records that were given to the store. An abort stops the Worker, unless the store has all records
   * by then: the vault is wholly under the old key or wholly under the new one, never between, and the event `change`
   * tells of the new one.
   */
  async rotateVaultKey(
    options?: OperationOptions & ReasonOptions,
  ): Promise<{ readonly generation: number; readonly records: number }> {
    const { reason, ...checked } = optionsOf<OperationOptions & ReasonOptions>(options, REASONED);
    const connection = this.use();
    const rotate = (watch: number | undefined): Promise<RotatedVaultKey> =>
      connection.peer.call("rotateVaultKey", reason, watch);
    return frozen(await watched(connection, checked, rotate));
  }

  /**
   * Says in which state the vault is. Kept outside this browser and given to `open` later, it shows whether
   * an older copy of the whole database was put back.
   */
  async lastSeenHead(): Promise<string> {
    return this.use().peer.call("head");
  }

  /**
   * The thumbprint of the key that signs for this vault, the same until a factor is revoked as compromised. Kept elsewhere than its
   * backups and given to `Strongroom.restore` as `expect`, it refuses every backup of another vault.
   */
  async identity(): Promise<string> {
    return this.use().peer.call("identity");
  }

  /**
   * Everything needed to restore the vault, encrypted; the same factors open it. `onProgress` counts records. The vault
   * notes that it was given out, which it may have done although the call was aborted: `shred` then counts a backup
   * that nobody has.
   */
  async backup(options?: OperationOptions & ReasonOptions): Promise<Blob> {
    const { reason, ...checked } = optionsOf<OperationOptions & ReasonOptions>(options, REASONED);
    const connection = this.use();
    const bytes = await watched(connection, checked, (watch) => connection.peer.call("backup", reason, watch));
    return new Blob([bytes], { type: "application/octet-stream" });
  }

  /**
   * Unites a backup of this vault with it, in one step. Under the vault key that the vault has now, the keys, versions and objects of
   * both are there afterwards: of two states of a version the later one counts, at equal age the stricter one, and what was
   * destroyed or compromised anywhere stays so. A backup of another vault key, one that was rotated since, needs one of its
   * factors. It only gives back the versions that are missing, deactivated: whoever had such a key could have made the file, so what
   * they open is `unsigned`. Factors come from no backup. The vault's own alias is kept where another key comes with it.
   *
   * The report says what was done, and what was left and why. `onProgress` counts the backup's records. An abort stops the
   * Worker, unless the store has everything by then: the vault is as it was, or has all of the merge.
   *
   * @example
   * const report = await vault.merge(file, { factor: passphrase(typed) });
   * for (const { record, id, reason } of report.skipped) note(`${record} ${id}: ${reason}`);
   *
   * @throws IntegrityError for a backup that was changed, or of another vault; ArgumentError when a factor is needed and none is given, and for
   *   a backup of a later vault key; WrongFactorError when `factor` does not open it; UnsupportedError for one of a newer release
   */
  async merge(backup: Blob | Uint8Array | ArrayBuffer, options?: MergeOptions): Promise<MergeReport> {
    const { factor, reason, ...watching } = optionsOf(options, MERGE);
    if (factor !== undefined) checkPresented(factor);
    const connection = this.use();
    const copy = await abortable(watching.signal, () => backupBytes(backup));
    const merge = (...[present]: WireFactor[]): Promise<MergeReport> =>
      watched(connection, watching, (watch) =>
        connection.peer.call("merge", transfer(copy, [copy.buffer]), present, reason, watch),
      );
    // Where none is presented, none has opened the vault.
    if (factor === undefined) return frozen(await merge());
    // It opens the backup, and may never have been a factor of this vault: it ends no delay.
    return frozen(await presented(connection, [encodePresented(factor)], watching.signal, merge, false));
  }

  /**
   * How well the vault is kept, on this device and now: whether the browser may remove it, the room that is left, the last backup,
   * the factors and their rehearsals, the clock. Each check has a code, a severity and what to do. It changes nothing, and the vault
   * has to be open.
   *
   * @example
   * const { severity, checks } = await vault.health();
   * if (severity !== "ok") warn(checks.map(({ message, advice = "" }) => `${message} ${advice}`).join("\n"));
   */
  async health(options?: AbortOptions): Promise<VaultHealth> {
    return this.#health(optionsOf(options, ABORT));
  }

  /**
   * Evidence for an auditor of how the vault's keys are managed: its keys with state, age and cryptoperiod, rotations, policies, factors, backups,
   * destructions, refusals, alerts, and the verification of its audit log, each with what it speaks to (DORA, NIST SP 800-57, PCI DSS, HIPAA, SOC 2,
   * ISO 27001). It is evidence, and no certification. What was not looked at is told, and each line that it touches says so.
   *
   * It names keys by their aliases, factors and the vault by their names unless `names` is `false`, and no object. It has no key's material. Each log that
   * the vault has is verified and read once, page by page; entries are counted and not kept.
   *
   * @example
   * const report = await vault.report({ from: Date.parse("2026-01-01"), to: Date.parse("2027-01-01") });
   * save(await report.html(), "keys-2026.html");
   *
   * @throws ArgumentError; LockedError; AbortedError; UnsupportedError where the script that writes reports does not load
   */
  async report(options?: ReportOptions): Promise<VaultReport> {
    return reportOf({ use: this.use, vault: { id: this.id, name: this.name }, health: this.#health }, options);
  }

  /** @internal */
  protected override get home(): ObjectVault {
    return { id: this.id, track: this.#track };
  }

  readonly #track = (object: Headed, options: (TrackOptions & ReasonOptions) | undefined): Promise<TrackedObject> =>
    track(this.use, object, options);
}
