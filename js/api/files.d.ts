import {
  AbortOptions,
  DecryptedObject,
  DownloadPresigner,
  FileMetadata,
  Input,
  KeyReference,
  ObjectReader,
  Patience,
  Presigned,
  Progress,
  UploadPresigner,
  UploadProgress,
  Vault,
} from "./common.js";

interface FilePresigner extends UploadPresigner, DownloadPresigner {
  get(): Promise<Presigned>;
  delete(): Promise<Presigned | void>;
}
type FileRemote = (name: string) => FilePresigner;
interface FileStoreOptions {
  vault: Vault;
  key: KeyReference;
  remote: FileRemote;
  name?: string | undefined;
  detached?: boolean | undefined;
}
type FileReference = string | {
  readonly id: string;
};
interface StoredFile {
  readonly id: string;
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly size: number | undefined;
  readonly modified: number | undefined;
  readonly custom: FileMetadata["custom"];
  readonly added: number;
  readonly thumbnail: boolean;
  readonly object: string;
  readonly path: string;
  readonly key: string;
  readonly version: string;
}
interface PutOptions extends Patience {
  key?: KeyReference | undefined;
  thumbnail?: Input | undefined;
  metadata?: Omit<FileMetadata, "size"> | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}
interface GetOptions extends Patience {
  onProgress?: ((progress: Progress) => void) | undefined;
}
interface RewrapFileOptions extends Patience {
  to?: KeyReference | undefined;
}
interface ReencryptFileOptions extends Patience {
  key?: KeyReference | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}
declare class FileStore {
  #private;
  put(input: Input, options?: PutOptions): Promise<StoredFile>;
  list(options?: AbortOptions): Promise<readonly StoredFile[]>;
  get(file: FileReference, options?: GetOptions): Promise<DecryptedObject>;
  open(file: FileReference, options?: Patience): Promise<ObjectReader>;
  thumbnail(file: FileReference, options?: Patience): Promise<DecryptedObject | undefined>;
  delete(file: FileReference, options?: Patience): Promise<void>;
  reencrypt(file: FileReference, options?: ReencryptFileOptions): Promise<StoredFile>;
  rewrap(file: FileReference, options?: RewrapFileOptions): Promise<StoredFile>;
  cleanUp(options?: Patience): Promise<void>;
}
declare function fileStore(options: FileStoreOptions): FileStore;
export {
  type FilePresigner,
  type FileReference,
  type FileRemote,
  type FileStore,
  type FileStoreOptions,
  type GetOptions,
  type PutOptions,
  type ReencryptFileOptions,
  type RewrapFileOptions,
  type StoredFile,
  fileStore,
};
