/** Files that are encrypted here and stored elsewhere, each as one thing. */
import type { DecryptedObject } from "../../page/objects/decrypted-object.js";
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import { sourceOf, type Input } from "../../page/objects/input.js";
import { fileMetadata, metadataOf, openedMetadata } from "../../page/objects/own-metadata.js";
import { keyName } from "../../page/keys/key-reference.js";
import type { ObjectReader } from "../../page/ranges/object-reader.js";
import type { Vault } from "../../page/vault/vault.js";
import { throwIfAborted } from "../../shared/async.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { isBlob, isStream } from "../../shared/kinds.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import { ABORT, optionsOf, withMethods } from "../../shared/options.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import { checkPatience, RETRY, type Patience } from "../s3/retry.js";
import { Catalog, type FileEntry, type FileObject } from "./catalog.js";
import { FileChanges, THUMBNAIL, storedFile, type MakeSidecar } from "./file-changes.js";
import { FileObjects, isMissing, type NewObject } from "./file-objects.js";
import {
  FILE_STORE,
  GET,
  PUT,
  REENCRYPT_FILE,
  REWRAP_FILE,
  type FileReference,
  type FileStoreOptions,
  type GetOptions,
  type PutOptions,
  type ReencryptFileOptions,
  type RewrapFileOptions,
  type StoredFile,
} from "./file-options.js";
import { contextOf, newFileId, newNames, type FileRecord } from "./file-record.js";
import { Pending } from "./pending.js";

/**
 * A store of files: what `fileStore` gives. A file is its encrypted object at the remote, the object's header where that is
 * detached, a thumbnail, and an entry in the vault's inventory, by which it is found again.
 */
export class FileStore {
  readonly #vault: Vault;
  readonly #key: KeyReference;
  readonly #name: string;
  readonly #detached: boolean;
  readonly #objects: FileObjects;
  readonly #catalog: Catalog;
  readonly #changes: FileChanges;

  /** @internal */
  constructor({ vault, key, remote, name = "", detached = false }: FileStoreOptions) {
    this.#vault = vault;
    this.#key = key;
    this.#name = name;
    this.#detached = detached;
    const pending = new Pending(vault.id);
    this.#objects = new FileObjects(vault, remote, pending);
    this.#catalog = new Catalog(vault, name);
    this.#changes = new FileChanges(vault, this.#objects, this.#catalog, pending);
  }

  /**
   * Encrypts a file and stores it, its thumbnail too. It is in the list once it resolves, and not before. When it fails or is
   * aborted, nothing is in the list, and what is at the remote is removed in the background.
   *
   * @throws TransferError when the remote refuses, or is out of reach for too long; AbortedError; and what `vault.encrypt`
   *   throws
   */
  async put(input: Input, options?: PutOptions): Promise<StoredFile> {
    const { key = this.#key, thumbnail, metadata, onProgress, ...patience } = patient(optionsOf(options, PUT));
    keyName(key);
    // A stream is read once, when its turn comes.
    if (thumbnail !== undefined && !isStream(thumbnail)) sourceOf(thumbnail);
    const record = this.#newRecord(newFileId(), { added: Date.now(), about: aboutOf(input, metadata) });
    return this.#changes.changing(record.id, patience, async () => {
      const terms = { context: contextOf(record.path), detached: this.#detached, signal: patience.signal };
      const object = await this.#vault.encrypt(input, { ...terms, key, metadata });
      const small: MakeSidecar = async (parent) => ({
        object: await parent.addSidecar(THUMBNAIL, thumbnail!, { signal: patience.signal }),
        record: this.#newRecord(record.id),
      });
      const storing = { file: { object, record }, sidecars: thumbnail === undefined ? [] : [small] };
      return this.#changes.store(storing, patience, onProgress);
    });
  }

  /** All files, the oldest first. What was left half done is removed in the background. */
  async list(options?: AbortOptions): Promise<readonly StoredFile[]> {
    const { signal } = optionsOf(options, ABORT);
    const { files, leftovers, sparing } = await this.#catalog.read();
    throwIfAborted(signal);
    if (leftovers.length + sparing.length > 0) this.#changes.cleanUpInPassing();
    return frozen(files.map(({ object, record, sidecars }) => storedFile(object, record, sidecars.has(THUMBNAIL))));
  }

  /**
   * Opens a file, to read it as a whole. Only the object opens that the inventory has: not another one, and no older one.
   *
   * @throws NoObjectError for a file that the store does not have; DecryptError, ContextError when the remote gives something
   *   else; TransferError; AbortedError
   */
  async get(file: FileReference, options?: GetOptions): Promise<DecryptedObject> {
    const { onProgress, ...patience } = patient(optionsOf(options, GET));
    const { signal } = patience;
    return this.#reading(file, (entry) => this.#objects.get(entry, entry, patience, { signal, onProgress }));
  }

  /** Opens a file, to read parts of it. `signal` ends all reading, also later. @throws like `get`; NoRangesError */
  async open(file: FileReference, options?: Patience): Promise<ObjectReader> {
    const patience = patient(optionsOf(options, RETRY));
    return this.#reading(file, (entry) => this.#objects.open(entry, patience));
  }

  /** Opens a file's thumbnail, where it has one. The file itself is not asked for. @throws like `get` */
  async thumbnail(file: FileReference, options?: Patience): Promise<DecryptedObject | undefined> {
    const patience = patient(optionsOf(options, RETRY));
    const { signal } = patience;
    return this.#reading(file, async (entry) => {
      const small = entry.sidecars.get(THUMBNAIL);
      return small && this.#objects.get(small, entry, patience, { signal });
    });
  }

  /**
   * Removes a file, at the remote and from the inventory. It is in the list no longer once that is begun. Where it fails, the
   * rest is removed later, or by calling it again.
   *
   * @throws NoObjectError; InUseError while the file is changed elsewhere; TransferError; AbortedError
   */
  async delete(file: FileReference, options?: Patience): Promise<void> {
    const patience = patient(optionsOf(options, RETRY));
    const id = idOf(file);
    await this.#changes.changing(id, patience, () => this.#changes.delete(id, patience));
  }

  /**
   * Encrypts a file under a new data key, which ends the reading of anyone who had the old one, and stores it beside the old
   * one. The new object is then read back as a whole, and held against the old one, which is removed only after that. The
   * file keeps its id, its thumbnail and what it says of itself.
   *
   * @throws like `get` and `put`; InUseError while the file is changed elsewhere; IntegrityError when the remote gave back
   *   something else. In each case the old object stays
   */
  async reencrypt(file: FileReference, options?: ReencryptFileOptions): Promise<StoredFile> {
    const { key = this.#key, onProgress, ...patience } = patient(optionsOf(options, REENCRYPT_FILE));
    const id = idOf(file);
    keyName(key);
    return this.#changes.changing(id, patience, async () => {
      const old = await this.#catalog.find(id);
      const { added = old.object.tracked, about } = old.record;
      const record = this.#newRecord(id, { added, about, replaces: old.object.id });
      const terms = { key, context: contextOf(record.path), detached: this.#detached, signal: patience.signal };
      const again = async (from: FileObject, sidecar?: Sidecar): Promise<EncryptedObject> => {
        const how = await this.#objects.howToOpen(from, old, patience);
        return this.#vault.reencrypt(await this.#objects.download(from, patience), { ...terms, sidecar, from: how });
      };
      const smaller = Array.from(old.sidecars, ([name, from]): MakeSidecar => async (parent) => {
        const sidecar = { parent: parent.id, name };
        return { object: await again(from, sidecar), record: this.#newRecord(id), sidecar };
      });
      const verify = (stored: readonly NewObject[]): Promise<void> => this.#changes.compare(old, stored, patience);
      const storing = { file: { object: await again(old), record }, sidecars: smaller, verify };
      const stored = await this.#changes.store(storing, patience, onProgress);
      // The new one has taken its place: what cannot be removed now is removed later.
      await this.#changes.removeReplaced(old, patience);
      return stored;
    });
  }

  /**
   * Moves a file to its key's primary version, or to another key: a new header of a few hundred bytes is stored beside the body, and a
   * detached old one is removed. What the old version opened, it still opens for anyone who has a copy of the old header, which is
   * also inside an attached object: `reencrypt` ends that.
   *
   * @throws like `get`; StateError, NoKeyError; InUseError while the file is changed elsewhere. In each case the old header stays
   */
  async rewrap(file: FileReference, options?: RewrapFileOptions): Promise<StoredFile> {
    const { to, ...patience } = patient(optionsOf(options, REWRAP_FILE));
    const id = idOf(file);
    return this.#changes.changing(id, patience, () => this.#changes.rewrap(id, to, patience));
  }

  /**
   * Removes what was left half done: of puts that failed, or whose tab ended, of files that were not wholly deleted, and old
   * objects of files that were re-encrypted. What is being changed at the moment, here or in another tab, is left alone.
   * `list` does the same in the background.
   *
   * @throws TransferError where something could not be removed; AbortedError
   */
  async cleanUp(options?: Patience): Promise<void> {
    const patience = patient(optionsOf(options, RETRY));
    await this.#changes.cleanUp(patience);
  }

  #newRecord(id: string, more: Partial<FileRecord> = {}): FileRecord {
    return { store: this.#name, id, ...newNames(id, this.#detached), ...more };
  }

  /** Where the file is not at the remote any more, another tab may have re-encrypted it, or this one before a restore. */
  async #reading<T>(file: FileReference, read: (entry: FileEntry) => Promise<T>): Promise<T> {
    const id = idOf(file);
    const entry = await this.#catalog.find(id);
    try {
      return await read(entry);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#catalog.forget();
      const now = await this.#catalog.find(id);
      if (now.object.id !== entry.object.id) return read(now);
      const heir = await this.#changes.heirOf(now);
      if (!heir) throw error;
      const given = await read(heir);
      await this.#changes.adopt(heir);
      return given;
    }
  }
}

function idOf(file: FileReference): string {
  return nonEmpty(typeof file === "object" && file !== null ? file.id : file, "a file's id");
}

function patient<T extends Patience>(options: T): T {
  checkPatience(options);
  throwIfAborted(options.signal);
  return options;
}

/** What the object is going to say of itself. */
function aboutOf(input: Input, metadata: PutOptions["metadata"]): FileMetadata {
  const own = isBlob(input) ? metadataOf(input) : typeof input === "string" ? { type: "text/plain" } : {};
  const { name, type, modified, custom } = openedMetadata(fileMetadata(own, metadata));
  const size = isBlob(input) ? input.size : ArrayBuffer.isView(input) ? input.byteLength : undefined;
  return { name, type, modified, size, custom };
}

/**
 * A store of files in a vault: each is encrypted, stored by presigned URLs, found again and removed as one thing.
 *
 * ```ts
 * const files = fileStore({ vault, key: "photos", remote });
 * const { id } = await files.put(photo);
 * for (const { name, size } of await files.list()) show(name, size);
 * const plain = await files.get(id);
 * await files.delete(id);
 * ```
 *
 * @throws ArgumentError
 */
export function fileStore(options: FileStoreOptions): FileStore {
  const checked = optionsOf(options, FILE_STORE);
  withMethods(checked.vault, "the vault", ["encrypt", "decrypt", "openObject", "reencrypt", "track", "addEventListener"]);
  keyName(checked.key);
  if (checked.remote === undefined) throw new ArgumentError("remote must be a function");
  return new FileStore(checked);
}
