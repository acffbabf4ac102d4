/** Calls about vaults and what they hold. */
import type {
  AuditCheckpoint,
  AuditCutting,
  AuditEntry,
  AuditFilter,
  AuditPage,
  AuditProof,
  AuditState,
  AuditTree,
  AuditVerification,
  AuditWitnessing,
  AuditWitnessRequest,
  OfLog,
  PrecedingLog,
} from "../model/audit-entry.js";
import type { WireError } from "../errors/index.js";
import type { CompromisedFactorReport, FactorInfo, FactorKeyInfo, GateInfo } from "../model/factor-info.js";
import type {
  KeyFilter,
  KeyInfo,
  KeyOptions,
  OpenedBy,
  Origin,
  PageOptions,
  SessionOptions,
  VersionState,
} from "../model/key-info.js";
import type { KeyPolicy, PolicyDecision, PolicyTrial } from "../model/key-policy.js";
import type { ExpectedVault } from "../model/expected-vault.js";
import type { MergeReport } from "../model/merge-report.js";
import type { PendingUpload } from "../model/pending-upload.js";
import type { RestoreReport, Shredding } from "../model/report.js";
import type { ObjectFilter, ObjectPage, TrackedObject, TrackOptions } from "../model/tracked-object.js";
import type { UnlockResult } from "../model/unlock-result.js";
import type { OrganisationChange, OrganisationInfo } from "../model/organisation.js";
import type { VaultPolicy, VaultPolicyInfo } from "../model/vault-policy.js";
import type { VerifiedFile } from "../model/verified-file.js";
import type { Store } from "../model/vault-store.js";
import type { WireInput } from "./body-calls.js";

/** Where vaults live. A caller's store is passed by reference, which only inline engines can. */
export type Storage = "indexeddb" | "memory" | Store;

export interface VaultName {
  name: string;
  id: string;
}

/** A filter of keys as the core reads it: a label by its name, and perhaps its value. */
export interface KeyQuery extends Omit<KeyFilter, "label">, PageOptions {
  label?: readonly string[] | undefined;
}

/** A factor, as the core takes it. Its secrets are wiped at the end of the call. */
export interface WireFactor {
  kind: FactorInfo["kind"];
  /** The one of the vault's factors that it is, where the caller says so. */
  id?: string | undefined;
  /**
   * Of a passphrase: its forms, in the order in which they are tried; the last is enrolled. Of a recovery kit: its words; of recovery
   * shares: the words of each. Of an escrow: its JWK, where that is given.
   */
  secrets: Uint8Array<ArrayBuffer>[];
  /** Of a passkey: whose it is. */
  rpId?: string | undefined;
  /** The number by which the page is asked: of a passkey for its ceremonies, of an escrow for what the holder of its private half gives. */
  ceremony?: number | undefined;
  /** Of an escrow: whether the holder is a key management service. */
  kms?: boolean | undefined;
  /** Of a device that is enrolled: how long it opens the vault. */
  expires?: string | undefined;
  /** Of a gate that is enrolled: for how long a device may do without its answer. */
  offlineGrace?: string | undefined;
  /** The one that is presented together with it. */
  second?: WireFactor | undefined;
}

export interface FactorListing {
  factors: WireFactorInfo[];
}

/** As the core gives it: without the members that it does not have. */
export type WireFactorInfo = Pick<FactorInfo, "id" | "kind" | "known" | "pinned"> &
  Partial<Omit<FactorInfo, "gate" | "key">> & { gate?: Pick<GateInfo, "renews"> & Partial<GateInfo> } & { key?: Pick<FactorKeyInfo, "thumbprint"> & Partial<FactorKeyInfo> };

export interface IdentifiedFactor {
  factor: WireFactorInfo;
  /** Which vault key it opens, counted from 1. */
  generation: number;
}

/** What an unlock tells of the factor that opened. */
export interface WireUnlockReport extends Pick<UnlockResult, "generationsBehind" | "offlineGrace" | "strengthened"> {
  factor: WireFactorInfo;
  second?: WireFactorInfo;
  supersededIdentity?: string;
}

/** For how long reloads open a vault: from when a factor opened it. In milliseconds since 1970. */
export interface ReloadPeriod {
  since: number;
  until: number;
}

/** What a tab keeps to open a vault after a reload. */
export interface KeptForReload {
  /** The name of the browser's key, which is the other half. */
  key: string;
  /** The half of the tab, and the vault key under both. */
  text: string;
}

/** The kinds that it takes to open a vault, where it takes two. */
export interface RequiredFactors {
  requires?: string[];
}

/** What a vault knows of how well it is kept. Times are in milliseconds since 1970. */
export interface WireVitalSigns {
  factors: WireFactorInfo[];
  /** The kinds that it takes at once, where it takes two. */
  requires?: string[];
  backup?: { at: number; changes: number };
  /** How many policies, of keys and of the vault, were to be reviewed by now. */
  overdueReviews: number;
  organisation?: OrganisationInfo;
  /** How many keys are not rotated within the time that the organisation says. */
  lateRotations: number;
  /** The latest time that it has noted of either. */
  latest?: number;
}

/** What becomes of the factors that are neither revoked as compromised nor presented. @internal */
export interface WireOtherFactors {
  keep: string[] | undefined;
  kit: WireFactor | undefined;
}

export interface WireCompromisedFactor extends Omit<CompromisedFactorReport, "remaining"> {
  remaining: WireFactorInfo[];
}

/** What is to be done with a key, and why. A version is named by its id; without one, each says which it means. */
export type KeyAction = { reason?: string | undefined; approvals?: string[] | undefined } & KeyActionOf;

type KeyActionOf =
  | { do: "rotate"; activate?: boolean | undefined }
  | { do: "activate" | "suspend" | "resume" | "cancelDestroy"; version?: string | undefined }
  | { do: "revoke"; version?: string | undefined; compromised?: boolean | undefined }
  | { do: "scheduleDestroy"; version?: string | undefined; after?: string | undefined; force?: boolean | undefined }
  | { do: "destroy"; version?: string | undefined; force?: boolean | undefined }
  | {
      do: "update";
      alias?: string | undefined;
      labels?: Readonly<Record<string, string>> | undefined;
      /** `null` for none. */
      rotateEvery?: string | null | undefined;
    }
  /** `null` for none. */
  | { do: "setPolicy"; policy: KeyPolicy | null };

/** A key that something was done with, and what that means. */
export interface KeyActionResult {
  key: KeyInfo;
  report?: object;
}

export interface KeyListing {
  keys: KeyInfo[];
  next?: string;
}

/** Who signed a token. */
export interface Signer {
  key: string;
  version: string;
  state: VersionState;
  typ?: string;
}

export interface ObjectQuery extends Omit<ObjectFilter, "key" | "recipient">, PageOptions {
  key?: string | undefined;
  /** A thumbprint. */
  recipient?: string | undefined;
}

/** Nothing for a vault that never had a log. */
export interface AuditLogState {
  readonly state?: AuditState;
}

/** `key`: its id. `context`: JSON text. */
export interface AuditRequest extends AuditFilter, OfLog {
  key?: string | undefined;
  context?: string | undefined;
  before?: number | undefined;
  limit?: number | undefined;
}

/** How far a receiver has a vault's logs: of the log that it was sent last, all entries before `next`. */
export interface ShippedLog {
  readonly log: string;
  readonly next: number;
}

/** Up to which time a log is cut, and what holds that back. */
export interface CutRequest {
  before: number;
  shipped: readonly ShippedLog[];
}

/** Entries in their order; `next`: the number of the one after those that were looked at, if the log has it. */
export interface AuditSlice {
  readonly log: string;
  readonly device: string;
  /** How many entries the log has. */
  readonly size: number;
  /** The number of the first entry that was looked at: the one that was asked for, or the first that was not cut. */
  readonly first: number;
  readonly entries: readonly AuditEntry[];
  readonly next?: number;
}

/** All entries from one on, and what proves to somebody who has those before that they are in the log. */
export interface ProvenSlice extends Omit<AuditSlice, "size"> {
  /** The hashes of the entries' leaves, in base64. */
  readonly leaves: readonly string[];
  /** Of the whole log. */
  readonly checkpoint: AuditCheckpoint;
  /** That the tree up to the last of these leaves is in that of the checkpoint (RFC 6962, in base64); none where it is the same. */
  readonly proof: readonly string[];
  /** The tree of the entries before these, where those were cut. */
  readonly cut?: AuditTree;
  /** Where these begin with the first entry. */
  readonly after?: PrecedingLog;
}

/** What was done because it was due; `next`: when something is due again, in milliseconds since 1970. */
export interface Maintained {
  rotated: string[];
  destroyed: string[];
  ended: string[];
  next?: number;
}

/** A backup that was restored, and the vault's name. */
export interface RestoredBackup extends RestoreReport {
  readonly name: string;
}

export interface RotatedVaultKey {
  generation: number;
  records: number;
}

export interface RewrapRequest {
  to?: string | undefined;
  /** The thumbprint of a recipient's key, and the JSON of the public JWK in its place. */
  replace?: { from: string; to: string } | undefined;
  /** The id that the header's object must have. */
  expect?: string | undefined;
  dryRun?: boolean | undefined;
  reason?: string | undefined;
}

/** A value that was opened. */
export interface ValueDetails {
  json: string;
  origin: Origin;
  version?: OpenedBy;
}

export interface RewrapResult {
  id: string;
  status: "done" | "skipped";
  key: string;
  from: string;
  to: string;
  header?: string;
  /** Of an object that is for others too. */
  signature?: string;
}

/** A value's JSON text, or why it does not open. */
export type SettledValue = { json: string } | { error: WireError };

/** Calls that the engine forwards to the core unchanged. Keys are named by alias or id. */
export interface ForwardedCalls {
  createKey(options: KeyOptions, reason: string | undefined): Promise<KeyInfo>;
  createSession(options: SessionOptions, reason: string | undefined): Promise<KeyInfo>;
  endSession(key: string): Promise<void>;
  listKeys(query: KeyQuery): Promise<KeyListing>;
  findKey(key: string): Promise<KeyInfo>;
  manage(key: string, action: KeyAction): Promise<KeyActionResult>;
  /** Returns a compact JWS. */
  sign(key: string, payload: Uint8Array, typ: string | undefined, reason: string | undefined): Promise<string>;
  verify(token: string, key: string | undefined, reason: string | undefined): Promise<Signer>;
  /** Whether policies allow an operation: without a key, one on the vault itself. */
  can(operation: string, key: string | undefined, context: string | undefined, reason: string | undefined): Promise<PolicyDecision>;
  /** What a draft of a policy would have refused since `from`. */
  tryPolicy(key: string, policy: KeyPolicy, from: number): Promise<PolicyTrial>;
  untrack(object: string, force: boolean, reason: string | undefined): Promise<void>;
  listObjects(query: ObjectQuery): Promise<ObjectPage>;
  shred(object: string, reason: string | undefined): Promise<Shredding>;
  /** The policy of the vault itself. */
  vaultPolicy(): Promise<VaultPolicyInfo>;
  /** Without one, the vault has none any more. */
  setVaultPolicy(policy: VaultPolicy | undefined, reason: string | undefined, approvals: string[]): Promise<VaultPolicyInfo>;
  /** Requests are texts. */
  requestApproval(proposal: object, reason: string | undefined): Promise<string>;
  listApprovals(): Promise<{ requests: string[] }>;
  cancelApproval(id: string, reason: string | undefined): Promise<void>;
  readApproval(text: string): Promise<string>;
  approver(key: string): Promise<string>;
  /** Resolves to a compact JWS. */
  approve(text: string, key: string, reason: string | undefined): Promise<string>;
  /** The policy of the vault's organisation. */
  organisation(): Promise<{ organisation?: OrganisationInfo }>;
  /** `key`: a public key of the organisation, or its thumbprint; without one it is a later policy of the vault's. */
  setOrganisation(policy: string, key: string | undefined, reason: string | undefined): Promise<OrganisationChange>;
  /**
   * As `setOrganisation` where none binds the vault, and without a key where one does. `enters`: where the vault is opened so; a full
   * disk does not keep from it once the organisation binds it.
   */
  joinOrganisation(policy: string, key: string, enters: boolean): Promise<OrganisationChange>;
  listUploads(): Promise<{ uploads: PendingUpload[] }>;
  noteUpload(object: string, note: string): Promise<void>;
  endUpload(object: string): Promise<void>;
  listFactors(): Promise<FactorListing>;
  requiredFactors(): Promise<RequiredFactors>;
  /** Without a name, its name is taken away. */
  renameFactor(id: string, name: string | undefined, reason: string | undefined): Promise<WireFactorInfo>;
  /** Returns text for `unlock`. */
  head(): Promise<string>;
  identity(): Promise<string>;
  /** Of the factors and backups. */
  vitalSigns(): Promise<WireVitalSigns>;
  startAudit(failClosed: boolean | undefined, retain: string | undefined, reason: string | undefined): Promise<void>;
  stopAudit(reason: string | undefined): Promise<void>;
  cutAudit(options: CutRequest, reason: string | undefined): Promise<AuditCutting>;
  flushAudit(): Promise<void>;
  noteFailedUnlocks(failed: number, askedKms: number): Promise<void>;
  auditState(): Promise<AuditLogState>;
  queryAudit(query: AuditRequest): Promise<AuditPage>;
  /** The earliest first: what is asked for of those from `first` on. It looks at 64 to 1,000 of them. */
  readAudit(query: AuditRequest, first: number): Promise<AuditSlice>;
  /** `limit`: 64 to 1,000. */
  auditBatch(first: number, limit: number, log: string | undefined): Promise<ProvenSlice>;
  verifyAudit(lastCheckpoint: string | undefined, log: string | undefined, witnesses: string[]): Promise<AuditVerification>;
  witnessRequest(since: number, log: string | undefined): Promise<AuditWitnessRequest>;
  addCosignature(note: string, answer: string, witness: string): Promise<void>;
  witnessKey(): Promise<string>;
  witnessLog(request: string, verifier: string): Promise<AuditWitnessing>;
  auditCheckpoint(): Promise<AuditCheckpoint>;
  proveEntry(sequence: number, log: string | undefined): Promise<AuditProof>;
}

/** The names of the calls that are forwarded. */
export const FORWARDED = [
  "createKey",
  "createSession",
  "endSession",
  "listKeys",
  "findKey",
  "manage",
  "sign",
  "verify",
  "can",
  "tryPolicy",
  "untrack",
  "listObjects",
  "shred",
  "vaultPolicy",
  "setVaultPolicy",
  "requestApproval",
  "listApprovals",
  "cancelApproval",
  "readApproval",
  "approver",
  "approve",
  "organisation",
  "setOrganisation",
  "joinOrganisation",
  "listUploads",
  "noteUpload",
  "endUpload",
  "listFactors",
  "requiredFactors",
  "renameFactor",
  "head",
  "identity",
  "vitalSigns",
  "startAudit",
  "stopAudit",
  "cutAudit",
  "flushAudit",
  "noteFailedUnlocks",
  "auditState",
  "queryAudit",
  "readAudit",
  "auditBatch",
  "verifyAudit",
  "auditCheckpoint",
  "proveEntry",
  "witnessRequest",
  "addCosignature",
  "witnessKey",
  "witnessLog",
] as const satisfies readonly (keyof ForwardedCalls)[];

/** Calls about vaults; an engine holds at most one that is open. `watch`: the number by which the page watches a call. */
export interface VaultCalls extends ForwardedCalls {
  create(name: string, factors: WireFactor[], requires?: string[], organisation?: { policy: string; key: string }): Promise<VaultName>;
  open(name: string): Promise<VaultName>;
  unlock(factor: WireFactor, expect: ExpectedVault, watch?: number): Promise<WireUnlockReport>;
  /** Opens the vault by what the tab kept, which opens nothing after that; for so many milliseconds after a factor did, at most. */
  reopen(kept: KeptForReload | undefined, expect: ExpectedVault, lasts: number): Promise<ReloadPeriod | undefined>;
  prepareReload(period: ReloadPeriod): Promise<KeptForReload | undefined>;
  list(): Promise<string[]>;
  /** `id`: the vault's, where it is known. */
  remove(name: string, id?: string): Promise<void>;
  restore(backup: Uint8Array, name: string | undefined, expect: ExpectedVault, watch?: number): Promise<RestoredBackup>;
  backup(reason: string | undefined, watch?: number): Promise<Uint8Array<ArrayBuffer>>;
  merge(backup: Uint8Array, present: WireFactor | undefined, reason: string | undefined, watch?: number): Promise<MergeReport>;
  rotateVaultKey(reason: string | undefined, watch?: number): Promise<RotatedVaultKey>;
  addFactor(
    present: WireFactor,
    added: WireFactor,
    name: string | undefined,
    reason: string | undefined,
    watch?: number,
  ): Promise<WireFactorInfo>;
  replaceFactor(
    id: string,
    present: WireFactor,
    added: WireFactor,
    name: string | undefined,
    reason: string | undefined,
    watch?: number,
  ): Promise<WireFactorInfo>;
  /** Has a person prove themselves once more. */
  authenticate(present: WireFactor, watch?: number): Promise<WireFactorInfo>;
  /** Which of the vault's factors it is, which opens the vault now. Nothing changes. */
  identifyFactor(present: WireFactor): Promise<IdentifiedFactor>;
  rehearseFactor(present: WireFactor, watch?: number): Promise<WireFactorInfo>;
  revokeFactor(id: string, present: WireFactor, reason: string | undefined, watch?: number): Promise<RotatedVaultKey>;
  revokeCompromisedFactor(
    id: string,
    present: WireFactor,
    others: WireOtherFactors,
    reason: string | undefined,
    watch?: number,
  ): Promise<WireCompromisedFactor>;
  /** Without kinds, it takes any one factor again. */
  requireFactors(
    requires: string[] | undefined,
    present: WireFactor,
    reason: string | undefined,
    watch?: number,
  ): Promise<RotatedVaultKey>;
  /** Stops a call that is watched, where it looks the next time: nothing was changed then. */
  stop(watch: number): Promise<void>;

  /** Reads an input to its end, and returns a compact JWS over its digest. */
  signContent(input: WireInput, key: string, reason: string | undefined, watch?: number): Promise<string>;
  /** Verifies such a JWS, and reads an input to its end to hold it to that. */
  verifyContent(
    token: string,
    input: WireInput,
    key: string | undefined,
    reason: string | undefined,
    watch?: number,
  ): Promise<VerifiedFile>;

  /** `values`: JSON texts; returns compact JWEs. There is one context for all, or one for each. */
  encryptValues(
    key: string,
    values: string[],
    contexts: (string | undefined)[],
    reason: string | undefined,
  ): Promise<string[]>;
  /** Returns the values' JSON texts. */
  decryptValues(
    tokens: string[],
    contexts: (string | undefined)[],
    allowUnsigned: boolean,
    reason: string | undefined,
  ): Promise<string[]>;
  /** As `decryptValues`, of which each is told by itself: up to the first that does not open, or `all` of them. */
  settleValues(
    tokens: string[],
    contexts: (string | undefined)[],
    all: boolean,
    allowUnsigned: boolean,
    reason: string | undefined,
  ): Promise<SettledValue[]>;
  decryptValueDetails(
    token: string,
    context: string | undefined,
    allowUnsigned: boolean,
    reason: string | undefined,
  ): Promise<ValueDetails>;
  /** `material`: 32 bytes, or a JWK's text, or PEM. */
  importVaultKey(options: KeyOptions, material: Uint8Array | string, reason: string | undefined): Promise<KeyInfo>;
  exportVaultKey(
    factor: WireFactor,
    key: string,
    version: string | undefined,
    reason: string | undefined,
    approvals: string[],
  ): Promise<string>;
  /**
   * `header`: a header, or an attached object from its beginning; or the id of an object that the vault has. `signature`: that of an
   * object which is for others too, where the header stands alone.
   */
  rewrap(header: Uint8Array | string, request: RewrapRequest, signature: Uint8Array | undefined): Promise<RewrapResult>;
  /** Tells the inventory that this is an object's header now: the object's id, where that changed something. */
  noteStored(header: Uint8Array, reason: string | undefined, signature: Uint8Array | undefined): Promise<string | undefined>;
  track(
    object: TrackOptions,
    header: Uint8Array | string,
    reason: string | undefined,
    signature: Uint8Array | undefined,
  ): Promise<TrackedObject>;
}
