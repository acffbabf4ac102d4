/** The vaults of this origin: create, open, list, delete, restore. */
import { ArgumentError, asStrongroomError, ClosedError, EvictedError } from "../../shared/errors/index.js";
import type { CallerStore } from "../../shared/model/vault-store.js";
import { transfer, transferSecrets } from "../../shared/rpc/transfer.js";
import { nonEmpty } from "../../shared/text.js";
import { encodeFactor, type Factor } from "../factors/factor.js";
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
  store?: CallerStore | undefined;
}

export interface CreateOptions extends StoreOptions {
  name: string;
  /** At least one; each of them unlocks the vault. */
  factors: readonly Factor[];
}

export interface OpenOptions extends StoreOptions {
  name: string;
  /**
   * What `vault.lastSeenHead()` gave, kept outside this browser: an older copy of the database is refused when
   * it is unlocked (`IntegrityError`).
   */
  lastSeenHead?: string | undefined;
}

export interface RestoreOptions extends StoreOptions {
  /** Instead of the name that the backup has. */
  name?: string | undefined;
}

/** The vaults of this origin. */
export const Strongroom = Object.freeze({ create, open, list, delete: remove, restore });

/** A new vault, unlocked. @throws VaultExistsError when the name is taken */
async function create({ name, factors, store }: CreateOptions): Promise<Vault> {
  const text = nonEmpty(name, "name");
  if (!Array.isArray(factors) || factors.length === 0) {
    throw new ArgumentError("a vault needs at least one factor");
  }
  const secrets = (factors as readonly Factor[]).map(encodeFactor);
  askToPersist();
  return vaultFrom({ store }, true, (connection) =>
    connection.peer.call("create", text, transferSecrets(secrets)),
  );
}

/**
 * An existing vault, locked.
 *
 * @throws NoVaultError when there is none; EvictedError when there was one, and the browser lost it
 */
async function open({ name, store, lastSeenHead }: OpenOptions): Promise<Vault> {
  const text = nonEmpty(name, "name");
  if (lastSeenHead !== undefined) nonEmpty(lastSeenHead, "lastSeenHead");
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
function list({ store }: StoreOptions = {}): Promise<string[]> {
  return withEngine({ store }, (connection) => connection.peer.call("list"));
}

/**
 * Removes a vault and its keys for good, and locks it in every tab; removing what is not there is fine.
 * What the keys encrypted stays closed, unless a backup exists.
 */
async function remove(name: string, { store }: StoreOptions = {}): Promise<void> {
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
  { name, store }: RestoreOptions = {},
): Promise<Vault> {
  const free = name === undefined ? undefined : nonEmpty(name, "name");
  const bytes = backup instanceof Blob ? await backup.arrayBuffer() : backup;
  const copy = new Uint8Array(bytes);
  askToPersist();
  return vaultFrom({ store }, false, async ({ peer }) => {
    const taken = await peer.call("restore", transfer(copy, [copy.buffer]), free);
    return peer.call("open", taken);
  });
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
