/** Whether a vault is unlocked, the engine it has, and how that ends. */
import { abortable, throwIfAborted, withTimeout } from "../../shared/async.js";
import {
  asStrongroomError,
  ClosedError,
  LockedError,
  NoVaultError,
  type StrongroomError,
} from "../../shared/errors/index.js";
import type { FailedAttempts, UnlockResult } from "../../shared/model/unlock-result.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { ReloadPeriod, VaultName, WireUnlockReport } from "../../shared/protocol/vault-calls.js";
import { deleteReloadKeys } from "../../shared/browser-keys.js";
import { frozen } from "../../shared/text.js";
import { factorInfo } from "../factors/told-factor.js";
import { encodePresented, kmsCallsOf, moveFactor, type PresentedFactor, provesPerson, wipeFactor } from "../factors/factor.js";
import { PolicyRefresher, type RefreshFailure } from "../organisation/policy-refresher.js";
import type { Connection } from "../runtime/connection.js";
import { connectVault, isShared, type VaultStorage } from "../runtime/start-engine.js";
import { watched } from "../runtime/watched.js";
import { AutoLock, type AutoLockCause } from "./auto-lock.js";
import { evicted, evictionMarkers } from "./eviction-markers.js";
import { AttemptJournal, type AttemptOutcome } from "./failed-attempts.js";
import { LockChannel } from "./lock-channel.js";
import { forgetReload, ReloadKeeper } from "./reload-keeper.js";
import { reloadLimit } from "./survive-reload.js";
import type { VaultLock } from "./vault-events.js";
import type { UnlockOptions } from "./vault-options.js";

/** Milliseconds for which a call waits until what opens the vault after a reload is kept. */
const KEEP_TIMEOUT = 2000;

/** Who is told what happens to the vault. */
export interface SessionListener {
  locked(lock: VaultLock): void;
  changed(change: VaultChange): void;
}

export class VaultSession {
  readonly #name: string;
  readonly #id: string;
  readonly #storage: VaultStorage;
  /** Who is expected to sign for the vault, where the page has said so. */
  #identity: string | undefined;
  readonly #lockChannel: LockChannel | undefined;
  readonly #listener: SessionListener;
  readonly #journal: AttemptJournal;
  /** What the last unlock told. */
  lastUnlock: UnlockResult | undefined;
  /** What failed before the last factor that opened the vault, in whatever call. */
  failedAttempts: FailedAttempts | undefined;
  #connection: Connection | undefined;
  /** The last one that there was. */
  #last: Connection | undefined;
  /** Aborted with the reason that it ends with. */
  #ending = new AbortController();
  #unlocked: boolean;
  /** Callers that wait for an unlock. */
  #unlocking = 0;
  /** Whether one of them stopped waiting, so that the engine may have the keys although nobody asked for them. */
  #abandoned = false;
  /** Why the last engine was ended: also what an engine that still connects by then ends with. */
  #ended: StrongroomError | undefined;
  readonly #autoLock: AutoLock | undefined;
  readonly #reload: ReloadKeeper | undefined;
  readonly #refresher: PolicyRefresher | undefined;
  /** Whether a reload opened it, and no factor. */
  survivedReload = false;
  /** While it locks itself: what for. */
  #automatic: AutoLockCause | undefined;
  /** While it ends because of another tab. */
  #endsElsewhere = false;
  /** The browser removed it, and no unlock has found it again. */
  #evicted = false;
  #closed = false;

  constructor(
    connection: Connection,
    vault: VaultName,
    unlocked: boolean,
    storage: VaultStorage,
    listener: SessionListener,
  ) {
    this.#name = vault.name;
    this.#id = vault.id;
    this.#storage = storage;
    this.#identity = storage.identity;
    this.#unlocked = unlocked;
    this.#listener = listener;
    this.#journal = new AttemptJournal(vault, isShared(storage));
    if (storage.autoLock) {
      const runs = (): boolean => this.#connection?.runs === true;
      this.#autoLock = new AutoLock(storage.autoLock, runs, (cause) => this.#endItself(cause));
    }
    const lasts = reloadLimit(storage);
    if (lasts !== undefined) this.#reload = new ReloadKeeper(vault.name, lasts);
    if (isShared(storage)) this.#lockChannel = new LockChannel(vault, () => this.#endElsewhere());
    const { url, key = "" } = storage.organisation ?? {};
    if (url !== undefined) this.#refresher = new PolicyRefresher(url, key);
    this.#hold(connection);
    if (!unlocked) return;
    this.#autoLock?.begin();
    this.#refresher?.begin(connection);
  }

  get unlocked(): boolean {
    return this.#unlocked;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What the last attempt failed with to refresh the organisation's policy. */
  get refreshFailure(): RefreshFailure | undefined {
    return this.#refresher?.failure;
  }

  /** A policy of the organisation was taken, or found to be in force, by a call of the page. */
  refreshed(): void {
    this.#refresher?.succeeded();
  }

  /** Whether something is kept that opens it after a reload. */
  get survivesReload(): boolean {
    return this.#reload?.keeps === true;
  }

  /** The engine of an unlocked vault. */
  readonly use = (): Connection => {
    this.#live();
    this.#autoLock?.look();
    if (!this.#connection || !this.#unlocked) {
      throw this.#evicted ? evicted() : new LockedError("the vault is locked; unlock it first");
    }
    return this.#connection;
  };

  /** Once it was made or opened: what a reload left opens it, and what opens it after the next one is kept. */
  async survive(): Promise<void> {
    const connection = this.#connection;
    if (!this.#reload || !connection) return;
    if (this.#unlocked) return this.#keep(connection);
    const period = await this.#reload.reopen(connection, this.#storage);
    if (!period || this.#connection !== connection) return;
    try {
      await this.#join(connection);
    } catch {
      // The next unlock tells.
      return;
    }
    if (this.#connection !== connection) return;
    this.#unlocked = true;
    this.#refresher?.begin(connection);
    this.survivedReload = true;
    this.#autoLock?.begin(period.since);
    await this.#keep(connection, period);
  }

  async #keep(connection: Connection, { since, until }: Partial<ReloadPeriod> = {}): Promise<void> {
    const live = (): boolean => this.#connection === connection && this.#unlocked;
    const kept = this.#reload?.keep(connection, live, since, until);
    // A browser's database that gives no answer holds up no unlock.
    if (kept) await withTimeout(kept, KEEP_TIMEOUT, () => {});
  }

  async unlock(factor: PresentedFactor, { signal, onProgress, identity }: UnlockOptions): Promise<UnlockResult> {
    throwIfAborted(signal);
    const encoded = encodePresented(factor);
    this.#unlocking++;
    try {
      const connection = await abortable(signal, () => this.#connect());
      const { lastSeenHead } = this.#storage;
      const expected = { identity: identity ?? this.#identity, lastSeenHead };
      let wasOpen = false;
      const unlock = (): Promise<WireUnlockReport> => {
        wasOpen = this.#unlocked;
        return watched(connection, { signal, onProgress }, (watch) =>
          connection.peer.call("unlock", moveFactor(encoded), expected, watch),
        );
      };
      const ends = { signal, ended: this.#ending.signal };
      const facts = { isLogged: () => wasOpen, asked: () => kmsCallsOf(encoded) };
      const outcome = await this.#journal.present(unlock, ends, provesPerson(encoded), facts);
      const { value, failed } = outcome;
      this.failedAttempts = failed;
      // By then the audit log has it, if there is one: an engine that ends writes nothing.
      const noted = noteFailed(connection, outcome);
      if (this.#connection === connection && !this.#unlocked) {
        await abortable(signal, async () => {
          if (this.#storage.organisation?.policy !== undefined) await noted;
          await this.#join(connection);
        });
      }
      const opened = this.#connection === connection && !this.#unlocked;
      if (opened) {
        this.#autoLock?.begin();
        this.#unlocked = true;
        this.#refresher?.begin(connection);
      }
      this.survivedReload = false;
      this.#identity = expected.identity;
      this.#evicted = false;
      const { factor: by, second: with_, supersededIdentity, ...told } = value;
      const second = with_ && factorInfo(with_);
      const result = frozen({ ...told, factor: factorInfo(by), second, supersededIdentity, failedAttempts: failed });
      this.lastUnlock = result;
      if (opened) await this.#keep(connection);
      return result;
    } catch (error) {
      this.#abandoned ||= signal?.aborted === true;
      throw error;
    } finally {
      wipeFactor(encoded);
      this.#unlocking--;
      this.#endAbandoned();
    }
  }

  /** Has the organisation's policy that the page gave bind the vault before anything is done with it; ends the engine where that is refused. */
  async #join(connection: Connection): Promise<void> {
    const { policy, key = "" } = this.#storage.organisation ?? {};
    if (policy === undefined) return;
    try {
      await connection.peer.call("joinOrganisation", policy, key, true);
    } catch (thrown) {
      // What has ended by now did so for another reason, and the next engine is another unlock's.
      if (this.#connection === connection) this.#end(new LockedError("the vault stays locked: the organisation's policy was refused"));
      throw asStrongroomError(thrown);
    }
  }

  /** Ends an engine that works on an unlock, or has done one, for which nobody waits. */
  #endAbandoned(): void {
    if (!this.#abandoned || this.#unlocking > 0) return;
    this.#abandoned = false;
    if (!this.#unlocked) this.#end(new LockedError("the vault stays locked: unlocking it was aborted"));
  }

  /** The vault has another identity by what was done here. */
  renewed(identity: string): void {
    if (this.#identity !== undefined) this.#identity = identity;
  }

  lock(): void {
    this.#live();
    this.#lockChannel?.lock();
    forgetReload(this.#name);
    // Of tabs that are closed too. One that is being loaded hears nothing yet, and may have opened it by the end of that.
    void deleteReloadKeys(this.#id).then(() => this.#closed || this.#lockChannel?.lock());
    this.#end(new LockedError("the vault was locked"));
  }

  /** Resolves once the engine has ended, and what it held is let go. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#lockChannel?.close();
    this.#end(new ClosedError("this vault was closed"));
    await this.#last?.left();
  }

  async #connect(): Promise<Connection> {
    this.#live();
    if (this.#connection) return this.#connection;
    const ended = this.#ended;
    const connection = await connectVault(this.#storage);
    try {
      await connection.peer.call("open", this.#name);
      if (this.#ended !== ended) throw this.#ended as StrongroomError;
    } catch (thrown) {
      const error = this.#explain(asStrongroomError(thrown));
      connection.end(error);
      throw error;
    }
    // Two unlocks at once: the first connection stays.
    if (this.#connection) {
      connection.end(new ClosedError("another one stays"));
      return this.#connection;
    }
    this.#hold(connection);
    return connection;
  }

  #hold(connection: Connection): void {
    this.#connection = connection;
    connection.onFailed = (reason) => connection.end(this.#explain(reason));
    this.#last = connection;
    if (this.#autoLock) connection.peer.used = this.#autoLock.used;
    const ending = new AbortController();
    this.#ending = ending;
    connection.present = async (begin, signal, person) => {
      const ends = { signal, ended: ending.signal };
      const outcome = await this.#journal.present(begin, ends, person, { isLogged: () => true });
      const { value, failed } = outcome;
      void noteFailed(connection, outcome);
      // No unlock tells of them any more.
      if (failed) this.failedAttempts = failed;
      return value;
    };
    connection.onChanged = (change) => {
      // This one holds the old vault key.
      if (change.noun === "vaultKey" && change.elsewhere) return this.#endElsewhere();
      if (change.noun === "vaultKey") this.#reload?.forget();
      this.#listener.changed(change);
    };
    connection.onEnd = (reason) => {
      ending.abort(reason);
      const wasUnlocked = this.#unlocked;
      this.#connection = undefined;
      this.#unlocked = false;
      this.survivedReload = false;
      this.#autoLock?.end();
      this.#refresher?.end();
      this.#reload?.forget();
      const [elsewhere, automatic] = [this.#endsElsewhere, this.#automatic];
      if (wasUnlocked) this.#listener.locked({ reason, elsewhere, automatic });
    };
  }

  /**
   * A vault that is not there any more was evicted, unless it was removed on purpose: that locks it, and takes the marker
   * away. Clearing a site's data takes the marker too.
   */
  #explain(reason: StrongroomError): StrongroomError {
    if (!(reason instanceof NoVaultError) || !isShared(this.#storage)) return reason;
    this.#evicted ||= this.#unlocked || evictionMarkers.get(this.#name) !== undefined;
    return this.#evicted ? evicted(reason) : reason;
  }

  #endElsewhere(): void {
    this.#endsElsewhere = true;
    this.#end(new LockedError("the vault was locked in another tab"));
    this.#endsElsewhere = false;
  }

  /** In this tab alone: in another one the vault may be in use. */
  #endItself(cause: AutoLockCause): void {
    this.#automatic = cause;
    this.#end(new LockedError(`the vault locked itself (${cause}); unlock it again`));
    this.#automatic = undefined;
  }

  #end(reason: StrongroomError): void {
    this.#ended = reason;
    this.#connection?.end(reason);
  }

  #live(): void {
    if (this.#closed) throw new ClosedError("this vault was closed");
  }
}

/** For the audit log, if there is one. It fails by nothing. */
async function noteFailed(connection: Connection, { unlogged, askedInVain = 0 }: AttemptOutcome<unknown>): Promise<void> {
  if (unlogged + askedInVain > 0) await connection.peer.call("noteFailedUnlocks", unlogged, askedInVain).catch(() => {});
}
