/**
 * What the inventory's `location` says of an object of a file store, in JSON. The vault keeps it encrypted. What one
 * release writes, all later ones read; where only the state changes, members that a later release adds stay as they are.
 */
import { toBase64Url } from "../../shared/bytes.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";

/** The member that marks a record, and the version of its form. */
const MARK = "strongroom/files";
const VERSION = 1;

/** Of a file's object, or of its thumbnail's. @internal */
export interface FileRecord {
  /** The store's name within the vault. */
  readonly store: string;
  /** The file's id, which stays the same when it is re-encrypted. */
  readonly id: string;
  /** The body's name at the remote, which its context is bound to. */
  readonly path: string;
  /** The header's, where it is detached. */
  readonly header?: string | undefined;
  /** Half done: being stored, or being removed. */
  readonly state?: "putting" | "removing" | undefined;
  /** The store's id of an upload in parts that was begun. */
  readonly upload?: string | undefined;
  /** The id of the object that is to be removed now that this one is stored. */
  readonly replaces?: string | undefined;
  /** The name of a header that is being stored and will be the object's. */
  readonly next?: string | undefined;
  /** Names at the remote that belong to no object any more: headers that were replaced. */
  readonly spare?: readonly string[] | undefined;
  /** When the file was put, in milliseconds since 1970. */
  readonly added?: number | undefined;
  /** What the object says of itself. */
  readonly about?: FileMetadata | undefined;
}

/** @internal */
export function locationOf(record: FileRecord): string {
  return JSON.stringify({ [MARK]: VERSION, ...record });
}

/** `undefined` for what no file store of this form wrote. @internal */
export function recordIn(location: string | undefined): FileRecord | undefined {
  if (!location?.startsWith("{")) return undefined;
  try {
    const { [MARK]: version, ...record } = JSON.parse(location) as FileRecord & { [MARK]?: number };
    return version === VERSION ? record : undefined;
  } catch {
    return undefined;
  }
}

/** 128 bits by chance, in 22 characters. @internal */
export function newFileId(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * Names at the remote that nothing has yet: the file's id, 48 bits by chance, and what it is. By the id, a person with nothing
 * but the remote and the keys can tell what belongs together. @internal
 */
export function newNames(id: string, detached: boolean): Pick<FileRecord, "path" | "header"> {
  const name = id + toBase64Url(crypto.getRandomValues(new Uint8Array(6)));
  return { path: `${name}.srm`, ...(detached && { header: `${name}.srh` }) };
}

/** Binds an object to its name, so that a store cannot give it out under another one. @internal */
export function contextOf(path: string): Record<string, string> {
  return { app: MARK, path };
}
