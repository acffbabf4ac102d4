/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A key management system that lives in the page: it makes, wraps and keeps keys, and encrypts files
 * before they are uploaded. Importing has no side effects; nothing is loaded before the first call.
 */
export { Strongroom } from "./strongroom.js";
export type { CreateOptions, OpenOptions, RestoreOptions, StoreOptions } from "./strongroom.js";
export type { Vault } from "./vault.js";
export type {
  Json,
  OpenObjectOptions,
  ReencryptOptions,
  SignOptions,
  ValueOptions,
  ValuesOptions,
  VaultDecryptOptions,
  VaultEncryptOptions,
  Verified,
  VerifyOptions,
} from "./vault-options.js";
export type {
  KeyFilter,
  KeyInfo,
  KeyOptions,
  KeyReference,
  KeyVersion,
  PageOptions,
  Purpose,
  SessionOptions,
  Transition,
  VersionState,
} from "./key-info.js";
export type { KeyPage, VaultKeys } from "./vault-keys.js";
export type {
  DestroyOptions,
  ExportOptions,
  KeyChanges,
  RevokeOptions,
  ScheduleOptions,
  VaultKey,
  VaultKeyVersion,
} from "./vault-key.js";
export type { Inventory, ObjectFilter, ObjectPage, TrackedObject, TrackOptions } from "./inventory.js";
export type { ResumeOptions, Upload, Uploads } from "./uploads.js";
export type { BackupMade, DestructionReport, Remaining, Remedy, RevocationReport, Shredding } from "./reports.js";
export type { Headed } from "./headers.js";
export type {
  HeaderSource,
  RewrapFailure,
  RewrapOptions,
  RewrapReport,
  Rewrapped,
  Rewrapping,
} from "./rewrapping.js";
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
export type { AttachOptions, DecryptOptions, EncryptOptions } from "./contents.js";
export type { Sidecar } from "./sidecars.js";
export type { Context } from "./context.js";
export type { FileMetadata, Input } from "./inputs.js";
export type { ObjectAddress, ObjectParts, ObjectSource } from "./sources.js";
export type { OpenObject, StreamOptions } from "./open-object.js";
export type { EncryptedObject, PlainObject, ResumeTokenOptions } from "./objects.js";
export type { Progress, Watch } from "./pump.js";
export type { Part, PartOptions } from "./parts.js";
export { init } from "./init.js";
export type { Settings } from "./init.js";
export type { CallerStore, Range, Slot, StoredRow } from "./bindings.js";
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
  InUseError,
  IntegrityError,
  KeyExistsError,
  LockedError,
  MalformedError,
  NoKeyError,
  NoObjectError,
  NoRangesError,
  NoVaultError,
  NoVersionError,
  PurposeError,
  QuotaError,
  StateError,
  StorageError,
  StrongroomError,
  TooLargeError,
  TransferError,
  UnsignedError,
  UnsupportedError,
  VaultExistsError,
  WasmError,
  WorkerError,
  WrongFactorError,
} from "./errors.js";
export type { Code } from "./errors.js";
