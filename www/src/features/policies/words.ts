/** The policies of keys and of the vault in plain words. */

import type { ApprovableOperation, FactorRule, KeyOperation, KeyPolicy, Purpose, VaultKey, VaultOperation, VaultPolicy } from "strongroom";
import { counted, formatCount, formatDate, formatPeriod } from "../../ui/format";

const ON_KEYS: Record<KeyOperation, string> = {
  encrypt: "encrypt files",
  decrypt: "open files",
  encryptValue: "encrypt values",
  decryptValue: "open values",
  rewrap: "move files to another version or key",
  sign: "sign",
  verify: "verify signatures",
  export: "export the key",
  rotate: "rotate",
  activate: "activate a version",
  suspend: "suspend a version",
  resume: "resume a version",
  revoke: "revoke a version",
  scheduleDestroy: "schedule a destruction",
  cancelDestroy: "cancel a destruction",
  destroy: "destroy now",
  update: "change name, labels, rotation",
  setPolicy: "change the policy",
};

const ON_THE_VAULT: Record<VaultOperation, string> = {
  createKey: "create a key",
  importKey: "import a key",
  createSession: "create a key of the session",
  addFactor: "add a way in",
  renameFactor: "rename a way in",
  replaceFactor: "change a way in",
  revokeFactor: "revoke a way in",
  requireFactors: "change how many factors open the vault",
  rotateVaultKey: "rotate the vault key",
  backup: "make a backup",
  merge: "merge a backup",
  track: "enter a file into the inventory",
  untrack: "take a file out of the inventory",
  shred: "erase a file’s only header",
  startAudit: "turn the log on",
  stopAudit: "turn the log off",
  cutAudit: "delete old entries of the log",
  setVaultPolicy: "change the vault’s policy",
  setOrganisation: "take an organisation’s policy",
};

export type AnyOperation = KeyOperation | VaultOperation;

export const OPERATION_NAMES: Record<AnyOperation, string> = { ...ON_KEYS, ...ON_THE_VAULT };

const ALL = Object.keys(ON_KEYS) as KeyOperation[];
const SIGNS: ReadonlySet<KeyOperation> = new Set(["sign", "verify"]);
const ENCRYPTS: ReadonlySet<KeyOperation> = new Set(["encrypt", "decrypt", "encryptValue", "decryptValue", "rewrap"]);

export const hasContexts = (purpose: Purpose): boolean => purpose === "encrypt" || purpose === "share";

/** The operations on a key, on the vault, and those of them that others can have to approve. */
export const KEY_OPERATIONS: readonly AnyOperation[] = ALL;
export const VAULT_OPERATIONS = Object.keys(ON_THE_VAULT) as readonly VaultOperation[];
export const APPROVABLE: readonly ApprovableOperation[] = ["export", "destroy", "scheduleDestroy", "setPolicy", "setVaultPolicy"];

/** The operations that a key of that purpose has, and those that its policy names besides. */
export function operationsOf({ purpose, policy = {} }: VaultKey): readonly KeyOperation[] {
  const { operations = [], requireReason = [], freshFactor, secondFactor, approval } = policy;
  const rules = [freshFactor, secondFactor, approval];
  const named = new Set([...operations, ...requireReason, ...rules.flatMap((rule) => rule?.operations ?? [])]);
  const others = hasContexts(purpose) ? SIGNS : ENCRYPTS;
  return ALL.filter((operation) => named.has(operation) || !others.has(operation));
}

export type AnyPolicy = KeyPolicy | VaultPolicy;

/** The members that this release knows. */
const KNOWN: Record<keyof KeyPolicy, true> = {
  operations: true,
  context: true,
  notBefore: true,
  notAfter: true,
  requireReason: true,
  minimumVersion: true,
  maximumUses: true,
  reviewEvery: true,
  freshFactor: true,
  secondFactor: true,
  approval: true,
  receivers: true,
};

/** The names of rules that a later release wrote. */
export const laterRules = (policy: AnyPolicy): readonly string[] => Object.keys(policy).filter((name) => !Object.hasOwn(KNOWN, name));

/** What is known of a policy that applies. */
interface PolicyFacts {
  uses?: number | undefined;
  reviewDue?: number | undefined;
}

/** Each rule in a sentence. */
export function policySentences(policy: AnyPolicy, { uses, reviewDue }: PolicyFacts = {}): readonly string[] {
  const { operations, context, notBefore, notAfter, requireReason, minimumVersion, maximumUses, reviewEvery, freshFactor, secondFactor, approval, receivers } =
    policy as KeyPolicy & VaultPolicy;
  return [
    operations && `Allowed: ${listed(operations)}. Nothing else.`,
    requireReason && `Only with a reason: ${listed(requireReason)}.`,
    freshFactor && `Only ${within(freshFactor)} after a person presented something that opens the vault: ${listed(freshFactor.operations)}.`,
    secondFactor && `Only ${within(secondFactor)} after factors of two kinds were presented: ${listed(secondFactor.operations)}.`,
    approval && `Only with the approval of ${counted(approval.atLeast ?? 1, "person", "people")} out of ${counted(approval.approvers.length, "approver")}: ${listed(approval.operations)}.`,
    approval && `Whoever approves has a key with one of these thumbprints: ${approval.approvers.join(", ")}.`,
    receivers && `Given to nobody but whoever has a key with one of these thumbprints: ${receivers.join(", ")}.`,
    notBefore !== undefined && `Not used before ${formatDate(notBefore)}.`,
    notAfter !== undefined && `Not used after ${formatDate(notAfter)}.`,
    minimumVersion !== undefined && `Versions before number ${minimumVersion} are not used.`,
    maximumUses !== undefined && `Used ${counted(maximumUses, "time")} at the most.${uses === undefined ? "" : ` So far: ${formatCount(uses)}.`}`,
    context && contextSentence(context),
    reviewEvery && `To be reviewed every ${formatPeriod(reviewEvery)}${reviewDue === undefined ? "" : `, next on ${formatDate(reviewDue)}`}.`,
    ...laterRules(policy).map((name) => `A rule of a later release, “${name}”: this page does not know what it says.`),
  ].filter((sentence) => typeof sentence === "string");
}

const within = ({ within: period }: Pick<FactorRule, "within">): string => `within ${formatPeriod(period)}`;

/** A later release may have other operations. */
const listed = (operations: readonly AnyOperation[]): string =>
  operations.map((operation) => (Object.hasOwn(OPERATION_NAMES, operation) ? OPERATION_NAMES[operation] : operation)).join(", ");

function contextSentence({ required = {}, only }: NonNullable<KeyPolicy["context"]>): string {
  const pairs = Object.entries(required).map(([name, value]) => (value === "*" ? `any “${name}”` : `“${name}” ${value}`));
  const has = pairs.length > 0 ? ` has ${pairs.join(", ")}` : "";
  const rest = only === undefined ? "" : `${has && " and"} has no other names${only.length > 0 ? ` but ${only.map((name) => `“${name}”`).join(", ")}` : ""}`;
  return `Only for files and values whose encryption context${has}${rest}.`;
}
