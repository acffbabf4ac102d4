/**
 * The halves of this browser that open a vault after a reload: keys that cannot be extracted, each for one unlock of one tab. Their names
 * begin with the vault's id and their deadline, so that all of a vault's, and those whose time is over, are found.
 */
import { reloadKeysOf } from "../../shared/browser-keys.js";
import type { ExpectedVault } from "../../shared/model/expected-vault.js";
import type { KeptForReload, ReloadPeriod } from "../../shared/protocol/vault-calls.js";
import type { FactorAnswers, WasmVault } from "../wasm/bindings.js";
import type { DeviceKeys } from "./device-keys.js";

/** The name of such a key, of whatever vault. */
const RELOAD_KEY = /^reload \S+ (\d+) \S+$/;

export class Reloads {
  readonly #keys: DeviceKeys;
  readonly #vault: string;
  /** The key that this engine made last. */
  #own: string | undefined;
  /** Deletes it at its deadline. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(keys: DeviceKeys, vault: string) {
    this.#keys = keys;
    this.#vault = vault;
  }

  /** Opens the vault by what a tab kept, if it did. Its key is gone by then, whether or not it does, and so are all whose time is over. */
  async reopen(
    vault: WasmVault,
    answers: FactorAnswers,
    kept: KeptForReload | undefined,
    { identity, lastSeenHead }: ExpectedVault,
    lasts: number,
  ): Promise<ReloadPeriod | undefined> {
    try {
      // A name that somebody put there may be another key's.
      if (!kept?.key.startsWith(reloadKeysOf(this.#vault))) return undefined;
      const { key, text } = kept;
      const apply: FactorAnswers["applyDeviceKey"] = (_, ...given) => this.#keys.applyOnce(key, ...given);
      try {
        return await vault.reopen({ ...answers, applyDeviceKey: apply }, text, lasts, identity, lastSeenHead);
      } finally {
        await this.#keys.forget([key]);
      }
    } finally {
      await this.#forgetOver();
    }
  }

  /** What opens the vault after a reload; the one before opens it no more. */
  async prepare(vault: WasmVault, answers: FactorAnswers, { since, until }: ReloadPeriod): Promise<KeptForReload | undefined> {
    await this.forget();
    await this.#forgetOver();
    let key = "";
    const text = await this.#keys.enrolling(() => {
      const port = {
        ...answers,
        createDeviceKey: (id: string) => {
          key = `${reloadKeysOf(this.#vault)}${until} ${id}`;
          this.#own = key;
          return this.#keys.create(key);
        },
        applyDeviceKey: (_: string, input: Uint8Array<ArrayBuffer>, expires: number) => this.#keys.apply(key, input, expires),
      };
      return vault.prepareReload(port, since, until);
    });
    if (this.#own !== key) {
      // It was to be forgotten while it was written.
      await this.#keys.forget([key]);
      return undefined;
    }
    this.#timer = setTimeout(() => void this.forget(), until - Date.now());
    // Node would not end before. In browsers a timer is a number.
    (this.#timer as { unref?(): void }).unref?.();
    return { key, text };
  }

  /** Deletes what this engine made. */
  async forget(): Promise<void> {
    clearTimeout(this.#timer);
    const own = this.#own;
    this.#own = undefined;
    if (own !== undefined) await this.#keys.forget([own]);
  }

  /** Deletes all of the vault's, of other tabs too. */
  async forgetAll(): Promise<void> {
    await Promise.all([this.forget(), this.#keys.forgetReloads(this.#vault)]);
  }

  async #forgetOver(): Promise<void> {
    await this.#keys.forgetThose((name) => Number(RELOAD_KEY.exec(name)?.[1]) <= Date.now());
  }
}
