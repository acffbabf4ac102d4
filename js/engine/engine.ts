/** What runs beside the wasm, in a Worker or inline, and serves the page's calls. */
import type { Bindings, Keyring } from "../bindings.js";
import { LockedError, toWire, WasmError, type StrongroomError } from "../errors.js";
import type { Begun, EngineCalls, PageCalls, Storage, WireInput, WireKey } from "../protocol.js";
import { hold } from "../ports.js";
import { Peer, transferSecret, type Port } from "../rpc.js";
import type { Outside } from "./flow.js";
import { Bodies, Body, moved } from "./bodies.js";
import { sha256 } from "./cipher.js";
import { beginAgain, beginDecrypt, beginEncrypt, beginReencrypt, type Makers } from "./contents.js";
import { storeOf } from "./stores/of.js";
import { load, stop } from "./load.js";
import { OpenObjects } from "./open-objects.js";
import { placeOf } from "./places.js";
import { inputSize, openInput } from "./input.js";
import { Exact, Plain } from "./reader.js";
import { stretchWith } from "./stretch.js";
import { HeldVault } from "./vault-calls.js";

/** Serves one page's connection; the function returned frees everything it holds. */
export function serve(port: Port): () => void {
  const engine = new Engine((error) => void page.call("failed", toWire(error)));
  const calls: EngineCalls = {
    ...engine.start(),
    ...engine.vault.lifecycle(),
    ...engine.vault.flows(),
    ...engine.vault.prepared(),
    ...engine.standalone(),
    ...engine.contents(() => page),
  };
  const page: Peer<PageCalls> = new Peer<PageCalls>(port, calls, (error) => engine.after(error));
  return () => engine.close();
}

/** The calls by what they are about; together with the vault's they are all of `EngineCalls`. */
class Engine {
  readonly vault: HeldVault;
  readonly #bodies = new Bodies();
  readonly #objects = new OpenObjects();
  #started: Promise<Started> | undefined;
  #bindings: Bindings | undefined;
  #keyring: Keyring | undefined;
  #closed = false;
  #shared = false;

  /** `failed` tells the page what it would not notice. */
  constructor(failed: (error: StrongroomError) => void) {
    this.vault = new HeldVault({
      bindings: async () => (await this.#ready()).bindings,
      outside: () => this.#outside(),
      shared: () => this.#shared,
      after: (error) => {
        this.after(error);
        if (error?.code === "ERR_INTEGRITY" || error?.code === "ERR_WASM") failed(error);
      },
    });
  }

  close(): void {
    this.#closed = true;
    this.#bodies.clear();
    this.#objects.clear();
    this.#keyring?.free();
    this.#keyring = undefined;
    this.vault.close();
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
        return transferSecret(derived);
      },
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

  contents(
    page: () => Peer<PageCalls>,
  ): Pick<EngineCalls, "encrypt" | "decrypt" | "reencrypt" | "pull" | "pin" | "resume" | "drop" | "openObject" | "readObject"> {
    return {
      encrypt: (number, input, request) => {
        const body = new Body(openInput(input, page()));
        const begin = (makers: Makers) => beginEncrypt(body, request, makers);
        return this.#begin(number, body, begin, input);
      },
      decrypt: (number, input, request) => {
        const body = new Body(openInput(input, page()));
        const begin = (makers: Makers) => beginDecrypt(body, inputSize(input), request, makers);
        return this.#begin(number, body, begin, input);
      },
      reencrypt: (number, input, old, request) => {
        const inner = new Body(openInput(input, page()));
        const body = new Body(new Exact(new Plain(inner)));
        return this.#begin(number, body, async (makers) => {
          const opened = await beginDecrypt(inner, inputSize(input), old, makers);
          return beginReencrypt(body, opened, request, makers);
        });
      },
      pull: (number) => this.#bodies.pull(number),
      pin: async (number, about) => {
        const { bindings } = await this.#ready();
        return this.#bodies.read(number, (body) =>
          body.pin(
            (piece) => sha256(piece, bindings),
            (sealer, digests) => this.vault.operate((vault) => vault.pin(sealer, digests, about)),
          ),
        );
      },
      resume: (number, request) => {
        const body = new Body(new Exact({ read: async () => undefined, cancel: () => {} }));
        return this.#begin(number, body, (makers) => beginAgain(body, request, makers));
      },
      drop: async (number) => {
        this.#bodies.drop(number);
        this.#objects.close(number);
      },
      openObject: async (number, parts, request) =>
        this.#objects.open(number, placeOf(parts, page()), request, await this.#makers()),
      readObject: (number, from, to, more) => this.#objects.read(number, from, to, more),
    };
  }

  /** What is small enough to have come along goes back along with the answer. */
  async #begin<T extends Begun>(
    number: number,
    body: Body,
    begin: (makers: Makers) => Promise<T>,
    input?: WireInput,
  ): Promise<T> {
    const begun = await this.#bodies.add(number, body, async () => begin(await this.#makers()));
    const first = input?.kind === "bytes" ? await body.first() : undefined;
    if (!first) return begun;
    if (first.done) this.#bodies.drop(number);
    const answer = { ...begun, first };
    moved(first, answer);
    return answer;
  }

  async #makers(): Promise<Makers> {
    const { bindings, keyring } = await this.#ready();
    return { bindings, keyring, operate: (operation) => this.vault.operate(operation) };
  }

  async #load(module: WebAssembly.Module, storage: Storage | undefined): Promise<Started> {
    const bindings = await load(module);
    this.#bindings = bindings;
    const keyring = new bindings.Keyring();
    this.#keyring = keyring;
    this.#shared = storage === "indexeddb" && typeof BroadcastChannel !== "undefined";
    const live = (): void => {
      if (this.#closed) throw new LockedError("the vault was locked");
    };
    const outside = storage && { store: storeOf(storage), stretch: stretchWith(module, bindings), live };
    return { bindings, keyring, outside };
  }

  async #key(make: (keyring: Keyring) => string): Promise<WireKey> {
    return JSON.parse(make((await this.#ready()).keyring)) as WireKey;
  }

  #ready(): Promise<Started> {
    return this.#started ?? Promise.reject(new Error("the engine was not started"));
  }

  async #outside(): Promise<Outside> {
    const { outside } = await this.#ready();
    if (!outside) throw new Error("this engine has no store");
    return outside;
  }
}

interface Started {
  bindings: Bindings;
  keyring: Keyring;
  outside: Outside | undefined;
}
