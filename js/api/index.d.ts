import {
  AbortOptions,
  Bytes,
  CiphertextInput,
  DecryptOptions,
  DecryptedObject,
  EncryptOptions,
  EncryptedObject,
  EncryptionContext,
  ErrorCode,
  FileMetadata,
  Input,
  Json,
  JsonOf,
  KeyFilter,
  KeyInfo,
  KeyOptions,
  KeyReference,
  KeyVersion,
  NoRangesError,
  ObjectFilter,
  ObjectPage,
  ObjectReader,
  OpenedBy,
  OperationOptions,
  Origin,
  PageOptions,
  Part,
  PartOptions,
  Progress,
  PublicJwk,
  Purpose,
  ResumeTokenOptions,
  SecretJwk,
  SessionOptions,
  Sidecar,
  SidecarOptions,
  Store,
  StreamOptions,
  StrongroomError,
  TrackOptions,
  TrackedObject,
  TransferError,
  Transition,
  VersionAction,
  VersionState,
} from "./common.js";

declare class Passphrase {
  #private;
  readonly kind = "passphrase";
}
declare function passphrase(secret: string | Uint8Array): Passphrase;
type Factor = Passphrase;
interface Remedy {
  readonly do: "rewrap" | "reencrypt";
  readonly text: string;
}
interface BackupMade {
  readonly id: string;
  readonly at: number;
}
interface Remaining {
  readonly kind: "backup" | "header";
  readonly id?: string | undefined;
  readonly at?: number | undefined;
  readonly text: string;
}
interface Shredding {
  readonly shredded: boolean;
  readonly remaining: readonly Remaining[];
}
declare class Inventory {
  #private;
  list(filter?: ObjectFilter & AbortOptions): Promise<readonly TrackedObject[]>;
  each(filter?: ObjectFilter & AbortOptions): AsyncGenerator<TrackedObject, void, undefined>;
  page(query?: ObjectFilter & PageOptions & AbortOptions): Promise<ObjectPage>;
  untrack(id: string, options?: {
    force?: boolean | undefined;
  }): Promise<void>;
}
declare class WrongFactorError extends StrongroomError {
  readonly name = "WrongFactorError";
  readonly code = "ERR_WRONG_FACTOR";
}
declare class NoVaultError extends StrongroomError {
  readonly name = "NoVaultError";
  readonly code = "ERR_NO_VAULT";
}
declare class EvictedError extends StrongroomError {
  readonly name = "EvictedError";
  readonly code = "ERR_EVICTED";
}
declare class VaultExistsError extends StrongroomError {
  readonly name = "VaultExistsError";
  readonly code = "ERR_VAULT_EXISTS";
}
declare class LockedError extends StrongroomError {
  readonly name = "LockedError";
  readonly code = "ERR_LOCKED";
}
declare class IntegrityError extends StrongroomError {
  readonly name = "IntegrityError";
  readonly code = "ERR_INTEGRITY";
}
declare class StorageError extends StrongroomError {
  readonly name = "StorageError";
  readonly code = "ERR_STORAGE";
}
declare class QuotaError extends StrongroomError {
  readonly name = "QuotaError";
  readonly code = "ERR_QUOTA";
}
declare class BlockedError extends StrongroomError {
  readonly name = "BlockedError";
  readonly code = "ERR_BLOCKED";
}
declare class ConflictError extends StrongroomError {
  readonly name = "ConflictError";
  readonly code = "ERR_CONFLICT";
}
declare class NoKeyError extends StrongroomError {
  readonly name = "NoKeyError";
  readonly code = "ERR_NO_KEY";
}
declare class NoVersionError extends StrongroomError {
  readonly name = "NoVersionError";
  readonly code = "ERR_NO_VERSION";
}
declare class StateError extends StrongroomError {
  readonly name = "StateError";
  readonly code = "ERR_STATE";
  readonly from: VersionState | undefined;
  readonly to: VersionState | undefined;
}
declare class PurposeError extends StrongroomError {
  readonly name = "PurposeError";
  readonly code = "ERR_PURPOSE";
}
declare class KeyExistsError extends StrongroomError {
  readonly name = "KeyExistsError";
  readonly code = "ERR_KEY_EXISTS";
}
declare class NoObjectError extends StrongroomError {
  readonly name = "NoObjectError";
  readonly code = "ERR_NO_OBJECT";
}
declare class InUseError extends StrongroomError {
  readonly name = "InUseError";
  readonly code = "ERR_IN_USE";
}
declare class ConsumedError extends StrongroomError {
  readonly name = "ConsumedError";
  readonly code = "ERR_CONSUMED";
}
declare class DecryptError extends StrongroomError {
  readonly name = "DecryptError";
  readonly code = "ERR_DECRYPT";
}
declare class ContextError extends StrongroomError {
  readonly name = "ContextError";
  readonly code = "ERR_CONTEXT";
}
declare class UnsignedError extends StrongroomError {
  readonly name = "UnsignedError";
  readonly code = "ERR_UNSIGNED";
}
declare class MalformedError extends StrongroomError {
  readonly name = "MalformedError";
  readonly code = "ERR_MALFORMED";
  readonly where: string;
}
declare class UnsupportedError extends StrongroomError {
  readonly name = "UnsupportedError";
  readonly code = "ERR_UNSUPPORTED";
  readonly what: string;
}
declare class TooLargeError extends StrongroomError {
  readonly name = "TooLargeError";
  readonly code = "ERR_TOO_LARGE";
}
declare class ChangedError extends StrongroomError {
  readonly name = "ChangedError";
  readonly code = "ERR_CHANGED";
}
declare class InputError extends StrongroomError {
  readonly name = "InputError";
  readonly code = "ERR_INPUT";
}
declare class ClosedError extends StrongroomError {
  readonly name = "ClosedError";
  readonly code = "ERR_CLOSED";
}
declare class AbortedError extends StrongroomError {
  readonly name = "AbortError";
  readonly code = "ERR_ABORTED";
}
declare class ArgumentError extends StrongroomError {
  readonly name = "ArgumentError";
  readonly code = "ERR_ARGUMENT";
}
declare class WasmError extends StrongroomError {
  readonly name = "WasmError";
  readonly code = "ERR_WASM";
}
declare class WorkerError extends StrongroomError {
  readonly name = "WorkerError";
  readonly code = "ERR_WORKER";
}
declare class InternalError extends StrongroomError {
  readonly name = "InternalError";
  readonly code = "ERR_INTERNAL";
}
declare const classes: {
  readonly ERR_WRONG_FACTOR: typeof WrongFactorError;
  readonly ERR_NO_VAULT: typeof NoVaultError;
  readonly ERR_EVICTED: typeof EvictedError;
  readonly ERR_NO_KEY: typeof NoKeyError;
  readonly ERR_NO_OBJECT: typeof NoObjectError;
  readonly ERR_NO_VERSION: typeof NoVersionError;
  readonly ERR_STATE: typeof StateError;
  readonly ERR_PURPOSE: typeof PurposeError;
  readonly ERR_IN_USE: typeof InUseError;
  readonly ERR_VAULT_EXISTS: typeof VaultExistsError;
  readonly ERR_KEY_EXISTS: typeof KeyExistsError;
  readonly ERR_LOCKED: typeof LockedError;
  readonly ERR_CLOSED: typeof ClosedError;
  readonly ERR_CONSUMED: typeof ConsumedError;
  readonly ERR_DECRYPT: typeof DecryptError;
  readonly ERR_CONTEXT: typeof ContextError;
  readonly ERR_UNSIGNED: typeof UnsignedError;
  readonly ERR_MALFORMED: typeof MalformedError;
  readonly ERR_UNSUPPORTED: typeof UnsupportedError;
  readonly ERR_INTEGRITY: typeof IntegrityError;
  readonly ERR_STORAGE: typeof StorageError;
  readonly ERR_QUOTA: typeof QuotaError;
  readonly ERR_BLOCKED: typeof BlockedError;
  readonly ERR_CONFLICT: typeof ConflictError;
  readonly ERR_ABORTED: typeof AbortedError;
  readonly ERR_TOO_LARGE: typeof TooLargeError;
  readonly ERR_ARGUMENT: typeof ArgumentError;
  readonly ERR_CHANGED: typeof ChangedError;
  readonly ERR_INPUT: typeof InputError;
  readonly ERR_NO_RANGES: typeof NoRangesError;
  readonly ERR_TRANSFER: typeof TransferError;
  readonly ERR_WASM: typeof WasmError;
  readonly ERR_WORKER: typeof WorkerError;
  readonly ERR_INTERNAL: typeof InternalError;
};
type AnyStrongroomError = InstanceType<(typeof classes)[ErrorCode]>;
declare function isStrongroomError(error: unknown): error is AnyStrongroomError;
interface Headed {
  readonly id?: string | undefined;
  readonly header: Uint8Array | string;
  readonly size?: number | undefined;
}
type HeaderSource = Uint8Array | string | Headed;
interface RewrapOptions<Source = HeaderSource> extends OperationOptions {
  to?: KeyReference | undefined;
  dryRun?: boolean | undefined;
  fetchHeader?: ((source: Source) => Uint8Array | string | Promise<Uint8Array | string>) | undefined;
}
interface Rewrapped<Source = HeaderSource> {
  readonly source: Source;
  readonly id: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly header: Bytes | undefined;
}
interface RewrapFailure<Source = HeaderSource> {
  readonly source: Source;
  readonly error: StrongroomError;
}
interface RewrapReport<Source = HeaderSource> {
  readonly processed: number;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly failures: readonly RewrapFailure<Source>[];
}
declare class RewrapJob<Source extends HeaderSource = HeaderSource> implements AsyncIterable<Rewrapped<Source>> {
  #private;
  get report(): RewrapReport<Source>;
  [Symbol.asyncIterator](): AsyncIterator<Rewrapped<Source>, void, undefined>;
  run(store?: (rewrapped: Rewrapped<Source>) => unknown): Promise<RewrapReport<Source>>;
}
interface RevokeOptions {
  reason?: string | undefined;
  compromised?: boolean | undefined;
}
interface DestroyOptions {
  force?: boolean | undefined;
}
interface ScheduleOptions extends DestroyOptions {
  after?: string | undefined;
}
interface KeyChanges {
  alias?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  rotateEvery?: string | null | undefined;
}
interface ExportOptions extends AbortOptions {
  factor: Factor;
  version?: string | undefined;
}
declare class RevocationReport<Key = KeyInfo> {
  #private;
  readonly key: Key;
  readonly objects: number;
  readonly sample: readonly TrackedObject[];
  readonly readable: readonly string[];
  readonly forgeable: readonly string[];
  readonly remedies: readonly Remedy[];
  dependents(): AsyncGenerator<TrackedObject, void, undefined>;
  rewrap(options?: RewrapOptions<TrackedObject>): RewrapJob<TrackedObject>;
}
interface DestructionReport<Key = KeyInfo> {
  readonly key: Key;
  readonly objects: number;
  readonly backups: readonly BackupMade[];
  readonly remains: readonly string[];
}
declare abstract class KeyActions {
  #private;
  scheduleDestroy(options?: ScheduleOptions): Promise<DestructionReport<VaultKey>>;
  cancelDestroy(): Promise<VaultKey>;
  destroy(options?: DestroyOptions): Promise<DestructionReport<VaultKey>>;
}
declare class VaultKeyVersion extends KeyActions implements KeyVersion {
  #private;
  readonly id: string;
  readonly number: number;
  readonly state: KeyVersion["state"];
  readonly created: number;
  readonly uses: number;
  readonly destroyAt?: number;
  readonly compromised?: true;
  readonly compromisedAt?: number;
  readonly publicJwk?: NonNullable<KeyVersion["publicJwk"]>;
  readonly history: KeyVersion["history"];
  readonly actions: KeyVersion["actions"];
  can(action: VersionAction): boolean;
  activate(): Promise<VaultKey>;
  suspend(): Promise<VaultKey>;
  resume(): Promise<VaultKey>;
  revoke(options?: RevokeOptions): Promise<RevocationReport<VaultKey>>;
}
declare class VaultKey extends KeyActions implements KeyInfo {
  #private;
  readonly id: string;
  readonly alias: string;
  readonly purpose: KeyInfo["purpose"];
  readonly state: KeyInfo["state"];
  readonly primary: string;
  readonly created: number;
  readonly labels: KeyInfo["labels"];
  readonly rotateEvery?: string;
  readonly due?: number;
  readonly uses: number;
  readonly lastUsed?: number;
  readonly session?: true;
  readonly expires?: number;
  readonly versions: readonly VaultKeyVersion[];
  refresh(): Promise<VaultKey>;
  version(idOrNumber: string | number): VaultKeyVersion;
  get primaryVersion(): VaultKeyVersion;
  rotate(options?: {
    activate?: boolean | undefined;
  }): Promise<VaultKey>;
  update(changes: KeyChanges): Promise<VaultKey>;
  dangerouslyExport(options: ExportOptions): Promise<SecretJwk>;
  end(): Promise<void>;
}
interface KeyPage {
  readonly keys: readonly VaultKey[];
  readonly next: string | undefined;
}
declare class VaultKeys {
  #private;
  create(options: KeyOptions): Promise<VaultKey>;
  ensure(options: KeyOptions): Promise<VaultKey>;
  import(material: Uint8Array | JsonWebKey | string, options: KeyOptions): Promise<VaultKey>;
  createSession(options: SessionOptions): Promise<VaultKey>;
  get(aliasOrId: string): Promise<VaultKey>;
  list(filter?: KeyFilter & AbortOptions): Promise<readonly VaultKey[]>;
  page(query?: KeyFilter & PageOptions & AbortOptions): Promise<KeyPage>;
  due(at?: Date | number, options?: AbortOptions): Promise<readonly VaultKey[]>;
}
interface ObjectAddress extends Omit<RequestInit, "body" | "method" | "signal" | "window"> {
  readonly url: string | URL;
}
interface ObjectParts {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}
type ObjectSource = string | URL | ObjectAddress | Blob | ObjectParts;
interface PendingUpload {
  readonly token: string;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly size: number;
  readonly started: number;
}
interface ResumeOptions extends OperationOptions {
  context?: EncryptionContext | undefined;
  sidecar?: Sidecar | undefined;
}
declare class Uploads {
  #private;
  list(options?: AbortOptions): Promise<readonly PendingUpload[]>;
  remove(token: string): Promise<void>;
}
interface VaultEncryptOptions extends EncryptOptions {
  key: KeyReference;
  header?: "vault" | undefined;
}
interface VaultDecryptOptions extends DecryptOptions {
  object?: string | undefined;
  tracked?: string | undefined;
  allowUnsigned?: boolean | undefined;
}
type OpenObjectOptions = HowToOpen & AbortOptions;
type HowToOpen = Omit<VaultDecryptOptions, keyof OperationOptions>;
interface ReencryptOptions extends VaultEncryptOptions {
  from?: HowToOpen | undefined;
}
interface SignOptions {
  key: KeyReference;
  typ?: string | undefined;
}
interface VerifyOptions {
  key?: KeyReference | undefined;
  expectTyp?: string | undefined;
}
interface Verified {
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly key: string;
  readonly version: string;
  readonly state: VersionState;
  readonly typ: string | undefined;
}
interface ValueOptions extends AbortOptions {
  context?: EncryptionContext | undefined;
}
interface DecryptValueOptions extends ValueOptions {
  allowUnsigned?: boolean | undefined;
}
interface DecryptedValue<T = Json> {
  readonly value: T;
  readonly origin: Origin;
  readonly version: OpenedBy;
}
interface ValuesOptions extends OperationOptions {
  context?: EncryptionContext | undefined;
  contexts?: readonly (EncryptionContext | undefined)[] | undefined;
}
interface WithKey {
  key: KeyReference;
}
interface DecryptValuesOptions extends ValuesOptions {
  settle?: boolean | undefined;
  allowUnsigned?: boolean | undefined;
}
interface VaultChange {
  readonly noun: "keys" | "objects" | "uploads" | "vaultKey";
  readonly ids: readonly string[];
  readonly elsewhere: boolean;
}
interface VaultLock {
  readonly reason: StrongroomError;
  readonly elsewhere: boolean;
}
interface VaultEventMap {
  lock: CustomEvent<VaultLock>;
  change: CustomEvent<VaultChange>;
}
type VaultListener<Name extends keyof VaultEventMap> = ((event: VaultEventMap[Name]) => unknown) | {
  handleEvent(event: VaultEventMap[Name]): unknown;
};
declare abstract class VaultEvents extends EventTarget {
  addEventListener<Name extends keyof VaultEventMap>(type: Name, listener: VaultListener<Name> | null, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof VaultEventMap>(type: Name, listener: VaultListener<Name> | null, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}
declare abstract class VaultValues extends VaultEvents {
  encryptValue<T>(value: T & JsonOf<T>, options: ValueOptions & WithKey): Promise<string>;
  decryptValue<T = Json>(token: string, options?: DecryptValueOptions): Promise<T>;
  decryptValueDetails<T = Json>(token: string, options?: DecryptValueOptions): Promise<DecryptedValue<T>>;
  encryptValues<T>(values: readonly (T & JsonOf<T>)[], options: ValuesOptions & WithKey): Promise<string[]>;
  decryptValues<T = Json>(tokens: readonly string[], options: DecryptValuesOptions & {
    settle: true;
  }): Promise<PromiseSettledResult<T>[]>;
  decryptValues<T = Json>(tokens: readonly string[], options?: DecryptValuesOptions & {
    settle?: false | undefined;
  }): Promise<T[]>;
  sign(payload: Uint8Array | string, options: SignOptions): Promise<string>;
  verify(token: string, options?: VerifyOptions): Promise<Verified>;
}
declare class Vault extends VaultValues {
  #private;
  readonly [Symbol.dispose]: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly name: string;
  readonly id: string;
  readonly keys: VaultKeys;
  readonly objects: Inventory;
  readonly uploads: Uploads;
  get unlocked(): boolean;
  unlock(factor: Factor, options?: OperationOptions): Promise<void>;
  lock(): Promise<void>;
  close(): Promise<void>;
  encrypt(input: Input, options: VaultEncryptOptions): Promise<EncryptedObject>;
  resume(token: string, file: Blob, options?: ResumeOptions): Promise<EncryptedObject>;
  decrypt(input: CiphertextInput, options?: VaultDecryptOptions): Promise<DecryptedObject>;
  openObject(source: ObjectSource, options?: OpenObjectOptions): Promise<ObjectReader>;
  reencrypt(input: CiphertextInput, options: ReencryptOptions): Promise<EncryptedObject>;
  track(object: Headed, options?: TrackOptions): Promise<TrackedObject>;
  rewrap<Source extends HeaderSource>(headers: Iterable<Source> | AsyncIterable<Source>, options?: RewrapOptions<Source>): RewrapJob<Source>;
  shred(object: string | {
    readonly id: string;
  }): Promise<Shredding>;
  rotateVaultKey(options?: OperationOptions): Promise<{
    readonly generation: number;
    readonly records: number;
  }>;
  lastSeenHead(): Promise<string>;
  backup(options?: OperationOptions): Promise<Blob>;
}
interface StoreOptions {
  store?: Store | undefined;
}
interface CreateOptions extends StoreOptions, AbortOptions {
  name: string;
  factors: readonly Factor[];
}
interface OpenOptions extends StoreOptions, AbortOptions {
  name: string;
  factor?: Factor | undefined;
  lastSeenHead?: string | undefined;
}
interface OpenOrCreateOptions extends StoreOptions, AbortOptions {
  name: string;
  factor: Factor;
  lastSeenHead?: string | undefined;
}
interface RestoreOptions extends StoreOptions, OperationOptions {
  name?: string | undefined;
}
declare const Strongroom: Readonly<{
  create: typeof create;
  open: typeof open;
  openOrCreate: typeof openOrCreate;
  exists: typeof exists;
  list: typeof list;
  delete: typeof remove;
  restore: typeof restore;
}>;
declare function create(options: CreateOptions): Promise<Vault>;
declare function open(options: OpenOptions): Promise<Vault>;
declare function openOrCreate(options: OpenOrCreateOptions): Promise<Vault>;
declare function exists(name: string, options?: StoreOptions & AbortOptions): Promise<boolean>;
declare function list(options?: StoreOptions & AbortOptions): Promise<string[]>;
declare function remove(name: string, options?: StoreOptions & AbortOptions): Promise<void>;
declare function restore(backup: Blob | Uint8Array | ArrayBuffer, options?: RestoreOptions): Promise<Vault>;
interface InitOptions {
  wasm?: string | URL | Response | WebAssembly.Module | BufferSource | undefined;
  worker?: string | URL | boolean | undefined;
  insecure?: boolean | undefined;
}
declare function init(settings?: InitOptions): Promise<void>;
export {
  type AbortOptions,
  AbortedError,
  type AnyStrongroomError,
  ArgumentError,
  type BackupMade,
  BlockedError,
  ChangedError,
  type CiphertextInput,
  ClosedError,
  ConflictError,
  ConsumedError,
  ContextError,
  type CreateOptions,
  DecryptError,
  type DecryptOptions,
  type DecryptValueOptions,
  type DecryptValuesOptions,
  type DecryptedObject,
  type DecryptedValue,
  type DestroyOptions,
  type DestructionReport,
  type EncryptOptions,
  type EncryptedObject,
  type EncryptionContext,
  type ErrorCode,
  EvictedError,
  type ExportOptions,
  type Factor,
  type FileMetadata,
  type Headed,
  type HeaderSource,
  InUseError,
  type InitOptions,
  type Input,
  InputError,
  IntegrityError,
  InternalError,
  type Inventory,
  type Json,
  type JsonOf,
  type KeyChanges,
  KeyExistsError,
  type KeyFilter,
  type KeyInfo,
  type KeyOptions,
  type KeyPage,
  type KeyReference,
  type KeyVersion,
  LockedError,
  MalformedError,
  NoKeyError,
  NoObjectError,
  NoRangesError,
  NoVaultError,
  NoVersionError,
  type ObjectAddress,
  type ObjectFilter,
  type ObjectPage,
  type ObjectParts,
  type ObjectReader,
  type ObjectSource,
  type OpenObjectOptions,
  type OpenOptions,
  type OpenOrCreateOptions,
  type OpenedBy,
  type OperationOptions,
  type Origin,
  type PageOptions,
  type Part,
  type PartOptions,
  type Passphrase,
  type PendingUpload,
  type Progress,
  type PublicJwk,
  type Purpose,
  PurposeError,
  QuotaError,
  type ReencryptOptions,
  type Remaining,
  type Remedy,
  type RestoreOptions,
  type ResumeOptions,
  type ResumeTokenOptions,
  type RevocationReport,
  type RevokeOptions,
  type RewrapFailure,
  type RewrapJob,
  type RewrapOptions,
  type RewrapReport,
  type Rewrapped,
  type ScheduleOptions,
  type SecretJwk,
  type SessionOptions,
  type Shredding,
  type Sidecar,
  type SidecarOptions,
  type SignOptions,
  StateError,
  StorageError,
  type StoreOptions,
  type StreamOptions,
  Strongroom,
  StrongroomError,
  TooLargeError,
  type TrackOptions,
  type TrackedObject,
  TransferError,
  type Transition,
  UnsignedError,
  UnsupportedError,
  type Uploads,
  type ValueOptions,
  type ValuesOptions,
  type Vault,
  type VaultChange,
  type VaultDecryptOptions,
  type VaultEncryptOptions,
  type VaultEventMap,
  VaultExistsError,
  type VaultKey,
  type VaultKeyVersion,
  type VaultKeys,
  type VaultListener,
  type VaultLock,
  type Verified,
  type VerifyOptions,
  type VersionAction,
  type VersionState,
  WasmError,
  WorkerError,
  WrongFactorError,
  init,
  isStrongroomError,
  passphrase,
};
