/** What changes a store's files, in steps of which each can be the last one: a tab may end at any moment. */
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import type { Vault } from "../../page/vault/vault.js";
import { abortable, throwIfAborted } from "../../shared/async.js";
import { IntegrityError, TransferError } from "../../shared/errors/index.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { TrackedObject } from "../../shared/model/tracked-object.js";
import { frozen } from "../../shared/text.js";
import type { Patience } from "../s3/retry.js";
import type { Catalog, FileEntry, FileObject } from "./catalog.js";
import { holdFile, keepsTabsApart, lockFile } from "./file-lock.js";
import type { FileObjects, NewObject, OnUpload } from "./file-objects.js";
import type { StoredFile } from "./file-options.js";
import type { FileRecord } from "./file-record.js";
import type { Pending } from "./pending.js";
import { haveSameContent } from "./same-content.js";

/** The sidecar's name. @internal */
export const THUMBNAIL = "thumbnail";

/** Of what is removed where nobody waits for it. */
const IN_PASSING: Patience = { retries: 1 };

/** Makes one of a file's sidecars, once its body is stored. @internal */
export type MakeSidecar = (parent: EncryptedObject) => Promise<NewObject>;

/** What is stored as one: the body, what belongs to it, and a last look at all of it. @internal */
export interface Storing {
  readonly file: NewObject;
  readonly sidecars: readonly MakeSidecar[];
  readonly verify?: (stored: readonly NewObject[]) => Promise<void>;
}

/** @internal */
export class FileChanges {
  readonly #vault: Vault;
  readonly #objects: FileObjects;
  readonly #catalog: Catalog;
  readonly #pending: Pending;
  /** What is removed while nobody waits for it, by the file's id. */
  readonly #leaving = new Map<string, Promise<void>>();
  #passing: Promise<void> | undefined;

  constructor(vault: Vault, objects: FileObjects, catalog: Catalog, pending: Pending) {
    this.#vault = vault;
    this.#objects = objects;
    this.#catalog = catalog;
    this.#pending = pending;
  }

  /** Changes a file that nobody else changes meanwhile, and what the inventory says of it now. @throws InUseError */
  async changing<T>(id: string, { signal }: Patience, work: () => Promise<T>): Promise<T> {
    // What is cleaned up in this page is no other's change.
    await abortable(signal, () => Promise.all([this.#leaving.get(id), this.#passing]));
    const release = await holdFile(this.#vault.id, id);
    try {
      this.#catalog.forget();
      return await work();
    } finally {
      this.#catalog.forget();
      const leaving = this.#leaving.get(id);
      if (leaving) void leaving.then(release);
      else await release();
    }
  }

  /** Announces, stores and commits. Until the last step, it is no file; and when a step fails, all of it is removed. */
  async store({ file, sidecars, verify }: Storing, patience: Patience, onProgress?: OnUpload): Promise<StoredFile> {
    const stored = [file];
    try {
      this.#pending.add(file.object.id);
      await this.#objects.announce(file);
      const size = await this.#objects.send(file, patience, onProgress);
      for (const make of sidecars) {
        const sidecar = await make(file.object);
        stored.push(sidecar);
        await this.#objects.announce(sidecar);
        const bytes = await this.#objects.send(sidecar, patience);
        await this.#objects.say(sidecar.object.id, sidecar.record, bytes);
      }
      await verify?.(stored);
      throwIfAborted(patience.signal);
      // From here on nobody may take it for something to remove, whatever the inventory says.
      this.#pending.delete(file.object.id);
      return storedFile(await this.#objects.say(file.object.id, file.record, size), file.record, sidecars.length > 0);
    } catch (error) {
      for (const { object } of stored) void object.close();
      this.#leave(file.record.id, this.#discard(stored));
      throw error;
    }
  }

  /** Holds what was stored against what it was made of. @throws IntegrityError */
  async compare(old: FileEntry, stored: readonly NewObject[], patience: Patience): Promise<void> {
    const [file] = stored;
    const before: readonly FileObject[] = [old, ...old.sidecars.values()];
    for (const [at, { object, record, sidecar }] of stored.entries()) {
      const now = { object: { id: object.id, sidecar }, record };
      const { signal } = patience;
      const one = await this.#objects.get(before[at]!, old, patience, { signal });
      try {
        const other = await this.#objects.get(now, file!, patience, { signal });
        if (await haveSameContent(one.stream(), other.stream())) continue;
        throw new IntegrityError("the remote gave back something else than was stored");
      } finally {
        await one.close();
      }
    }
  }

  /** Of one file: what is marked first is in no list any more, and is removed sooner or later. @throws NoObjectError */
  async delete(id: string, patience: Patience): Promise<void> {
    const { files, leftovers } = await this.#catalog.read();
    // What was replaced comes first: without the one that replaced it, it would be a file again.
    const entries = [...leftovers, ...files].filter(({ record }) => record.id === id);
    if (entries.length === 0) await this.#catalog.find(id);
    await this.#objects.checkForgotten();
    for (const { object, record } of entries) {
      if (record.state !== "removing") await this.#objects.say(object.id, { ...record, state: "removing" });
    }
    for (const entry of entries) await this.remove(entry, patience);
  }

  /** What another object took the place of: when it cannot be removed now, it is removed later. */
  async removeReplaced(old: FileEntry, { signal }: Patience): Promise<void> {
    await this.remove(old, { ...IN_PASSING, signal }).catch(() => {});
  }

  /**
   * The object that was to take another one's place when the vault was backed up, and has: the remote does not have the
   * other one any more.
   */
  async heirOf({ object, record }: FileEntry): Promise<FileEntry | undefined> {
    const { leftovers } = await this.#catalog.read();
    return leftovers.find((one) => one.record.replaces === object.id && one.record.id === record.id && one.record.state === "putting");
  }

  /** Makes it the file. */
  async adopt({ object, record }: FileEntry): Promise<void> {
    const release = await lockFile(this.#vault.id, record.id);
    if (!release) return;
    try {
      await this.#objects.say(object.id, { ...record, state: undefined, upload: undefined });
    } finally {
      this.#catalog.forget();
      await release();
    }
  }

  async remove({ object, record, sidecars }: FileEntry, patience: Patience): Promise<void> {
    const records = Array.from(sidecars.values(), (sidecar) => sidecar.record);
    await this.#objects.remove(object.id, [...records, record], patience);
  }

  /** Moves the headers of a file and of what belongs to it, the file's own last: it tells how far it is. */
  async rewrap(id: string, to: KeyReference | undefined, patience: Patience): Promise<StoredFile> {
    const { sidecars, ...entry } = await this.#catalog.find(id);
    for (const object of [...sidecars.values(), entry]) await this.#objects.rewrap(object, to, patience);
    this.#catalog.forget();
    const { object, record } = await this.#catalog.find(id);
    return storedFile(object, record, sidecars.has(THUMBNAIL));
  }

  /** What was left, but of files that are being changed. */
  async cleanUp(patience: Patience): Promise<void> {
    await abortable(patience.signal, () => Promise.all([...this.#leaving.values(), this.#passing]));
    await this.#cleanUp(patience);
  }

  cleanUpInPassing(): void {
    if (!keepsTabsApart()) return;
    this.#passing ??= this.#cleanUp(IN_PASSING)
      .catch(() => {})
      .finally(() => (this.#passing = undefined));
  }

  async #cleanUp(patience: Patience): Promise<void> {
    this.#catalog.forget();
    const { leftovers, sparing } = await this.#catalog.read();
    const left = leftovers.filter((entry) => this.#mayRemove(entry));
    const failures: unknown[] = [];
    for (const id of new Set([...left, ...sparing].map(({ record }) => record.id))) {
      throwIfAborted(patience.signal);
      const release = await lockFile(this.#vault.id, id);
      if (!release) continue;
      try {
        await this.#cleanUpOne(id, patience);
      } catch (error) {
        throwIfAborted(patience.signal);
        failures.push(error);
        // Where nothing is answered, the others would wait for nothing.
        if (!(error instanceof TransferError && error.status !== undefined)) break;
      } finally {
        await release();
      }
    }
    this.#catalog.forget();
    if (failures.length > 0) throw failures[0] as Error;
  }

  async #cleanUpOne(id: string, patience: Patience): Promise<void> {
    // What was read before may be whole by now.
    this.#catalog.forget();
    const { leftovers } = await this.#catalog.read();
    for (const entry of leftovers) {
      if (entry.record.id === id && this.#mayRemove(entry)) await this.remove(entry, patience);
    }
    this.#catalog.forget();
    const { sparing } = await this.#catalog.read();
    for (const object of sparing) if (object.record.id === id) await this.#objects.removeSpare(object, patience);
  }

  /** What was begun elsewhere, before this vault was restored from a backup, may have been finished there. */
  #mayRemove({ object, record }: FileEntry): boolean {
    return record.state !== "putting" || this.#pending.has(object.id);
  }

  /** Marked first: should its last step have been done nevertheless, it must not be a file while it is removed. */
  async #discard(stored: readonly NewObject[]): Promise<void> {
    const [{ object }] = stored as [NewObject];
    const records = stored.map((one) => this.#objects.givenUp(one));
    await this.#objects.say(object.id, records[0]!);
    await this.#objects.remove(object.id, records.toReversed(), IN_PASSING);
  }

  #leave(id: string, work: Promise<void>): void {
    const left = work.catch(() => {}).finally(() => {
      this.#leaving.delete(id);
      this.#catalog.forget();
    });
    this.#leaving.set(id, left);
  }
}

/** @internal */
export function storedFile(object: TrackedObject, record: FileRecord, thumbnail: boolean): StoredFile {
  const { name, type, size, modified, custom } = record.about ?? {};
  const { id, key, version, tracked } = object;
  const added = record.added ?? tracked;
  const { path } = record;
  return frozen({ id: record.id, name, type, size, modified, custom, added, thumbnail, object: id, path, key, version });
}
