/** An opened vault: locked or unlocked. */
import { Closeable } from "./closeable.js";
import { connectVault, isShared, type Connection, type Place } from "./connection.js";
import { decryptFrom, encryptTo, type DecryptOptions, type EncryptOptions } from "./contents.js";
import { contextText, frozenJson, named, wellFormed, type Context } from "./context.js";
import { ArgumentError, ClosedError, LockedError, type StrongroomError } from "./errors.js";
import { encodeFactor, type Factor } from "./factors.js";
import type { Input } from "./inputs.js";
import type { EncryptedObject, PlainObject } from "./objects.js";
import { transfer } from "./rpc.js";
import { Tabs } from "./tabs.js";

/** States of a key's version (NIST SP 800-57 part 1 §7). Only `active` protects. */
export type VersionState =
  | "pre-active"
  | "active"
  | "suspended"
  | "deactivated"
  | "compromised"
  | "destroy-scheduled"
  | "destroyed";

export interface KeyVersion {
  readonly id: string;
  /** 1 for the first. */
  readonly number: number;
  readonly state: VersionState;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What a vault tells of one of its keys. Never the key. */
export interface KeyInfo {
  readonly id: string;
  readonly alias: string;
  readonly purpose: string;
  /** The id of the version that protects. */
  readonly primary: string;
  readonly versions: readonly KeyVersion[];
}

/** Anything that JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface VaultEncryptOptions extends EncryptOptions {
  /** Alias, id or what `keys` gave. */
  key: string | KeyInfo;
}

export interface VaultDecryptOptions extends DecryptOptions {
  /** Opens also what nothing proves the writer of; look at `origin`. */
  allowUnsigned?: boolean | undefined;
}

export interface ValueOptions {
  context?: Context | undefined;
}

export class Vault extends Closeable {
  readonly name: string;
  readonly id: string;
  readonly keys: VaultKeys;
  /**
   * Called each time the vault becomes locked: by `lock()` here or in another tab, because it was
   * deleted, or because its Worker stopped.
   */
  onLock: (() => void) | undefined;
  readonly #place: Place;
  readonly #tabs: Tabs | undefined;
  #connection: Connection | undefined;
  #unlocked: boolean;
  #closed = false;

  /** @internal */
  constructor(
    connection: Connection,
    { name, id }: { name: string; id: string },
    unlocked: boolean,
    place: Place,
  ) {
    super();
    this.name = name;
    this.id = id;
    this.#place = place;
    this.#unlocked = unlocked;
    this.keys = new VaultKeys(() => this.#use());
    if (isShared(place)) {
      this.#tabs = new Tabs(id, () => this.#end(new LockedError("the vault was locked in another tab")));
    }
    this.#hold(connection);
  }

  /** Whether the vault's keys can be used now. */
  get unlocked(): boolean {
    return this.#unlocked;
  }

  /** @throws WrongFactorError when the factor does not open this vault */
  async unlock(factor: Factor): Promise<void> {
    const secret = encodeFactor(factor);
    const connection = await this.#connect();
    await connection.peer.call("unlock", transfer(secret, [secret.buffer]));
    if (this.#connection === connection) this.#unlocked = true;
  }

  /**
   * Ends the vault's Worker, and with it every key in memory, here and in all other tabs. What is in
   * flight rejects with `ERR_LOCKED`; `unlock` starts another Worker, in this tab alone.
   */
  async lock(): Promise<void> {
    this.#live();
    this.#tabs?.lock();
    this.#end(new LockedError("the vault was locked"));
  }

  /** Locks this handle, for good; other tabs go on. Twice is fine; used afterwards is `ERR_CLOSED`. */
  close(): void {
    this.#closed = true;
    this.#tabs?.close();
    this.#end(new ClosedError("this vault was closed"));
  }

  /**
   * Encrypts under a key's primary version. Resolves once the header is made, before the input is
   * read; the body's errors come from the object's `stream()`, `blob()` or `bytes()`.
   */
  async encrypt(input: Input, options: VaultEncryptOptions): Promise<EncryptedObject> {
    return encryptTo({ key: keyName(options.key) }, input, options, this.#use());
  }

  /**
   * Opens one of this vault's objects. Resolves once the header is opened.
   *
   * @throws DecryptError when it was tampered with or is not for this vault
   */
  async decrypt(input: Input | Response, options: VaultDecryptOptions = {}): Promise<PlainObject> {
    const { allowUnsigned = false } = options;
    return decryptFrom({ allowUnsigned }, input, options, this.#use());
  }

  /** Encrypts a small value into a compact JWE. */
  async encryptValue(
    value: Json,
    { key, context }: ValueOptions & { key: string | KeyInfo },
  ): Promise<string> {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new ArgumentError("the value has no JSON form");
    return this.#use().peer.call("encryptValue", keyName(key), text, contextText(context));
  }

  /** What `encryptValue` was given. */
  async decryptValue(token: string, { context }: ValueOptions = {}): Promise<Json> {
    const text = wellFormed(token, "a token");
    const value = await this.#use().peer.call("decryptValue", text, contextText(context));
    return JSON.parse(value) as Json;
  }

  /** Everything needed to restore the vault, encrypted; the same factors open it. */
  async backup(): Promise<Blob> {
    return new Blob([await this.#use().peer.call("backup")], { type: "application/octet-stream" });
  }

  async #connect(): Promise<Connection> {
    this.#live();
    if (this.#connection) return this.#connection;
    const connection = await connectVault(this.#place);
    await connection.peer.call("open", this.name);
    // Two unlocks at once: the first connection stays.
    if (this.#closed || this.#connection) {
      connection.end(new ClosedError("this vault was closed"));
      return this.#connect();
    }
    this.#hold(connection);
    return connection;
  }

  #hold(connection: Connection): void {
    this.#connection = connection;
    connection.onEnd = () => {
      const wasUnlocked = this.#unlocked;
      this.#connection = undefined;
      this.#unlocked = false;
      if (wasUnlocked) this.onLock?.();
    };
  }

  #end(reason: StrongroomError): void {
    this.#connection?.end(reason);
  }

  #live(): void {
    if (this.#closed) throw new ClosedError("this vault was closed");
  }

  #use(): Connection {
    this.#live();
    if (!this.#connection || !this.#unlocked) {
      throw new LockedError("the vault is locked; unlock it first");
    }
    return this.#connection;
  }
}

/** A vault's named keys. */
export class VaultKeys {
  readonly #use: () => Connection;

  /** @internal */
  constructor(use: () => Connection) {
    this.#use = use;
  }

  /** Makes a key of one version. @throws KeyExistsError when the alias is taken */
  async create({ alias }: { alias: string }): Promise<KeyInfo> {
    const text = named(alias, "alias");
    return frozenJson(await this.#use().peer.call("createKey", text));
  }

  /** All keys, by alias. */
  async list(): Promise<readonly KeyInfo[]> {
    return frozenJson(await this.#use().peer.call("listKeys"));
  }

  /** @throws NoKeyError when there is none of that alias or id */
  async get(aliasOrId: string): Promise<KeyInfo> {
    const text = named(aliasOrId, "a key's alias or id");
    return frozenJson(await this.#use().peer.call("findKey", text));
  }
}

function keyName(key: string | KeyInfo): string {
  return named(typeof key === "object" && key !== null ? key.id : key, "key");
}
