/** The files of an unlocked vault: the opened headers of stored objects, and the work on them. */

import { effect, signal } from "@preact/signals";
import type { FileMetadata } from "strongroom";
import { explainObject } from "../../app/explain";
import type { Scope } from "../../app/scope";
import { cleanUp, removeObject, type StoredObject } from "../../remote/api";
import { saveAs } from "../../ui/save";
import type { TransferQueue } from "../transfers/queue";
import { Transfer } from "../transfers/transfer";
import { Inventory } from "./inventory";
import { openHeader, openObject, readFront } from "./object-reader";
import { addStored, deleteStored, removeStored, storedObjects } from "./stored-objects";
import { reencryptObject, uploadFile, type UploadTarget } from "./upload";

/** Headers that are read at the same time. */
const IN_FLIGHT = 4;

/** The outcome of opening a header. */
export type Opened =
  | { kind: "open"; id: string; metadata: FileMetadata }
  /** It belongs to another vault or was tampered with; `name` is set where it was open before. */
  | { kind: "closed"; reason: string; name: string | undefined };

/** A header to be opened. */
interface Job {
  object: StoredObject;
}

export class FilesModel {
  readonly inventory: Inventory;
  readonly #scope: Scope;
  readonly #transfers: TransferQueue;
  readonly #target: UploadTarget;
  /** By the object's key. */
  readonly #opened = signal<ReadonlyMap<string, Opened>>(new Map());
  /** Names of files that were open, for those that no longer open. */
  readonly #names = new Map<string, string | undefined>();
  readonly #waiting: Job[] = [];
  /** The latest job of each object, waiting or running; results of earlier ones are dropped. */
  readonly #jobs = new Map<string, Job>();
  #running = 0;

  constructor(scope: Scope, transfers: TransferQueue) {
    const { vault, signal: ended } = scope;
    this.#scope = scope;
    this.#transfers = transfers;
    this.inventory = new Inventory(vault);
    this.#target = {
      vault,
      inventory: this.inventory,
      add: (object, id, metadata) => {
        this.#note(object.key, { kind: "open", id, metadata });
        addStored(object);
      },
    };
    const stop = effect(() => this.#openMissing(storedObjects.value ?? []));
    ended.addEventListener("abort", stop);
  }

  /** The outcome for an object; `undefined` until its header is opened. */
  opened(key: string): Opened | undefined {
    return this.#opened.value.get(key);
  }

  /** The file's name, as far as it is known. */
  nameOf(key: string): string | undefined {
    const known = this.opened(key);
    return known?.kind === "open" ? known.metadata.name : known?.name;
  }

  get isTransferring(): boolean {
    return this.#transfers.overall.files > 0;
  }

  /** Encrypts and uploads. @param key the id of the key that protects the files */
  upload(files: Iterable<File>, key: string): void {
    const made = Array.from(
      files,
      (file) =>
        new Transfer("up", file.name, file.size, (transfer) => uploadFile(this.#target, file, key, transfer)),
    );
    this.#transfers.add(made);
  }

  /** Downloads, decrypts and saves. */
  download(object: StoredObject): void {
    const name = this.nameOf(object.key) ?? object.key;
    const work = async ({ policy, onProcessed }: Transfer) => {
      const plain = await openObject(this.#scope.vault, object, policy, onProcessed);
      saveAs(await plain.blob({ type: "application/octet-stream" }), name);
    };
    this.#transfers.add([new Transfer("down", name, object.size, work)]);
  }

  /**
   * Re-encrypts stored objects under new object keys and new names, then removes the old ones.
   *
   * @param locations the names of the objects at the store
   * @param key the id of the key that protects them from then on
   * @param onStored called after each
   */
  reencrypt(locations: ReadonlySet<string | undefined>, key: string, onStored: () => Promise<void>): void {
    const objects = (storedObjects.value ?? []).filter((object) => locations.has(object.key));
    const made = objects.map((object) => {
      const known = this.opened(object.key);
      const metadata = known?.kind === "open" ? known.metadata : {};
      const work = async (transfer: Transfer) => {
        await reencryptObject(this.#target, object, metadata, key, transfer);
        void cleanUp(() => removeObject(object.key));
        removeStored(object.key);
        if (known?.kind === "open") await this.inventory.forget(known.id);
        await onStored();
      };
      return new Transfer("reencrypt", metadata.name ?? object.key, object.size, work);
    });
    this.#transfers.add(made);
  }

  async delete(object: StoredObject): Promise<void> {
    const known = this.opened(object.key);
    await deleteStored(object);
    if (known?.kind === "open") await this.inventory.forget(known.id);
  }

  /** Opens headers once more after a key changed, and those that did not open before. */
  reopen(keys: readonly (string | undefined)[]): void {
    const again = new Set(keys);
    const kept = [...this.#opened.value].filter(([key, { kind }]) => kind === "open" && !again.has(key));
    this.#opened.value = new Map(kept);
    for (const key of again) if (key !== undefined) this.#jobs.delete(key);
    this.#openMissing(storedObjects.value ?? []);
  }

  #note(key: string, result: Opened): void {
    if (result.kind === "open") this.#names.set(key, result.metadata.name);
    this.#opened.value = new Map(this.#opened.peek()).set(key, result);
  }

  #openMissing(objects: readonly StoredObject[]): void {
    const opened = this.#opened.peek();
    for (const object of objects) {
      if (opened.has(object.key) || this.#jobs.has(object.key)) continue;
      const job = { object };
      this.#jobs.set(object.key, job);
      this.#waiting.push(job);
    }
    while (this.#running < IN_FLIGHT && this.#waiting.length > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#running++;
    for (let job = this.#waiting.shift(); job && !this.#scope.signal.aborted; job = this.#waiting.shift()) {
      const { key } = job.object;
      const result = await this.#open(job.object);
      if (this.#jobs.get(key) !== job) continue;
      this.#jobs.delete(key);
      this.#note(key, result);
    }
    this.#running--;
  }

  async #open(object: StoredObject): Promise<Opened> {
    const { key, size } = object;
    try {
      const front = await readFront(object);
      const { id, metadata } = await openHeader(this.#scope.vault, object, front);
      await this.inventory.adopt({ id, header: front, size }, key).catch(this.#scope.fail);
      return { kind: "open", id, metadata };
    } catch (error) {
      return { kind: "closed", reason: explainObject(error), name: this.#names.get(key) };
    }
  }
}
