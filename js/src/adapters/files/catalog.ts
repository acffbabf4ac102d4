/** The files that a vault's inventory has of one store. */
import type { Vault } from "../../page/vault/vault.js";
import { NoObjectError } from "../../shared/errors/index.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { TrackedObject } from "../../shared/model/tracked-object.js";
import { recordIn, type FileRecord } from "./file-record.js";

/** An object of a file, or of its thumbnail. @internal */
export interface FileObject {
  readonly object: Pick<TrackedObject, "id" | "sidecar">;
  readonly record: FileRecord;
}

/** @internal */
export interface FileEntry extends FileObject {
  readonly object: TrackedObject;
  /** By their names. */
  readonly sidecars: ReadonlyMap<string, FileObject>;
}

/** @internal */
export interface Listing {
  /** What is whole and stored, the oldest first. */
  readonly files: readonly FileEntry[];
  /** What was begun and not finished, and what another one replaced. */
  readonly leftovers: readonly FileEntry[];
  /** Objects, of files and of thumbnails, that have headers to spare, or one that was begun. */
  readonly sparing: readonly FileObject[];
}

/** @internal */
export class Catalog {
  readonly #vault: Vault;
  readonly #store: string;
  /** Until something changes in the inventory. */
  #listing: Promise<Listing> | undefined;
  readonly #forget = (event: Event): void => {
    const { noun } = (event as CustomEvent<Partial<VaultChange>>).detail;
    if (noun === undefined || noun === "objects") this.forget();
  };

  constructor(vault: Vault, store: string) {
    this.#vault = vault;
    this.#store = store;
  }

  /** The inventory is read through once, and again after a change. */
  read(): Promise<Listing> {
    if (this.#listing) return this.#listing;
    const listing = this.#read();
    this.#listing = listing;
    this.#vault.addEventListener("change", this.#forget);
    this.#vault.addEventListener("lock", this.#forget);
    listing.catch(() => this.forget());
    return listing;
  }

  forget(): void {
    this.#listing = undefined;
    this.#vault.removeEventListener("change", this.#forget);
    this.#vault.removeEventListener("lock", this.#forget);
  }

  /** What another tab changed a moment ago may not have been told yet. @throws NoObjectError */
  async find(id: string): Promise<FileEntry> {
    for (let looks = 0; looks < 2; looks += 1) {
      const found = (await this.read()).files.find(({ record }) => record.id === id);
      if (found) return found;
      this.forget();
    }
    throw new NoObjectError("the store has no such file");
  }

  async #read(): Promise<Listing> {
    const entries = new Map<string, FileEntry & { sidecars: Map<string, FileObject> }>();
    const sidecars: FileObject[] = [];
    for (const object of await this.#vault.objects.list()) {
      const record = recordIn(object.location);
      if (record?.store !== this.#store) continue;
      if (object.sidecar) sidecars.push({ object, record });
      else entries.set(object.id, { object, record, sidecars: new Map() });
    }
    for (const sidecar of sidecars) {
      const { parent, name } = sidecar.object.sidecar!;
      entries.get(parent)?.sidecars.set(name, sidecar);
    }
    return sorted([...entries.values()]);
  }
}

function sorted(entries: readonly FileEntry[]): Listing {
  const stored = entries.filter(({ record }) => record.state === undefined);
  const replaced = new Set(stored.map(({ record }) => record.replaces));
  const isFile = ({ object, record }: FileEntry): boolean => record.state === undefined && !replaced.has(object.id);
  const added = ({ object, record }: FileEntry): number => record.added ?? object.tracked;
  return {
    files: entries.filter(isFile).toSorted((one, other) => added(one) - added(other)),
    leftovers: entries.filter((entry) => !isFile(entry)),
    sparing: entries.flatMap((entry) => [entry, ...entry.sidecars.values()]).filter(({ record }) => record.spare ?? record.next),
  };
}
