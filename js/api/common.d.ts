/// <reference lib="esnext.disposable" preserve="true" />
type Json = string | number | boolean | null | readonly Json[] | {
  readonly [name: string]: Json;
};
type JsonOf<T> = T extends string | number | boolean | null ? T : T extends bigint | symbol | undefined | ((...given: never[]) => unknown) ? never : T extends object ? { [Name in keyof T]: JsonOf<T[Name]> | Extract<T[Name], undefined> } : never;
interface FileMetadata {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly size?: number | undefined;
  readonly modified?: number | undefined;
  readonly custom?: {
    readonly [name: string]: Json;
  } | undefined;
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
interface RsaPublicJwk {
  readonly kty: "RSA";
  readonly n: string;
  readonly e: string;
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
type KeyOperation = "encrypt" | "decrypt" | "encryptValue" | "decryptValue" | "rewrap" | "sign" | "verify" | "export" | "rotate" | "activate" | "suspend" | "resume" | "revoke" | "scheduleDestroy" | "cancelDestroy" | "destroy" | "update" | "setPolicy";
type ViewOperation = Exclude<KeyOperation, "export">;
interface ContextRule {
  required?: Readonly<Record<string, string>> | undefined;
  only?: readonly string[] | undefined;
}
interface FactorRule<Operation = KeyOperation> {
  within: string;
  operations: readonly Operation[];
}
type ApprovableOperation = "export" | "destroy" | "scheduleDestroy" | "setPolicy" | "setVaultPolicy";
interface ApprovalRule<Operation = Exclude<ApprovableOperation, "setVaultPolicy">> {
  operations: readonly Operation[];
  approvers: readonly string[];
  atLeast?: number | undefined;
}
interface KeyPolicy {
  operations?: readonly KeyOperation[] | undefined;
  context?: ContextRule | undefined;
  notBefore?: number | undefined;
  notAfter?: number | undefined;
  requireReason?: readonly KeyOperation[] | undefined;
  minimumVersion?: number | undefined;
  maximumUses?: number | undefined;
  reviewEvery?: string | undefined;
  freshFactor?: FactorRule | undefined;
  secondFactor?: FactorRule | undefined;
  approval?: ApprovalRule | undefined;
  receivers?: readonly string[] | undefined;
}
type OrganisationRule = "expired" | "requiredFactors" | "escrow" | "maximumCryptoperiod" | "minimumArgon2" | "organisation" | "sequence";
type PolicyRule = Exclude<keyof KeyPolicy, "reviewEvery"> | OrganisationRule;
interface PolicyDecision {
  readonly allowed: boolean;
  readonly rule?: PolicyRule | undefined;
  readonly policy?: "key" | "vault" | "organisation" | "view" | undefined;
}
interface TriedEntry {
  readonly sequence: number;
  readonly at: number;
  readonly operation: KeyOperation;
}
interface TrialRefusal {
  readonly rule: Exclude<PolicyRule, OrganisationRule>;
  readonly count: number;
  readonly entries: readonly TriedEntry[];
}
interface PolicyTrial {
  readonly log: string;
  readonly from: number;
  readonly entries: number;
  readonly refused: readonly TrialRefusal[];
  readonly undecided: number;
}
interface ApprovalOptions {
  approval?: string | readonly string[] | undefined;
}
interface ReasonOptions {
  reason?: string | undefined;
}
type VersionState = "pre-active" | "active" | "suspended" | "deactivated" | "compromised" | "destroy-scheduled" | "destroyed";
type Purpose = "encrypt" | "share" | "sign" | "mac" | "verify";
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
  readonly unproven?: true | undefined;
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
type Covers = "header" | "content";
interface KeyInfo {
  readonly id: string;
  readonly alias: string;
  readonly purpose: Purpose;
  readonly state: VersionState;
  readonly destroyed?: true | undefined;
  readonly primary: string;
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly rotateEvery?: string | undefined;
  readonly due?: number | undefined;
  readonly uses: number;
  readonly lastUsed?: number | undefined;
  readonly session?: true | undefined;
  readonly policy?: KeyPolicy | undefined;
  readonly conflictingPolicies?: readonly KeyPolicy[] | undefined;
  readonly policyVersion?: number | undefined;
  readonly policyChanged?: number | undefined;
  readonly reviewDue?: number | undefined;
  readonly expires?: number | undefined;
  readonly versions: readonly KeyVersion[];
}
interface KeyOptions {
  alias: string;
  purpose?: Purpose | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  rotateEvery?: string | undefined;
  policy?: KeyPolicy | undefined;
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
  destroyed?: boolean | undefined;
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
type Bytes = Uint8Array<ArrayBuffer>;
declare abstract class Closeable {
  readonly [Symbol.dispose]: () => void;
  abstract close(): void | Promise<void>;
}
declare abstract class AsyncCloseable extends Closeable {
  readonly [Symbol.asyncDispose]: () => Promise<void>;
  abstract close(): Promise<void>;
}
type SaveTarget = FileSystemFileHandle | WritableStream<Uint8Array<ArrayBuffer>>;
declare abstract class Body extends AsyncCloseable {
  readonly id: string;
  readonly size: number | undefined;
  readonly header: Bytes;
  stream(): ReadableStream<Bytes>;
  saveTo(target: SaveTarget): Promise<void>;
  bytes(): Promise<Bytes>;
  arrayBuffer(): Promise<ArrayBuffer>;
  close(): Promise<void>;
}
declare class DecryptedObject extends Body {
  readonly metadata: FileMetadata;
  readonly sidecar: Sidecar | undefined;
  readonly origin: Origin;
  readonly covers: Covers | undefined;
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
  readonly covers: Covers | undefined;
  readonly version: OpenedBy | undefined;
  read(offset: number, length: number, options?: AbortOptions): Promise<Bytes>;
  stream(options?: StreamOptions): ReadableStream<Bytes>;
  saveTo(target: SaveTarget, options?: AbortOptions): Promise<void>;
  close(): void;
}
type ErrorCode = "ERR_WRONG_FACTOR" | "ERR_RECOVERY_WORDS" | "ERR_RECOVERY_SHARES" | "ERR_KIT_REPLACED" | "ERR_PASSKEY" | "ERR_KMS" | "ERR_THIS_DEVICE" | "ERR_PERSON_NEEDED" | "ERR_SECOND_FACTOR" | "ERR_IDENTITY_CHANGED" | "ERR_NO_FACTOR" | "ERR_LAST_FACTOR" | "ERR_WEAK_PASSPHRASE" | "ERR_NO_VAULT" | "ERR_EVICTED" | "ERR_NO_KEY" | "ERR_NO_OBJECT" | "ERR_NO_VERSION" | "ERR_STATE" | "ERR_POLICY" | "ERR_APPROVAL" | "ERR_WITNESS" | "ERR_PURPOSE" | "ERR_IN_USE" | "ERR_VAULT_EXISTS" | "ERR_KEY_EXISTS" | "ERR_LOCKED" | "ERR_CLOSED" | "ERR_CONSUMED" | "ERR_DECRYPT" | "ERR_CONTEXT" | "ERR_UNSIGNED" | "ERR_MALFORMED" | "ERR_UNSUPPORTED" | "ERR_INTEGRITY" | "ERR_STORAGE" | "ERR_QUOTA" | "ERR_BLOCKED" | "ERR_CONFLICT" | "ERR_ABORTED" | "ERR_TOO_LARGE" | "ERR_ARGUMENT" | "ERR_CHANGED" | "ERR_INPUT" | "ERR_NO_RANGES" | "ERR_TRANSFER" | "ERR_WASM" | "ERR_WORKER" | "ERR_INTERNAL";
declare abstract class StrongroomError extends Error {
  abstract readonly code: ErrorCode;
  readonly index?: number;
}
type WeakReason = "short" | "common" | "estimate";
type PasskeyReason = "unsupported" | "not-used" | "host" | "registered" | "unstable";
type ShareReason = "length" | "word" | "checksum" | "other-set" | "twice" | "missing" | "forged";
type DeviceReason = "missing" | "expired" | "clock" | "unsupported" | "two-needed";
type ApprovalReason = "not-open" | "other" | "forged" | "own-key";
type WitnessReason = "unknown-log" | "size" | "smaller" | "forked" | "proof" | "future";
type KmsReason = "denied" | "disabled" | "pending-deletion" | "not-found" | "wrong-key" | "wrong-region" | "expired-token" | "throttled" | "cors" | "offline" | "timeout" | "unavailable" | "malformed";
declare class WrongFactorError extends StrongroomError {
  readonly name = "WrongFactorError";
  readonly code = "ERR_WRONG_FACTOR";
}
declare class RecoveryWordsError extends StrongroomError {
  readonly name = "RecoveryWordsError";
  readonly code = "ERR_RECOVERY_WORDS";
  readonly position: number | undefined;
}
declare class RecoverySharesError extends StrongroomError {
  readonly name = "RecoverySharesError";
  readonly code = "ERR_RECOVERY_SHARES";
  readonly reason: ShareReason;
  readonly share: number | undefined;
  readonly position: number | undefined;
  readonly missing: number | undefined;
}
declare class KitReplacedError extends StrongroomError {
  readonly name = "KitReplacedError";
  readonly code = "ERR_KIT_REPLACED";
  readonly replacedAt: number;
}
declare class PasskeyError extends StrongroomError {
  readonly name = "PasskeyError";
  readonly code = "ERR_PASSKEY";
  readonly reason: PasskeyReason;
}
declare class ThisDeviceError extends StrongroomError {
  readonly name = "ThisDeviceError";
  readonly code = "ERR_THIS_DEVICE";
  readonly reason: DeviceReason;
}
declare class PersonNeededError extends StrongroomError {
  readonly name = "PersonNeededError";
  readonly code = "ERR_PERSON_NEEDED";
  readonly kinds: readonly string[];
}
declare class SecondFactorError extends StrongroomError {
  readonly name = "SecondFactorError";
  readonly code = "ERR_SECOND_FACTOR";
  readonly kinds: readonly string[];
}
declare class IdentityChangedError extends StrongroomError {
  readonly name = "IdentityChangedError";
  readonly code = "ERR_IDENTITY_CHANGED";
  readonly pinned: string | undefined;
  readonly identity: string;
}
declare class NoFactorError extends StrongroomError {
  readonly name = "NoFactorError";
  readonly code = "ERR_NO_FACTOR";
}
declare class KmsError extends StrongroomError {
  readonly name = "KmsError";
  readonly code = "ERR_KMS";
  readonly reason: KmsReason;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
}
declare class LastFactorError extends StrongroomError {
  readonly name = "LastFactorError";
  readonly code = "ERR_LAST_FACTOR";
}
declare class WeakPassphraseError extends StrongroomError {
  readonly name = "WeakPassphraseError";
  readonly code = "ERR_WEAK_PASSPHRASE";
  readonly reason: WeakReason;
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
interface RetryAttempt {
  readonly signal: AbortSignal;
  heard(): void;
}
interface Patience {
  signal?: AbortSignal | undefined;
  retries?: number | undefined;
  onInterrupted?: ((error: TransferError) => Promise<void>) | undefined;
  onRetrying?: ((retry: RetryNotice) => void) | undefined;
}
interface RetryOptions extends Patience {
  silence?: number | undefined;
}
interface RetryNotice {
  readonly error: TransferError;
  readonly attempt: number;
  readonly delay: number;
}
declare function withRetries<T>(work: (again: boolean, attempt: RetryAttempt) => Promise<T>, options?: RetryOptions): Promise<T>;
interface PasskeyInfo {
  readonly credential: string;
  readonly rpId: string;
}
interface SharesInfo {
  readonly threshold: number;
  readonly shares: number;
}
interface DeviceInfo {
  readonly key: string;
  readonly expires: number;
}
interface FactorKeyInfo {
  readonly thumbprint: string;
  readonly kid: string | undefined;
}
interface GateInfo {
  readonly renews: boolean;
  readonly offlineGrace: string | undefined;
}
interface FactorInfo {
  readonly id: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly added: number | undefined;
  readonly known: boolean;
  readonly pinned: boolean;
  readonly passkey: PasskeyInfo | undefined;
  readonly shares: SharesInfo | undefined;
  readonly device: DeviceInfo | undefined;
  readonly key: FactorKeyInfo | undefined;
  readonly gate: GateInfo | undefined;
  readonly rehearsedAt: number | undefined;
}
interface CompromisedFactorReport {
  readonly identity: string;
  readonly generation: number;
  readonly keys: number;
  readonly versions: number;
  readonly remaining: readonly FactorInfo[];
}
interface MergeReport {
  readonly proven: boolean;
  readonly generation: number;
  readonly keys: readonly string[];
  readonly versions: readonly MergedVersion[];
  readonly changed: readonly ChangedVersion[];
  readonly renamed: readonly RenamedKey[];
  readonly tombstones: number;
  readonly objects: number;
  readonly removed: number;
  readonly policy: boolean;
  readonly organisation: boolean;
  readonly skipped: readonly SkippedRecord[];
}
interface MergedVersion {
  readonly key: string;
  readonly version: string;
  readonly state: VersionState;
}
interface ChangedVersion {
  readonly key: string;
  readonly version: string;
  readonly from: VersionState;
  readonly to: VersionState;
}
interface RenamedKey {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}
interface SkippedRecord {
  readonly record: "key" | "version" | "object" | "factor" | "upload" | "policy" | "organisation";
  readonly id: string;
  readonly reason: "conflict" | "no-material" | "unproven" | "of-device" | "too-many" | "factor";
}
type VaultOperation = "createKey" | "importKey" | "createSession" | "addFactor" | "renameFactor" | "replaceFactor" | "revokeFactor" | "requireFactors" | "rotateVaultKey" | "backup" | "merge" | "track" | "untrack" | "shred" | "startAudit" | "stopAudit" | "cutAudit" | "setVaultPolicy" | "setOrganisation";
interface VaultPolicy extends Pick<KeyPolicy, "context" | "notBefore" | "notAfter" | "reviewEvery"> {
  operations?: readonly (KeyOperation | VaultOperation)[] | undefined;
  requireReason?: readonly (KeyOperation | VaultOperation)[] | undefined;
  freshFactor?: FactorRule<KeyOperation | VaultOperation> | undefined;
  secondFactor?: FactorRule<KeyOperation | VaultOperation> | undefined;
  approval?: ApprovalRule<ApprovableOperation> | undefined;
}
interface VaultPolicyInfo {
  readonly policy?: VaultPolicy | undefined;
  readonly conflictingPolicies?: readonly VaultPolicy[] | undefined;
  readonly policyVersion?: number | undefined;
  readonly policyChanged?: number | undefined;
  readonly reviewDue?: number | undefined;
}
type RequiredFactor = "recovery" | "passphrase" | "passkey" | "recovery-kit" | "recovery-shares";
interface OrganisationRules {
  name?: string | undefined;
  rules?: VaultPolicy | undefined;
  requiredFactors?: readonly RequiredFactor[] | undefined;
  maximumCryptoperiod?: string | undefined;
  minimumArgon2?: Argon2Cost | undefined;
  collector?: string | undefined;
  escrow?: PublicJwk | RsaPublicJwk | undefined;
}
interface Argon2Cost {
  readonly memory: number;
  readonly passes: number;
}
interface OrganisationPin {
  policy: string;
  key: PublicJwk | string;
}
interface OrganisationSource extends Partial<Pick<OrganisationPin, "policy">>, Pick<OrganisationPin, "key"> {
  url?: string | URL | undefined;
}
interface OrganisationInfo extends Readonly<OrganisationRules> {
  readonly supported: boolean;
  readonly set: number;
  readonly organisation?: string | undefined;
  readonly signer?: string | undefined;
  readonly sequence?: number | undefined;
  readonly notAfter?: number | undefined;
  readonly missingFactors?: readonly RequiredFactor[] | undefined;
  readonly missingEscrow?: true | undefined;
  readonly weakPassphrases?: readonly string[] | undefined;
}
interface OrganisationChange {
  readonly changed: boolean;
  readonly organisation: OrganisationInfo;
}
interface Statement<Code extends string, Params extends object = Record<never, never>> {
  readonly code: Code;
  readonly message: string;
  readonly params: Readonly<Params>;
}
interface AboutObjects {
  readonly objects: number;
}
type StillReadable = Statement<"version-opens-headers", AboutObjects> | Statement<"object-keys-were-kept", AboutObjects>;
type Forgeable = Statement<"objects-unproven"> | Statement<"values-unproven">;
type Remedy = Statement<"rewrap", AboutObjects> | Statement<"reencrypt", AboutObjects>;
type Remains = Statement<"in-backups", {
  backups: number;
}> | Statement<"in-exports"> | Statement<"on-disk">;
interface BackupMade {
  readonly id: string;
  readonly at: number;
}
type Remaining = Statement<"header"> | Statement<"backup", BackupMade>;
type RestoreWarning = Statement<"older-states-return", {
  created: number;
}>;
interface RestoreReport {
  readonly created: number;
  readonly generation: number;
  readonly warnings: readonly RestoreWarning[];
}
interface Shredding {
  readonly shredded: boolean;
  readonly remaining: readonly Remaining[];
}
declare class KmsSecret {
  #private;
}
interface KmsRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}
interface KmsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> | Headers;
  readonly body: string;
}
interface SecretMember {
  readonly secret: string;
  readonly encoding: "base64" | "base64url";
  readonly crc32c?: string | undefined;
}
type KmsSecretRequest = Omit<KmsRequest, "signal"> & SecretMember & {
  readonly signal?: AbortSignal | undefined;
};
interface KmsSecretResponse extends KmsResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secret: KmsSecret | undefined;
}
type KmsSend = (request: KmsSecretRequest) => Promise<KmsSecretResponse>;
type KmsPublicJwk = (PublicJwk | RsaPublicJwk) & {
  readonly kid: string;
};
type KmsUnwrapRequest = {
  readonly keyId: string;
  readonly signal: AbortSignal;
  readonly send?: KmsSend | undefined;
} & ({
  readonly algorithm: "RSA-OAEP-256";
  readonly encryptedKey: Uint8Array<ArrayBuffer>;
} | {
  readonly algorithm: "ECDH-ES+A256KW";
  readonly epk: PublicJwk;
});
interface KmsAdapter {
  readonly keyIds?: readonly string[] | undefined;
  publicKey(options?: {
    readonly signal?: AbortSignal | undefined;
  }): Promise<KmsPublicJwk>;
  unwrap(request: KmsUnwrapRequest): Promise<Uint8Array<ArrayBuffer> | KmsSecret>;
}
type KeyElsewhere = string | PublicJwk | RsaPublicJwk | JsonWebKey | KmsAdapter;
interface TrackedObject {
  readonly id: string;
  readonly key: string;
  readonly version: string;
  readonly tracked: number;
  readonly size?: number | undefined;
  readonly location?: string | undefined;
  readonly header: "vault" | "elsewhere";
  readonly sidecar?: Sidecar | undefined;
  readonly recipients?: readonly string[] | undefined;
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
  recipient?: KeyElsewhere | undefined;
}
interface ObjectPage {
  readonly objects: readonly TrackedObject[];
  readonly next?: string | undefined;
  readonly total: number;
}
interface UnlockResult {
  readonly factor: FactorInfo;
  readonly second: FactorInfo | undefined;
  readonly generationsBehind: number;
  readonly supersededIdentity: string | undefined;
  readonly strengthened: boolean;
  readonly offlineGrace: boolean;
  readonly failedAttempts: FailedAttempts | undefined;
}
interface FailedAttempts {
  readonly count: number;
  readonly last: Date;
}
type HealthSeverity = "ok" | "notice" | "warning" | "critical";
interface HealthFinding<Code extends string, Params extends object = Record<never, never>> extends Statement<Code, Params> {
  readonly severity: HealthSeverity;
  readonly advice: string | undefined;
}
type ContextCheck = HealthFinding<"context-secure"> | HealthFinding<"context-insecure">;
type StorageCheck = HealthFinding<"storage-persistent"> | HealthFinding<"storage-evictable"> | HealthFinding<"storage-unknown"> | HealthFinding<"storage-in-memory"> | HealthFinding<"storage-of-page">;
type SpaceCheck = HealthFinding<"space-enough", {
  bytes: number;
}> | HealthFinding<"space-low", {
  bytes: number;
}> | HealthFinding<"space-unknown">;
type EvictionCheck = HealthFinding<"eviction-told"> | HealthFinding<"eviction-untold">;
type BackupCheck = HealthFinding<"backup-recent", {
  at: number;
  changes: number;
}> | HealthFinding<"backup-old", {
  at: number;
  changes: number;
}> | HealthFinding<"backup-missing">;
type FactorsCheck = HealthFinding<"factors-enough", {
  factors: number;
}> | HealthFinding<"factors-single"> | HealthFinding<"factors-paired", {
  factors: number;
  requires: readonly string[];
}> | HealthFinding<"factors-one-spare", {
  factors: number;
  requires: readonly string[];
  id: string;
}> | HealthFinding<"factors-without-recovery", {
  factors: number;
}>;
type PinsCheck = HealthFinding<"factors-unpinned", {
  ids: readonly string[];
}>;
type EscrowCheck = HealthFinding<"factors-escrowed", {
  ids: readonly string[];
  keys: readonly FactorKeyInfo[];
}>;
type GateCheck = HealthFinding<"gates-graced" | "gates-unrenewed", {
  ids: readonly string[];
}>;
type KindsCheck = HealthFinding<"factors-unknown", {
  ids: readonly string[];
}>;
type RehearsalCheck = HealthFinding<"rehearsal-done", {
  id: string;
  at: number | undefined;
  due: number;
}> | HealthFinding<"rehearsal-due", {
  id: string;
  at: number | undefined;
  due: number | undefined;
}>;
type PolicyReviewCheck = HealthFinding<"policies-unreviewed", {
  policies: number;
}>;
type CollectorProblem = "not-shipped" | "elsewhere" | "failing" | "stopped";
type OrganisationCheck = HealthFinding<"organisation-current", {
  organisation: string;
  sequence: number;
  notAfter: number;
}> | HealthFinding<"organisation-expired", {
  organisation: string;
  sequence: number;
  notAfter: number;
}> | HealthFinding<"organisation-unknown"> | HealthFinding<"organisation-refresh-failed", {
  error: string;
  failed: number;
}> | HealthFinding<"organisation-escrow-missing"> | HealthFinding<"organisation-factors-missing", {
  factors: readonly RequiredFactor[];
}> | HealthFinding<"organisation-passphrases-weak", {
  ids: readonly string[];
}> | HealthFinding<"organisation-rotations-late", {
  keys: number;
}> | HealthFinding<"organisation-collector-served", {
  collector: string;
}> | HealthFinding<"organisation-collector-unserved", {
  collector: string;
  problem: CollectorProblem;
}>;
type ClockCheck = HealthFinding<"clock-plausible"> | HealthFinding<"clock-behind", {
  latest: number;
}>;
type DeviceCheck = HealthFinding<"device-opens", {
  id: string;
  expires: number;
}> | HealthFinding<"device-expiring", {
  id: string;
  expires: number;
}> | HealthFinding<"device-expired", {
  id: string;
  expires: number;
}> | HealthFinding<"device-broken", {
  id: string;
  expires: number;
}>;
type HealthCheck = ContextCheck | StorageCheck | SpaceCheck | EvictionCheck | BackupCheck | FactorsCheck | PinsCheck | EscrowCheck | GateCheck | KindsCheck | RehearsalCheck | DeviceCheck | PolicyReviewCheck | OrganisationCheck | ClockCheck;
interface VaultHealth {
  readonly severity: HealthSeverity;
  readonly at: number;
  readonly checks: readonly HealthCheck[];
}
type ApprovalProposal = {
  operation: "destroy";
  key: KeyReference;
  version?: string | undefined;
  force?: boolean | undefined;
} | {
  operation: "scheduleDestroy";
  key: KeyReference;
  version?: string | undefined;
  after?: string | undefined;
  force?: boolean | undefined;
} | {
  operation: "export";
  key: KeyReference;
  version?: string | undefined;
} | {
  operation: "setPolicy";
  key: KeyReference;
  policy: KeyPolicy | null;
} | {
  operation: "setVaultPolicy";
  policy: VaultPolicy | null;
};
interface ApprovedArguments {
  readonly version?: string;
  readonly after?: string;
  readonly force?: boolean;
  readonly policy?: VaultPolicy | KeyPolicy;
  readonly removed?: boolean;
}
interface ApprovalRequest {
  readonly id: string;
  readonly vault: string;
  readonly device: string;
  readonly operation: ApprovableOperation;
  readonly key?: string | undefined;
  readonly alias?: string | undefined;
  readonly arguments: ApprovedArguments;
  readonly reason?: string | undefined;
  readonly requested: number;
  readonly expires: number;
  readonly text: string;
}
interface ApprovalRequestOptions extends ReasonOptions {
  openFor?: string | undefined;
}
interface ApproveOptions extends ReasonOptions {
  key: KeyReference;
}
declare class VaultApprovals {
  #private;
  request(proposal: ApprovalProposal, options?: ApprovalRequestOptions): Promise<ApprovalRequest>;
  list(): Promise<ApprovalRequest[]>;
  cancel(request: string | {
    readonly id: string;
  }, options?: ReasonOptions): Promise<void>;
  read(text: string): Promise<ApprovalRequest>;
  approver(key: KeyReference): Promise<string>;
  approve(request: string | {
    readonly text: string;
  }, options: ApproveOptions): Promise<string>;
}
type AlertSeverity = "Informational" | "Low" | "Medium" | "High" | "Critical";
type AlertRule = keyof AlertThresholds;
interface AlertThresholds {
  failedUnlocks: {
    attempts?: number | undefined;
    within?: string | undefined;
  };
  spike: {
    factor?: number | undefined;
    perHour?: number | undefined;
    perDay?: number | undefined;
    history?: string | undefined;
    learn?: string | undefined;
  };
  compromisedVersion: {
    uses?: number | undefined;
  };
  deactivatedVersion: {
    uses?: number | undefined;
    grace?: string | undefined;
  };
  refusals: {
    refusals?: number | undefined;
    within?: string | undefined;
  };
  integrityErrors: {
    errors?: number | undefined;
    within?: string | undefined;
  };
  decryptErrors: {
    errors?: number | undefined;
    within?: string | undefined;
  };
  newLog: Record<never, never>;
  clock: {
    behind?: string | undefined;
    entries?: number | undefined;
  };
  rotation: {
    grace?: string | undefined;
    maximumAge?: string | undefined;
  };
  backup: {
    after?: string | undefined;
  };
  rehearsal: {
    grace?: string | undefined;
  };
  review: {
    grace?: string | undefined;
  };
  lostEntries: {
    entries?: number | undefined;
  };
  logOff: Record<never, never>;
  brokenLog: Record<never, never>;
  cutLog: Record<never, never>;
}
type AlertRules = { [Rule in AlertRule]?: AlertThresholds[Rule] | boolean | undefined };
interface AlertEntry {
  readonly log: string;
  readonly sequence: number;
}
interface AlertEvidence {
  readonly entries: readonly AlertEntry[];
  readonly keys: readonly string[];
  readonly versions: readonly string[];
  readonly factors: readonly string[];
  readonly logs: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
}
interface VaultAlert {
  readonly id: string;
  readonly rule: AlertRule;
  readonly severity: AlertSeverity;
  readonly severityId: number;
  readonly at: number;
  readonly message: string;
  readonly evidence: AlertEvidence;
}
interface AlertReport {
  readonly alerts: readonly VaultAlert[];
  readonly at: number;
  readonly from: number;
  readonly entries: number;
  readonly read: number;
  readonly log: "written" | "stopped" | "none";
}
interface AlertOptions extends AbortOptions {
  rules?: AlertRules | undefined;
  from?: number | undefined;
}
interface AlertWatchOptions extends AlertOptions {
  every?: string | undefined;
}
declare class VaultAlerts {
  #private;
  check(options?: AlertOptions): Promise<AlertReport>;
  watch(options?: AlertWatchOptions): Promise<void>;
}
interface AuditedKey {
  readonly key: string;
  readonly version?: string;
  readonly uses?: number;
}
interface PrecedingLog {
  readonly log: string;
  readonly size: number;
  readonly root: string;
  readonly device?: string;
  readonly cut?: AuditTree & AuditCut;
}
interface AuditCut {
  readonly size: number;
  readonly entry: number;
  readonly at: number;
}
interface AuditTree {
  readonly size: number;
  readonly roots: readonly string[];
}
interface AuditEntryCut extends AuditTree {
  readonly note: string;
  readonly logs?: readonly PrecedingLog[];
}
interface AuditCutting {
  readonly log: string;
  readonly first: number;
  readonly entries: number;
  readonly logs: number;
  readonly held?: "retention" | "shipping";
}
interface AuditLogBeginning {
  readonly log: string;
  readonly device: string;
  readonly after?: PrecedingLog;
}
interface AuditEntry {
  readonly sequence: number;
  readonly at: number;
  readonly operation: string;
  readonly error?: string;
  readonly rule?: string;
  readonly reason?: string;
  readonly approvers?: readonly string[];
  readonly keys: readonly AuditedKey[];
  readonly more?: number;
  readonly object?: string;
  readonly contexts?: readonly string[];
  readonly moreContexts?: number;
  readonly factor?: string;
  readonly failed?: number;
  readonly lost?: number;
  readonly begins?: AuditLogBeginning;
  readonly cut?: AuditEntryCut;
}
interface OfLog {
  log?: string | undefined;
}
interface AuditFilter {
  operation?: string | undefined;
  error?: string | undefined;
  done?: boolean | undefined;
  from?: number | undefined;
  to?: number | undefined;
}
interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next?: number;
  readonly first: number;
}
interface AuditState {
  readonly log: string;
  readonly device: string;
  readonly size: number;
  readonly waiting: number;
  readonly stopped: boolean;
  readonly failClosed: boolean;
  readonly cut?: AuditCut;
  readonly retain?: number;
}
interface AuditCheckpoint {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly verifier: string;
  readonly certificate: string;
  readonly cosigned?: readonly AuditCosigned[];
}
interface AuditCosigned {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly by: readonly AuditCosigner[];
}
interface AuditCosigner {
  readonly witness: string;
  readonly at: number;
}
interface AuditWitnessRequest {
  readonly request: string;
  readonly note: string;
  readonly size: number;
  readonly root: string;
  readonly verifier: string;
}
interface AuditWitnessing {
  readonly cosignature: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly before?: number;
}
interface AuditWitnessed {
  readonly witness: string;
  readonly size?: number;
  readonly root?: string;
  readonly at?: number;
  readonly fault?: "rolled-back" | "forked";
  readonly cut?: boolean;
}
type AuditFault = "entries" | "tree" | "rolled-back" | "forked";
interface AuditVerification {
  readonly log: string;
  readonly size: number;
  readonly root: string;
  readonly intact: number;
  readonly fault?: AuditFault;
  readonly cut?: AuditCut;
  readonly witnessed?: readonly AuditWitnessed[];
}
interface AuditProof {
  readonly entry: string;
  readonly proof: string;
  readonly verifier: string;
  readonly certificate: string;
}
interface AuditBatch {
  readonly strongroom: "audit-batch-1";
  readonly vault: string;
  readonly log: string;
  readonly device: string;
  readonly first: number;
  readonly format: "ocsf" | "entries";
  readonly entries: readonly object[];
  readonly leaves: readonly string[];
  readonly note: string;
  readonly verifier: string;
  readonly certificate: string;
  readonly proof: readonly string[];
  readonly cut?: AuditTree;
  readonly after?: PrecedingLog;
}
type AuditSend = (batch: AuditBatch, options: {
  signal: AbortSignal;
}) => Promise<unknown>;
interface AuditShipOptions extends AbortOptions {
  format?: "ocsf" | "entries" | undefined;
  reasons?: boolean | undefined;
  name?: string | undefined;
  headers?: Record<string, string> | undefined;
  limit?: number | undefined;
  every?: number | undefined;
}
type EncryptionContext = Readonly<Record<string, string>>;
interface AuditQuery extends AuditFilter, OfLog, AbortOptions {
  key?: KeyReference | undefined;
  context?: EncryptionContext | undefined;
}
type AuditFormat = "jsonl" | "ocsf" | "csv" | "cef";
interface AuditExportOptions extends AuditQuery, OperationOptions {
  format: AuditFormat;
  reasons?: boolean | undefined;
}
interface ShipmentState {
  readonly status: "waiting" | "shipping" | "ended";
  readonly log: string | undefined;
  readonly shipped: number;
  readonly behind: number;
  readonly lastError: StrongroomError | undefined;
}
declare class AuditShipment {
  #private;
  readonly ended: Promise<void>;
  get state(): ShipmentState;
  stop(): Promise<void>;
}
interface AuditWitnessOptions {
  verifier: string;
}
interface AuditWitnessRequestOptions extends OfLog {
  since?: number | undefined;
}
interface AuditCosignature {
  note: string;
  cosignature: string;
  witness: string;
}
interface AuditPageQuery extends AuditQuery {
  before?: number | undefined;
  limit?: number | undefined;
}
interface AuditStartOptions extends ReasonOptions {
  failClosed?: boolean | undefined;
  retain?: string | undefined;
}
interface AuditCutOptions extends ReasonOptions {
  before: Date | number;
}
interface AuditDestination {
  url?: string | URL | undefined;
  name?: string | undefined;
}
interface AuditVerifyOptions extends OfLog, AbortOptions {
  lastCheckpoint?: string | undefined;
  witnesses?: readonly string[] | undefined;
}
declare class AuditLog {
  #private;
  start(options?: AuditStartOptions): Promise<void>;
  stop(options?: ReasonOptions): Promise<void>;
  cut(options: AuditCutOptions): Promise<AuditCutting>;
  forgetDestination(destination: AuditDestination): Promise<void>;
  state(): Promise<AuditState | undefined>;
  flush(): Promise<void>;
  page(query?: AuditPageQuery): Promise<AuditPage>;
  each(query?: AuditQuery): AsyncGenerator<AuditEntry, void, undefined>;
  export(options: AuditExportOptions): ReadableStream<Bytes>;
  ship(destination: string | URL | AuditSend, options?: AuditShipOptions): Promise<AuditShipment>;
  verify(options?: AuditVerifyOptions): Promise<AuditVerification>;
  checkpoint(): Promise<AuditCheckpoint>;
  prove(sequence: number, options?: OfLog): Promise<AuditProof>;
  witnessRequest(options?: AuditWitnessRequestOptions): Promise<AuditWitnessRequest>;
  addCosignature(given: AuditCosignature): Promise<void>;
  witnessKey(): Promise<string>;
  witness(request: string, options: AuditWitnessOptions): Promise<AuditWitnessing>;
}
interface CbomOptions extends OperationOptions {
  names?: boolean | undefined;
  labels?: boolean | undefined;
}
declare class KeyInventory {
  #private;
  cbom(options?: CbomOptions): Promise<Blob>;
}
declare class Escrow {
  #private;
  readonly kind = "escrow";
}
declare class EscrowKey {
  #private;
  readonly kind = "escrow";
}
declare function escrow(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey): Escrow;
declare function escrowKey(privateKey: SecretJwk | JsonWebKey | string | KmsAdapter): EscrowKey;
interface KmsGateOptions {
  offlineGrace?: string | undefined;
}
declare class KmsGate {
  #private;
  readonly kind = "kms";
}
declare class KmsGateKey {
  #private;
  readonly kind = "kms";
}
declare function kmsGate(adapter: KmsAdapter): KmsGateKey;
declare function kmsGate(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey, options?: KmsGateOptions): KmsGate;
interface PasskeyCeremony {
  readonly kind: "create" | "get";
  readonly step: number;
  readonly steps: number;
}
interface PasskeyOptions {
  rpId?: string | undefined;
  userName?: string | undefined;
  id?: string | undefined;
  onCeremony?: ((ceremony: PasskeyCeremony) => unknown) | undefined;
}
declare class Passkey {
  #private;
  readonly kind = "passkey";
}
declare function passkey(options?: PasskeyOptions): Passkey;
type Estimate = (text: string) => number;
interface PassphraseOptions {
  id?: string | undefined;
  estimate?: Estimate | undefined;
}
declare class Passphrase {
  #private;
  readonly kind = "passphrase";
}
declare function passphrase(text: string, options?: PassphraseOptions): Passphrase;
declare function passphrase(secret: string | Uint8Array, options?: Omit<PassphraseOptions, "estimate">): Passphrase;
interface KitCodeOptions {
  title?: string | undefined;
}
declare class RecoveryKit {
  #private;
  readonly kind = "recovery-kit";
  get words(): readonly string[];
  qrCode(options?: KitCodeOptions): Promise<string>;
}
declare function newRecoveryKit(): Promise<RecoveryKit>;
declare function recoveryKit(words: string | readonly string[]): RecoveryKit;
interface SplitRecoveryOptions {
  threshold: number;
  shares: number;
}
declare class RecoveryShares {
  #private;
  readonly kind = "recovery-shares";
  get mnemonics(): readonly string[];
}
declare function splitRecovery(options: SplitRecoveryOptions): Promise<RecoveryShares>;
declare function recoveryShares(mnemonics: readonly (string | readonly string[])[]): RecoveryShares;
interface ThisDeviceOptions {
  expires?: string | undefined;
  id?: string | undefined;
}
declare class ThisDevice {
  #private;
  readonly kind = "this-device";
}
declare function thisDevice(options?: ThisDeviceOptions): ThisDevice;
type Factor = Passphrase | RecoveryKit | RecoveryShares | Passkey | ThisDevice;
type NewFactor = Factor | Escrow | KmsGate;
type OpeningFactor = Factor | EscrowKey | KmsGateKey;
type PresentedFactor = OpeningFactor | readonly [OpeningFactor, OpeningFactor];
interface AvailableFactors {
  readonly kinds: readonly string[];
  readonly missing: readonly MissingFactor[];
}
interface MissingFactor {
  readonly kind: string;
  readonly reason: string;
}
declare function availableFactors(): Promise<AvailableFactors>;
interface KitTexts {
  lang?: string | undefined;
  direction?: string | undefined;
  title?: string | undefined;
  vault?: string | undefined;
  name?: string | undefined;
  printed?: string | undefined;
  generation?: string | undefined;
  id?: string | undefined;
  warning?: string | undefined;
  code?: string | undefined;
  scan?: string | undefined;
  openTitle?: string | undefined;
  open?: string | undefined;
  needs?: string | undefined;
  lostTitle?: string | undefined;
  lost?: string | undefined;
  rehearseTitle?: string | undefined;
  rehearse?: string | undefined;
  tried?: string | undefined;
  footer?: string | undefined;
}
type RequiredKinds = readonly ["passphrase", "passkey"] | readonly ["passkey", "passphrase"] | readonly ["passphrase" | "passkey", "kms"] | readonly ["kms", "passphrase" | "passkey"];
interface ShareTexts extends KitTexts {
  share?: string | undefined;
  which?: string | undefined;
}
interface RevokeFactorOptions extends OperationOptions, ReasonOptions {
  factor: PresentedFactor;
  compromised?: boolean | undefined;
  keep?: readonly string[] | undefined;
  kit?: RecoveryKit | RecoveryShares | undefined;
  signalUnknownCredential?: boolean | undefined;
}
interface AddFactorOptions extends AbortOptions, ReasonOptions {
  factor: PresentedFactor;
  name?: string | undefined;
}
interface ReplaceFactorOptions extends OperationOptions, ReasonOptions {
  factor: PresentedFactor;
  name?: string | undefined;
  signalUnknownCredential?: boolean | undefined;
}
interface RequireFactorsOptions extends OperationOptions, ReasonOptions {
  factor: PresentedFactor;
}
interface PrintableKitOptions extends AbortOptions {
  texts?: KitTexts | undefined;
}
interface PrintableSharesOptions extends AbortOptions {
  texts?: ShareTexts | undefined;
}
declare class VaultFactors {
  #private;
  list(): Promise<readonly [FactorInfo, ...FactorInfo[]]>;
  dependents(key: KeyElsewhere, options?: AbortOptions): Promise<readonly FactorInfo[]>;
  available(): Promise<AvailableFactors>;
  required(): Promise<RequiredKinds | undefined>;
  require(kinds: RequiredKinds | undefined, options: RequireFactorsOptions): Promise<void>;
  add(added: NewFactor, options: AddFactorOptions): Promise<FactorInfo>;
  rename(id: string, name: string | undefined, options?: ReasonOptions): Promise<FactorInfo>;
  rehearse(factor: PresentedFactor, options?: AbortOptions): Promise<FactorInfo>;
  printable(kit: RecoveryKit, options?: PrintableKitOptions): Promise<string>;
  printable(shares: RecoveryShares, options?: PrintableSharesOptions): Promise<readonly string[]>;
  replace(id: string, added: NewFactor, options: ReplaceFactorOptions): Promise<FactorInfo>;
  revoke(id: string, options: RevokeFactorOptions & {
    compromised: true;
  }): Promise<CompromisedFactorReport>;
  revoke(id: string, options: RevokeFactorOptions & {
    compromised?: false | undefined;
  }): Promise<void>;
  revoke(id: string, options: RevokeFactorOptions): Promise<CompromisedFactorReport | void>;
}
interface UntrackOptions extends ReasonOptions {
  force?: boolean | undefined;
}
declare class Inventory {
  #private;
  list(filter?: ObjectFilter & AbortOptions): Promise<readonly TrackedObject[]>;
  each(filter?: ObjectFilter & AbortOptions): AsyncGenerator<TrackedObject, void, undefined>;
  page(query?: ObjectFilter & PageOptions & AbortOptions): Promise<ObjectPage>;
  untrack(id: string, options?: UntrackOptions): Promise<void>;
}
interface SetOrganisationOptions extends OrganisationPin, ReasonOptions {}
interface RefreshOrganisationOptions extends AbortOptions, ReasonOptions {
  url?: string | URL | undefined;
  policy?: string | undefined;
}
interface CanOptions extends ReasonOptions {
  key: KeyReference;
  context?: EncryptionContext | undefined;
}
interface TryPolicyOptions extends AbortOptions {
  from?: number | undefined;
}
interface RotateOptions extends ReasonOptions {
  activate?: boolean | undefined;
}
interface RevokeOptions extends ReasonOptions {
  compromised?: boolean | undefined;
}
interface DestroyOptions extends ReasonOptions, ApprovalOptions {
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
interface ExportOptions extends AbortOptions, ReasonOptions, ApprovalOptions {
  factor: PresentedFactor;
  version?: string | undefined;
}
interface SetPolicyOptions extends ReasonOptions, ApprovalOptions {}
interface Headed {
  readonly id?: string | undefined;
  readonly header: Uint8Array | string;
  readonly signature?: Uint8Array | string | (() => Promise<string | undefined>) | undefined;
  readonly size?: number | undefined;
}
type HeaderSource = Uint8Array | string | Headed;
type FetchedHeader = Uint8Array | string | {
  readonly header: Uint8Array | string;
  readonly signature?: Uint8Array | string | undefined;
};
interface RewrapOptions<Source = HeaderSource> extends OperationOptions, ReasonOptions {
  to?: KeyReference | undefined;
  replaceRecipient?: ReplaceRecipient | undefined;
  dryRun?: boolean | undefined;
  fetchHeader?: ((source: Source) => FetchedHeader | Promise<FetchedHeader>) | undefined;
}
interface ReplaceRecipient {
  from: KeyElsewhere;
  to: PublicJwk | RsaPublicJwk | JsonWebKey;
}
interface Rewrapped<Source = HeaderSource> {
  readonly source: Source;
  readonly id: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly header: Bytes | undefined;
  readonly signature: string | undefined;
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
declare class RevocationReport<Key = KeyInfo> {
  #private;
  readonly key: Key;
  readonly objects: number;
  readonly sample: readonly TrackedObject[];
  readonly readable: readonly StillReadable[];
  readonly forgeable: readonly Forgeable[];
  readonly remedies: readonly Remedy[];
  dependents(): AsyncGenerator<TrackedObject, void, undefined>;
  rewrap(options?: RewrapOptions<TrackedObject>): RewrapJob<TrackedObject>;
}
interface DestructionReport<Key = KeyInfo> {
  readonly key: Key;
  readonly objects: number;
  readonly backups: readonly BackupMade[];
  readonly remains: readonly Remains[];
}
declare abstract class KeyActions {
  #private;
  scheduleDestroy(options?: ScheduleOptions): Promise<DestructionReport<VaultKey>>;
  cancelDestroy(options?: ReasonOptions): Promise<VaultKey>;
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
  activate(options?: ReasonOptions): Promise<VaultKey>;
  suspend(options?: ReasonOptions): Promise<VaultKey>;
  resume(options?: ReasonOptions): Promise<VaultKey>;
  revoke(options?: RevokeOptions): Promise<RevocationReport<VaultKey>>;
}
declare class VaultKey extends KeyActions implements KeyInfo {
  #private;
  readonly id: string;
  readonly alias: string;
  readonly purpose: KeyInfo["purpose"];
  readonly state: KeyInfo["state"];
  readonly destroyed?: true;
  readonly primary: string;
  readonly created: number;
  readonly labels: KeyInfo["labels"];
  readonly rotateEvery?: string;
  readonly due?: number;
  readonly uses: number;
  readonly lastUsed?: number;
  readonly session?: true;
  readonly policy?: KeyPolicy;
  readonly conflictingPolicies?: readonly KeyPolicy[];
  readonly policyVersion?: number;
  readonly policyChanged?: number;
  readonly reviewDue?: number;
  readonly expires?: number;
  readonly versions: readonly VaultKeyVersion[];
  refresh(): Promise<VaultKey>;
  version(idOrNumber: string | number): VaultKeyVersion;
  get primaryVersion(): VaultKeyVersion;
  rotate(options?: RotateOptions): Promise<VaultKey>;
  update(changes: KeyChanges, options?: ReasonOptions): Promise<VaultKey>;
  setPolicy(policy: KeyPolicy | null, options?: SetPolicyOptions): Promise<VaultKey>;
  tryPolicy(policy: KeyPolicy, options?: TryPolicyOptions): Promise<PolicyTrial>;
  dangerouslyExport(options: ExportOptions): Promise<SecretJwk>;
  end(): Promise<void>;
}
interface KeyPage {
  readonly keys: readonly VaultKey[];
  readonly next: string | undefined;
}
declare class KeyLookup {
  get(aliasOrId: string): Promise<VaultKey>;
  list(filter?: KeyFilter & AbortOptions): Promise<readonly VaultKey[]>;
  page(query?: KeyFilter & PageOptions & AbortOptions): Promise<KeyPage>;
  due(at?: Date | number, options?: AbortOptions): Promise<readonly VaultKey[]>;
}
declare class VaultKeys extends KeyLookup {
  #private;
  create(options: KeyOptions & ReasonOptions): Promise<VaultKey>;
  ensure(options: Omit<KeyOptions, "policy"> & ReasonOptions): Promise<VaultKey>;
  import(material: Uint8Array | JsonWebKey | string, options: KeyOptions & ReasonOptions): Promise<VaultKey>;
  createSession(options: SessionOptions & ReasonOptions): Promise<VaultKey>;
}
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
  signature?: Uint8Array | string | undefined;
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
  signature(): Promise<string | undefined>;
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
  track(options?: TrackOptions & ReasonOptions): Promise<TrackedObject>;
  blob(): Promise<Blob>;
  parts(options?: PartOptions): AsyncIterable<Part>;
}
interface ReportOptions extends OperationOptions {
  from?: number | undefined;
  to?: number | undefined;
  names?: boolean | undefined;
  reasons?: boolean | undefined;
  rules?: AlertRules | undefined;
}
type ReportSectionId = "generating" | "renewing" | "storing" | "backing-up" | "archiving" | "retrieving" | "transmitting" | "retiring" | "revoking" | "destroying" | "protecting" | "recording";
type ReportStatus = "found" | "none" | "partial" | "not-examined";
type ReportCell = string | number | boolean | null;
interface ReportColumn {
  readonly name: string;
  readonly title: string;
  readonly kind: "text" | "id" | "time" | "number" | "flag";
}
interface ReportLimit {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly params: Readonly<Record<string, string | number>>;
}
interface ReportLine {
  readonly id: string;
  readonly title: string;
  readonly status: ReportStatus;
  readonly statement: string;
  readonly source: "state" | "log" | "both";
  readonly covers: "now" | "period";
  readonly figures: Readonly<Record<string, number>>;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly Readonly<Record<string, ReportCell>>[];
  readonly limits: readonly string[];
  readonly cites: readonly string[];
}
interface ReportSection {
  readonly id: ReportSectionId;
  readonly title: string;
  readonly lines: readonly ReportLine[];
}
interface ReportCitation {
  readonly id: string;
  readonly source: string;
  readonly place: string;
  readonly says: string;
}
interface ReportDocument {
  readonly format: "strongroom-report-1";
  readonly disclaimer: string;
  readonly scope: readonly string[];
  readonly release: string;
  readonly vault: {
    readonly id: string;
    readonly name?: string;
  };
  readonly at: number;
  readonly period: {
    readonly from: number;
    readonly to: number;
  };
  readonly names: boolean;
  readonly reasons: boolean;
  readonly rules: AlertRules;
  readonly limits: readonly ReportLimit[];
  readonly sections: readonly ReportSection[];
  readonly citations: readonly ReportCitation[];
}
declare class VaultReport {
  readonly document: ReportDocument;
  json(): Blob;
  html(): Promise<Blob>;
}
interface PendingUpload {
  readonly token: string;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly size: number;
  readonly started: number;
}
interface ResumeOptions extends OperationOptions, ReasonOptions {
  context?: EncryptionContext | undefined;
  sidecar?: Sidecar | undefined;
}
declare class Uploads {
  #private;
  list(options?: AbortOptions): Promise<readonly PendingUpload[]>;
  remove(token: string): Promise<void>;
}
interface VaultEncryptOptions extends EncryptOptions, ReasonOptions {
  key: KeyReference;
  header?: "vault" | undefined;
  recipients?: readonly (RsaPublicJwk | PublicJwk)[] | undefined;
  sign?: Covers | undefined;
}
interface VaultDecryptOptions extends DecryptOptions, ReasonOptions {
  object?: string | undefined;
  tracked?: string | undefined;
  allowUnsigned?: boolean | undefined;
}
interface UnlockOptions extends OperationOptions {
  identity?: string | undefined;
}
interface MergeOptions extends OperationOptions, ReasonOptions {
  factor?: PresentedFactor | undefined;
}
type OpenObjectOptions = HowToOpen & AbortOptions;
type InspectOptions = Omit<HowToOpen, "header" | "object"> & AbortOptions;
type HowToOpen = Omit<VaultDecryptOptions, keyof OperationOptions>;
interface ReencryptOptions extends VaultEncryptOptions {
  from?: HowToOpen | undefined;
}
interface InspectedHeader {
  readonly id: string;
  readonly metadata: FileMetadata;
  readonly sidecar: Sidecar | undefined;
  readonly origin: Origin;
  readonly covers: Covers | undefined;
  readonly version: OpenedBy;
}
interface ObjectAddress extends Omit<RequestInit, "body" | "method" | "signal" | "window"> {
  readonly url: string | URL;
}
interface ObjectParts {
  readonly size: number;
  read(offset: number, length: number, options: AbortOptions): Promise<Uint8Array>;
}
type ObjectSource = string | URL | ObjectAddress | Blob | ObjectParts;
interface VaultChange {
  readonly noun: "keys" | "objects" | "uploads" | "factors" | "vaultKey";
  readonly ids: readonly string[];
  readonly elsewhere: boolean;
}
interface AutoLockOptions {
  idle?: string | undefined;
  activity?: boolean | undefined;
  after?: string | undefined;
  hidden?: string | undefined;
  leave?: boolean | undefined;
}
type AutoLockCause = "idle" | "after" | "hidden" | "leave";
interface VaultLock {
  readonly reason: StrongroomError;
  readonly elsewhere: boolean;
  readonly automatic: AutoLockCause | undefined;
}
interface VaultEventMap {
  lock: CustomEvent<VaultLock>;
  change: CustomEvent<VaultChange>;
  alert: CustomEvent<VaultAlert>;
}
type VaultListener<Name extends keyof VaultEventMap> = ((event: VaultEventMap[Name]) => unknown) | {
  handleEvent(event: VaultEventMap[Name]): unknown;
};
type EventsOf<Events> = { [Name in keyof Events]: CustomEvent };
type ListenerOf<Event> = ((event: Event) => unknown) | {
  handleEvent(event: Event): unknown;
};
declare abstract class VaultEvents<Events extends EventsOf<Events> = VaultEventMap> extends EventTarget {
  addEventListener<Name extends keyof Events & string>(type: Name, listener: ListenerOf<Events[Name]> | null, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof Events & string>(type: Name, listener: ListenerOf<Events[Name]> | null, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}
interface VerifiedFile {
  readonly key: string;
  readonly version: string;
  readonly state: VersionState;
  readonly digest: string;
  readonly size: number;
}
interface SignFileOptions extends OperationOptions, ReasonOptions {
  key: KeyReference;
}
interface VerifyFileOptions extends OperationOptions, ReasonOptions {
  key?: KeyReference | undefined;
}
interface SignOptions extends ReasonOptions {
  key: KeyReference;
  typ?: string | undefined;
}
interface VerifyOptions extends ReasonOptions {
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
interface ValueOptions extends AbortOptions, ReasonOptions {
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
interface ValuesOptions extends OperationOptions, ReasonOptions {
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
declare abstract class VaultValues<Events extends EventsOf<Events> = VaultEventMap> extends VaultEvents<Events> {
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
  signFile(content: CiphertextInput, options: SignFileOptions): Promise<string>;
  verifyFile(token: string, content: CiphertextInput, options?: VerifyFileOptions): Promise<VerifiedFile>;
}
declare abstract class VaultObjects<Events extends EventsOf<Events> = VaultEventMap> extends VaultValues<Events> {
  encrypt(input: Input, options: VaultEncryptOptions): Promise<EncryptedObject>;
  decrypt(input: CiphertextInput, options?: VaultDecryptOptions): Promise<DecryptedObject>;
  inspect(object: Headed | Uint8Array | string, options?: InspectOptions): Promise<InspectedHeader>;
  openObject(source: ObjectSource, options?: OpenObjectOptions): Promise<ObjectReader>;
  reencrypt(input: CiphertextInput, options: ReencryptOptions): Promise<EncryptedObject>;
  rewrap<Source extends HeaderSource>(headers: Iterable<Source> | AsyncIterable<Source>, options?: RewrapOptions<Source>): RewrapJob<Source>;
  can(operation: KeyOperation, options: CanOptions): Promise<PolicyDecision>;
}
interface ViewOptions {
  operations: readonly ViewOperation[];
  keys?: readonly KeyReference[] | undefined;
}
interface ViewEnd {
  readonly reason: StrongroomError;
}
interface ViewEventMap {
  end: CustomEvent<ViewEnd>;
}
declare class VaultView extends VaultObjects<ViewEventMap> {
  #private;
  readonly [Symbol.dispose]: () => void;
  readonly keys: KeyLookup;
  readonly operations: readonly ViewOperation[];
  get ended(): boolean;
  close(): void;
}
declare class Vault extends VaultObjects {
  #private;
  readonly [Symbol.dispose]: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly name: string;
  readonly id: string;
  readonly keys: VaultKeys;
  readonly factors: VaultFactors;
  readonly objects: Inventory;
  readonly inventory: KeyInventory;
  readonly uploads: Uploads;
  readonly audit: AuditLog;
  readonly alerts: VaultAlerts;
  readonly approvals: VaultApprovals;
  readonly restored: RestoreReport | undefined;
  get unlocked(): boolean;
  get failedAttempts(): FailedAttempts | undefined;
  get lastUnlock(): UnlockResult | undefined;
  get survivedReload(): boolean;
  get survivesReload(): boolean;
  unlock(factor: PresentedFactor, options?: UnlockOptions): Promise<UnlockResult>;
  authenticate(factor: PresentedFactor, options?: AbortOptions): Promise<FactorInfo>;
  lock(): Promise<void>;
  close(): Promise<void>;
  resume(token: string, file: Blob, options?: ResumeOptions): Promise<EncryptedObject>;
  can(operation: KeyOperation, options: CanOptions): Promise<PolicyDecision>;
  can(operation: VaultOperation, options?: ReasonOptions): Promise<PolicyDecision>;
  view(options: ViewOptions): Promise<VaultView>;
  policy(): Promise<VaultPolicyInfo>;
  setPolicy(policy: VaultPolicy | null, options?: SetPolicyOptions): Promise<VaultPolicyInfo>;
  organisation(): Promise<OrganisationInfo | undefined>;
  setOrganisation(organisation: SetOrganisationOptions): Promise<OrganisationChange>;
  refreshOrganisation(options: RefreshOrganisationOptions): Promise<OrganisationChange>;
  track(object: Headed, options?: TrackOptions & ReasonOptions): Promise<TrackedObject>;
  shred(object: string | {
    readonly id: string;
  }, options?: ReasonOptions): Promise<Shredding>;
  rotateVaultKey(options?: OperationOptions & ReasonOptions): Promise<{
    readonly generation: number;
    readonly records: number;
  }>;
  lastSeenHead(): Promise<string>;
  identity(): Promise<string>;
  backup(options?: OperationOptions & ReasonOptions): Promise<Blob>;
  merge(backup: Blob | Uint8Array | ArrayBuffer, options?: MergeOptions): Promise<MergeReport>;
  health(options?: AbortOptions): Promise<VaultHealth>;
  report(options?: ReportOptions): Promise<VaultReport>;
}
interface Presigned {
  readonly url: string | URL;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
interface StoredPart {
  readonly number: number;
  readonly etag: string;
}
interface ListedPart extends StoredPart {
  readonly size: number;
}
interface DownloadPresigner {
  get(): Promise<Presigned>;
}
interface UploadPresigner extends Partial<DownloadPresigner> {
  put(size: number): Promise<Presigned>;
  create(size: number | undefined): Promise<Presigned | string>;
  part(upload: string, number: number, size: number): Promise<Presigned>;
  complete(upload: string, parts: readonly StoredPart[]): Promise<Presigned | void>;
  abort(upload: string): Promise<Presigned | void>;
  list?(upload: string, after: number): Promise<Presigned | readonly ListedPart[]>;
  get?(): Promise<Presigned>;
}
interface UploadProgress {
  readonly done: number;
  readonly sending: number;
  readonly total: number | undefined;
}
interface UploadOptions extends Patience {
  concurrency?: number | undefined;
  partSize?: number | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}
interface Uploaded {
  readonly size: number;
  readonly parts: number;
}
declare function uploadToS3(object: EncryptedObject, presigner: UploadPresigner, options?: UploadOptions): Promise<Uploaded>;
interface ExpectedVault {
  identity?: string | undefined;
  lastSeenHead?: string | undefined;
}
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
interface SurviveReloadOptions {
  for: string;
}
interface StoreOptions {
  store?: Store | undefined;
}
interface SurvivesReload {
  surviveReload?: SurviveReloadOptions | undefined;
}
interface AutoLocked extends SurvivesReload {
  autoLock?: AutoLockOptions | undefined;
}
interface CreateOptions extends StoreOptions, AutoLocked, AbortOptions {
  name: string;
  factors: readonly NewFactor[];
  requires?: RequiredKinds | undefined;
  organisation?: OrganisationSource | undefined;
}
interface OfOrganisation {
  organisation?: OrganisationSource | undefined;
}
interface OpenOptions extends StoreOptions, AutoLocked, OfOrganisation, AbortOptions {
  name: string;
  factor?: PresentedFactor | undefined;
  identity?: string | undefined;
  lastSeenHead?: string | undefined;
}
interface OpenOrCreateOptions extends StoreOptions, AutoLocked, OfOrganisation, AbortOptions {
  name: string;
  factor: PresentedFactor;
  identity?: string | undefined;
  lastSeenHead?: string | undefined;
}
interface RestoreOptions extends StoreOptions, AutoLocked, OfOrganisation, OperationOptions {
  name?: string | undefined;
  expect?: ExpectedVault | undefined;
}
declare const Strongroom: Readonly<{
  create: typeof create;
  open: typeof open;
  openOrCreate: typeof openOrCreate;
  exists: typeof exists;
  list: typeof list;
  delete: typeof remove;
  restore: typeof restore;
  availableFactors: typeof availableFactors;
}>;
declare function create(options: CreateOptions): Promise<Vault>;
declare function open(options: OpenOptions): Promise<Vault>;
declare function openOrCreate(options: OpenOrCreateOptions): Promise<Vault>;
declare function exists(name: string, options?: StoreOptions & AbortOptions): Promise<boolean>;
declare function list(options?: StoreOptions & AbortOptions): Promise<string[]>;
declare function remove(name: string, options?: StoreOptions & AbortOptions): Promise<void>;
declare function restore(backup: Blob | Uint8Array | ArrayBuffer, options?: RestoreOptions): Promise<Vault>;
export {
  AbortOptions,
  AboutObjects,
  AddFactorOptions,
  AlertEntry,
  AlertEvidence,
  AlertOptions,
  AlertReport,
  AlertRule,
  AlertRules,
  AlertSeverity,
  AlertThresholds,
  AlertWatchOptions,
  ApprovableOperation,
  ApprovalOptions,
  ApprovalProposal,
  ApprovalReason,
  ApprovalRequest,
  ApprovalRequestOptions,
  ApprovalRule,
  ApproveOptions,
  ApprovedArguments,
  Argon2Cost,
  AuditBatch,
  AuditCheckpoint,
  AuditCosignature,
  AuditCosigned,
  AuditCosigner,
  AuditCut,
  AuditCutOptions,
  AuditCutting,
  AuditDestination,
  AuditEntry,
  AuditEntryCut,
  AuditExportOptions,
  AuditFault,
  AuditFilter,
  AuditFormat,
  AuditLog,
  AuditLogBeginning,
  AuditPage,
  AuditPageQuery,
  AuditProof,
  AuditQuery,
  AuditSend,
  AuditShipOptions,
  AuditShipment,
  AuditStartOptions,
  AuditState,
  AuditTree,
  AuditVerification,
  AuditVerifyOptions,
  AuditWitnessOptions,
  AuditWitnessRequest,
  AuditWitnessRequestOptions,
  AuditWitnessed,
  AuditWitnessing,
  AuditedKey,
  AutoLockCause,
  AutoLockOptions,
  AutoLocked,
  AvailableFactors,
  BackupCheck,
  BackupMade,
  BlockedError,
  Bytes,
  CanOptions,
  CbomOptions,
  ChangedVersion,
  CiphertextInput,
  ClockCheck,
  Closeable,
  CollectorProblem,
  CompromisedFactorReport,
  ConflictError,
  ContextCheck,
  ContextRule,
  Covers,
  CreateOptions,
  DecryptOptions,
  DecryptValueOptions,
  DecryptValuesOptions,
  DecryptedObject,
  DecryptedValue,
  DestroyOptions,
  DestructionReport,
  DeviceCheck,
  DeviceInfo,
  DeviceReason,
  DownloadPresigner,
  EncryptOptions,
  EncryptedObject,
  EncryptionContext,
  ErrorCode,
  Escrow,
  EscrowCheck,
  EscrowKey,
  Estimate,
  EvictedError,
  EvictionCheck,
  ExpectedVault,
  ExportOptions,
  Factor,
  FactorInfo,
  FactorKeyInfo,
  FactorRule,
  FactorsCheck,
  FailedAttempts,
  FetchedHeader,
  FileMetadata,
  Forgeable,
  GateCheck,
  GateInfo,
  Headed,
  HeaderSource,
  HealthCheck,
  HealthFinding,
  HealthSeverity,
  IdentityChangedError,
  Input,
  InspectOptions,
  InspectedHeader,
  IntegrityError,
  Inventory,
  Json,
  JsonOf,
  KeyChanges,
  KeyElsewhere,
  KeyFilter,
  KeyInfo,
  KeyInventory,
  KeyLookup,
  KeyOperation,
  KeyOptions,
  KeyPage,
  KeyPolicy,
  KeyReference,
  KeyVersion,
  KindsCheck,
  KitCodeOptions,
  KitReplacedError,
  KitTexts,
  KmsAdapter,
  KmsError,
  KmsGate,
  KmsGateKey,
  KmsGateOptions,
  KmsPublicJwk,
  KmsReason,
  KmsRequest,
  KmsResponse,
  KmsSecret,
  KmsSecretRequest,
  KmsSecretResponse,
  KmsSend,
  KmsUnwrapRequest,
  LastFactorError,
  ListedPart,
  LockedError,
  MergeOptions,
  MergeReport,
  MergedVersion,
  MissingFactor,
  NewFactor,
  NoFactorError,
  NoRangesError,
  NoVaultError,
  ObjectAddress,
  ObjectFilter,
  ObjectPage,
  ObjectParts,
  ObjectReader,
  ObjectSource,
  OfLog,
  OpenObjectOptions,
  OpenOptions,
  OpenOrCreateOptions,
  OpenedBy,
  OpeningFactor,
  OperationOptions,
  OrganisationChange,
  OrganisationCheck,
  OrganisationInfo,
  OrganisationPin,
  OrganisationRule,
  OrganisationRules,
  OrganisationSource,
  Origin,
  PageOptions,
  Part,
  PartOptions,
  Passkey,
  PasskeyCeremony,
  PasskeyError,
  PasskeyInfo,
  PasskeyOptions,
  PasskeyReason,
  Passphrase,
  PassphraseOptions,
  Patience,
  PendingUpload,
  PersonNeededError,
  PinsCheck,
  PolicyDecision,
  PolicyReviewCheck,
  PolicyRule,
  PolicyTrial,
  PrecedingLog,
  PresentedFactor,
  Presigned,
  PrintableKitOptions,
  PrintableSharesOptions,
  Progress,
  PublicJwk,
  Purpose,
  QuotaError,
  ReasonOptions,
  RecordId,
  RecoveryKit,
  RecoveryShares,
  RecoverySharesError,
  RecoveryWordsError,
  ReencryptOptions,
  RefreshOrganisationOptions,
  RehearsalCheck,
  Remaining,
  Remains,
  Remedy,
  RenamedKey,
  ReplaceFactorOptions,
  ReplaceRecipient,
  ReportCell,
  ReportCitation,
  ReportColumn,
  ReportDocument,
  ReportLimit,
  ReportLine,
  ReportOptions,
  ReportSection,
  ReportSectionId,
  ReportStatus,
  RequireFactorsOptions,
  RequiredFactor,
  RequiredKinds,
  RestoreOptions,
  RestoreReport,
  RestoreWarning,
  ResumeOptions,
  ResumeTokenOptions,
  RetryAttempt,
  RetryNotice,
  RetryOptions,
  RevocationReport,
  RevokeFactorOptions,
  RevokeOptions,
  RewrapFailure,
  RewrapJob,
  RewrapOptions,
  RewrapReport,
  Rewrapped,
  RotateOptions,
  RowRange,
  RsaPublicJwk,
  SaveTarget,
  ScheduleOptions,
  SecondFactorError,
  SecretJwk,
  SecretMember,
  SessionOptions,
  SetOrganisationOptions,
  SetPolicyOptions,
  ShareReason,
  ShareTexts,
  SharesInfo,
  ShipmentState,
  Shredding,
  Sidecar,
  SidecarOptions,
  SignFileOptions,
  SignOptions,
  SkippedRecord,
  SpaceCheck,
  SplitRecoveryOptions,
  Statement,
  StillReadable,
  StorageCheck,
  StorageError,
  Store,
  StoreOptions,
  StoredPart,
  StoredRow,
  StreamOptions,
  Strongroom,
  StrongroomError,
  SurviveReloadOptions,
  SurvivesReload,
  ThisDevice,
  ThisDeviceError,
  ThisDeviceOptions,
  TrackOptions,
  TrackedObject,
  TransferError,
  Transition,
  TrialRefusal,
  TriedEntry,
  TryPolicyOptions,
  UnlockOptions,
  UnlockResult,
  UntrackOptions,
  UploadOptions,
  UploadPresigner,
  UploadProgress,
  Uploaded,
  Uploads,
  ValueOptions,
  ValuesOptions,
  Vault,
  VaultAlert,
  VaultAlerts,
  VaultApprovals,
  VaultChange,
  VaultDecryptOptions,
  VaultEncryptOptions,
  VaultEventMap,
  VaultExistsError,
  VaultFactors,
  VaultHealth,
  VaultKey,
  VaultKeyVersion,
  VaultKeys,
  VaultListener,
  VaultLock,
  VaultOperation,
  VaultPolicy,
  VaultPolicyInfo,
  VaultReport,
  VaultView,
  Verified,
  VerifiedFile,
  VerifyFileOptions,
  VerifyOptions,
  VersionAction,
  VersionState,
  ViewEnd,
  ViewEventMap,
  ViewOperation,
  ViewOptions,
  WeakPassphraseError,
  WeakReason,
  WitnessReason,
  WrongFactorError,
  escrow,
  escrowKey,
  kmsGate,
  newRecoveryKit,
  passkey,
  passphrase,
  recoveryKit,
  recoveryShares,
  splitRecovery,
  thisDevice,
  uploadToS3,
  withRetries,
};
