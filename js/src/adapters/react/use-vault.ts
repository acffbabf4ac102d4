/** A vault as React's state: one handle for each name in a page, shared by all components. */
import { useSyncExternalStore } from "react";
import { asStrongroomError, type StrongroomError } from "../../shared/errors/index.js";
import { optionsOf } from "../../shared/options.js";
import type { PresentedFactor } from "../../page/factors/factor.js";
import { AUTO_LOCKED, Strongroom, type AutoLocked } from "../../page/vault/strongroom.js";
import type { UnlockOptions } from "../../page/vault/vault-options.js";
import type { Vault } from "../../page/vault/vault.js";

/** How `useVault` opens the vault of a name, and makes it: as `Strongroom.open` does. */
export type UseVaultOptions = AutoLocked;

/** What `useVault` returns. The same object until something changes. */
export interface VaultState {
  /** `"none"`: this browser has no vault of that name yet, or it could not be opened: see `error`. */
  readonly status: "opening" | "none" | "locked" | "unlocked";
  /** Where there is one. Shared by all components: lock it, but do not close it. */
  readonly vault?: Vault | undefined;
  /** Why it could not be opened, or why it was locked other than by `lock()`. */
  readonly error?: StrongroomError | undefined;
  /** Unlocks the vault, or makes it. @throws WrongFactorError; EvictedError */
  readonly unlock: (factor: PresentedFactor, options?: UnlockOptions) => Promise<void>;
  /** Locks the vault, here and in all other tabs. */
  readonly lock: () => Promise<void>;
}

class SharedVault {
  readonly #name: string;
  readonly #options: UseVaultOptions;
  readonly #listeners = new Set<() => void>();
  #state: VaultState;

  constructor(name: string, options: UseVaultOptions) {
    this.#name = name;
    this.#options = options;
    this.#state = { status: "opening", unlock: this.#unlock, lock: async () => this.#state.vault?.lock() };
  }

  readonly snapshot = (): VaultState => this.#state;

  /** The first component that is mounted has the vault opened, and it stays so: StrictMode mounts twice. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#opening ??= Strongroom.open({ ...this.#options, name: this.#name }).then(this.#take, this.#failed);
    return () => void this.#listeners.delete(listener);
  };
  #opening: Promise<void> | undefined;

  readonly #unlock = async (factor: PresentedFactor, { identity, ...options }: UnlockOptions = {}): Promise<void> => {
    await this.#opening;
    const { vault } = this.#state;
    // It may have been deleted meanwhile, here or in another tab.
    if (vault && (await Strongroom.exists(this.#name))) await vault.unlock(factor, { ...options, identity });
    else this.#take(await Strongroom.openOrCreate({ ...this.#options, name: this.#name, factor, identity, signal: options.signal }));
    this.#tell({ status: "unlocked", error: undefined });
  };

  readonly #take = (vault: Vault): void => {
    vault.addEventListener("lock", ({ detail: { reason } }) => {
      this.#tell({ status: "locked", error: reason.code === "ERR_LOCKED" ? undefined : reason });
    });
    this.#tell({ status: vault.unlocked ? "unlocked" : "locked", vault });
  };

  readonly #failed = (reason: unknown): void => {
    const error = asStrongroomError(reason);
    this.#tell({ status: "none", error: error.code === "ERR_NO_VAULT" ? undefined : error });
  };

  #tell(change: Partial<VaultState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const shared = new Map<string, SharedVault>();

/**
 * The vault of that name. It stays as it is when components are unmounted: lock it when the person leaves.
 *
 * @param options those of the first call in a page count for all components that use the name
 * @throws ArgumentError
 */
export function useVault(name: string, options: UseVaultOptions = {}): VaultState {
  const vault = shared.get(name) ?? new SharedVault(name, optionsOf(options, AUTO_LOCKED));
  shared.set(name, vault);
  return useSyncExternalStore(vault.subscribe, vault.snapshot, vault.snapshot);
}
