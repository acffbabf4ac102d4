/** A file's objects: stored, read and removed, each with its entry in the inventory. */
import type { DecryptedObject } from "../../page/objects/decrypted-object.js";
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import type { ObjectReader } from "../../page/ranges/object-reader.js";
import type { Vault } from "../../page/vault/vault.js";
import type { HowToOpen } from "../../page/vault/vault-options.js";
import { throwIfAborted } from "../../shared/async.js";
import { isStrongroomError, PolicyError, TransferError } from "../../shared/errors/index.js";
import type { Bytes } from "../../shared/bytes.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import type { TrackedObject } from "../../shared/model/tracked-object.js";
import { downloadFromS3 } from "../s3/download.js";
import { openFromS3 } from "../s3/open-object.js";
import type { Patience } from "../s3/retry.js";
import { putBlob, uploadToS3, type UploadProgress } from "../s3/upload.js";
import type { FileObject } from "./catalog.js";
import { contextOf, locationOf, newNames, type FileRecord } from "./file-record.js";
import type { Pending } from "./pending.js";
import { noting, presignerOf, readHeader, removeObject, removeUpload, type FileRemote } from "./file-remote.js";

/** Bytes of an attached object's beginning that hold its header, with what stands before it. */
const LONGEST_FRONT = 1024 * 1024 + 8;

/** An object that is about to be stored. @internal */
export interface NewObject {
  readonly object: EncryptedObject;
  readonly record: FileRecord;
  readonly sidecar?: Sidecar | undefined;
}

/** @internal */
export type OnUpload = ((progress: UploadProgress) => void) | undefined;

/** @internal */
export class FileObjects {
  readonly #vault: Vault;
  readonly #remote: FileRemote;
  readonly #pending: Pending;
  /** The store's ids of uploads in parts that were begun and are not complete, by the ids of their objects. */
  readonly #uploads = new Map<string, string>();

  constructor(vault: Vault, remote: FileRemote, pending: Pending) {
    this.#vault = vault;
    this.#remote = remote;
    this.#pending = pending;
  }

  /** Enters an object into the inventory before anything of it is at the remote, so that it can be found and removed. */
  async announce({ object, record }: NewObject): Promise<void> {
    await object.track({ location: locationOf({ ...record, state: "putting" }) });
  }

  /** Stores an object that was announced. Gives the bytes that are stored. */
  async send({ object, record }: NewObject, patience: Patience, onProgress?: OnUpload): Promise<number> {
    const { path, header } = record;
    const note = async (upload: string): Promise<void> => {
      this.#uploads.set(object.id, upload);
      await this.say(object.id, { ...record, state: "putting", upload });
    };
    // Once the store has dropped it, it is not asked to again.
    const abort = async (upload: string): Promise<void> => {
      await removeUpload(this.#remote, path, upload, { retries: 0 });
      this.#uploads.delete(object.id);
    };
    const presigner = { ...noting(presignerOf(this.#remote, path), note), abort };
    const { size } = await uploadToS3(object, presigner, { ...patience, onProgress });
    this.#uploads.delete(object.id);
    throwIfAborted(patience.signal);
    if (header !== undefined) {
      await putBlob(new Blob([object.header as Uint8Array<ArrayBuffer>]), presignerOf(this.#remote, header), patience);
      throwIfAborted(patience.signal);
    }
    return size;
  }

  /** What is known of an object that was announced and is given up. */
  givenUp({ object, record }: NewObject): FileRecord {
    return { ...record, state: "removing", upload: this.#uploads.get(object.id) };
  }

  /** Writes what the inventory says of an object that it has. */
  say(id: string, record: FileRecord, size?: number): Promise<TrackedObject> {
    return this.#vault.track({ id, header: "elsewhere" }, { location: locationOf(record), size });
  }

  async get(file: FileObject, bodyOf: FileObject, patience: Patience, watch: OperationOptions): Promise<DecryptedObject> {
    const how = await this.howToOpen(file, bodyOf, patience);
    const response = await downloadFromS3(presignerOf(this.#remote, file.record.path), patience);
    return this.#vault.decrypt(response, { ...how, ...watch });
  }

  async open(file: FileObject, patience: Patience): Promise<ObjectReader> {
    const how = await this.howToOpen(file, file, patience);
    const source = await openFromS3(presignerOf(this.#remote, file.record.path), patience);
    return this.#vault.openObject(source, { ...how, signal: patience.signal });
  }

  /** The stored body as it is, for `vault.reencrypt`. */
  download({ record }: FileObject, patience: Patience): Promise<Response> {
    return downloadFromS3(presignerOf(this.#remote, record.path), patience);
  }

  /** @param bodyOf the file's object, which is the same one or what it is a sidecar of */
  async howToOpen({ object, record }: FileObject, bodyOf: FileObject, patience: Patience): Promise<HowToOpen> {
    const header = await this.#header(record, patience);
    // The inventory says which object it must be: an older one is none.
    return { context: contextOf(bodyOf.record.path), tracked: object.id, header, sidecar: object.sidecar };
  }

  /** Moves an object's header to its key's primary version, or to another key. No body is touched. */
  async rewrap({ object, record }: FileObject, to: KeyReference | undefined, patience: Patience): Promise<void> {
    const header = (await this.#header(record, patience)) ?? (await this.#front(record.path, patience));
    const job = this.#vault.rewrap([{ id: object.id, header }], { to, signal: patience.signal });
    for await (const { header: moved } of job) if (moved) await this.#replaceHeader(object.id, record, moved, patience);
    const [failure] = job.report.failures;
    if (failure) throw failure.error;
  }

  /** The header where it is detached. Of a vault that was restored, the next one may have taken its place since. */
  async #header({ header, next }: FileRecord, patience: Patience): Promise<Bytes | undefined> {
    if (header === undefined) return undefined;
    return readHeader(this.#remote, header, patience).catch((error: unknown) => {
      if (next === undefined || !isMissing(error)) throw error;
      return readHeader(this.#remote, next, patience);
    });
  }

  /** What an attached object's header is read out of. */
  async #front(path: string, patience: Patience): Promise<Bytes> {
    const stored = await openFromS3(presignerOf(this.#remote, path), patience);
    return stored.read(0, Math.min(stored.size, LONGEST_FRONT));
  }

  /** Nothing is overwritten: the new header is stored beside the old one, which is to spare once the new one is named. */
  async #replaceHeader(id: string, record: FileRecord, moved: Bytes, patience: Patience): Promise<void> {
    const { header: name } = newNames(record.id, true);
    const { header: old, next, spare: before = [] } = record;
    const spare = next !== undefined && this.#pending.has(next) ? [...before, next] : before;
    this.#pending.add(name!);
    await this.say(id, { ...record, next: name, spare });
    await putBlob(new Blob([moved]), presignerOf(this.#remote, name!), patience);
    throwIfAborted(patience.signal);
    this.#pending.delete(name!);
    const replaced = { ...record, header: name, next: undefined, spare: old === undefined ? spare : [...spare, old] };
    await this.say(id, replaced);
    // What cannot be removed now is removed later.
    await this.removeSpare({ object: { id }, record: replaced }, patience).catch(() => {});
  }

  /** Removes the headers that are no object's, but none that was begun elsewhere: it may be the object's own by now. */
  async removeSpare({ object, record }: FileObject, patience: Patience): Promise<void> {
    const next = record.next !== undefined && this.#pending.has(record.next) ? [record.next] : [];
    for (const name of [...next, ...(record.spare ?? [])]) {
      await removeObject(this.#remote, name, patience);
      this.#pending.delete(name);
    }
    const left = next.length > 0 ? undefined : record.next;
    if (left !== record.next || record.spare) await this.say(object.id, { ...record, next: left, spare: undefined });
  }

  /** Before anything of a file goes. @throws PolicyError where the vault's policy does not let the inventory forget it */
  async checkForgotten(): Promise<void> {
    const { allowed, rule } = await this.#vault.can("untrack");
    if (!allowed) throw new PolicyError("the vault's policy does not allow untrack, so the file stays", { rule: rule!, policy: "vault" });
  }

  /**
   * Removes all that is at the remote, and then what the inventory has of it. What is gone already is no failure.
   *
   * @throws PolicyError before anything is removed, where the vault's policy does not let the inventory forget it
   */
  async remove(id: string, records: readonly FileRecord[], patience: Patience): Promise<void> {
    await this.checkForgotten();
    for (const { path, header, next, upload, spare = [] } of records) {
      if (upload !== undefined) await removeUpload(this.#remote, path, upload, patience);
      const names = [...spare, next, header, path].filter((name) => name !== undefined);
      for (const name of names) await removeObject(this.#remote, name, patience);
    }
    await this.#vault.objects.untrack(id, { force: true }).catch((error: unknown) => {
      if (!(isStrongroomError(error) && error.code === "ERR_NO_OBJECT")) throw error;
    });
    this.#pending.delete(id);
  }
}

/** Whether the remote says that there is no such object. @internal */
export function isMissing(error: unknown): boolean {
  return error instanceof TransferError && error.status === 404;
}
