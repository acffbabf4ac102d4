/** The vaults of this origin: create, open, list, delete, restore. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError, ClosedError } from "../../shared/errors/index.js";
import type { OrganisationSource } from "../../shared/model/organisation.js";
import type { ExpectedVault } from "../../shared/model/expected-vault.js";
import type { Store } from "../../shared/model/vault-store.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import { ABORT, check, listOf, optionsOf, WATCH, withMethods, type Checks } from "../../shared/options.js";
import type { RestoredBackup } from "../../shared/protocol/vault-calls.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import { availableFactors } from "../factors/available-factors.js";
import { isEscrow } from "../factors/escrow.js";
import { isGate } from "../factors/kms-gate.js";
import {
  checkFactor,
  checkNewFactor,
  checkPresented,
  encodeFactor,
  isPair,
  moveFactors,
  wipeFactor,
  type NewFactor,
  type PresentedFactor,
} from "../factors/factor.js";
import { firstPolicy, organisationSourceOf, type GivenSource } from "../organisation/organisation-options.js";
import { requiredKinds, type RequiredKinds } from "../factors/required-kinds.js";
import type { Connection } from "../runtime/connection.js";
import { connectVault, isShared, type VaultStorage } from "../runtime/start-engine.js";
import { watched } from "../runtime/watched.js";
import { checkAutoLock, type AutoLockOptions } from "./auto-lock.js";
import { backupBytes } from "./backup-bytes.js";
import { evicted, evictionMarkers } from "./eviction-markers.js";
import { forgetCursors } from "../audit/shipping-cursors.js";
import { AttemptJournal } from "./failed-attempts.js";
import { lockEverywhere } from "./lock-channel.js";
import { forgetReload } from "./reload-keeper.js";
import { checkSurviveReload, reloadLimit, type SurviveReloadOptions } from "./survive-reload.js";
import { Vault, type VaultAbout } from "./vault.js";

export interface StoreOptions {
  /**
   * Keeps vaults somewhere else than in IndexedDB, or in Node's memory. Runs on the calling thread:
   * a store of the caller's cannot be reached from a Worker.
   */
  store?: Store | undefined;
}

export interface SurvivesReload {
  /**
   * Has a reload of the page unlock the vault again, for minutes: `open` without a `factor`, in the same tab, where the
   * vault was unlocked before. Where that is not possible the vault is locked, as without the option:
   * `vault.survivesReload` tells while it is unlocked. Of a vault that takes two factors at once nothing is kept.
   */
  surviveReload?: SurviveReloadOptions | undefined;
}

export interface AutoLocked extends SurvivesReload {
  /** When the vault locks itself; never, unless it is given. The event `lock` tells of it, and what for. */
  autoLock?: AutoLockOptions | undefined;
}

/**
 * An abort ends the Worker, and Argon2id with it. The name is then free, or has the whole vault: an abort that comes
 * while the store writes may be too late.
 */
export interface CreateOptions extends StoreOptions, AutoLocked, AbortOptions {
  /**
   * 1 to 256 bytes of UTF-8. Compared as it is, as aliases and contexts are: "é" in one character and in two are two
   * names. Give what people type as `name.normalize()`.
   */
  name: string;
  /** At least one; each of them unlocks the vault, unless `requires` says otherwise. */
  factors: readonly NewFactor[];
  /**
   * Has the vault take a passphrase and a passkey at once, or one of them and a KMS: then neither opens it alone. It needs a recovery kit, or recovery shares, among
   * the `factors`, which do, and can have no device.
   */
  requires?: RequiredKinds | undefined;
  /**
   * The organisation whose policy binds the vault from its beginning, for good. With a `url` alone the policy is fetched first: without an answer
   * no vault is created.
   */
  organisation?: OrganisationSource | undefined;
}

export interface OfOrganisation {
  /** The organisation that the vault is to belong to from each unlock on: see `OrganisationSource`. */
  organisation?: OrganisationSource | undefined;
}

/** An abort ends the Worker, and Argon2id with it; no key stays in memory. */
export interface OpenOptions extends StoreOptions, AutoLocked, OfOrganisation, AbortOptions {
  name: string;
  /** Unlocks the vault at once. */
  factor?: PresentedFactor | undefined;
  /** As for `vault.unlock`, for each unlock that is given none. */
  identity?: string | undefined;
  /**
   * What `vault.lastSeenHead()` gave, kept outside this browser: an older copy of the database is refused when
   * it is unlocked (`IntegrityError`).
   */
  lastSeenHead?: string | undefined;
}

/** An abort is that of `open` or of `create`, whichever it interrupts. */
export interface OpenOrCreateOptions extends StoreOptions, AutoLocked, OfOrganisation, AbortOptions {
  name: string;
  /** Unlocks the vault that there is, or will unlock the one that is made. Of two (`requires`) none is made: that takes a recovery factor too. */
  factor: PresentedFactor;
  /** As for `open`; where it is given and there is no vault, none is made. */
  identity?: string | undefined;
  /** As for `open`; where it is given and there is no vault, none is made. */
  lastSeenHead?: string | undefined;
}

/**
 * `onProgress` counts records that were given to the store. An abort is that of `create`: the name is then free, or has
 * all that the backup holds.
 */
export interface RestoreOptions extends StoreOptions, AutoLocked, OfOrganisation, OperationOptions {
  /** Instead of the name that the backup has. */
  name?: string | undefined;
  /** What the backup has to be of: `IntegrityError` otherwise, and nothing is written. */
  expect?: ExpectedVault | undefined;
}

const STORE = {
  store: (value, name) => withMethods(value as Store, name, ["vaults", "read", "commit", "remove"]),
} satisfies Checks<StoreOptions>;
const STORE_CALL = { ...STORE, ...ABORT } satisfies Checks<StoreOptions & AbortOptions>;
/** @internal */
export const AUTO_LOCKED = { autoLock: checkAutoLock, surviveReload: checkSurviveReload } satisfies Checks<AutoLocked>;
const CREATE = { ...STORE_CALL, ...AUTO_LOCKED, name: check.name, factors: check.any, requires: check.any, organisation: check.any } satisfies Checks<CreateOptions>;
const OPEN_VAULT = {
  ...STORE_CALL,
  ...AUTO_LOCKED,
  name: check.name,
  factor: check.any,
  identity: check.name,
  lastSeenHead: check.name,
  organisation: check.any,
} satisfies Checks<OpenOptions>;
const OPEN_OR_CREATE = OPEN_VAULT satisfies Checks<OpenOrCreateOptions>;
const RESTORE = { ...STORE, ...AUTO_LOCKED, ...WATCH, name: check.name, expect: check.any, organisation: check.any } satisfies Checks<RestoreOptions>;
const EXPECT = { identity: check.name, lastSeenHead: check.name } satisfies Checks<ExpectedVault>;

/** The vaults of this origin. */
export const Strongroom = Object.freeze({
  create,
  open,
  openOrCreate,
  exists,
  list,
  delete: remove,
  restore,
  availableFactors,
});

/**
 * A new vault, unlocked.
 *
 * @throws VaultExistsError when the name is taken; WeakPassphraseError; LastFactorError where `requires` lacks a factor of a kind, or a
 *   recovery kit; PolicyError for an organisation's policy that has expired, or that requires a factor which is not given; DecryptError for one that
 *   the organisation did not sign; TransferError where one cannot be fetched
 */
async function create(options: CreateOptions): Promise<Vault> {
  const { name, factors, requires, organisation, signal, ...place } = optionsOf(options, CREATE);
  const text = nonEmpty(name, "name");
  const given = listOf(factors, "factors");
  given.forEach(checkFactor);
  const kinds = requires === undefined ? undefined : requiredKinds(requires);
  if (kinds && place.surviveReload) {
    throw new ArgumentError("a vault that takes two factors asks for both after each reload; leave out surviveReload or requires");
  }
  if (given.length === 0) throw new ArgumentError("a vault needs at least one factor");
  const source = organisationSourceOf(organisation);
  throwIfAborted(signal);
  for (const factor of given) checkNewFactor(factor, text);
  const bound = await firstPolicy(source, signal);
  const encoded = given.map(encodeFactor);
  void askToPersist();
  try {
    const vault = await vaultFrom({ ...place, organisation: source }, true, signal, (connection) =>
      connection.peer.call("create", text, moveFactors(encoded), kinds, bound),
    );
    return await vault.survive();
  } finally {
    encoded.forEach(wipeFactor);
  }
}

/**
 * An existing vault: locked, or unlocked where a factor is given.
 *
 * @throws NoVaultError when there is none; EvictedError when there was one, and the browser lost it;
 *   WrongFactorError when the factor does not open it; PolicyError where it belongs to another organisation than is given, and where the vault's
 *   own policy refuses the organisation's; DecryptError for a policy that the organisation did not sign
 */
async function open(options: OpenOptions): Promise<Vault> {
  const { factor, organisation, ...given } = optionsOf(options, OPEN_VAULT);
  nonEmpty(given.name, "name");
  const where: OpenedPlace = { ...given, organisation: organisationSourceOf(organisation) };
  if (factor === undefined) return abortable(where.signal, async () => (await openLocked(where)).survive(), closeLate);
  checkPresented(factor);
  return abortable(where.signal, () => openUnlocked(where, factor), closeLate);
}

/**
 * The vault of that name, unlocked: the one that there is, or a new one. One that the browser removed is not made again:
 * that would hide the loss.
 *
 * @example
 * const vault = await Strongroom.openOrCreate({ name: "acme", factor: passphrase(typed) });
 *
 * @throws WrongFactorError when there is a vault, and the factor does not open it; WeakPassphraseError when there is none;
 *   EvictedError
 */
async function openOrCreate(options: OpenOrCreateOptions): Promise<Vault> {
  const checked = optionsOf(options, OPEN_OR_CREATE);
  const { name, factor, store, autoLock, surviveReload, identity, lastSeenHead, organisation, signal } = checked;
  const known = identity ?? lastSeenHead;
  checkPresented(factor);
  try {
    return await open(checked);
  } catch (error) {
    if (asStrongroomError(error).code !== "ERR_NO_VAULT" || known !== undefined || isPair(factor) || isEscrow(factor) || isGate(factor)) throw error;
  }
  try {
    return await create({ name, factors: [factor], store, autoLock, surviveReload, organisation, signal });
  } catch (error) {
    // Another tab was faster.
    if (asStrongroomError(error).code !== "ERR_VAULT_EXISTS") throw error;
    return open(checked);
  }
}

/** Whether there is a vault of that name. */
async function exists(name: string, options?: StoreOptions & AbortOptions): Promise<boolean> {
  const text = nonEmpty(name, "name");
  return (await list(options)).includes(text);
}

interface OpenedPlace extends Omit<OpenOptions, "factor" | "organisation"> {
  organisation: GivenSource | undefined;
}

async function openUnlocked(where: OpenedPlace, factor: PresentedFactor): Promise<Vault> {
  const vault = await openLocked(where);
  try {
    await vault.unlock(factor, { signal: where.signal });
    return vault;
  } catch (error) {
    await vault.close();
    throw error;
  }
}

async function openLocked({ name: text, signal, ...place }: OpenedPlace): Promise<Vault> {
  const { store } = place;
  try {
    return await vaultFrom(place, false, signal, (connection) =>
      connection.peer.call("open", text),
    );
  } catch (error) {
    if (!store && asStrongroomError(error).code === "ERR_NO_VAULT" && evictionMarkers.get(text)) {
      throw evicted(error);
    }
    throw error;
  }
}

/** The names of all vaults. */
async function list(options?: StoreOptions & AbortOptions): Promise<string[]> {
  const { store, signal } = optionsOf<StoreOptions & AbortOptions>(options, STORE_CALL);
  return abortable(signal, () => withEngine({ store }, (connection) => connection.peer.call("list")));
}

/**
 * Removes a vault and its keys for good, and locks it in every tab; removing what is not there is fine.
 * What the keys encrypted stays closed, unless a backup exists. An abort takes effect before the Worker is asked to:
 * afterwards the vault is removed although the call rejected.
 */
async function remove(name: string, options?: StoreOptions & AbortOptions): Promise<void> {
  const { store, signal } = optionsOf<StoreOptions & AbortOptions>(options, STORE_CALL);
  const text = nonEmpty(name, "name");
  return abortable(signal, () => removed(text, store));
}

async function removed(text: string, store: Store | undefined): Promise<void> {
  const id = store ? undefined : evictionMarkers.get(text);
  await withEngine({ store }, (connection) => connection.peer.call("remove", text, id));
  forgetReload(text);
  AttemptJournal.forget(text, id);
  await forgetCursors(text);
  if (store) return;
  if (id && isShared({ store })) lockEverywhere({ name: text, id });
  evictionMarkers.clear(text);
}

/**
 * Writes a backup into a free name; the vault is locked, and the backup's factors unlock it. An older backup brings back what was
 * revoked or destroyed since: `vault.restored` says so, and `expect.lastSeenHead` refuses one. To unite a backup with the vault that
 * there is, open that and `vault.merge` it.
 *
 * @example
 * const vault = await Strongroom.restore(backup, { expect: { identity, lastSeenHead } });
 *
 * @throws VaultExistsError when the name is taken; IntegrityError when the backup was changed, or is not what `expect` says;
 *   ArgumentError without `expect.identity` where no factor of the backup remembers the vault's identity
 */
async function restore(
  backup: Blob | Uint8Array | ArrayBuffer,
  options?: RestoreOptions,
): Promise<Vault> {
  const { name: free, store, autoLock, surviveReload, expect, organisation, ...watch } = optionsOf(options, RESTORE);
  const source = organisationSourceOf(organisation);
  const expected = optionsOf(expect, EXPECT, "expect");
  const { signal } = watch;
  const copy = await abortable(signal, () => backupBytes(backup));
  void askToPersist();
  return vaultFrom({ store, autoLock, surviveReload, organisation: source, ...expected }, false, signal, async (connection) => {
    const write = (number: number | undefined): Promise<RestoredBackup> =>
      connection.peer.call("restore", transfer(copy, [copy.buffer]), free, expected, number);
    const { name, ...restored } = await watched(connection, watch, write);
    return { ...(await connection.peer.call("open", name)), restored: frozen(restored) };
  });
}

const closeLate = (vault: Vault): void => void vault.close();
const endLate = (connection: Connection): void => connection.end(new ClosedError("aborted"));

/** An abort ends the engine. */
async function vaultFrom(
  storage: VaultStorage,
  unlocked: boolean,
  signal: AbortSignal | undefined,
  make: (connection: Connection) => Promise<VaultAbout>,
): Promise<Vault> {
  reloadLimit(storage);
  const connection = await abortable(signal, () => connectVault(storage), endLate);
  try {
    const made = await abortable(signal, () => make(connection));
    if (!storage.store) evictionMarkers.set(made.name, made.id);
    return new Vault(connection, made, unlocked, storage);
  } catch (error) {
    connection.end(asStrongroomError(error));
    throw error;
  }
}

/** For what needs a store but no vault. */
async function withEngine<T>(storage: StoreOptions, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connectVault(storage);
  try {
    return await use(connection);
  } finally {
    connection.end(new ClosedError("done"));
  }
}

/** Not waited for: Firefox asks the person, who may never answer. Pages that are hardened or tested have stubs. */
async function askToPersist(): Promise<void> {
  try {
    await globalThis.navigator?.storage?.persist?.();
  } catch {
    // Then the browser may evict the vault, as it may where it refuses.
  }
}
