/// <reference lib="esnext.disposable" preserve="true" />
interface RecordId {
  type: string;
  id: string;
  version: string;
}
interface StoredRow extends RecordId {
  revision: number;
  bytes: Uint8Array;
}
interface RowRange {
  prefix: string[];
  after?: [type: string, id: string, version: string];
  limit?: number;
  bare?: boolean;
}
interface Store {
  vaults(): Promise<string[]>;
  read(vault: string, ranges: RowRange[]): Promise<{
    sequence: number;
    rows: StoredRow[];
  }>;
  commit(vault: string, expect: number, next: number, puts: StoredRow[], deletes: RecordId[]): Promise<boolean>;
  remove(vault: string): Promise<void>;
}
interface Progress {
  readonly done: number;
  readonly total: number | undefined;
}
interface AbortOptions {
  signal?: AbortSignal | undefined;
}
interface OperationOptions extends AbortOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}
interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}
type SecretJwk = {
  readonly kty: "oct";
  readonly k: string;
  readonly kid?: string;
} | (PublicJwk & {
  readonly d: string;
});
type VersionState = "pre-active" | "active" | "suspended" | "deactivated" | "compromised" | "destroy-scheduled" | "destroyed";
type Purpose = "encrypt" | "share" | "sign";
type VersionAction = "activate" | "suspend" | "resume" | "revoke" | "compromise" | "scheduleDestroy" | "cancelDestroy" | "destroy" | "protect" | "open" | "export";
interface Transition {
  readonly state: VersionState;
  readonly at: number;
  readonly by: string;
  readonly reason?: string | undefined;
}
interface KeyVersion {
  readonly id: string;
  readonly number: number;
  readonly state: VersionState;
  readonly created: number;
  readonly uses: number;
  readonly destroyAt?: number | undefined;
  readonly forced?: true | undefined;
  readonly compromised?: true | undefined;
  readonly compromisedAt?: number | undefined;
  readonly publicJwk?: PublicJwk | undefined;
  readonly history: readonly Transition[];
  readonly actions: readonly VersionAction[];
}
interface OpenedBy {
  readonly key: string;
  readonly version: string;
  readonly state: VersionState;
}
type Origin = "own" | "unsigned";
interface KeyInfo {
  readonly id: string;
  readonly alias: string;
  readonly purpose: Purpose;
  readonly state: VersionState;
  readonly primary: string;
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly rotateEvery?: string | undefined;
  readonly due?: number | undefined;
  readonly uses: number;
  readonly lastUsed?: number | undefined;
  readonly session?: true | undefined;
  readonly expires?: number | undefined;
  readonly versions: readonly KeyVersion[];
}
interface KeyOptions {
  alias: string;
  purpose?: Purpose | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  rotateEvery?: string | undefined;
}
interface SessionOptions {
  ttl: string;
  alias?: string | undefined;
  purpose?: Purpose | undefined;
}
interface KeyFilter {
  prefix?: string | undefined;
  state?: VersionState | undefined;
  purpose?: Purpose | undefined;
  label?: string | readonly [name: string, value: string] | undefined;
  dueBefore?: number | undefined;
}
interface PageOptions {
  after?: string | undefined;
  limit?: number | undefined;
}
type KeyReference = string | KeyInfo;
interface Sidecar {
  readonly parent: string;
  readonly name: string;
}
interface TrackedObject {
  readonly id: string;
  readonly key: string;
  readonly version: string;
  readonly tracked: number;
  readonly size?: number | undefined;
  readonly location?: string | undefined;
  readonly header: "vault" | "elsewhere";
  readonly sidecar?: Sidecar | undefined;
}
interface TrackOptions {
  id?: string | undefined;
  location?: string | undefined;
  size?: number | undefined;
}
interface ObjectFilter {
  parent?: string | undefined;
  key?: KeyReference | undefined;
  version?: string | undefined;
}
interface ObjectPage {
  readonly objects: readonly TrackedObject[];
  readonly next?: string | undefined;
  readonly total: number;
}
type Bytes = Uint8Array<ArrayBuffer>;
type ErrorCode = "ERR_WRONG_FACTOR" | "ERR_NO_VAULT" | "ERR_EVICTED" | "ERR_NO_KEY" | "ERR_NO_OBJECT" | "ERR_NO_VERSION" | "ERR_STATE" | "ERR_PURPOSE" | "ERR_IN_USE" | "ERR_VAULT_EXISTS" | "ERR_KEY_EXISTS" | "ERR_LOCKED" | "ERR_CLOSED" | "ERR_CONSUMED" | "ERR_DECRYPT" | "ERR_CONTEXT" | "ERR_UNSIGNED" | "ERR_MALFORMED" | "ERR_UNSUPPORTED" | "ERR_INTEGRITY" | "ERR_STORAGE" | "ERR_QUOTA" | "ERR_BLOCKED" | "ERR_CONFLICT" | "ERR_ABORTED" | "ERR_TOO_LARGE" | "ERR_ARGUMENT" | "ERR_CHANGED" | "ERR_INPUT" | "ERR_NO_RANGES" | "ERR_TRANSFER" | "ERR_WASM" | "ERR_WORKER" | "ERR_INTERNAL";
declare abstract class StrongroomError extends Error {
  abstract readonly code: ErrorCode;
  readonly index?: number;
}
declare class NoRangesError extends StrongroomError {
  readonly name = "NoRangesError";
  readonly code = "ERR_NO_RANGES";
}
declare class TransferError extends StrongroomError {
  readonly name = "TransferError";
  readonly code = "ERR_TRANSFER";
  readonly status: number | undefined;
  readonly storeCode: string | undefined;
  readonly retryAfter: number | undefined;
}
interface FileMetadata {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly size?: number | undefined;
  readonly modified?: number | undefined;
}
type Json = string | number | boolean | null | readonly Json[] | {
  readonly [name: string]: Json;
};
type JsonOf<T> = T extends string | number | boolean | null ? T : T extends bigint | symbol | undefined | ((...given: never[]) => unknown) ? never : T extends object ? { [Name in keyof T]: JsonOf<T[Name]> | Extract<T[Name], undefined> } : never;
declare abstract class Closeable {
  readonly [Symbol.dispose]: () => void;
  abstract close(): void | Promise<void>;
}
declare abstract class AsyncCloseable extends Closeable {
  readonly [Symbol.asyncDispose]: () => Promise<void>;
  abstract close(): Promise<void>;
}
declare abstract class Body extends AsyncCloseable {
  readonly id: string;
  readonly size: number | undefined;
  readonly header: Bytes;
  stream(): ReadableStream<Bytes>;
  bytes(): Promise<Bytes>;
  arrayBuffer(): Promise<ArrayBuffer>;
  close(): Promise<void>;
}
declare class DecryptedObject extends Body {
  readonly metadata: FileMetadata;
  readonly sidecar: Sidecar | undefined;
  readonly origin: Origin;
  readonly version: OpenedBy | undefined;
  blob(options?: {
    type?: string | undefined;
  }): Promise<Blob>;
  file(options?: {
    name?: string | undefined;
    type?: string | undefined;
  }): Promise<File>;
  text(): Promise<string>;
  json<T = Json>(): Promise<T>;
}
type Input = ArrayBufferView | ArrayBufferLike | Blob | ReadableStream<Uint8Array> | string;
type CiphertextInput = Exclude<Input, string> | Response;
type EncryptionContext = Readonly<Record<string, string>>;
interface SidecarOptions extends OperationOptions {
  metadata?: Omit<FileMetadata, "size"> | undefined;
}
interface EncryptOptions extends SidecarOptions {
  context?: EncryptionContext | undefined;
  sidecar?: Sidecar | undefined;
  detached?: boolean | undefined;
}
interface DecryptOptions extends OperationOptions {
  context?: EncryptionContext | undefined;
  sidecar?: Sidecar | undefined;
  header?: Uint8Array | string | undefined;
  expect?: string | undefined;
}
interface PartOptions {
  size?: number | undefined;
  from?: number | undefined;
}
interface Part {
  readonly number: number;
  readonly blob: Blob;
  readonly offset: number;
  readonly last: boolean;
}
interface ResumeTokenOptions extends OperationOptions {
  location?: string | undefined;
}
declare class EncryptedObject extends Body {
  #private;
  get resumable(): boolean;
  resumeToken(options?: ResumeTokenOptions): Promise<string>;
  get note(): string | undefined;
  remember(note: string): Promise<void>;
  forget(): Promise<void>;
  stream(options?: {
    from?: number | undefined;
  }): ReadableStream<Bytes>;
  close(): Promise<void>;
  addSidecar(name: string, input: Input, options?: SidecarOptions): Promise<EncryptedObject>;
  track(options?: TrackOptions): Promise<TrackedObject>;
  blob(): Promise<Blob>;
  parts(options?: PartOptions): AsyncIterable<Part>;
}
interface StreamOptions extends AbortOptions {
  from?: number | undefined;
  to?: number | undefined;
}
declare class ObjectReader extends Closeable {
  #private;
  readonly id: string;
  readonly size: number;
  readonly metadata: FileMetadata;
  readonly origin: Origin;
  readonly version: OpenedBy | undefined;
  read(offset: number, length: number, options?: AbortOptions): Promise<Bytes>;
  stream(options?: StreamOptions): ReadableStream<Bytes>;
  close(): void;
}
export {
  AbortOptions,
  Bytes,
  CiphertextInput,
  Closeable,
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
  RecordId,
  ResumeTokenOptions,
  RowRange,
  SecretJwk,
  SessionOptions,
  Sidecar,
  SidecarOptions,
  Store,
  StoredRow,
  StreamOptions,
  StrongroomError,
  TrackOptions,
  TrackedObject,
  TransferError,
  Transition,
  VersionAction,
  VersionState,
};
