import {
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
  CanOptions,
  CbomOptions,
  ChangedVersion,
  CiphertextInput,
  ClockCheck,
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
  PendingUpload,
  PersonNeededError,
  PinsCheck,
  PolicyDecision,
  PolicyReviewCheck,
  PolicyRule,
  PolicyTrial,
  PrecedingLog,
  PresentedFactor,
  PrintableKitOptions,
  PrintableSharesOptions,
  Progress,
  PublicJwk,
  Purpose,
  QuotaError,
  ReasonOptions,
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
  RevocationReport,
  RevokeFactorOptions,
  RevokeOptions,
  RewrapFailure,
  RewrapJob,
  RewrapOptions,
  RewrapReport,
  Rewrapped,
  RotateOptions,
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
  StoreOptions,
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
} from "./common.js";

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
declare class PolicyError extends StrongroomError {
  readonly name = "PolicyError";
  readonly code = "ERR_POLICY";
  readonly rule: PolicyRule;
  readonly policy: "key" | "vault" | "organisation" | "view";
}
declare class ApprovalError extends StrongroomError {
  readonly name = "ApprovalError";
  readonly code = "ERR_APPROVAL";
  readonly reason: ApprovalReason;
}
declare class WitnessError extends StrongroomError {
  readonly name = "WitnessError";
  readonly code = "ERR_WITNESS";
  readonly reason: WitnessReason;
  readonly size: number | undefined;
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
  readonly ERR_RECOVERY_WORDS: typeof RecoveryWordsError;
  readonly ERR_RECOVERY_SHARES: typeof RecoverySharesError;
  readonly ERR_KIT_REPLACED: typeof KitReplacedError;
  readonly ERR_PASSKEY: typeof PasskeyError;
  readonly ERR_KMS: typeof KmsError;
  readonly ERR_THIS_DEVICE: typeof ThisDeviceError;
  readonly ERR_PERSON_NEEDED: typeof PersonNeededError;
  readonly ERR_SECOND_FACTOR: typeof SecondFactorError;
  readonly ERR_IDENTITY_CHANGED: typeof IdentityChangedError;
  readonly ERR_NO_FACTOR: typeof NoFactorError;
  readonly ERR_LAST_FACTOR: typeof LastFactorError;
  readonly ERR_WEAK_PASSPHRASE: typeof WeakPassphraseError;
  readonly ERR_NO_VAULT: typeof NoVaultError;
  readonly ERR_EVICTED: typeof EvictedError;
  readonly ERR_NO_KEY: typeof NoKeyError;
  readonly ERR_NO_OBJECT: typeof NoObjectError;
  readonly ERR_NO_VERSION: typeof NoVersionError;
  readonly ERR_STATE: typeof StateError;
  readonly ERR_POLICY: typeof PolicyError;
  readonly ERR_APPROVAL: typeof ApprovalError;
  readonly ERR_WITNESS: typeof WitnessError;
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
type OrganisationKey = CryptoKeyPair | (JsonWebKey & {
  readonly d: string;
});
interface OrganisationPolicyOptions extends OrganisationRules {
  sequence: number;
  notAfter: number;
  organisation?: string | undefined;
  successions?: readonly string[] | undefined;
}
interface OrganisationSuccessionOptions {
  to: JsonWebKey | CryptoKey;
  sequence: number;
  organisation?: string | undefined;
}
declare function signOrganisationPolicy(policy: OrganisationPolicyOptions, key: OrganisationKey): Promise<string>;
declare function signOrganisationSuccession(next: OrganisationSuccessionOptions, key: OrganisationKey): Promise<string>;
interface InitOptions {
  wasm?: string | URL | Response | WebAssembly.Module | BufferSource | undefined;
  worker?: string | URL | boolean | undefined;
  integrity?: string | undefined;
  insecure?: boolean | undefined;
}
declare function init(settings?: InitOptions): Promise<void>;
export {
  type AbortOptions,
  AbortedError,
  type AboutObjects,
  type AddFactorOptions,
  type AlertEntry,
  type AlertEvidence,
  type AlertOptions,
  type AlertReport,
  type AlertRule,
  type AlertRules,
  type AlertSeverity,
  type AlertThresholds,
  type AlertWatchOptions,
  type AnyStrongroomError,
  type ApprovableOperation,
  ApprovalError,
  type ApprovalOptions,
  type ApprovalProposal,
  type ApprovalReason,
  type ApprovalRequest,
  type ApprovalRequestOptions,
  type ApprovalRule,
  type ApproveOptions,
  type ApprovedArguments,
  type Argon2Cost,
  ArgumentError,
  type AuditBatch,
  type AuditCheckpoint,
  type AuditCosignature,
  type AuditCosigned,
  type AuditCosigner,
  type AuditCut,
  type AuditCutOptions,
  type AuditCutting,
  type AuditDestination,
  type AuditEntry,
  type AuditEntryCut,
  type AuditExportOptions,
  type AuditFault,
  type AuditFilter,
  type AuditFormat,
  type AuditLog,
  type AuditLogBeginning,
  type AuditPage,
  type AuditPageQuery,
  type AuditProof,
  type AuditQuery,
  type AuditSend,
  type AuditShipOptions,
  type AuditShipment,
  type AuditStartOptions,
  type AuditState,
  type AuditTree,
  type AuditVerification,
  type AuditVerifyOptions,
  type AuditWitnessOptions,
  type AuditWitnessRequest,
  type AuditWitnessRequestOptions,
  type AuditWitnessed,
  type AuditWitnessing,
  type AuditedKey,
  type AutoLockCause,
  type AutoLockOptions,
  type AutoLocked,
  type AvailableFactors,
  type BackupCheck,
  type BackupMade,
  BlockedError,
  type CanOptions,
  type CbomOptions,
  ChangedError,
  type ChangedVersion,
  type CiphertextInput,
  type ClockCheck,
  ClosedError,
  type CollectorProblem,
  type CompromisedFactorReport,
  ConflictError,
  ConsumedError,
  type ContextCheck,
  ContextError,
  type ContextRule,
  type Covers,
  type CreateOptions,
  DecryptError,
  type DecryptOptions,
  type DecryptValueOptions,
  type DecryptValuesOptions,
  type DecryptedObject,
  type DecryptedValue,
  type DestroyOptions,
  type DestructionReport,
  type DeviceCheck,
  type DeviceInfo,
  type DeviceReason,
  type EncryptOptions,
  type EncryptedObject,
  type EncryptionContext,
  type ErrorCode,
  type Escrow,
  type EscrowCheck,
  type EscrowKey,
  type Estimate,
  EvictedError,
  type EvictionCheck,
  type ExpectedVault,
  type ExportOptions,
  type Factor,
  type FactorInfo,
  type FactorKeyInfo,
  type FactorRule,
  type FactorsCheck,
  type FailedAttempts,
  type FetchedHeader,
  type FileMetadata,
  type Forgeable,
  type GateCheck,
  type GateInfo,
  type Headed,
  type HeaderSource,
  type HealthCheck,
  type HealthFinding,
  type HealthSeverity,
  IdentityChangedError,
  InUseError,
  type InitOptions,
  type Input,
  InputError,
  type InspectOptions,
  type InspectedHeader,
  IntegrityError,
  InternalError,
  type Inventory,
  type Json,
  type JsonOf,
  type KeyChanges,
  type KeyElsewhere,
  KeyExistsError,
  type KeyFilter,
  type KeyInfo,
  type KeyInventory,
  type KeyLookup,
  type KeyOperation,
  type KeyOptions,
  type KeyPage,
  type KeyPolicy,
  type KeyReference,
  type KeyVersion,
  type KindsCheck,
  type KitCodeOptions,
  KitReplacedError,
  type KitTexts,
  type KmsAdapter,
  KmsError,
  type KmsGate,
  type KmsGateKey,
  type KmsGateOptions,
  type KmsPublicJwk,
  type KmsReason,
  type KmsRequest,
  type KmsResponse,
  type KmsSecret,
  type KmsSecretRequest,
  type KmsSecretResponse,
  type KmsSend,
  type KmsUnwrapRequest,
  LastFactorError,
  LockedError,
  MalformedError,
  type MergeOptions,
  type MergeReport,
  type MergedVersion,
  type MissingFactor,
  type NewFactor,
  NoFactorError,
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
  type OfLog,
  type OpenObjectOptions,
  type OpenOptions,
  type OpenOrCreateOptions,
  type OpenedBy,
  type OpeningFactor,
  type OperationOptions,
  type OrganisationChange,
  type OrganisationCheck,
  type OrganisationInfo,
  type OrganisationKey,
  type OrganisationPin,
  type OrganisationPolicyOptions,
  type OrganisationRule,
  type OrganisationRules,
  type OrganisationSource,
  type OrganisationSuccessionOptions,
  type Origin,
  type PageOptions,
  type Part,
  type PartOptions,
  type Passkey,
  type PasskeyCeremony,
  PasskeyError,
  type PasskeyInfo,
  type PasskeyOptions,
  type PasskeyReason,
  type Passphrase,
  type PassphraseOptions,
  type PendingUpload,
  PersonNeededError,
  type PinsCheck,
  type PolicyDecision,
  PolicyError,
  type PolicyReviewCheck,
  type PolicyRule,
  type PolicyTrial,
  type PrecedingLog,
  type PresentedFactor,
  type PrintableKitOptions,
  type PrintableSharesOptions,
  type Progress,
  type PublicJwk,
  type Purpose,
  PurposeError,
  QuotaError,
  type ReasonOptions,
  type RecoveryKit,
  type RecoveryShares,
  RecoverySharesError,
  RecoveryWordsError,
  type ReencryptOptions,
  type RefreshOrganisationOptions,
  type RehearsalCheck,
  type Remaining,
  type Remains,
  type Remedy,
  type RenamedKey,
  type ReplaceFactorOptions,
  type ReplaceRecipient,
  type ReportCell,
  type ReportCitation,
  type ReportColumn,
  type ReportDocument,
  type ReportLimit,
  type ReportLine,
  type ReportOptions,
  type ReportSection,
  type ReportSectionId,
  type ReportStatus,
  type RequireFactorsOptions,
  type RequiredFactor,
  type RequiredKinds,
  type RestoreOptions,
  type RestoreReport,
  type RestoreWarning,
  type ResumeOptions,
  type ResumeTokenOptions,
  type RevocationReport,
  type RevokeFactorOptions,
  type RevokeOptions,
  type RewrapFailure,
  type RewrapJob,
  type RewrapOptions,
  type RewrapReport,
  type Rewrapped,
  type RotateOptions,
  type RsaPublicJwk,
  type SaveTarget,
  type ScheduleOptions,
  SecondFactorError,
  type SecretJwk,
  type SecretMember,
  type SessionOptions,
  type SetOrganisationOptions,
  type SetPolicyOptions,
  type ShareReason,
  type ShareTexts,
  type SharesInfo,
  type ShipmentState,
  type Shredding,
  type Sidecar,
  type SidecarOptions,
  type SignFileOptions,
  type SignOptions,
  type SkippedRecord,
  type SpaceCheck,
  type SplitRecoveryOptions,
  StateError,
  type Statement,
  type StillReadable,
  type StorageCheck,
  StorageError,
  type StoreOptions,
  type StreamOptions,
  Strongroom,
  StrongroomError,
  type SurviveReloadOptions,
  type SurvivesReload,
  type ThisDevice,
  ThisDeviceError,
  type ThisDeviceOptions,
  TooLargeError,
  type TrackOptions,
  type TrackedObject,
  TransferError,
  type Transition,
  type TrialRefusal,
  type TriedEntry,
  type TryPolicyOptions,
  type UnlockOptions,
  type UnlockResult,
  UnsignedError,
  UnsupportedError,
  type UntrackOptions,
  type Uploads,
  type ValueOptions,
  type ValuesOptions,
  type Vault,
  type VaultAlert,
  type VaultAlerts,
  type VaultApprovals,
  type VaultChange,
  type VaultDecryptOptions,
  type VaultEncryptOptions,
  type VaultEventMap,
  VaultExistsError,
  type VaultFactors,
  type VaultHealth,
  type VaultKey,
  type VaultKeyVersion,
  type VaultKeys,
  type VaultListener,
  type VaultLock,
  type VaultOperation,
  type VaultPolicy,
  type VaultPolicyInfo,
  type VaultReport,
  type VaultView,
  type Verified,
  type VerifiedFile,
  type VerifyFileOptions,
  type VerifyOptions,
  type VersionAction,
  type VersionState,
  type ViewEnd,
  type ViewEventMap,
  type ViewOperation,
  type ViewOptions,
  WasmError,
  WeakPassphraseError,
  type WeakReason,
  WitnessError,
  type WitnessReason,
  WorkerError,
  WrongFactorError,
  escrow,
  escrowKey,
  init,
  isStrongroomError,
  kmsGate,
  newRecoveryKit,
  passkey,
  passphrase,
  recoveryKit,
  recoveryShares,
  signOrganisationPolicy,
  signOrganisationSuccession,
  splitRecovery,
  thisDevice,
};
