/** What the calls of a file store take and give. */
import type { Input } from "../../page/objects/input.js";
import type { Vault } from "../../page/vault/vault.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { Progress } from "../../shared/model/progress.js";
import { check, type Checks } from "../../shared/options.js";
import { RETRY, type Patience } from "../s3/retry.js";
import type { UploadProgress } from "../s3/upload.js";
import type { FileRemote } from "./file-remote.js";

export interface FileStoreOptions {
  vault: Vault;
  /** What files are put under; those that are there already stay under theirs. */
  key: KeyReference;
  remote: FileRemote;
  /** Tells the stores of one vault apart; `""` unless given. The same name must be given each time. */
  name?: string | undefined;
  /** Stores headers beside the bodies from now on: an old header can then be removed by `rewrap`; see docs/objects.md. */
  detached?: boolean | undefined;
}

/** @internal */
export const FILE_STORE = {
  vault: check.any,
  key: check.any,
  remote: check.callback,
  name: check.text,
  detached: check.flag,
} satisfies Checks<FileStoreOptions>;

/** A file, or what `put` and `list` gave of it. */
export type FileReference = string | { readonly id: string };

/** A file of the store, as its vault knows it. */
export interface StoredFile {
  /** 22 characters, the same for as long as the file is there: also when it is re-encrypted. */
  readonly id: string;
  readonly name: string | undefined;
  readonly type: string | undefined;
  /** Bytes of plaintext; `undefined` where it was not known beforehand. */
  readonly size: number | undefined;
  /** Milliseconds since 1970, as the file says. */
  readonly modified: number | undefined;
  /** What `put` was given as `metadata.custom`. */
  readonly custom: FileMetadata["custom"];
  /** When it was put, in milliseconds since 1970. */
  readonly added: number;
  /** Whether `thumbnail` gives one. */
  readonly thumbnail: boolean;
  /** The id of its object in the inventory; another one after `reencrypt`. */
  readonly object: string;
  /** The name of its body at the remote; another one after `reencrypt`. */
  readonly path: string;
  /** The id of the key that protects it. */
  readonly key: string;
  /** The id of the version that opens it. */
  readonly version: string;
}

export interface PutOptions extends Patience {
  /** Another key than the store's. */
  key?: KeyReference | undefined;
  /** A small picture or other preview of the file, which `thumbnail` gives without the file. */
  thumbnail?: Input | undefined;
  /** Overrides what the input says of itself; a member set to `undefined` is left out. */
  metadata?: Omit<FileMetadata, "size"> | undefined;
  /** Counts bytes of the body's ciphertext. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** @internal */
export const PUT = {
  ...RETRY,
  key: check.any,
  thumbnail: check.any,
  metadata: check.any,
  onProgress: check.callback,
} satisfies Checks<PutOptions>;

export interface GetOptions extends Patience {
  /** Counts bytes of ciphertext that were decrypted. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** @internal */
export const GET = { ...RETRY, onProgress: check.callback } satisfies Checks<GetOptions>;

export interface RewrapFileOptions extends Patience {
  /** Another key, instead of the primary version of the file's own. */
  to?: KeyReference | undefined;
}

/** @internal */
export const REWRAP_FILE = { ...RETRY, to: check.any } satisfies Checks<RewrapFileOptions>;

export interface ReencryptFileOptions extends Patience {
  /** Another key than the store's. */
  key?: KeyReference | undefined;
  /** Counts bytes of the new body's ciphertext. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** @internal */
export const REENCRYPT_FILE = {
  ...RETRY,
  key: check.any,
  onProgress: check.callback,
} satisfies Checks<ReencryptFileOptions>;
