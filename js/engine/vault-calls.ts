/** The engine's one vault: how it is opened, what it does, and what it has done in the background. */
import type { Bindings, WasmFlow, WasmVault } from "../bindings.js";
import { LockedError, type StrongroomError } from "../errors.js";
import { FLOWS, type EngineCalls, type FlowCalls, type FlowName, type VaultName } from "../protocol.js";
import { transfer } from "../rpc.js";
import { embeddedHeader } from "./contents.js";
import { take, type Outside } from "./flow.js";
import { jwkText } from "./material.js";
import { Neighbours } from "./neighbours.js";
import { Upkeep } from "./upkeep.js";

/** What a vault needs of its engine. */
export interface Surroundings {
  bindings(): Promise<Bindings>;
  outside(): Promise<Outside>;
  /** Whether other tabs have the same store. */
  shared(): boolean;
  /** Called after whatever was done in the background, with its error. */
  after(error?: StrongroomError): void;
}

export class HeldVault {
  readonly #around: Surroundings;
  #vault: WasmVault | undefined;
  #upkeep: Upkeep | undefined;
  #neighbours: Neighbours | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  close(): void {
    this.#upkeep?.end();
    this.#upkeep = undefined;
    this.#neighbours?.close();
    this.#neighbours = undefined;
    this.#vault?.lock();
    this.#vault?.free();
    this.#vault = undefined;
  }

  /** What every operation on the unlocked vault goes through. */
  async operate<T>(operation: (vault: WasmVault) => WasmFlow, passphrases?: Uint8Array[]): Promise<T> {
    const done = await this.#take<T>(() => operation(this.#unlocked()), passphrases);
    this.#upkeep?.touched();
    return done;
  }

  lifecycle(): Pick<
    EngineCalls,
    "create" | "open" | "unlock" | "list" | "remove" | "restore" | "backup"
  > {
    return {
      create: async (name, passphrases) => {
        const { createVault } = await this.#around.bindings();
        const about = this.#hold(await this.#take(() => createVault(name, passphrases.length), passphrases));
        this.#keepUp();
        return about;
      },
      open: async (name) => {
        const { openVault } = await this.#around.bindings();
        return this.#hold(await this.#take(() => openVault(name)));
      },
      unlock: async (passphrase, lastSeenHead) => {
        await this.#take(() => this.#opened().unlock(lastSeenHead), [passphrase]);
        this.#keepUp();
      },
      list: async () => (await this.#around.outside()).store.vaults(),
      remove: async (name) => (await this.#around.outside()).store.remove(name),
      restore: async (backup, name) => {
        const { restoreVault } = await this.#around.bindings();
        return this.#take(() => restoreVault(backup, name));
      },
      backup: async () => {
        const bytes = await this.operate<Uint8Array<ArrayBuffer>>((vault) => vault.backup());
        return transfer(bytes, [bytes.buffer]);
      },
    };
  }

  /** What is only passed on. */
  flows(): FlowCalls {
    const call =
      (name: FlowName) =>
      async (...args: unknown[]): Promise<string> => {
        const operation = (vault: WasmVault): WasmFlow =>
          (vault[name] as (...given: unknown[]) => WasmFlow)(...args);
        const done = await this.operate<string>(operation);
        // No other tab may go on using what was revoked here.
        if (name === "manage") this.#neighbours?.tell();
        return done;
      };
    return Object.fromEntries(FLOWS.map((name) => [name, call(name)])) as FlowCalls;
  }

  /** What is prepared first, or ends with more than a text. */
  prepared(): Pick<
    EngineCalls,
    "importVaultKey" | "exportVaultKey" | "encryptValues" | "decryptValues" | "rewrap" | "track"
  > {
    return {
      encryptValues: (...given) => this.operate((vault) => vault.encryptValues(...given)),
      decryptValues: (...given) => this.operate((vault) => vault.decryptValues(...given)),
      importVaultKey: async (options, material) => {
        const jwk = await jwkText(material);
        return this.operate((vault) => vault.importKey(options, jwk));
      },
      // EXPOSE: only `VaultKey.dangerouslyExport` calls this.
      exportVaultKey: (passphrase, key, version) =>
        this.operate((vault) => vault.exportKey(key, version), [passphrase]),
      rewrap: async (header, request) => {
        const alone = embeddedHeader(header, await this.#around.bindings());
        return this.operate((vault) => vault.rewrap(alone, request));
      },
      track: async (object, header) => {
        const alone = embeddedHeader(header, await this.#around.bindings());
        return this.operate((vault) => vault.track(object, alone));
      },
    };
  }

  #keepUp(): void {
    this.#upkeep ??= new Upkeep({
      survey: () => this.#take(() => this.#opened().survey()),
      tick: async () => {
        const ticked = await this.#take<string>(() => this.#opened().tick());
        return (JSON.parse(ticked) as { next?: number }).next;
      },
      after: (error) => this.#around.after(error),
    });
    if (this.#around.shared()) {
      this.#neighbours ??= new Neighbours(this.#opened().about(), () => this.#upkeep?.now());
    }
  }

  /** Takes a flow, and wipes the passphrases that it needed. */
  async #take<T>(begin: () => WasmFlow, passphrases: Uint8Array[] = []): Promise<T> {
    try {
      const outside = await this.#around.outside();
      return await take<T>(begin(), outside, passphrases);
    } finally {
      for (const passphrase of passphrases) passphrase.fill(0);
    }
  }

  #hold(vault: WasmVault): VaultName {
    this.close();
    this.#vault = vault;
    return JSON.parse(vault.about()) as VaultName;
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
