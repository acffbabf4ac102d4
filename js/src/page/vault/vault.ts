/** An opened vault: locked or unlocked. */
import { Closeable } from "../../shared/closeable.js";
import { ArgumentError, type StrongroomError } from "../../shared/errors/index.js";
import type { Shredding } from "../../shared/model/report.js";
import type { TrackedObject, TrackOptions } from "../../shared/model/tracked-object.js";
import { frozenJson, nonEmpty, requestText, wellFormed } from "../../shared/text.js";
import type { Factor } from "../factors/factor.js";
import { Inventory } from "../inventory/inventory.js";
import { Rewrapping, type HeaderSource, type RewrapOptions } from "../inventory/rewrap-job.js";
import { keyName } from "../keys/key-reference.js";
import { VaultKeys } from "../keys/vault-keys.js";
import { contextText } from "../objects/context-text.js";
import { decryptFrom, decryptRequest } from "../objects/decrypt.js";
import type { PlainObject } from "../objects/decrypted-object.js";
import { encryptTo, reencryptTo } from "../objects/encrypt.js";
import type { EncryptedObject, ObjectVault } from "../objects/encrypted-object.js";
import { headerOf, type Headed } from "../objects/header.js";
import type { Input } from "../objects/input.js";
import { openFrom, type OpenObject } from "../ranges/object-reader.js";
import type { ObjectSource } from "../ranges/range-source.js";
import type { Connection } from "../runtime/connection.js";
import type { VaultStorage } from "../runtime/start-engine.js";
import { payloadBytes, payloadOf } from "../signatures/jws-payload.js";
import type { SignOptions, Verified, VerifyOptions } from "../signatures/signatures.js";
import { resumeFrom, Uploads, type ResumeOptions } from "../uploads/pending-uploads.js";
import type { Json, ValueOptions, ValuesOptions } from "../values/values.js";
import type { OpenObjectOptions, ReencryptOptions, VaultDecryptOptions, VaultEncryptOptions } from "./vault-options.js";
import { VaultSession } from "./vault-session.js";

export class Vault extends Closeable {
  readonly name: string;
  readonly id: string;
  readonly keys: VaultKeys;
  /** The inventory. */
  readonly objects: Inventory;
  /** Uploads that can go on. */
  readonly uploads: Uploads;
  /**
   * Called each time the vault becomes locked, with the reason: by `lock()` here or in another tab, because it
   * was deleted, because its Worker stopped, or because its records were changed from outside
   * (`IntegrityError`, found some time after unlocking).
   */
  onLock: ((reason: StrongroomError) => void) | undefined;
  readonly #session: VaultSession;

  /** @internal */
  constructor(
    connection: Connection,
    about: { name: string; id: string },
    unlocked: boolean,
    place: VaultStorage,
  ) {
    super();
    this.name = about.name;
    this.id = about.id;
    this.#session = new VaultSession(connection, about, unlocked, place, (reason) => this.onLock?.(reason));
    this.keys = new VaultKeys(this.#session.use);
    this.objects = new Inventory(this.#session.use);
    this.uploads = new Uploads(this.#session.use);
  }

  /** Whether the vault's keys can be used now. */
  get unlocked(): boolean {
    return this.#session.unlocked;
  }

  /**
   * Rotates what is due and reads through all records afterwards, in the background.
   *
   * @throws WrongFactorError when the factor does not open this vault; IntegrityError when the vault is older
   *   than the `lastSeenHead` that it was opened with
   */
  unlock(factor: Factor): Promise<void> {
    return this.#session.unlock(factor);
  }

  /**
   * Ends the vault's Worker, and with it every key in memory, here and in all other tabs. What is in
   * flight rejects with `ERR_LOCKED`; `unlock` starts another Worker, in this tab alone.
   */
  async lock(): Promise<void> {
    this.#session.lock();
  }

  /** Locks this handle, for good; other tabs go on. Twice is fine; used afterwards is `ERR_CLOSED`. */
  close(): void {
    this.#session.close();
  }

  /**
   * Encrypts under a key's primary version. Resolves once the header is made, before the input is
   * read; the body's errors come from the object's `stream()`, `blob()` or `bytes()`.
   *
   * @throws StateError while the version does not protect; PurposeError for a key that is for something else
   */
  async encrypt(input: Input, options: VaultEncryptOptions): Promise<EncryptedObject> {
    return encryptTo(to(options), input, options, this.#session.use(), this.#home);
  }

  /**
   * The object of an upload that was begun before (`object.resumeToken`), here or in another tab, on another day:
   * the same header, the same body. The file must be the one that it was, which is found out piece by piece, before
   * any byte of what changed is encrypted. Close the object, or upload it, before another tab goes on.
   *
   * ```ts
   * for (const { token, name } of await vault.uploads.list()) {
   *   const object = await vault.resume(token, await choose(name), { context });
   *   await uploadToS3(object, presigner);
   * }
   * ```
   *
   * @throws NoObjectError when no such upload can go on; ChangedError for a file of another size, and while the body
   *   is read; InUseError while it is open elsewhere; ContextError; StateError
   */
  async resume(token: string, file: Blob, options: ResumeOptions = {}): Promise<EncryptedObject> {
    return resumeFrom(this.#session.use(), this.#home, token, file, options);
  }

  /**
   * Opens one of this vault's objects. Resolves once the header is opened.
   *
   * @throws DecryptError when it was tampered with or is not for this vault; StateError while the version's
   *   state forbids it
   */
  async decrypt(
    input: Input | Response,
    options: VaultDecryptOptions = {},
  ): Promise<PlainObject> {
    return decryptFrom(from(options), input, options, this.#session.use());
  }

  /**
   * Opens one of this vault's objects for reading parts of it: fetches its header, its end, and then what is
   * asked for.
   *
   * ```ts
   * const film = await vault.openObject(url, { context: { file: "film.webm" } });
   * const part = await film.read(10_000_000, 4096);
   * film.close();
   * ```
   *
   * @throws like `decrypt`; NoRangesError when the server does not give parts
   */
  async openObject(source: ObjectSource, options: OpenObjectOptions = {}): Promise<OpenObject> {
    const connection = this.#session.use();
    return openFrom(decryptRequest(from(options), options), source, connection);
  }

  /**
   * Encrypts one of this vault's objects anew, under a new data key: what ends the reading of somebody who kept
   * the old one. The plaintext stays with the keys, in the Worker. What the old object says of itself is
   * kept, unless overridden by `metadata`; the old object itself is left alone. A sidecar follows an object that
   * was encrypted anew by being so too: with `sidecar` of the new parent, and `from.sidecar` of the old one.
   *
   * @throws like `decrypt` and `encrypt`
   */
  async reencrypt(
    input: Input | Response,
    options: ReencryptOptions,
  ): Promise<EncryptedObject> {
    const { context, sidecar } = options;
    const given = { context, sidecar, ...options.from };
    const old = decryptRequest(from(given), given);
    return reencryptTo(old, to(options), input, options, this.#session.use(), this.#home);
  }

  /** Encrypts a small value into a compact JWE. Of many, `encryptValues` takes a fraction of the time. */
  async encryptValue(
    value: Json,
    { key, context }: ValueOptions & Pick<VaultEncryptOptions, "key">,
  ): Promise<string> {
    const [token] = await this.encryptValues([value], { key, contexts: [context] });
    return token as string;
  }

  /** What `encryptValue` was given. */
  async decryptValue(token: string, { context }: ValueOptions = {}): Promise<Json> {
    const [value] = await this.decryptValues([token], { contexts: [context] });
    return value as Json;
  }

  /** Encrypts many small values, each into a compact JWE: all of them, or none where one cannot be. */
  async encryptValues(
    values: readonly Json[],
    { key, contexts = [undefined] }: ValuesOptions & Pick<VaultEncryptOptions, "key">,
  ): Promise<string[]> {
    const texts = values.map(jsonText);
    return this.#session.use().peer.call("encryptValues", keyName(key), texts, contexts.map(contextText));
  }

  /** What `encryptValues` was given; rejects where one of them does not open. */
  async decryptValues(
    tokens: readonly string[],
    { contexts = [undefined] }: ValuesOptions = {},
  ): Promise<Json[]> {
    const texts = tokens.map((token) => wellFormed(token, "a token"));
    const values = await this.#session.use().peer.call("decryptValues", texts, contexts.map(contextText));
    return values.map((value) => JSON.parse(value) as Json);
  }

  /**
   * Signs with a key's primary version: a compact JWS (RFC 7515) by ES256, whose `kid` is
   * `<key id>.<version id>`. A string is its UTF-8 bytes.
   *
   * @throws PurposeError; StateError
   */
  async sign(payload: Uint8Array | string, { key, typ }: SignOptions): Promise<string> {
    const bytes = payloadBytes(payload);
    const type = typ === undefined ? typ : nonEmpty(typ, "typ");
    return this.#session.use().peer.call("sign", keyName(key), bytes, type);
  }

  /** Says what was signed, and by what. @throws DecryptError when this vault's keys did not sign that */
  async verify(token: string, { key }: VerifyOptions = {}): Promise<Verified> {
    const text = wellFormed(token, "a token");
    const by = key === undefined ? key : keyName(key);
    const said = await this.#session.use().peer.call("verify", text, by);
    return { typ: undefined, ...(JSON.parse(said) as object), payload: payloadOf(text) } as Verified;
  }

  /**
   * Enters an object into the inventory, by its header, or changes its entry. Objects that were not entered are
   * not counted by what destroys keys.
   */
  async track(object: Headed, options: TrackOptions = {}): Promise<TrackedObject> {
    return this.#track(object, options);
  }

  /**
   * Moves objects' headers to their keys' primary versions, or to another key, without their bodies:
   *
   * ```ts
   * for await (const { source, header } of vault.rewrap(files)) {
   *   if (header) await upload(source.path, header);
   * }
   * ```
   */
  rewrap<Source extends HeaderSource>(
    headers: Iterable<Source> | AsyncIterable<Source>,
    options: RewrapOptions<Source> = {},
  ): Rewrapping<Source> {
    return new Rewrapping(this.#session.use, headers, options, Array.isArray(headers) ? headers.length : undefined);
  }

  /**
   * Erases an object's header, and with it the only way to its body, if the sole copy is in the vault and no
   * backup holds it; and the headers of its sidecars in the inventory, of which the same must be true. Otherwise
   * erases nothing, and says which copies there are.
   */
  async shred(object: string | { readonly id: string }): Promise<Shredding> {
    const id = nonEmpty(typeof object === "object" ? object?.id : object, "an object's id");
    return frozenJson(await this.#session.use().peer.call("shred", id));
  }

  /**
   * A new vault key for all records, in one step. Every factor opens it; other tabs are locked, because they
   * hold the old one. Backups that were made before open as they did.
   */
  async rotateVaultKey(): Promise<{ readonly generation: number; readonly records: number }> {
    const rotated = await this.#session.use().peer.call("rotateVaultKey");
    this.#session.lockOthers();
    return frozenJson(rotated);
  }

  /**
   * Says in which state the vault is. Kept outside this browser and given to `open` later, it shows whether
   * somebody put back an older copy of the whole database.
   */
  async lastSeenHead(): Promise<string> {
    return this.#session.use().peer.call("head");
  }

  /** Everything needed to restore the vault, encrypted; the same factors open it. */
  async backup(): Promise<Blob> {
    const bytes = await this.#session.use().peer.call("backup");
    return new Blob([bytes], { type: "application/octet-stream" });
  }

  get #home(): ObjectVault {
    return { id: this.id, track: this.#track };
  }

  readonly #track = async (object: Headed, options: TrackOptions): Promise<TrackedObject> => {
    const { id, location, size = object.size } = options;
    const about = requestText({ id, location, size });
    return frozenJson(await this.#session.use().peer.call("track", about, headerOf(object)));
  };
}

function to({ key, header }: VaultEncryptOptions): { key: string; keepHeader: boolean } {
  if (header !== undefined && header !== "vault") throw new ArgumentError('header must be "vault"');
  return { key: keyName(key), keepHeader: header === "vault" };
}

function from({ allowUnsigned = false, object }: VaultDecryptOptions): {
  allowUnsigned: boolean;
  object: string | undefined;
} {
  return { allowUnsigned, object: object === undefined ? object : nonEmpty(object, "object") };
}

function jsonText(value: Json): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new ArgumentError("the value has no JSON form");
  return text;
}
