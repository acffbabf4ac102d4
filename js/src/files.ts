/**
 * Files as one thing: encrypted, stored by presigned URLs, listed, read, re-encrypted and removed. An entry point of its own,
 * `strongroom/files`: pages that do not import it do not download it.
 */
export { fileStore } from "./adapters/files/file-store.js";
export type { FileStore } from "./adapters/files/file-store.js";
export type {
  FileReference,
  FileStoreOptions,
  GetOptions,
  PutOptions,
  ReencryptFileOptions,
  RewrapFileOptions,
  StoredFile,
} from "./adapters/files/file-options.js";
export type { FilePresigner, FileRemote } from "./adapters/files/file-remote.js";
