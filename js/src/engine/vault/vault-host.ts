/** The engine's one vault: how it is opened, what it does, and what it has done in the background. */
import { asStrongroomError, ClosedError, LockedError, type StrongroomError } from "../../shared/errors/index.js";
import { withTimeout } from "../../shared/async.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { Maintained, VaultName, WireFactor, WireFactorInfo } from "../../shared/protocol/vault-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import type { Bindings, CorePorts, WasmVault, Watch } from "../wasm/bindings.js";
import { isStopped, whenDisconnected } from "../wasm/load.js";
import { ChangeChannel } from "./change-channel.js";
import { changesItsOwn, changesTo, mergedKeys, type Change } from "./changes.js";
import type { DeviceKeys } from "./device-keys.js";
import { Hearsay } from "./hearsay.js";
import type { KeptAnswers } from "./kept-answers.js";
import { Maintenance } from "./maintenance.js";
import { Reloads } from "./reloads.js";
import { VaultDesk, type HowToOperate } from "./vault-desk.js";
import { Watches } from "./watches.js";

/** What a vault needs of its engine. */
export interface VaultPorts {
  bindings(): Promise<Bindings>;
  core(): Promise<CorePorts>;
  /** The keys that this browser keeps. */
  readonly deviceKeys: DeviceKeys;
  /** What it keeps of gates. */
  readonly keptAnswers: KeptAnswers;
  /** Throws once the engine has ended. */
  live(): void;
  /** Whether other tabs have the same store. */
  shared(): boolean;
  /** Called with what was changed, here or by another tab's engine. */
  changed(change: VaultChange): void;
  /** Called with how far a call is that the page watches. */
  progress(watch: number, done: number, total: number | undefined): void;
  /** Called after whatever was done in the background, with its error. */
  after(error?: StrongroomError): void;
  /** Called when the store no longer has the vault, before the call that found it is answered. */
  vanished(error: StrongroomError): void;
}

/** A view of the vault. */
interface OpenView {
  readonly desk: VaultDesk;
  /** Its calls reject from then on. */
  free(): void;
}

/** Milliseconds that a store has for what the audit log lacks when a vault is locked: its keys are gone by then. */
const LOG_TIMEOUT = 2000;

/** Milliseconds after which entries that the store did not take are tried again. */
const RETRY_LOG = 60_000;

export class VaultHost {
  readonly #ports: VaultPorts;
  readonly #watches: Watches;
  /** What calls on the vault itself go through. */
  readonly desk: VaultDesk;
  #vault: WasmVault | undefined;
  #maintenance: Maintenance | undefined;
  #changes: ChangeChannel | undefined;
  #unwatch: (() => void) | undefined;
  #hearsay = new Hearsay();
  #logged: Promise<void> | undefined;
  /** The store holds another vault, or records that were changed from outside: nothing is written over it. */
  #distrusted = false;
  /** Those of the last vault that was held: a call that came before the end is still answered. */
  #reloads: Reloads | undefined;

  constructor(ports: VaultPorts) {
    this.#ports = ports;
    this.#watches = new Watches((...progress) => ports.progress(...progress));
    this.desk = this.#deskOf(() => this.#unlocked(), this.#watches, false);
  }

  close(): void {
    this.#watches.stopAll();
    this.#maintenance?.end();
    this.#maintenance = undefined;
    this.#changes?.close();
    this.#changes = undefined;
    this.#unwatch?.();
    void this.#reloads?.forget();
    const [vault, logs, before] = [this.#vault, !this.#distrusted && !isStopped(), this.#logged];
    [this.#vault, this.#distrusted] = [undefined, false];
    const locked = vault?.lock(logs).catch(() => {});
    if (locked && logs) this.#logged = withTimeout(locked, LOG_TIMEOUT, () => {}).then(() => before);
    vault?.free();
  }

  /** Resolves once the audit log says that the last vault that was held was locked, as far as the store takes that in time. */
  async logged(): Promise<void> {
    await this.#logged;
  }

  /** What every operation on the unlocked vault goes through. @param handle gives what it runs on; the vault itself, unless given */
  async operate<T>(
    operation: (vault: WasmVault) => Promise<T>,
    how?: HowToOperate<NoInfer<T>>,
    handle: () => WasmVault = () => this.#unlocked(),
  ): Promise<T> {
    try {
      return await this.#take(() => operation(handle()), how);
    } finally {
      // A refusal is an entry of the audit log too.
      this.#maintenance?.touched(this.#vault?.waitingEntries);
    }
  }

  /** A view of the unlocked vault, and what its calls go through. */
  async view(operations: string[], keys: string[] | undefined, watches: Watches): Promise<OpenView> {
    let view: WasmVault | undefined = await this.operate((vault) => vault.view(operations, keys));
    const handle = (): WasmVault => {
      if (!view) throw new ClosedError("this view was closed");
      if (!view.unlocked) throw new LockedError("the vault was locked, and its views ended with that");
      return view;
    };
    const free = (): void => {
      view?.free();
      view = undefined;
    };
    return { desk: this.#deskOf(handle, watches, true), free };
  }

  #deskOf(handle: () => WasmVault, watches: Watches, isOfView: boolean): VaultDesk {
    return new VaultDesk({
      handle,
      operate: (operation, how) => this.operate(operation, how, handle),
      bindings: () => this.#ports.bindings(),
      look: () => this.#changes?.look(),
      watches,
      isOfView,
    });
  }

  lifecycle(): Pick<
    EngineCalls,
    "create" | "open" | "unlock" | "reopen" | "prepareReload" | "list" | "remove" | "restore" | "backup" | "merge" | "rotateVaultKey" | "stop"
  > {
    return {
      create: async (name, factors, requires, organisation) => {
        const { createVault } = await this.#ports.bindings();
        const { store, answers } = await this.#ports.core();
        const { policy, key } = organisation ?? {};
        const create = () => this.#enrolling(factors, () => createVault(store, answers, name, factors, requires, policy, key));
        const about = this.#hold(await wiping(create, factors));
        this.#keepUp();
        return about;
      },
      open: async (name) => {
        const { openVault } = await this.#ports.bindings();
        const { store, answers } = await this.#ports.core();
        return this.#hold(await openVault(store, answers, name));
      },
      unlock: async (factor, { identity, lastSeenHead }, watch) => {
        const unlocking = this.#watches.run(watch, (watching) => {
          const unlock = () => this.#opened().unlock(factor, identity, lastSeenHead, watching);
          return this.#take(unlock, { factors: [factor] });
        });
        const report = await unlocking.finally(() => this.#maintenance?.touched(this.#vault?.waitingEntries));
        this.#keepUp();
        await this.#noteTime();
        return report;
      },
      reopen: async (kept, expect, lasts) => {
        const { answers } = await this.#ports.core();
        const period = await this.#take(() => this.#reloading().reopen(this.#opened(), answers, kept, expect, lasts));
        this.#keepUp();
        return period;
      },
      prepareReload: async (period) => {
        const { answers } = await this.#ports.core();
        return this.#take(() => this.#reloading().prepare(this.#unlocked(), answers, period));
      },
      list: async () => {
        const { listVaults } = await this.#ports.bindings();
        return listVaults((await this.#ports.core()).store);
      },
      remove: async (name, id) => {
        const { removeVault } = await this.#ports.bindings();
        const { store } = await this.#ports.core();
        const known = id ?? (await this.#claimedId(name));
        await this.#forget(await removeVault(store, name));
        if (known === undefined) return;
        await this.#ports.deviceKeys.forgetReloads(known);
        await this.#ports.keptAnswers.forget(known);
      },
      restore: (backup, name, { identity, lastSeenHead }, watch) =>
        this.#watches.run(watch, async (watching) => {
          const { restoreVault } = await this.#ports.bindings();
          const { store, answers } = await this.#ports.core();
          return restoreVault(store, answers, backup, name, identity, lastSeenHead, watching);
        }),
      backup: async (reason, watch) => {
        const backup = (watching?: Watch) => this.operate((vault) => vault.backup(watching, reason));
        const bytes = await this.#watches.run(watch, backup);
        return transfer(bytes, [bytes.buffer]);
      },
      merge: (backup, present, reason, watch) =>
        this.#watches.run(watch, async (watching) => {
          const merge = (vault: WasmVault) => vault.merge(backup, present, watching, reason);
          const factors = present ? [present] : [];
          const report = await this.operate(merge, { factors, changes: mergedKeys });
          if (report.objects + report.removed > 0) {
            this.#changes?.tell({ noun: "objects", ids: [] });
            this.#ports.changed({ noun: "objects", ids: [], elsewhere: false });
          }
          // Of the vault's own policies no event tells.
          if (report.policy) this.#changes?.look();
          return report;
        }),
      rotateVaultKey: async (reason, watch) => {
        // It locks the other tabs, which hold the old one.
        const changes = changesTo("vaultKey");
        const rotate = (watching?: Watch) => this.operate((vault) => vault.rotateVaultKey(watching, reason), { changes });
        const rotated = await this.#watches.run(watch, rotate);
        await this.#forgetKept();
        return rotated;
      },
      stop: async (watch) => this.#watches.stop(watch),
    };
  }

  factors(): Pick<
    EngineCalls,
    "addFactor" | "authenticate" | "identifyFactor" | "rehearseFactor" | "replaceFactor" | "requireFactors" | "revokeFactor" | "revokeCompromisedFactor"
  > {
    // A new vault key locks the other tabs, which hold the old one.
    const rotating = async <T>(operation: () => Promise<T>): Promise<T> => {
      const done = await operation();
      this.#ports.changed({ noun: "vaultKey", ids: [], elsewhere: false });
      await this.#forgetKept();
      return done;
    };
    return {
      addFactor: (present, added, name, reason, watch) =>
        this.#watches.run(watch, (watching) =>
          this.operate((vault) => this.#enrolling([added], () => vault.addFactor(present, added, name, watching, reason)), {
            factors: [present, added],
            changes: changesItsOwn("factors"),
          }),
        ),
      authenticate: (present, watch) =>
        this.#watches.run(watch, (watching) =>
          this.operate((vault) => vault.authenticate(present, watching), { factors: [present] }),
        ),
      identifyFactor: (present) => this.operate((vault) => vault.identifyFactor(present), { factors: [present] }),
      rehearseFactor: (present, watch) =>
        this.#watches.run(watch, (watching) =>
          this.operate((vault) => vault.rehearseFactor(present, watching), {
            factors: [present],
            changes: changesItsOwn("factors"),
          }),
        ),
      replaceFactor: (id, present, added, name, reason, watch) =>
        this.#watches.run(watch, (watching) => {
          const replace = (vault: WasmVault) =>
            this.#forgetting(vault, (factor) => factor === id, () =>
              this.#enrolling([added], () => vault.replaceFactor(id, present, added, name, watching, reason)),
            );
          const changes = { noun: "factors" as const, ids: (replaced: { id: string }) => [id, replaced.id] };
          return rotating(() => this.operate(replace, { factors: [present, added], changes }));
        }),
      requireFactors: (requires, present, reason, watch) =>
        this.#watches.run(watch, async (watching) => {
          const require = (vault: WasmVault) => vault.requireFactors(requires, present, watching, reason);
          const done = await rotating(() => this.operate(require, { factors: [present], changes: changesTo("factors") }));
          // Every key has another version.
          if (requires) this.#ports.changed({ noun: "keys", ids: [], elsewhere: false });
          return done;
        }),
      revokeFactor: (id, present, reason, watch) =>
        this.#watches.run(watch, (watching) => {
          const revoke = (vault: WasmVault) =>
            this.#forgetting(vault, (factor) => factor === id, () => vault.revokeFactor(id, present, watching, reason));
          return rotating(() => this.operate(revoke, { factors: [present], changes: changesTo("factors", id) }));
        }),
      revokeCompromisedFactor: (id, present, { keep, kit }, reason, watch) =>
        this.#watches.run(watch, async (watching) => {
          const leaves = (factor: string): boolean => factor === id || keep?.includes(factor) === false;
          const revoke = (vault: WasmVault) =>
            this.#forgetting(vault, leaves, () => vault.revokeCompromisedFactor(id, present, kit, keep, watching, reason), true);
          const [changes, factors] = [changesTo("factors", id), kit ? [present, kit] : [present]];
          const done = await rotating(() => this.operate(revoke, { factors, changes }));
          // Every key has other versions.
          this.#ports.changed({ noun: "keys", ids: [], elsewhere: false });
          return done;
        }),
    };
  }

  /** Deletes what opens nothing under another vault key: what reloads and unlocks without a gate's service would open the vault by. */
  async #forgetKept(): Promise<void> {
    // The vault may be locked meanwhile.
    const id = this.#vault?.about().id;
    await this.#reloads?.forgetAll();
    if (id !== undefined) await this.#ports.keptAnswers.forget(id);
  }

  /** The id that the store says a vault has; nothing where none can be read. */
  async #claimedId(name: string): Promise<string | undefined> {
    const { openVault } = await this.#ports.bindings();
    const { store, answers } = await this.#ports.core();
    const vault = await openVault(store, answers, name).catch(() => undefined);
    const id = vault?.about().id;
    vault?.free();
    return id;
  }

  /** Runs a call that enrols factors, of which this device may be one. */
  #enrolling<T>(factors: readonly WireFactor[], call: () => Promise<T>): Promise<T> {
    const device = factors.some(({ kind }) => kind === "this-device");
    return device ? this.#ports.deviceKeys.enrolling(call) : call();
  }

  /**
   * Runs a call that takes factors away, and deletes the keys of those that are devices: this browser may have them. `all`: those too
   * of which another copy of the vault has a record, as a store can claim.
   */
  async #forgetting<T>(vault: WasmVault, leaves: (factor: string) => boolean, call: () => Promise<T>, all = false): Promise<T> {
    const { factors } = await vault.listFactors();
    const done = await call();
    const keys = keysOf(factors.filter(({ id }) => leaves(id)));
    await (all ? this.#ports.deviceKeys.forget(keys) : this.#forget(keys));
    return done;
  }

  /** Deletes devices' keys, as far as that can be done, but those of which a copy of the vault in the same store has a record. */
  async #forget(keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    try {
      const { unlistedDeviceKeys } = await this.#ports.bindings();
      const { store } = await this.#ports.core();
      await this.#ports.deviceKeys.forget(await unlistedDeviceKeys(store, keys));
    } catch {
      // They stay, and open nothing without their records.
    }
  }

  /** Notes the time beside the keys of this vault's devices: one that is used later finds a clock that was put back by it. */
  async #noteTime(): Promise<void> {
    const vault = this.#vault;
    if (!vault) return;
    const { id } = vault.about();
    const listed = await vault.listFactors().catch(() => undefined);
    const kept = await this.#ports.keptAnswers.keyOf(id);
    await this.#ports.deviceKeys.noteTime([...keysOf(listed?.factors ?? []), ...(kept === undefined ? [] : [kept])]);
  }

  /**
   * Whatever runs in the origin can say this: it is believed once the store says so too. A vault that is being unlocked is
   * looked at afterwards anyway.
   */
  #hear(change: Change | undefined): void {
    if (!this.#maintenance) return;
    if (!change) return this.#maintenance.readAgain();
    // The vault key's is told by the look itself.
    if (change.noun !== "vaultKey") this.#hearsay.add(change);
    this.#maintenance.look();
  }

  /** A look at the store: what others changed is taken in. */
  async #tick(): Promise<Maintained> {
    try {
      const report = await this.#take(() => this.#opened().tick());
      for (const change of this.#hearsay.believed(this.#unlocked().elsewhere)) {
        this.#ports.changed({ ...change, elsewhere: true });
      }
      return report;
    } catch (error) {
      const { code } = asStrongroomError(error);
      // It has another vault key by now, or other factors.
      if (code === "ERR_LOCKED" && this.#vault?.unlocked) {
        this.#ports.changed({ noun: "vaultKey", ids: [], elsewhere: true });
      }
      throw error;
    }
  }

  #keepUp(): void {
    this.#maintenance ??= new Maintenance({
      survey: () => this.#take(() => this.#opened().survey()),
      probe: this.#ports.shared() ? () => this.#take(() => this.#opened().probe()) : undefined,
      tick: async () => {
        const { rotated, destroyed, ended, next } = await this.#tick();
        const renewed = [...new Set([...rotated, ...destroyed])];
        if (renewed.length > 0) {
          this.#changes?.tell({ noun: "keys", ids: renewed });
          this.#ports.changed({ noun: "keys", ids: renewed, elsewhere: false });
        }
        if (ended.length > 0) this.#ports.changed({ noun: "keys", ids: ended, elsewhere: false });
        // What the store did not take is tried again.
        const again = this.#vault?.waitingEntries ? Date.now() + RETRY_LOG : Infinity;
        return Math.min(next ?? Infinity, again);
      },
      after: (error) => {
        this.#distrusted ||= error?.code === "ERR_INTEGRITY" || error?.code === "ERR_NO_VAULT";
        // The other tabs look for themselves.
        if (error?.code === "ERR_INTEGRITY") this.#changes?.look();
        this.#ports.after(error);
      },
    });
  }

  /**
   * Awaits a call, whose factors are wiped, and tells what it changed: the page, and the engines of other tabs, which
   * may have read it before. What it resolves to after the engine has ended is dropped; the other tabs are told.
   */
  async #take<T>(begin: () => Promise<T>, { factors = [], changes }: HowToOperate<NoInfer<T>> = {}): Promise<T> {
    const others = changes?.onlyHere ? undefined : this.#changes;
    const done = await wiping(begin, factors).catch((error: unknown) => {
      this.#notice(error);
      // The engine has ended meanwhile, and the store may have done it nevertheless.
      if (changes && others !== this.#changes) others?.tell({ noun: changes.noun, ids: [] });
      throw error;
    });
    const ids = changes?.ids(done);
    const change = changes && ids && { noun: changes.noun, ids };
    if (change) others?.tell(change);
    this.#ports.live();
    if (change) this.#ports.changed({ ...change, elsewhere: false });
    return done;
  }

  /** Ends a vault that is no longer stored, here and in other tabs, which look for themselves. */
  #notice(error: unknown): void {
    if (!this.#vault || asStrongroomError(error).code !== "ERR_NO_VAULT") return;
    this.#distrusted = true;
    this.#ports.vanished(asStrongroomError(error));
    this.#changes?.look();
  }

  #hold(vault: WasmVault): VaultName {
    this.close();
    this.#vault = vault;
    this.#hearsay = new Hearsay();
    try {
      this.#ports.live();
    } catch (error) {
      this.close();
      throw error;
    }
    const { id, name } = vault.about();
    this.#reloads = new Reloads(this.#ports.deviceKeys, id);
    if (this.#ports.shared()) {
      this.#changes = new ChangeChannel(`${id}/${name}`, (change) => this.#hear(change));
      this.#unwatch = whenDisconnected(() => void this.#maintenance?.probe());
    }
    return { id, name };
  }

  #reloading(): Reloads {
    if (!this.#reloads) throw new LockedError("no vault is open here");
    return this.#reloads;
  }

  #opened(): WasmVault {
    if (!this.#vault) throw new LockedError("no vault is open here");
    return this.#vault;
  }

  #unlocked(): WasmVault {
    const vault = this.#opened();
    if (!vault.unlocked) throw new LockedError("the vault is locked; unlock it first");
    return vault;
  }
}

/** The names of the devices' keys. */
function keysOf(factors: readonly WireFactorInfo[]): string[] {
  return factors.map(({ device }) => device?.key).filter((key) => key !== undefined);
}

async function wiping<T>(begin: () => Promise<T>, factors: WireFactor[]): Promise<T> {
  try {
    return await begin();
  } finally {
    const all = factors.flatMap((factor) => (factor.second ? [factor, factor.second] : [factor]));
    for (const secret of all.flatMap(({ secrets }) => secrets)) secret.fill(0);
  }
}
