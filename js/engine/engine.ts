/** What runs beside the wasm, in a Worker or inline, and serves the page's calls. */
import type { Bindings, Keyring, WasmVault } from "../bindings.js";
import { LockedError, WasmError, type StrongroomError } from "../errors.js";
import type { EngineCalls, PageCalls, Storage, VaultName, WireKey } from "../protocol.js";
import { hold } from "../ports.js";
import { Peer, transfer, type Port } from "../rpc.js";
import { Bodies, Body } from "./bodies.js";
import { beginDecrypt, beginEncrypt, type Makers } from "./contents.js";
import { placeOf, type Place } from "./hosts.js";
import { load, stop } from "./load.js";
import { inputSize, openInput } from "./reader.js";
import { stretchWith } from "./stretch.js";

/** Serves one page's connection; the function returned frees everything it holds. */
export function serve(port: Port): () => void {
  const engine = new Engine();
  const calls = {
    ...engine.start(),
    ...engine.vaults(),
    ...engine.vaultKeys(),
    ...engine.standalone(),
    ...engine.contents(() => page),
  };
  const page: Peer<PageCalls> = new Peer<PageCalls>(port, calls, (error) => engine.after(error));
  return () => engine.close();
}

/** The calls by what they are about; together they are all of `EngineCalls`. */
class Engine {
  readonly #bodies = new Bodies();
  #started: Promise<Started> | undefined;
  #bindings: Bindings | undefined;
  #keyring: Keyring | undefined;
  #vault: WasmVault | undefined;

  close(): void {
    this.#bodies.clear();
    this.#keyring?.free();
    this.#keyring = undefined;
    this.#hold(undefined);
    this.after();
  }

  /** What each call leaves to do. */
  after(error?: StrongroomError): void {
    if (error instanceof WasmError) stop(error);
    else this.#bindings?.wipeStack();
  }

  start(): Pick<EngineCalls, "start" | "argon2id"> {
    return {
      start: async (module, storage, lock) => {
        this.#started = this.#load(module, storage);
        await this.#started;
        return lock !== undefined && hold(lock);
      },
      argon2id: async (passphrase, salt, memory, passes, lanes) => {
        const { bindings } = await this.#ready();
        const derived = bindings.argon2id(passphrase, salt, memory, passes, lanes);
        passphrase.fill(0);
        // Moved: of what is copied to another Worker, the browser would keep a copy of its own.
        return transfer(derived as Uint8Array<ArrayBuffer>, [derived.buffer]);
      },
    };
  }

  vaults(): Pick<
    EngineCalls,
    "create" | "open" | "unlock" | "list" | "remove" | "restore" | "backup"
  > {
    return {
      create: async (name, passphrases) => {
        const { host } = await this.#place();
        try {
          return this.#hold(await host.create(name, passphrases));
        } finally {
          for (const passphrase of passphrases) passphrase.fill(0);
        }
      },
      open: async (name) => this.#hold(await (await this.#place()).host.open(name)),
      unlock: async (passphrase) => {
        try {
          await this.#opened().unlock(passphrase);
        } finally {
          passphrase.fill(0);
        }
      },
      list: async () => (await this.#place()).store.vaults(),
      remove: async (name) => (await this.#place()).store.remove(name),
      restore: async (backup, name) => (await this.#place()).host.restore(backup, name),
      backup: async () => {
        const bytes = (await this.#unlocked().backup()) as Uint8Array<ArrayBuffer>;
        return transfer(bytes, [bytes.buffer]);
      },
    };
  }

  vaultKeys(): Pick<
    EngineCalls,
    "createKey" | "listKeys" | "findKey" | "encryptValue" | "decryptValue"
  > {
    return {
      createKey: (alias) => this.#unlocked().createKey(alias),
      listKeys: () => this.#unlocked().listKeys(),
      findKey: (aliasOrId) => this.#unlocked().findKey(aliasOrId),
      encryptValue: (key, value, context) => this.#unlocked().encryptValue(key, value, context),
      decryptValue: (token, context) => this.#unlocked().decryptValue(token, context),
    };
  }

  standalone(): Pick<
    EngineCalls,
    "generateKey" | "importKey" | "secretJwk" | "freeKey" | "wrapKey" | "unwrapKey"
  > {
    return {
      generateKey: async (algorithm) => this.#key((keyring) => keyring.generate(algorithm)),
      importKey: async (jwk) => this.#key((keyring) => keyring.import(jwk)),
      // EXPOSE: only `dangerouslyExportKey` calls this.
      secretJwk: async (key) => (await this.#ready()).keyring.secretJwk(key),
      freeKey: async (key) => (await this.#ready()).keyring.remove(key),
      wrapKey: async (key, recipients, context) =>
        (await this.#ready()).keyring.wrap(key, recipients, context),
      unwrapKey: async (envelope, identities, context) =>
        this.#key((keyring) => keyring.unwrap(envelope, identities, context)),
    };
  }

  contents(page: () => Peer<PageCalls>): Pick<EngineCalls, "encrypt" | "decrypt" | "pull" | "drop"> {
    return {
      encrypt: (number, input, request) => {
        const reader = openInput(input, page());
        const body = new Body(reader);
        return this.#bodies.add(number, body, async () =>
          beginEncrypt(body, reader, request, await this.#makers()),
        );
      },
      decrypt: (number, input, request) => {
        const reader = openInput(input, page());
        const body = new Body(reader);
        return this.#bodies.add(number, body, async () =>
          beginDecrypt(body, reader, inputSize(input), request, await this.#makers()),
        );
      },
      pull: (number) => this.#bodies.pull(number),
      drop: async (number) => this.#bodies.drop(number),
    };
  }

  async #load(module: WebAssembly.Module, storage: Storage | undefined): Promise<Started> {
    const bindings = await load(module);
    this.#bindings = bindings;
    const keyring = new bindings.Keyring();
    this.#keyring = keyring;
    const place = storage && placeOf(storage, bindings, stretchWith(module, bindings));
    return { bindings, keyring, place };
  }

  async #key(make: (keyring: Keyring) => string): Promise<WireKey> {
    return JSON.parse(make((await this.#ready()).keyring)) as WireKey;
  }

  async #makers(): Promise<Makers> {
    return { ...(await this.#ready()), vault: () => this.#unlocked() };
  }

  #ready(): Promise<Started> {
    return this.#started ?? Promise.reject(new Error("the engine was not started"));
  }

  async #place(): Promise<Place> {
    const { place } = await this.#ready();
    if (!place) throw new Error("this engine has no store");
    return place;
  }

  #hold(vault: WasmVault): VaultName;
  #hold(vault: undefined): undefined;
  #hold(vault: WasmVault | undefined): VaultName | undefined {
    this.#vault?.lock();
    this.#vault?.free();
    this.#vault = vault;
    return vault && (JSON.parse(vault.about()) as VaultName);
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

interface Started {
  bindings: Bindings;
  keyring: Keyring;
  place: Place | undefined;
}
