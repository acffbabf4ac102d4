/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A key management system that lives in the page: it makes, wraps and keeps keys, and encrypts files
 * before they are uploaded. Importing has no side effects; nothing is loaded before the first call.
 */
export { Strongroom } from "./strongroom.js";
export type { CreateOptions, OpenOptions, RestoreOptions, StoreOptions } from "./strongroom.js";
export type {
  Json,
  KeyInfo,
  KeyVersion,
  ValueOptions,
  Vault,
  VaultDecryptOptions,
  VaultEncryptOptions,
  VaultKeys,
  VersionState,
} from "./vault.js";
export { passphrase } from "./factors.js";
export type { Factor, Passphrase } from "./factors.js";
export {
  dangerouslyExportKey,
  decrypt,
  encrypt,
  exportKey,
  generateKey,
  importKey,
  unwrapKey,
  wrapKey,
} from "./keys.js";
export type {
  DecryptByOptions,
  EncryptToOptions,
  Key,
  PublicJwk,
  Recipient,
  SecretJwk,
  WrapOptions,
} from "./keys.js";
export type { DecryptOptions, EncryptOptions } from "./contents.js";
export type { Context } from "./context.js";
export type { FileMetadata, Input } from "./inputs.js";
export type { EncryptedObject, PlainObject, Progress, Watch } from "./objects.js";
export { init } from "./init.js";
export type { Settings } from "./init.js";
export type { CallerStore, StoredRow } from "./bindings.js";
export {
  AbortedError,
  ArgumentError,
  BlockedError,
  ChangedError,
  ClosedError,
  ConflictError,
  ConsumedError,
  ContextError,
  DecryptError,
  EvictedError,
  InputError,
  IntegrityError,
  KeyExistsError,
  LockedError,
  MalformedError,
  NoKeyError,
  NoVaultError,
  NoVersionError,
  QuotaError,
  StorageError,
  StrongroomError,
  TooLargeError,
  UnsignedError,
  UnsupportedError,
  VaultExistsError,
  WasmError,
  WorkerError,
  WrongFactorError,
} from "./errors.js";
export type { Code } from "./errors.js";
