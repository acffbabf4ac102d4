/** The vaults of this origin: create, open, list, delete, restore. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, asStrongroomError, ClosedError, EvictedError } from "../../shared/errors/index.js";
import type { Store } from "../../shared/model/vault-store.js";
import { check, listOf, optionsOf, withMethods, type Checks } from "../../shared/options.js";
import { transfer, transferSecrets } from "../../shared/rpc/transfer.js";
import { nonEmpty } from "../../shared/text.js";
import { checkFactor, encodeFactor, type Factor } from "../factors/factor.js";
import type { Connection } from "../runtime/connection.js";
import { connectVault, isShared, type VaultStorage } from "../runtime/start-engine.js";
import { evictionMarkers } from "./eviction-markers.js";
import { lockEverywhere } from "./lock-channel.js";
import { Vault } from "./vault.js";

export interface StoreOptions {
  /**
   * Keeps vaults somewhere else than in IndexedDB, or in Node's memory. Runs on the calling thread:
   * a store of the caller's cannot be reached from a Worker.
   */
  store?: Store | undefined;
}

export interface CreateOptions extends StoreOptions {
  name: string;
  /** At least one; each of them unlocks the vault. */
  factors: readonly Factor[];
}

export interface OpenOptions extends StoreOptions {
  name: string;
  /** Unlocks the vault at once. */
  factor?: Factor | undefined;
  /**
   * What `vault.lastSeenHead()` gave, kept outside this browser: an older copy of the database is refused when
   * it is unlocked (`IntegrityError`).
   */
  lastSeenHead?: string | undefined;
}

export interface OpenOrCreateOptions extends StoreOptions {
  name: string;
  /** Unlocks the vault that there is, or will unlock the one that is made. */
  factor: Factor;
  /** As for `open`; where it is given and there is no vault, none is made. */
  lastSeenHead?: string | undefined;
}

export interface RestoreOptions extends StoreOptions {
  /** Instead of the name that the backup has. */
  name?: string | undefined;
}

const STORE = {
  store: (value, name) => withMethods(value as Store, name, ["vaults", "read", "commit", "remove"]),
} satisfies Checks<StoreOptions>;
const CREATE = { ...STORE, name: check.name, factors: check.any } satisfies Checks<CreateOptions>;
const OPEN_VAULT = {
  ...STORE,
  name: check.name,
  factor: check.any,
  lastSeenHead: check.name,
} satisfies Checks<OpenOptions>;
const OPEN_OR_CREATE = OPEN_VAULT satisfies Checks<OpenOrCreateOptions>;
const RESTORE = { ...STORE, name: check.name } satisfies Checks<RestoreOptions>;

/** The vaults of this origin. */
export const Strongroom = Object.freeze({ create, open, openOrCreate, exists, list, delete: remove, restore });

/** A new vault, unlocked. @throws VaultExistsError when the name is taken */
async function create(options: CreateOptions): Promise<Vault> {
  const { name, factors, store } = optionsOf(options, CREATE);
  const text = nonEmpty(name, "name");
  const secrets = listOf(factors, "factors").map(encodeFactor);
  if (secrets.length === 0) throw new ArgumentError("a vault needs at least one factor");
  askToPersist();
  return vaultFrom({ store }, true, (connection) =>
    connection.peer.call("create", text, transferSecrets(secrets)),
  );
}

/**
 * An existing vault: locked, or unlocked where a factor is given.
 *
 * @throws NoVaultError when there is none; EvictedError when there was one, and the browser lost it;
 *   WrongFactorError when the factor does not open it
 */
async function open(options: OpenOptions): Promise<Vault> {
  const { factor, ...where } = optionsOf(options, OPEN_VAULT);
  nonEmpty(where.name, "name");
  if (factor === undefined) return openLocked(where);
  checkFactor(factor);
  const vault = await openLocked(where);
  try {
    await vault.unlock(factor);
    return vault;
  } catch (error) {
    await vault.close();
    throw error;
  }
}

/**
 * The vault of that name, unlocked: the one that there is, or a new one. One that the browser removed is not made again:
 * that would hide the loss.
 *
 * @example
 * const vault = await Strongroom.openOrCreate({ name: "acme", factor: passphrase(typed) });
 *
 * @throws WrongFactorError when there is a vault, and the factor does not open it; EvictedError
 */
async function openOrCreate(options: OpenOrCreateOptions): Promise<Vault> {
  const checked = optionsOf(options, OPEN_OR_CREATE);
  const { name, factor, store, lastSeenHead } = checked;
  checkFactor(factor);
  try {
    return await open(checked);
  } catch (error) {
    if (asStrongroomError(error).code !== "ERR_NO_VAULT" || lastSeenHead !== undefined) throw error;
  }
  try {
    return await create({ name, factors: [factor], store });
  } catch (error) {
    // Another tab was faster.
    if (asStrongroomError(error).code !== "ERR_VAULT_EXISTS") throw error;
    return open(checked);
  }
}

/** Whether there is a vault of that name. */
async function exists(name: string, options?: StoreOptions): Promise<boolean> {
  const text = nonEmpty(name, "name");
  return (await list(options)).includes(text);
}

async function openLocked({ name: text, store, lastSeenHead }: Omit<OpenOptions, "factor">): Promise<Vault> {
  try {
    return await vaultFrom({ store, lastSeenHead }, false, (connection) =>
      connection.peer.call("open", text),
    );
  } catch (error) {
    if (!store && asStrongroomError(error).code === "ERR_NO_VAULT" && evictionMarkers.get(text)) {
      throw new EvictedError("the browser removed this vault; restore a backup", { cause: error });
    }
    throw error;
  }
}

/** The names of all vaults. */
async function list(options?: StoreOptions): Promise<string[]> {
  return withEngine(optionsOf(options, STORE), (connection) => connection.peer.call("list"));
}

/**
 * Removes a vault and its keys for good, and locks it in every tab; removing what is not there is fine.
 * What the keys encrypted stays closed, unless a backup exists.
 */
async function remove(name: string, options?: StoreOptions): Promise<void> {
  const { store } = optionsOf(options, STORE);
  const text = nonEmpty(name, "name");
  await withEngine({ store }, (connection) => connection.peer.call("remove", text));
  if (store) return;
  const id = evictionMarkers.get(text);
  if (id && isShared({ store })) lockEverywhere({ name: text, id });
  evictionMarkers.clear(text);
}

/**
 * Writes a backup into a free name; the vault is locked, and the backup's factors unlock it.
 *
 * @throws VaultExistsError when the name is taken
 */
async function restore(
  backup: Blob | Uint8Array | ArrayBuffer,
  options?: RestoreOptions,
): Promise<Vault> {
  const { name: free, store } = optionsOf(options, RESTORE);
  const copy = await backupBytes(backup);
  askToPersist();
  return vaultFrom({ store }, false, async ({ peer }) => {
    const taken = await peer.call("restore", transfer(copy, [copy.buffer]), free);
    return peer.call("open", taken);
  });
}

/** A copy, which moves. */
async function backupBytes(backup: Blob | Uint8Array | ArrayBuffer): Promise<Bytes> {
  if (backup instanceof Blob) return new Uint8Array(await backup.arrayBuffer());
  if (backup instanceof Uint8Array || backup instanceof ArrayBuffer) return new Uint8Array(backup).slice();
  throw new ArgumentError("a backup must be a Blob, a Uint8Array or an ArrayBuffer");
}

async function vaultFrom(
  storage: VaultStorage,
  unlocked: boolean,
  make: (connection: Connection) => Promise<{ name: string; id: string }>,
): Promise<Vault> {
  const connection = await connectVault(storage);
  try {
    const made = await make(connection);
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

/** Not waited for: Firefox asks the person, who may never answer. */
function askToPersist(): void {
  globalThis.navigator?.storage?.persist?.().catch(() => {});
}
