/** The files of an unlocked vault, and the work on them. */

import { batch, signal } from "@preact/signals";
import { StrongroomError } from "strongroom";
import { fileStore, type FileStore, type StoredFile } from "strongroom/files";
import { coalesced } from "../../app/coalesced";
import { explainClosed, explainFile } from "../../app/explain";
import { notify, warn } from "../../app/notice";
import type { Scope } from "../../app/scope";
import { remote } from "../../remote/remote";
import { saveAs } from "../../ui/save";
import type { Version } from "../keys/versions";
import { refreshObjects } from "../provider/model";
import type { TransferQueue } from "../transfers/queue";
import { Transfer } from "../transfers/transfer";
import { FIRST_KEY } from "../vault/first-key";

export class FilesModel {
  readonly store: FileStore;
  /** Reads the list again, and what is known of the keys that the files are under. */
  readonly refresh: () => Promise<void>;
  readonly #scope: Scope;
  readonly #transfers: TransferQueue;
  readonly #list = signal<readonly StoredFile[] | undefined>(undefined);
  /** Of the versions that the files may be under, by their ids. */
  readonly #versions = signal<ReadonlyMap<string, Version>>(new Map());

  constructor(scope: Scope, transfers: TransferQueue) {
    const { vault, signal: ended, fail } = scope;
    this.#scope = scope;
    this.#transfers = transfers;
    // Headers beside the bodies: moving a file to another version replaces a few hundred bytes.
    this.store = fileStore({ vault, key: FIRST_KEY, remote, detached: true });
    this.refresh = coalesced(() => this.#read().catch(fail));
    vault.addEventListener(
      "change",
      // What this page does to files, it knows.
      ({ detail: { noun, elsewhere } }) => void ((noun === "keys" || elsewhere) && this.refresh()),
      { signal: ended },
    );
    void this.refresh();
  }

  /** All files, the oldest first; `undefined` until they were read. */
  get list(): readonly StoredFile[] | undefined {
    return this.#list.value;
  }

  get isTransferring(): boolean {
    return this.#transfers.overall.files > 0;
  }

  /** The file whose object it is in the inventory, by the object's id. */
  fileOf(object: string): StoredFile | undefined {
    return this.list?.find((file) => file.object === object);
  }

  /** Files that a version opens. @param version its id */
  under(version: string): readonly StoredFile[] {
    return (this.list ?? []).filter((file) => file.version === version);
  }

  /** Why a file does not open, in a sentence; `undefined` where it does. */
  whyClosed({ version }: StoredFile): string | undefined {
    const found = this.#versions.value.get(version);
    return found?.can("open") ? undefined : explainClosed(found?.state);
  }

  /** Encrypts and uploads. @param key the id of the key that protects the files */
  upload(files: Iterable<File>, key: string): void {
    const made = Array.from(files, (file) => {
      const work = async ({ patience, onProgress }: Transfer) => {
        await this.store.put(file, { ...patience, key, onProgress });
        await this.refresh();
      };
      return new Transfer("up", file.name, file.size, work);
    });
    this.#transfers.add(made);
  }

  /** Downloads, decrypts and saves. */
  download(file: StoredFile): void {
    const name = nameOf(file);
    const work = async ({ patience, onProgress }: Transfer) => {
      const plain = await this.store.get(file, { ...patience, onProgress });
      saveAs(await plain.blob({ type: "application/octet-stream" }), name);
    };
    this.#transfers.add([new Transfer("down", name, file.size ?? 0, work)]);
  }

  /**
   * Re-encrypts files under new data keys of their own.
   *
   * @param key the id of the key that protects them from then on
   * @param onStored called after each
   */
  reencrypt(files: readonly StoredFile[], key: string, onStored: () => Promise<void>): void {
    const made = files.map((file) => {
      const work = async ({ patience, onProgress }: Transfer) => {
        await this.store.reencrypt(file, { ...patience, key, onProgress });
        await this.refresh();
        await onStored();
      };
      return new Transfer("reencrypt", nameOf(file), file.size ?? 0, work);
    });
    this.#transfers.add(made);
  }

  async delete(file: StoredFile): Promise<void> {
    try {
      await this.store.delete(file);
      notify(`“${nameOf(file)}” is deleted, here and at the provider.`);
    } catch (error) {
      warn(explainFile(error));
    }
    await this.refresh();
    void refreshObjects();
  }

  async #read(): Promise<void> {
    const list = await this.store.list();
    const keys = await Promise.all([...new Set(list.map(({ key }) => key))].map((id) => this.#versionsOf(id)));
    batch(() => {
      this.#versions.value = new Map(keys.flat().map((version) => [version.id, version]));
      this.#list.value = list;
    });
  }

  async #versionsOf(key: string): Promise<readonly Version[]> {
    try {
      return (await this.#scope.vault.keys.get(key)).versions;
    } catch (error) {
      if (error instanceof StrongroomError && error.code === "ERR_NO_KEY") return [];
      throw error;
    }
  }
}

export const nameOf = ({ name }: StoredFile): string => name ?? "Unnamed file";
