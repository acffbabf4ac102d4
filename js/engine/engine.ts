/** What runs beside the wasm, in a Worker or inline, and serves the page's calls. */
import type { Bindings, Keyring, WasmFlow, WasmVault } from "../bindings.js";
import { LockedError, WasmError, type StrongroomError } from "../errors.js";
import type { EngineCalls, PageCalls, Storage, VaultName, WireKey } from "../protocol.js";
import { hold } from "../ports.js";
import { Peer, transfer, type Port } from "../rpc.js";
import { take, type Outside } from "./flow.js";
import { Bodies, Body } from "./bodies.js";
import { beginDecrypt, beginEncrypt, type Makers } from "./contents.js";
import { storeOf } from "./stores/of.js";
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
        const { bindings } = await this.#ready();
        return this.#hold(await this.#secretly(bindings.createVault(name, passphrases.length), passphrases));
      },
      open: async (name) => {
        const { bindings } = await this.#ready();
        return this.#hold(await this.#take(bindings.openVault(name)));
      },
      unlock: async (passphrase) => this.#secretly(this.#opened().unlock(), [passphrase]),
      list: async () => (await this.#outside()).store.vaults(),
      remove: async (name) => (await this.#outside()).store.remove(name),
      restore: async (backup, name) => {
        const { bindings } = await this.#ready();
        return this.#take(bindings.restoreVault(backup, name));
      },
      backup: async () => {
        const bytes = await this.#take<Uint8Array<ArrayBuffer>>(this.#unlocked().backup());
        return transfer(bytes, [bytes.buffer]);
      },
    };
  }

  vaultKeys(): Pick<
    EngineCalls,
    "createKey" | "listKeys" | "findKey" | "encryptValue" | "decryptValue"
  > {
    return {
      createKey: async (alias) => this.#take(this.#unlocked().createKey(alias)),
      listKeys: async () => this.#take(this.#unlocked().listKeys()),
      findKey: async (aliasOrId) => this.#take(this.#unlocked().findKey(aliasOrId)),
      encryptValue: async (key, value, context) =>
        this.#take(this.#unlocked().encryptValue(key, value, context)),
      decryptValue: async (token, context) =>
        this.#take(this.#unlocked().decryptValue(token, context)),
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
    const outside = storage && { store: storeOf(storage), stretch: stretchWith(module, bindings) };
    return { bindings, keyring, outside };
  }

  async #key(make: (keyring: Keyring) => string): Promise<WireKey> {
    return JSON.parse(make((await this.#ready()).keyring)) as WireKey;
  }

  async #makers(): Promise<Makers> {
    const ready = await this.#ready();
    return { ...ready, vault: () => this.#unlocked(), take: (flow) => this.#take(flow) };
  }

  #ready(): Promise<Started> {
    return this.#started ?? Promise.reject(new Error("the engine was not started"));
  }

  async #outside(): Promise<Outside> {
    const { outside } = await this.#ready();
    if (!outside) throw new Error("this engine has no store");
    return outside;
  }

  async #take<T>(flow: WasmFlow, passphrases?: Uint8Array[]): Promise<T> {
    return take(flow, await this.#outside(), passphrases);
  }

  /** Takes a flow that needs passphrases, and wipes them. */
  async #secretly<T>(flow: WasmFlow, passphrases: Uint8Array[]): Promise<T> {
    try {
      return await this.#take<T>(flow, passphrases);
    } finally {
      for (const passphrase of passphrases) passphrase.fill(0);
    }
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
  outside: Outside | undefined;
}
