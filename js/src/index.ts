/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A key management system that lives in the page: it makes, wraps and keeps keys, and encrypts files
 * before they are uploaded. Importing has no side effects; nothing is loaded before the first call. Use without a vault
 * is `strongroom/standalone`, the types of a store of your own are `strongroom/store`.
 */
export { Strongroom } from "./page/vault/strongroom.js";
export type {
  AutoLocked,
  CreateOptions,
  OpenOptions,
  OpenOrCreateOptions,
  RestoreOptions,
  StoreOptions,
  SurvivesReload,
} from "./page/vault/strongroom.js";
export type { ExpectedVault } from "./shared/model/expected-vault.js";
export type { AutoLockCause, AutoLockOptions } from "./page/vault/auto-lock.js";
export type { SurviveReloadOptions } from "./page/vault/survive-reload.js";
export type { Vault } from "./page/vault/vault.js";
export type { VaultView, ViewEnd, ViewEventMap, ViewOptions } from "./page/vault/vault-view.js";
export type { VaultEventMap, VaultListener, VaultLock } from "./page/vault/vault-events.js";
export type { VaultChange } from "./shared/model/vault-change.js";
export type { Json, JsonOf } from "./shared/model/json.js";
export type {
  DecryptedValue,
  DecryptValueOptions,
  DecryptValuesOptions,
  ValueOptions,
  ValuesOptions,
} from "./page/values/values.js";
export type {
  InspectOptions,
  MergeOptions,
  OpenObjectOptions,
  ReencryptOptions,
  UnlockOptions,
  VaultDecryptOptions,
  VaultEncryptOptions,
} from "./page/vault/vault-options.js";
export type { SignFileOptions, VerifyFileOptions } from "./page/signatures/file-signatures.js";
export type { VerifiedFile } from "./shared/model/verified-file.js";
export type { SignOptions, Verified, VerifyOptions } from "./page/signatures/signatures.js";
export type {
  Covers,
  KeyFilter,
  KeyInfo,
  KeyOptions,
  KeyReference,
  KeyVersion,
  OpenedBy,
  Origin,
  PageOptions,
  Purpose,
  SessionOptions,
  Transition,
  VersionAction,
  VersionState,
} from "./shared/model/key-info.js";
export type {
  ApprovableOperation,
  ApprovalOptions,
  ApprovalRule,
  ContextRule,
  FactorRule,
  KeyOperation,
  KeyPolicy,
  OrganisationRule,
  PolicyDecision,
  PolicyRule,
  PolicyTrial,
  ReasonOptions,
  TrialRefusal,
  TriedEntry,
  ViewOperation,
} from "./shared/model/key-policy.js";
export type { ApprovalProposal, ApprovalRequest, ApprovedArguments } from "./shared/model/approval.js";
export type { ApprovalRequestOptions, ApproveOptions, VaultApprovals } from "./page/approvals/vault-approvals.js";
export type { VaultOperation, VaultPolicy, VaultPolicyInfo } from "./shared/model/vault-policy.js";
export type {
  Argon2Cost,
  OrganisationChange,
  OrganisationInfo,
  OrganisationPin,
  OrganisationSource,
  OrganisationRules,
  RequiredFactor,
} from "./shared/model/organisation.js";
export type { RefreshOrganisationOptions, SetOrganisationOptions } from "./page/organisation/organisation-options.js";
export { signOrganisationPolicy, signOrganisationSuccession } from "./page/organisation/sign-policy.js";
export type {
  OrganisationKey,
  OrganisationPolicyOptions,
  OrganisationSuccessionOptions,
} from "./page/organisation/sign-policy.js";
export type { AuditBatch, AuditSend, AuditShipOptions } from "./page/audit/audit-batch.js";
export type { AuditShipment, ShipmentState } from "./page/audit/shipment.js";
export type { AuditCosignature, AuditWitnessOptions, AuditWitnessRequestOptions } from "./page/audit/witness-options.js";
export type { AuditQuery } from "./page/audit/audit-query.js";
export type { AuditFormat } from "./page/audit/export-formats.js";
export type { AuditExportOptions } from "./page/audit/log-export.js";
export type {
  AuditCutOptions,
  AuditDestination,
  AuditLog,
  AuditPageQuery,
  AuditStartOptions,
  AuditVerifyOptions,
} from "./page/audit/audit-log.js";
export type {
  AuditCheckpoint,
  AuditCosigned,
  AuditCosigner,
  AuditCut,
  AuditCutting,
  AuditedKey,
  AuditEntry,
  AuditEntryCut,
  AuditFault,
  AuditFilter,
  AuditLogBeginning,
  AuditPage,
  AuditProof,
  AuditState,
  AuditTree,
  AuditVerification,
  AuditWitnessed,
  AuditWitnessing,
  AuditWitnessRequest,
  OfLog,
  PrecedingLog,
} from "./shared/model/audit-entry.js";
export type { AlertOptions, AlertWatchOptions, VaultAlerts } from "./page/alerts/vault-alerts.js";
export type {
  AlertEntry,
  AlertEvidence,
  AlertReport,
  AlertRule,
  AlertRules,
  AlertSeverity,
  AlertThresholds,
  VaultAlert,
} from "./shared/model/vault-alert.js";
export type { CanOptions, TryPolicyOptions } from "./page/policies/policy-options.js";
export type { ReportOptions } from "./page/report/report-options.js";
export type { VaultReport } from "./page/report/vault-report.js";
export type {
  ReportCell,
  ReportCitation,
  ReportColumn,
  ReportDocument,
  ReportLimit,
  ReportLine,
  ReportSection,
  ReportSectionId,
  ReportStatus,
} from "./shared/model/report-document.js";
export type { KeyLookup, KeyPage } from "./page/keys/key-lookup.js";
export type { VaultKeys } from "./page/keys/vault-keys.js";
export type {
  DestroyOptions,
  ExportOptions,
  KeyChanges,
  RevokeOptions,
  RotateOptions,
  ScheduleOptions,
  SetPolicyOptions,
} from "./page/keys/key-options.js";
export type { DestructionReport, RevocationReport } from "./page/keys/key-reports.js";
export type { VaultKey, VaultKeyVersion } from "./page/keys/vault-key.js";
export type { CbomOptions, KeyInventory } from "./page/cbom/key-inventory.js";
export type { Inventory, UntrackOptions } from "./page/inventory/inventory.js";
export type { ObjectFilter, ObjectPage, TrackedObject, TrackOptions } from "./shared/model/tracked-object.js";
export type { ResumeOptions, Uploads } from "./page/uploads/pending-uploads.js";
export type { PendingUpload } from "./shared/model/pending-upload.js";
export type {
  AboutObjects,
  BackupMade,
  Forgeable,
  Remaining,
  Remains,
  Remedy,
  RestoreReport,
  RestoreWarning,
  Shredding,
  Statement,
  StillReadable,
} from "./shared/model/report.js";
export type {
  ChangedVersion,
  MergedVersion,
  MergeReport,
  RenamedKey,
  SkippedRecord,
} from "./shared/model/merge-report.js";
export type { Headed } from "./page/objects/header.js";
export type {
  FetchedHeader,
  HeaderSource,
  RewrapFailure,
  RewrapJob,
  ReplaceRecipient,
  RewrapOptions,
  Rewrapped,
  RewrapReport,
} from "./page/inventory/rewrap-job.js";
export { passphrase } from "./page/factors/passphrase.js";
export type { Passphrase, PassphraseOptions } from "./page/factors/passphrase.js";
export type { Estimate } from "./page/factors/passphrase-floor.js";
export { passkey } from "./page/factors/passkey.js";
export type { Passkey, PasskeyOptions } from "./page/factors/passkey.js";
export type { PasskeyCeremony } from "./page/runtime/passkey-ceremonies.js";
export { thisDevice } from "./page/factors/this-device.js";
export type { ThisDevice, ThisDeviceOptions } from "./page/factors/this-device.js";
export type { AvailableFactors, MissingFactor } from "./page/factors/available-factors.js";
export { newRecoveryKit, recoveryKit } from "./page/factors/recovery-kit.js";
export type { KitCodeOptions, RecoveryKit } from "./page/factors/recovery-kit.js";
export { escrow, escrowKey } from "./page/factors/escrow.js";
export type { KeyElsewhere } from "./shared/model/key-elsewhere.js";
export type { Escrow, EscrowKey } from "./page/factors/escrow.js";
export { kmsGate } from "./page/factors/kms-gate.js";
export type { KmsGate, KmsGateKey, KmsGateOptions } from "./page/factors/kms-gate.js";
export { recoveryShares, splitRecovery } from "./page/factors/recovery-shares.js";
export type { RecoveryShares, SplitRecoveryOptions } from "./page/factors/recovery-shares.js";
export type { KitTexts } from "./page/factors/kit-texts.js";
export type { ShareTexts } from "./page/factors/share-texts.js";
export type { Factor, NewFactor, OpeningFactor, PresentedFactor } from "./page/factors/factor.js";
export type { RequiredKinds } from "./page/factors/required-kinds.js";
export type {
  AddFactorOptions,
  PrintableKitOptions,
  PrintableSharesOptions,
  ReplaceFactorOptions,
  RequireFactorsOptions,
  RevokeFactorOptions,
  VaultFactors,
} from "./page/factors/vault-factors.js";
export type { FailedAttempts, UnlockResult } from "./shared/model/unlock-result.js";
export type {
  BackupCheck,
  ClockCheck,
  ContextCheck,
  DeviceCheck,
  EscrowCheck,
  EvictionCheck,
  FactorsCheck,
  GateCheck,
  HealthCheck,
  HealthFinding,
  HealthSeverity,
  KindsCheck,
  CollectorProblem,
  OrganisationCheck,
  PinsCheck,
  PolicyReviewCheck,
  RehearsalCheck,
  SpaceCheck,
  StorageCheck,
  VaultHealth,
} from "./shared/model/vault-health.js";
export type { CompromisedFactorReport, DeviceInfo, FactorInfo, FactorKeyInfo, GateInfo, PasskeyInfo, SharesInfo } from "./shared/model/factor-info.js";
export type { PublicJwk, RsaPublicJwk, SecretJwk } from "./shared/model/jwk.js";
export type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "./shared/model/kms-adapter.js";
export type { KmsRequest, KmsResponse, KmsSecretRequest, KmsSecretResponse, KmsSend, SecretMember } from "./shared/model/kms-request.js";
export type { KmsSecret } from "./shared/model/kms-secret.js";
export type { DecryptOptions, EncryptOptions, SidecarOptions } from "./page/objects/object-options.js";
export type { Sidecar } from "./shared/model/sidecar.js";
export type { EncryptionContext } from "./shared/model/encryption-context.js";
export type { FileMetadata } from "./shared/model/file-metadata.js";
export type { CiphertextInput, Input } from "./page/objects/input.js";
export type { ObjectAddress, ObjectParts, ObjectSource } from "./page/ranges/range-source.js";
export type { ObjectReader, StreamOptions } from "./page/ranges/object-reader.js";
export type { EncryptedObject, ResumeTokenOptions } from "./page/objects/encrypted-object.js";
export type { DecryptedObject } from "./page/objects/decrypted-object.js";
export type { InspectedHeader } from "./page/objects/inspect.js";
export type { SaveTarget } from "./page/objects/save.js";
export type { AbortOptions, OperationOptions, Progress } from "./shared/model/progress.js";
export type { Part, PartOptions } from "./page/objects/upload-parts.js";
export { init } from "./page/runtime/init.js";
export type { InitOptions } from "./page/runtime/init.js";
export {
  AbortedError,
  ArgumentError,
  BlockedError,
  ApprovalError,
  ChangedError,
  ClosedError,
  ConflictError,
  ConsumedError,
  ContextError,
  DecryptError,
  EvictedError,
  InputError,
  IdentityChangedError,
  IntegrityError,
  InternalError,
  InUseError,
  isStrongroomError,
  KeyExistsError,
  KitReplacedError,
  KmsError,
  LastFactorError,
  LockedError,
  MalformedError,
  NoFactorError,
  PasskeyError,
  RecoverySharesError,
  PersonNeededError,
  SecondFactorError,
  RecoveryWordsError,
  NoKeyError,
  NoObjectError,
  NoRangesError,
  NoVaultError,
  NoVersionError,
  PolicyError,
  PurposeError,
  QuotaError,
  StateError,
  StorageError,
  StrongroomError,
  ThisDeviceError,
  TooLargeError,
  TransferError,
  UnsignedError,
  UnsupportedError,
  VaultExistsError,
  WasmError,
  WeakPassphraseError,
  WitnessError,
  WorkerError,
  WrongFactorError,
} from "./shared/errors/index.js";
export type { AnyStrongroomError, ApprovalReason, DeviceReason, ErrorCode, KmsReason, PasskeyReason, ShareReason, WeakReason, WitnessReason } from "./shared/errors/index.js";
