/** Policies, and what is asked of them, as callers give them. */
import { abortable } from "../../shared/async.js";
import { ArgumentError } from "../../shared/errors/index.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ApprovalRule, ContextRule, FactorRule, KeyOperation, KeyPolicy, PolicyDecision, PolicyTrial, ReasonOptions } from "../../shared/model/key-policy.js";
import type { VaultOperation, VaultPolicy } from "../../shared/model/vault-policy.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, REASON, type Checks } from "../../shared/options.js";
import { DAY } from "../../shared/sentences.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import { contextText } from "../objects/context-text.js";
import type { UseEngine } from "../runtime/connection.js";
import { keyName } from "../keys/key-reference.js";

/** What `vault.can` is asked about. */
export interface CanOptions extends ReasonOptions {
  key: KeyReference;
  /** Of an operation that has one. */
  context?: EncryptionContext | undefined;
}

/** What a draft of a policy is held against. */
export interface TryPolicyOptions extends AbortOptions {
  /** What was done before that is not looked at, in milliseconds since 1970: 90 days ago unless given. */
  from?: number | undefined;
}

/** How far a trial looks back. */
const TRIAL_DAYS = 90;
const TRY_POLICY = { ...ABORT, from: check.number } satisfies Checks<TryPolicyOptions>;
const CAN = { ...REASON, key: check.any, context: check.texts } satisfies Checks<CanOptions>;
const CONTEXT_RULE = { required: check.texts, only: check.any } satisfies Checks<ContextRule>;
const FACTOR_RULE = { within: check.text, operations: check.any } satisfies Checks<FactorRule>;
const factorRule = (given: unknown, name: string): FactorRule => optionsOf(given as FactorRule, FACTOR_RULE, name);
const APPROVAL_RULE = { operations: check.any, approvers: check.any, atLeast: check.number } satisfies Checks<ApprovalRule>;
const VAULT_POLICY = {
  operations: check.any,
  context: (given, name) => optionsOf(given as ContextRule, CONTEXT_RULE, name),
  notBefore: check.number,
  notAfter: check.number,
  requireReason: check.any,
  reviewEvery: check.text,
  freshFactor: factorRule,
  secondFactor: factorRule,
  approval: (given, name) => optionsOf(given as ApprovalRule, APPROVAL_RULE, name),
} satisfies Checks<VaultPolicy>;
const POLICY = { ...VAULT_POLICY, minimumVersion: check.number, maximumUses: check.number, receivers: check.any } satisfies Checks<KeyPolicy>;

/** A policy of members that this release knows. @throws ArgumentError @internal */
export function policyOf(given: unknown, name: string): KeyPolicy {
  if (given === undefined) throw new ArgumentError(`${name} must be a plain object`);
  return optionsOf(given as KeyPolicy, POLICY, name);
}

/** As `policyOf`, of the vault itself. @throws ArgumentError @internal */
export function vaultPolicyOf(given: VaultPolicy): VaultPolicy {
  if (given === undefined) throw new ArgumentError("policy must be a plain object, or null for none");
  return optionsOf(given, VAULT_POLICY, "policy");
}

/** @internal */
export async function tryPolicy(use: UseEngine, key: string, policy: KeyPolicy, options: TryPolicyOptions | undefined): Promise<PolicyTrial> {
  const draft = policyOf(policy, "policy");
  const { from = Math.max(0, Date.now() - TRIAL_DAYS * DAY), signal } = optionsOf(options, TRY_POLICY);
  return frozen(await abortable(signal, () => use().peer.call("tryPolicy", key, draft, from)));
}

/** @internal */
export async function can(
  use: UseEngine,
  operation: KeyOperation | VaultOperation,
  options: Partial<CanOptions> | undefined,
): Promise<PolicyDecision> {
  const { key, context, reason } = optionsOf<Partial<CanOptions>>(options, CAN);
  const name = nonEmpty(operation, "an operation");
  const of = key === undefined ? undefined : keyName(key);
  const { allowed, rule, policy } = await use().peer.call("can", name, of, contextText(context), reason);
  return Object.freeze({ allowed, rule, policy });
}
