/** What runs beside the wasm, in a Worker or inline, and serves the page's calls. */
import { LockedError, toWire, WasmError, type StrongroomError } from "../shared/errors/index.js";
import { holdLock } from "../shared/locks.js";
import type { Argon2Calls, EngineCalls } from "../shared/protocol/engine-calls.js";
import type { PageCalls } from "../shared/protocol/page-calls.js";
import type { WireKey } from "../shared/protocol/standalone-calls.js";
import type { Storage } from "../shared/protocol/vault-calls.js";
import { checkRelease, RELEASE } from "../shared/release.js";
import { Peer } from "../shared/rpc/peer.js";
import type { Port } from "../shared/rpc/port.js";
import { transferSecret } from "../shared/rpc/transfer.js";
import { isTestingStore } from "../shared/testing-stores.js";
import { workerPort } from "../shared/workers/worker-port.js";
import { KmsRequests } from "./kms-requests.js";
import { PageContents } from "./page-contents.js";
import { openInput } from "./readers/open-input.js";
import { ServedViews } from "./served-views.js";
import { DeviceKeys } from "./vault/device-keys.js";
import { KeptAnswers } from "./vault/kept-answers.js";
import { encryptOaep } from "./vault/rsa-oaep.js";
import { VaultHost } from "./vault/vault-host.js";
import { stretchForTests, stretchWith } from "./wasm/argon2.js";
import type { Bindings, CorePorts, FactorAnswers, StandaloneKeys } from "./wasm/bindings.js";
import { isStopped, load, stop, whenStopped } from "./wasm/load.js";

/**
 * Serves one page's connection; the function returned frees everything it holds, and resolves once the audit log says so.
 *
 * @param endWorker ends the Worker that this runs in
 */
export function serve(port: Port, endWorker = (): void => {}): () => Promise<void> {
  const engine = new Engine(() => page);
  const calls: EngineCalls = {
    ...engine.start(),
    isAlive: async () => true,
    end: () => engine.end().finally(endWorker),
    ...engine.vault.lifecycle(),
    ...engine.vault.factors(),
    ...engine.vault.desk.flows(),
    ...engine.vault.desk.prepared(),
    ...engine.vault.desk.contents((input) => openInput(input, page)),
    ...engine.standalone(),
    ...engine.kmsRequests.calls(),
    ...engine.contents.calls(),
    view: (...given) => engine.views.open(...given),
    endView: async () => {},
  };
  const page: Peer<PageCalls> = new Peer<PageCalls>(port, calls, (error) => engine.after(error));
  return () => {
    engine.close();
    return engine.vault.logged();
  };
}

/** The calls by what they are about; together with the vault's they are all of `EngineCalls`. */
class Engine {
  readonly vault: VaultHost;
  readonly contents: PageContents;
  readonly views: ServedViews;
  readonly kmsRequests = new KmsRequests();
  readonly #deviceKeys = new DeviceKeys();
  readonly #keptAnswers = new KeptAnswers(this.#deviceKeys);
  #started: Promise<LoadedCore> | undefined;
  #bindings: Bindings | undefined;
  #keyring: StandaloneKeys | undefined;
  #closed = false;
  #shared = false;
  readonly #forget: () => void;

  readonly #page: () => Peer<PageCalls>;

  constructor(page: () => Peer<PageCalls>) {
    this.#page = page;
    // The page would not notice.
    const failed = (error: StrongroomError): void => void page().call("failed", toWire(error));
    this.vault = new VaultHost({
      bindings: async () => (await this.#ready()).bindings,
      core: () => this.#core(),
      deviceKeys: this.#deviceKeys,
      keptAnswers: this.#keptAnswers,
      live: () => this.#live(),
      shared: () => this.#shared,
      changed: (change) => void page().call("changed", change).catch(() => {}),
      progress: (...given) => void page().call("progress", ...given).catch(() => {}),
      vanished: failed,
      after: (error) => {
        this.after(error);
        if (error?.code === "ERR_INTEGRITY" || error?.code === "ERR_WASM") failed(error);
      },
    });
    this.contents = new PageContents(page, () => this.#ready(), this.vault.desk);
    this.views = new ServedViews(this.vault, async () => (await this.#ready()).bindings, (error) => this.after(error));
    this.#forget = whenStopped(failed);
  }

  close(): void {
    this.#closed = true;
    this.#forget();
    this.views.end();
    this.kmsRequests.end();
    this.contents.clear();
    this.#keyring?.free();
    this.#keyring = undefined;
    this.vault.close();
    this.after();
  }

  /** Forgets the keys at once, then waits for the store. */
  async end(): Promise<void> {
    try {
      this.close();
    } finally {
      await this.vault.logged();
      if (!isStopped()) await this.#bindings?.endStores();
      await this.#deviceKeys.deleted();
      // Calls that waited for the store tell the other tabs what they changed.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** What each call leaves to do. */
  after(error?: StrongroomError): void {
    if (error instanceof WasmError) stop(error);
    else this.#bindings?.wipeStack();
  }

  start(): Pick<EngineCalls, "start" | "serveArgon2"> {
    return {
      start: async (module, storage, lock, release) => {
        checkRelease(release);
        this.#started = this.#load(module, storage);
        await this.#started;
        // For as long as this Worker lives.
        const held = lock !== undefined && (await holdLock(lock).then(Boolean, () => false));
        return { held, release: RELEASE };
      },
      serveArgon2: async (port) => {
        const calls: Argon2Calls = { ready: async () => {}, argon2id: (...given) => this.#argon2id(...given) };
        void new Peer<object>(workerPort(port), calls, (error) => this.after(error));
      },
    };
  }

  standalone(): Pick<
    EngineCalls,
    | "generateKey"
    | "importKey"
    | "secretJwk"
    | "freeKey"
    | "wrapKey"
    | "unwrapKey"
    | "newRecoveryWords"
    | "splitRecovery"
    | "whyNoDeviceKeys"
  > {
    return {
      generateKey: async (algorithm) => this.#key((keyring) => keyring.generate(algorithm)),
      importKey: async (jwk) => this.#key((keyring) => keyring.import(jwk)),
      // EXPOSE: only `dangerouslyExportKey` calls this.
      secretJwk: async (key) => (await this.#ready()).keyring.secretJwk(key),
      freeKey: async (key) => (await this.#ready()).keyring.remove(key),
      wrapKey: async (key, recipients, context) =>
        (await this.#ready()).keyring.wrap(key, recipients, context),
      // EXPOSE: a person writes them down.
      newRecoveryWords: async () => transferSecret((await this.#ready()).bindings.newRecoveryWords()),
      splitRecovery: async (threshold, shares) =>
        transferSecret((await this.#ready()).bindings.splitRecovery(threshold, shares)),
      whyNoDeviceKeys: () => this.#deviceKeys.missing(),
      unwrapKey: async (envelope, identities, context) =>
        this.#key((keyring) => keyring.unwrap(envelope, identities, context)),
    };
  }

  #argon2id: Argon2Calls["argon2id"] = async (passphrase, ...parameters) => {
    const { bindings } = await this.#ready();
    const derived = bindings.argon2id(passphrase, ...parameters);
    passphrase.fill(0);
    // Moved: of what is copied to another Worker, the browser would keep a copy of its own.
    return transferSecret(derived);
  };

  async #load(module: WebAssembly.Module, storage: Storage | undefined): Promise<LoadedCore> {
    const bindings = await load(module);
    this.#bindings = bindings;
    const keyring = new bindings.StandaloneKeys();
    this.#keyring = keyring;
    this.#shared = storage === "indexeddb" && typeof BroadcastChannel !== "undefined";
    const core = storage && {
      store: storage,
      answers: this.#answers(storage, bindings),
    };
    return { bindings, keyring, core };
  }

  /** Nothing is made of what a factor gave for an engine that has ended: neither an unlocked vault nor a new one. */
  #answers(storage: Storage, bindings: Bindings): FactorAnswers {
    const page = this.#page();
    const stretch = isTestingStore(storage) ? stretchForTests(bindings) : stretchWith(page, bindings);
    return {
      stretch: async (...given) => this.#whileLive(await stretch(...given)),
      createPasskey: (...given) => page.call("createPasskey", ...given),
      evaluatePrf: async (...given) => {
        const answer = await page.call("evaluatePrf", ...given);
        return { ...answer, output: this.#whileLive(answer.output) };
      },
      askEscrow: async (...given) => {
        const answer = await this.kmsRequests.whileAsking((question) => page.call("askEscrow", ...given, question));
        return answer && { ...answer, output: this.#whileLive(answer.output) };
      },
      encryptOaep,
      createDeviceKey: (id) => this.#deviceKeys.create(id),
      applyDeviceKey: async (id, input, expires) => {
        const output = await this.#deviceKeys.apply(id, input, expires);
        return typeof output === "object" ? this.#whileLive(output) : output;
      },
      forgetDeviceKey: (id) => this.#deviceKeys.forget([id]),
      keepAnswer: (...given) => this.#keptAnswers.keep(...given),
      keptAnswer: (vault) => this.#keptAnswers.kept(vault),
      forgetAnswer: (vault) => this.#keptAnswers.forget(vault),
    };
  }

  #live(): void {
    if (this.#closed) throw new LockedError("the vault was locked");
  }

  #whileLive<Secret extends Uint8Array>(secret: Secret): Secret {
    try {
      this.#live();
      return secret;
    } catch (error) {
      secret.fill(0);
      throw error;
    }
  }

  async #key(make: (keyring: StandaloneKeys) => WireKey): Promise<WireKey> {
    return make((await this.#ready()).keyring);
  }

  #ready(): Promise<LoadedCore> {
    return this.#started ?? Promise.reject(new Error("the engine was not started"));
  }

  async #core(): Promise<CorePorts> {
    const { core } = await this.#ready();
    if (!core) throw new Error("this engine has no store");
    return core;
  }
}

interface LoadedCore {
  bindings: Bindings;
  keyring: StandaloneKeys;
  core: CorePorts | undefined;
}
