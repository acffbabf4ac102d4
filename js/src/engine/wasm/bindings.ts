/**
 * The narrow interface between the TypeScript face and the generated wasm module.
 *
 * Every class and function here is exported by `src/web/`, one file per thing bound. Conventions:
 * options and results cross as plain objects, a context and a JWK as JSON text; bytes cross as
 * `Uint8Array`; sizes are numbers of bytes; every failure is an `Error` with a `code` property from
 * the union in `errors.ts`. Methods that return a promise may run at the same time as others on the
 * same object. `free()` drops the Rust value; calling it twice is an error of the caller, which the
 * face never makes.
 */
import type { OrganisationChange, OrganisationInfo } from "../../shared/model/organisation.js";
import type { VaultPolicy, VaultPolicyInfo } from "../../shared/model/vault-policy.js";
import type {
  AuditCheckpoint,
  AuditCutting,
  AuditPage,
  AuditProof,
  AuditVerification,
  AuditWitnessing,
  AuditWitnessRequest,
} from "../../shared/model/audit-entry.js";
import type { PageCalls, PrfResult } from "../../shared/protocol/page-calls.js";
import type { WireMetadata } from "../../shared/model/file-metadata.js";
import type { KeyInfo, KeyOptions, SessionOptions } from "../../shared/model/key-info.js";
import type { KeyPolicy, PolicyDecision, PolicyTrial } from "../../shared/model/key-policy.js";
import type { MergeReport } from "../../shared/model/merge-report.js";
import type { PendingUpload } from "../../shared/model/pending-upload.js";
import type { Shredding } from "../../shared/model/report.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import type { ObjectPage, TrackedObject, TrackOptions } from "../../shared/model/tracked-object.js";
import type { UploadAbout } from "../../shared/protocol/body-calls.js";
import type { WireKey } from "../../shared/protocol/standalone-calls.js";
import type {
  AuditLogState,
  AuditRequest,
  AuditSlice,
  CutRequest,
  KeyAction,
  KeyActionResult,
  KeyListing,
  KeyQuery,
  Maintained,
  ObjectQuery,
  ProvenSlice,
  RewrapRequest,
  RewrapResult,
  ValueDetails,
  FactorListing,
  IdentifiedFactor,
  ReloadPeriod,
  RestoredBackup,
  RequiredFactors,
  RotatedVaultKey,
  WireCompromisedFactor,
  WireFactorInfo,
  WireUnlockReport,
  WireVitalSigns,
  Signer,
  Storage,
  VaultName,
  WireFactor,
} from "../../shared/protocol/vault-calls.js";

/** Something that lives in wasm memory until it is freed. */
export interface Freeable {
  free(): void;
  [Symbol.dispose](): void;
}

/** A key by the keyring's handle, or a public JWK's text. */
export type KeyOrJwk = number | string;

/**
 * The keys outside any vault (`oct`, a KEK; `EC` P-256, private or public), by handles that are never
 * given twice. What makes a key describes it.
 */
export interface StandaloneKeys extends Freeable {
  generate(algorithm: string): WireKey;
  import(jwk: string): WireKey;
  /** The secret JWK as text. EXPOSE: only for `dangerouslyExportKey`. */
  secretJwk(key: number): string;
  remove(key: number): void;
  /** General JSON serialization. */
  wrap(key: number, recipients: KeyOrJwk[], context: string | undefined): string;
  unwrap(envelope: string, identities: KeyOrJwk[], context: string | undefined): WireKey;
  encrypt(
    recipients: KeyOrJwk[],
    context: string | undefined,
    sidecar: Sidecar | undefined,
    file: WireMetadata | undefined,
  ): WasmBody;
  decrypt(
    header: Uint8Array,
    signature: Uint8Array | undefined,
    identities: KeyOrJwk[],
    context: string | undefined,
    sidecar: Sidecar | undefined,
    expect: string | undefined,
  ): WasmBody;
}

/**
 * Encrypts or decrypts one body: pieces of any size go in, whole segments come out. Releases no plaintext
 * that was not authenticated.
 */
export interface WasmBody extends Freeable {
  /**
   * The object's `id`, and the `kid` of the vault's version that it is under; of one that is encrypted how many segments a `piece` has, and the `size` of its body
   * where the plaintext's was given; of one that is encrypted again also `input` bytes of plaintext, from which the
   * pass begins at `plain` and leaves `skip` bytes out, whether it is `attached`, whether the vault has `kept` its
   * header, and its `note`; of one that is decrypted `metadata` where there is some, and `origin`.
   */
  about(): object;
  /** Magic, length and header: what an attached object begins with. Only of one that is encrypted. */
  attachedPrefix(): Uint8Array;
  /**
   * Takes a piece, or the end, and cuts what became whole: what goes out as it is, then the segments' nonces,
   * then their bytes. One call before `done`. `digest`: SHA-256 of the piece, of a body that is encrypted again.
   */
  cut(
    piece: Uint8Array | undefined,
    digest: Uint8Array | undefined,
  ): [ready: Uint8Array | undefined, nonces: Uint8Array[], inputs: Uint8Array[]];
  /** The key of the segments that were cut, for `crypto.subtle` to import. EXPOSE: to be wiped at once. */
  key(): Uint8Array;
  /** Runs the first of the segments that were cut in the crates, and takes it off. */
  run(): Uint8Array;
  /**
   * Opens what `crypto.subtle` made of the first of the segments that were cut, by the crates. Throws when it is not that
   * segment. Only of one that is encrypted.
   */
  confirm(sealed: Uint8Array): void;
  /**
   * Continues: the segments gave so many bytes in all. Throws when they may not go out. Whether no piece is held. `hashes`: the
   * SHA-256 of the blocks that were cut, of a body that is held to hashes.
   */
  done(bytes: number, hashes: Uint8Array | undefined): boolean;
  /** What stands before the first of the segments that were cut, in its block; nothing of a body that is read and held to no hashes. */
  front(): Uint8Array | undefined;
  /** Whether the object is for others too: it is to be signed before it is stored. */
  isShared(): boolean;
  /** Magic, header and signature, each with its length: what a signed attached object begins with. */
  signedPrefix(signature: string): Uint8Array;
  /** The second pass over the same plaintext: it gives the body whose blocks have these hashes, or nothing. Once. */
  again(size: number, hashes: Uint8Array): WasmBody;
  /** Opens parts instead of one that is decrypted: of a body of `size` bytes that begins with `front`. */
  ranges(size: number, front: Uint8Array): WasmRanges;
}

/**
 * Decrypts parts of one body, in any order and as often as asked. Nothing but the last segment is dealt before
 * `whole` says that that one was opened.
 */
export interface WasmRanges extends Freeable {
  /** Bytes of plaintext. */
  readonly size: number;
  /** How many segments there are; at least one. */
  readonly segments: number;
  /** Which segments hold a range of the plaintext, and how many bytes of the first come before it. */
  span(from: number, to: number): [first: number, end: number, skip: number];
  /** Where segments begin and end in the body. */
  place(first: number, end: number): [from: number, to: number];
  /** Cuts the bytes of segments that follow one another: their nonces, then their bytes. */
  cut(first: number, cipher: Uint8Array): [nonces: Uint8Array[], inputs: Uint8Array[]];
  /** The key, for `crypto.subtle` to import. EXPOSE: to be wiped at once. */
  key(): Uint8Array;
  /** Runs one segment in the crates. */
  run(index: number, cipher: Uint8Array): Uint8Array;
  /** The last segment was opened. */
  whole(): void;
  /** What stands before a segment in its block; nothing of a body that is held to no hashes. */
  front(segment: number): Uint8Array | undefined;
  /** Throws unless these are the hashes (SHA-256) of the blocks from that of `first` on. */
  check(first: number, hashes: Uint8Array): void;
}

/** A content that is to be signed, piece by piece. */
export interface WasmContent extends Freeable {
  update(piece: Uint8Array): void;
}

/** A content that is held to what was signed, piece by piece. */
export interface WasmContentCheck extends Freeable {
  /** Throws where the content, whose size is known before it is read, is none that was signed. */
  expectSize(size: number): void;
  /** Throws once there is more than was signed. */
  update(piece: Uint8Array): void;
  /** Who signed, a `VerifiedFile`, once the whole content was read. Throws where it is another one. */
  finish(): object;
}

/** Which object is opened. */
export interface WhichObject {
  /** The id that it must have. */
  expect?: string | undefined;
  /** What the inventory must have it by. */
  tracked?: string | undefined;
  /** Whether nothing needs to prove who wrote it. */
  allowUnsigned: boolean;
}

/**
 * A vault: locked after `openVault`, unlocked after `createVault` and `unlock`. Keys are named by alias or id. A header
 * in place of which a text is given is the one that the vault keeps of the object with that id.
 */
export interface WasmVault extends Freeable {
  about(): VaultName;
  readonly unlocked: boolean;
  /** How often what others had committed was taken in, of an unlocked vault. */
  readonly elsewhere: number;
  /** How often something was changed, of an unlocked vault: another one asks for `checkUnderWay`. */
  readonly epoch: number;
  /** `identity` and `lastSeenHead`: what `identity` and `head` resolved to once. */
  unlock(
    factor: WireFactor,
    identity: string | undefined,
    lastSeenHead: string | undefined,
    watch: Watch | undefined,
  ): Promise<WireUnlockReport>;
  /** Opens the vault by what `prepareReload` resolved to. */
  reopen(
    answers: FactorAnswers,
    kept: string,
    lasts: number,
    identity: string | undefined,
    lastSeenHead: string | undefined,
  ): Promise<ReloadPeriod>;
  /** Resolves to what opens the vault after a reload. Times are in milliseconds since 1970. */
  prepareReload(answers: FactorAnswers, since: number, until: number): Promise<string>;
  /**
   * Forgets the keys, for good, before it returns: calls that wait reject with `ERR_LOCKED`. Resolves once what the audit log lacked is
   * written, where it `logs`.
   */
  lock(logs: boolean): Promise<void>;

  /** A handle of the same vault for these operations on these keys, or on all, and for nothing else. It ends with the vault's lock. */
  view(operations: string[], keys: string[] | undefined): Promise<WasmVault>;

  createKey(options: KeyOptions, reason: string | undefined): Promise<KeyInfo>;
  importKey(options: KeyOptions, jwk: string, reason: string | undefined): Promise<KeyInfo>;
  createSession(options: SessionOptions, reason: string | undefined): Promise<KeyInfo>;
  endSession(key: string): Promise<void>;
  listKeys(query: KeyQuery): Promise<KeyListing>;
  findKey(key: string): Promise<KeyInfo>;
  manage(key: string, action: KeyAction): Promise<KeyActionResult>;
  /** Resolves to a secret JWK, of the primary version unless one is named by its id. */
  exportKey(
    factor: WireFactor,
    key: string,
    version: string | undefined,
    reason: string | undefined,
    approvals: string[],
  ): Promise<string>;

  /** Resolves to a compact JWS. */
  sign(key: string, payload: Uint8Array, typ: string | undefined, reason: string | undefined): Promise<string>;
  verify(token: string, key: string | undefined, reason: string | undefined): Promise<Signer>;
  /** Rejects where that key would not sign now. */
  checkSigns(key: string, reason: string | undefined): Promise<void>;
  /** Resolves to a compact JWS over the digest of a content that was read to its end, and is of no use any more. */
  signContent(key: string, content: WasmContent, reason: string | undefined): Promise<string>;
  verifyContent(token: string, key: string | undefined, reason: string | undefined): Promise<WasmContentCheck>;
  can(operation: string, key: string | undefined, context: string | undefined, reason: string | undefined): Promise<PolicyDecision>;
  tryPolicy(key: string, policy: KeyPolicy, from: number): Promise<PolicyTrial>;
  /**
   * `sidecar`: bound like the context. `file`: what the object says of itself. `keepHeader`: the header stays in the
   * vault.
   */
  encrypt(
    key: string,
    context: string | undefined,
    sidecar: Sidecar | undefined,
    file: WireMetadata | undefined,
    keepHeader: boolean,
    reason: string | undefined,
  ): Promise<WasmBody>;
  /** As `encrypt`, for others too: the texts of their public JWKs. */
  encryptFor(
    key: string,
    others: string[],
    context: string | undefined,
    sidecar: Sidecar | undefined,
    file: WireMetadata | undefined,
    reason: string | undefined,
  ): Promise<WasmBody>;
  /** The signature of an object that is for others too; over its body as well, of so many bytes, where the hashes of its blocks are given. */
  signObject(body: WasmBody, size: number, hashes: Uint8Array | undefined): Promise<string>;
  /** Bytes of a signature that covers a body of so many. */
  signatureLength(body: WasmBody, size: number): Promise<number>;
  decrypt(
    header: Uint8Array | string,
    signature: Uint8Array | undefined,
    context: string | undefined,
    sidecar: Sidecar | undefined,
    how: WhichObject,
    reason: string | undefined,
  ): Promise<WasmBody>;
  /** Rejects when a body under that version may no longer be read, or written. */
  checkUnderWay(kid: string, writes: boolean): Promise<void>;
  /** `values`: JSON texts; resolves to compact JWEs. There is one context for all, or one for each. */
  encryptValues(
    key: string,
    values: string[],
    contexts: (string | undefined)[],
    reason: string | undefined,
  ): Promise<string[]>;
  /** Resolves to the values' JSON texts. */
  decryptValues(
    tokens: string[],
    contexts: (string | undefined)[],
    allowUnsigned: boolean,
    reason: string | undefined,
  ): Promise<string[]>;
  decryptValueDetails(
    token: string,
    context: string | undefined,
    allowUnsigned: boolean,
    reason: string | undefined,
  ): Promise<ValueDetails>;

  /** Resolves to nothing where the inventory is told what was stored. */
  rewrap(header: Uint8Array | string, signature: Uint8Array | undefined, request: RewrapRequest): Promise<RewrapResult>;
  noteStored(header: Uint8Array, signature: Uint8Array | undefined, reason: string | undefined): Promise<string | undefined>;
  track(
    object: TrackOptions,
    header: Uint8Array | string,
    signature: Uint8Array | undefined,
    reason: string | undefined,
  ): Promise<TrackedObject>;
  untrack(object: string, force: boolean, reason: string | undefined): Promise<void>;
  listObjects(query: ObjectQuery): Promise<ObjectPage>;
  shred(object: string, reason: string | undefined): Promise<Shredding>;
  vaultPolicy(): Promise<VaultPolicyInfo>;
  setVaultPolicy(policy: VaultPolicy | undefined, reason: string | undefined, approvals: string[]): Promise<VaultPolicyInfo>;
  requestApproval(proposal: object, reason: string | undefined): Promise<string>;
  listApprovals(): Promise<{ requests: string[] }>;
  cancelApproval(id: string, reason: string | undefined): Promise<void>;
  readApproval(text: string): Promise<string>;
  approver(key: string): Promise<string>;
  approve(text: string, key: string, reason: string | undefined): Promise<string>;
  organisation(): Promise<{ organisation?: OrganisationInfo }>;
  setOrganisation(policy: string, key: string | undefined, reason: string | undefined): Promise<OrganisationChange>;
  joinOrganisation(policy: string, key: string, enters: boolean): Promise<OrganisationChange>;

  /**
   * `digests`: SHA-256 of each piece of the plaintext of a body that was not begun, which ends by that.
   */
  pin(body: WasmBody, digests: Uint8Array, about: UploadAbout): Promise<void>;
  /** `from`: a byte of what is stored. */
  resume(
    object: string,
    context: string | undefined,
    sidecar: Sidecar | undefined,
    from: number,
    reason: string | undefined,
  ): Promise<WasmBody>;
  noteUpload(object: string, note: string): Promise<void>;
  endUpload(object: string): Promise<void>;
  listUploads(): Promise<{ uploads: PendingUpload[] }>;

  listFactors(): Promise<FactorListing>;
  requiredFactors(): Promise<RequiredFactors>;
  requireFactors(
    requires: string[] | undefined,
    present: WireFactor,
    watch: Watch | undefined,
    reason: string | undefined,
  ): Promise<RotatedVaultKey>;
  /** `present`: one that opens the vault now. */
  addFactor(
    present: WireFactor,
    added: WireFactor,
    name: string | undefined,
    watch: Watch | undefined,
    reason: string | undefined,
  ): Promise<WireFactorInfo>;
  renameFactor(id: string, name: string | undefined, reason: string | undefined): Promise<WireFactorInfo>;
  replaceFactor(
    id: string,
    present: WireFactor,
    added: WireFactor,
    name: string | undefined,
    watch: Watch | undefined,
    reason: string | undefined,
  ): Promise<WireFactorInfo>;
  identifyFactor(present: WireFactor): Promise<IdentifiedFactor>;
  authenticate(present: WireFactor, watch: Watch | undefined): Promise<WireFactorInfo>;
  rehearseFactor(present: WireFactor, watch: Watch | undefined): Promise<WireFactorInfo>;
  revokeFactor(id: string, present: WireFactor, watch: Watch | undefined, reason: string | undefined): Promise<RotatedVaultKey>;
  revokeCompromisedFactor(
    id: string,
    present: WireFactor,
    kit: WireFactor | undefined,
    keep: string[] | undefined,
    watch: Watch | undefined,
    reason: string | undefined,
  ): Promise<WireCompromisedFactor>;

  rotateVaultKey(watch: Watch | undefined, reason: string | undefined): Promise<RotatedVaultKey>;
  /** Does what is due, and writes what was counted. */
  tick(): Promise<Maintained>;
  /** Looks whether the store still has the vault: `ERR_NO_VAULT` where it does not. */
  probe(): Promise<void>;
  /** Reads all records and checks them against the head. */
  survey(): Promise<void>;
  vitalSigns(): Promise<WireVitalSigns>;
  /** How many entries of the audit log wait to be written. */
  readonly waitingEntries: number;
  startAudit(failClosed: boolean | undefined, retain: string | undefined, reason: string | undefined): Promise<void>;
  stopAudit(reason: string | undefined): Promise<void>;
  cutAudit(options: CutRequest, reason: string | undefined): Promise<AuditCutting>;
  flushAudit(): Promise<void>;
  noteFailedUnlocks(failed: number, askedKms: number): Promise<void>;
  auditState(): Promise<AuditLogState>;
  /** The latest first. */
  queryAudit(query: AuditRequest): Promise<AuditPage>;
  /** The earliest first. */
  readAudit(query: AuditRequest, first: number): Promise<AuditSlice>;
  auditBatch(first: number, limit: number, log: string | undefined): Promise<ProvenSlice>;
  verifyAudit(lastCheckpoint: string | undefined, log: string | undefined, witnesses: string[]): Promise<AuditVerification>;
  witnessRequest(since: number, log: string | undefined): Promise<AuditWitnessRequest>;
  addCosignature(note: string, answer: string, witness: string): Promise<void>;
  witnessKey(): Promise<string>;
  witnessLog(request: string, verifier: string): Promise<AuditWitnessing>;
  auditCheckpoint(): Promise<AuditCheckpoint>;
  proveEntry(sequence: number, log: string | undefined): Promise<AuditProof>;
  /** Resolves to text for `unlock`. */
  head(): Promise<string>;
  /** The thumbprint of the identity that signs for the vault. */
  identity(): Promise<string>;
  /** Unites a backup with the vault. The factor opens a backup of another vault key. */
  merge(backup: Uint8Array, present: WireFactor | undefined, watch: Watch | undefined, reason: string | undefined): Promise<MergeReport>;
  /** Resolves to the backup's bytes. */
  backup(watch: Watch | undefined, reason: string | undefined): Promise<Uint8Array<ArrayBuffer>>;
}

/** Of Argon2id: `memory` in KiB. The core has checked them before it asks. */
export type StretchParameters = [salt: Uint8Array, memory: number, passes: number, lanes: number];

/**
 * Runs Argon2id somewhere else (a Worker that ends with it) and gives back 32 bytes. Wipes the passphrase:
 * its bytes; UTF-8 of the NFC form where the caller gave a string.
 */
export type Stretch = (passphrase: Uint8Array, ...parameters: StretchParameters) => Promise<Uint8Array>;

/** What answers for the page's factors. */
export interface FactorAnswers extends Pick<PageCalls, "createPasskey" | "evaluatePrf"> {
  /** Asks the page's holder for one of these: `{ requests: EscrowRequest[] }`, as JSON. `undefined` where none of the keys is theirs. */
  askEscrow(holder: number, requests: string): Promise<PrfResult | undefined>;
  stretch: Stretch;
  /** Encrypts a key with `RSA-OAEP-256`, and wipes it. `spki`: the public key, in DER. */
  encryptOaep(spki: Uint8Array<ArrayBuffer>, key: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes a key that stays in this browser, and keeps it under that name. */
  createDeviceKey(id: string): Promise<void>;
  /**
   * What this browser's key of that name gives for an input: 32 bytes, secret; `undefined` where there is none, `"clock"` where
   * the clock was put back.
   */
  applyDeviceKey(id: string, input: Uint8Array<ArrayBuffer>, expires: number): Promise<Uint8Array | "clock" | undefined>;
  /** Deletes a key, as far as that can be done. */
  forgetDeviceKey(id: string): Promise<void>;
  /** Keeps what a KMS answered for a vault, wrapped under the browser's key of that name. */
  keepAnswer(vault: string, key: string, text: string): Promise<void>;
  keptAnswer(vault: string): Promise<string | undefined>;
  /** Deletes what was kept for a vault, and its key, as far as that can be done. */
  forgetAnswer(vault: string): Promise<void>;
}

/** Called with how much of an operation is done, of how much where that is known; whether the operation is to stop. */
export type Watch = (done: number, total: number | undefined) => boolean;

/** What the core awaits. */
export interface CorePorts {
  store: Storage;
  answers: FactorAnswers;
}

/** The generated module, after its wasm was instantiated. */
export interface Bindings {
  WasmContent: new () => WasmContent;
  StandaloneKeys: new () => StandaloneKeys;

  /** A vault that any one of the factors opens, or one of each of the kinds that it `requires`. */
  createVault(
    store: Storage,
    answers: FactorAnswers,
    name: string,
    factors: WireFactor[],
    requires: string[] | undefined,
    organisation: string | undefined,
    key: string | undefined,
  ): Promise<WasmVault>;
  openVault(store: Storage, answers: FactorAnswers, name: string): Promise<WasmVault>;
  /** Writes a backup into a free name (its own when `name` is absent), and resolves to what it is. */
  restoreVault(
    store: Storage,
    answers: FactorAnswers,
    backup: Uint8Array,
    name: string | undefined,
    identity: string | undefined,
    lastSeenHead: string | undefined,
    watch: Watch | undefined,
  ): Promise<RestoredBackup>;
  /** The names of all vaults in a store. */
  listVaults(store: Storage): Promise<string[]>;
  /**
   * Removes a vault with everything in it: the names of the devices' keys that it had records of. One that is not there is
   * fine.
   */
  removeVault(store: Storage, name: string): Promise<string[]>;
  /** Those of the devices' keys of which no vault in a store has a record. */
  unlistedDeviceKeys(store: Storage, keys: string[]): Promise<string[]>;
  /** Has the one listener called when the browser, or a tab that deletes or upgrades the database, closed a connection. */
  watchDatabase(listener: () => void): void;
  /** Lets what the stores do end, and refuses everything after with `ERR_LOCKED`: before a Worker ends. */
  endStores(): Promise<void>;

  /** In bytes: what stands before an attached object's header, before a body's first segment, a whole segment, and what stands before a signature. */
  layout(): [prefix: number, header: number, segment: number, signaturePrefix: number];
  /** Bytes of plaintext in the first so many segments of a body, and in as many others. */
  plainPieces(segments: number): [first: number, other: number];
  /** Bytes of plaintext in a body of so many bytes; nothing when no body has that size. */
  plaintextSize(body: number): number | undefined;
  /** Whether an object that begins so is attached. */
  isAttached(front: Uint8Array): boolean;
  /** From an attached object's first bytes, the header's length, and whether a signature follows it; refuses what is not ours. */
  attachedHeader(prefix: Uint8Array): [length: number, signed: boolean];
  /** The signature's length, from the bytes after a header. */
  attachedSignatureLength(prefix: Uint8Array): number;
  /** SHA-256, where there is no `crypto.subtle`. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** The words of a new recovery kit, in UTF-8. */
  newRecoveryWords(): Uint8Array;
  /** The words of new recovery shares, in UTF-8: a line for each. */
  splitRecovery(threshold: number, shares: number): Uint8Array;
  /** The synchronous derivation, for the short-lived Worker that `Stretch` starts. */
  argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: number,
    passes: number,
    lanes: number,
  ): Uint8Array;

  /** Asks each primitive for its known answer. Throws when one gives another. */
  selfTest(): void;
  /** Overwrites what calls left on wasm's stack: once each is done, between two others. */
  wipeStack(): void;
}
