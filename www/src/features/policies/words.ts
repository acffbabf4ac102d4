/** A key's policy in plain words. */

import type { FactorRule, KeyOperation, KeyPolicy, Purpose, VaultKey } from "strongroom";
import { counted, formatCount, formatDate, formatPeriod } from "../../ui/format";

export const OPERATION_NAMES: Record<KeyOperation, string> = {
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

const ALL = Object.keys(OPERATION_NAMES) as KeyOperation[];
const SIGNS: ReadonlySet<KeyOperation> = new Set(["sign", "verify"]);
const ENCRYPTS: ReadonlySet<KeyOperation> = new Set(["encrypt", "decrypt", "encryptValue", "decryptValue", "rewrap"]);

export const hasContexts = (purpose: Purpose): boolean => purpose === "encrypt" || purpose === "share";

/** The operations that a key of that purpose has, and those that its policy names besides. */
export function operationsOf({ purpose, policy = {} }: VaultKey): readonly KeyOperation[] {
  const { operations = [], requireReason = [], freshFactor, secondFactor, approval } = policy;
  const rules = [freshFactor, secondFactor, approval];
  const named = new Set([...operations, ...requireReason, ...rules.flatMap((rule) => rule?.operations ?? [])]);
  const others = hasContexts(purpose) ? SIGNS : ENCRYPTS;
  return ALL.filter((operation) => named.has(operation) || !others.has(operation));
}

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
};

/** The names of rules that a later release wrote. */
export const laterRules = (policy: KeyPolicy): readonly string[] => Object.keys(policy).filter((name) => !Object.hasOwn(KNOWN, name));

/** Each rule in a sentence. */
export function policySentences(policy: KeyPolicy, { uses, reviewDue }: VaultKey): readonly string[] {
  const { operations, context, notBefore, notAfter, requireReason, minimumVersion, maximumUses, reviewEvery, freshFactor, secondFactor, approval } = policy;
  return [
    operations && `Allowed: ${listed(operations)}. Nothing else.`,
    requireReason && `Only with a reason: ${listed(requireReason)}.`,
    freshFactor && `Only ${within(freshFactor)} after a person presented something that opens the vault: ${listed(freshFactor.operations)}.`,
    secondFactor && `Only ${within(secondFactor)} after factors of two kinds were presented: ${listed(secondFactor.operations)}.`,
    approval && `Only with the approval of ${counted(approval.atLeast ?? 1, "person", "people")} out of ${counted(approval.approvers.length, "approver")}: ${listed(approval.operations)}.`,
    notBefore !== undefined && `Not used before ${formatDate(notBefore)}.`,
    notAfter !== undefined && `Not used after ${formatDate(notAfter)}.`,
    minimumVersion !== undefined && `Versions before number ${minimumVersion} are not used.`,
    maximumUses !== undefined && `Used ${counted(maximumUses, "time")} at the most. So far: ${formatCount(uses)}.`,
    context && contextSentence(context),
    reviewEvery && `To be reviewed every ${formatPeriod(reviewEvery)}${reviewDue === undefined ? "" : `, next on ${formatDate(reviewDue)}`}.`,
    ...laterRules(policy).map((name) => `A rule of a later release, “${name}”: this page does not know what it says.`),
  ].filter((sentence) => typeof sentence === "string");
}

const within = ({ within: period }: FactorRule): string => `within ${formatPeriod(period)}`;

/** A later release may have other operations. */
const listed = (operations: readonly KeyOperation[]): string =>
  operations.map((operation) => (Object.hasOwn(OPERATION_NAMES, operation) ? OPERATION_NAMES[operation] : operation)).join(", ");

function contextSentence({ required = {}, only }: NonNullable<KeyPolicy["context"]>): string {
  const pairs = Object.entries(required).map(([name, value]) => (value === "*" ? `any “${name}”` : `“${name}” ${value}`));
  const has = pairs.length > 0 ? ` has ${pairs.join(", ")}` : "";
  const rest = only === undefined ? "" : `${has && " and"} has no other names${only.length > 0 ? ` but ${only.map((name) => `“${name}”`).join(", ")}` : ""}`;
  return `Only for files and values whose encryption context${has}${rest}.`;
}
