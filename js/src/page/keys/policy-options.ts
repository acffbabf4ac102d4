/** Policies, and what is asked of them, as callers give them. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ContextRule, FactorRule, KeyOperation, KeyPolicy, PolicyDecision, ReasonOptions } from "../../shared/model/key-policy.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";
import { contextText } from "../objects/context-text.js";
import type { UseEngine } from "../runtime/connection.js";
import { keyName } from "./key-reference.js";

/** What `vault.can` is asked about. */
export interface CanOptions extends ReasonOptions {
  key: KeyReference;
  /** Of an operation that has one. */
  context?: EncryptionContext | undefined;
}

/** @internal */
export const REASON = { reason: check.text } satisfies Checks<ReasonOptions>;

const CAN = { ...REASON, key: check.any, context: check.texts } satisfies Checks<CanOptions>;
const CONTEXT_RULE = { required: check.texts, only: check.any } satisfies Checks<ContextRule>;
const FACTOR_RULE = { within: check.text, operations: check.any } satisfies Checks<FactorRule>;
const factorRule = (given: unknown, name: string): FactorRule => optionsOf(given as FactorRule, FACTOR_RULE, name);
const POLICY = {
  operations: check.any,
  context: (given, name) => optionsOf(given as ContextRule, CONTEXT_RULE, name),
  notBefore: check.number,
  notAfter: check.number,
  requireReason: check.any,
  minimumVersion: check.number,
  maximumUses: check.number,
  reviewEvery: check.text,
  freshFactor: factorRule,
  secondFactor: factorRule,
} satisfies Checks<KeyPolicy>;

/** A policy of members that this release knows. @throws ArgumentError @internal */
export function policyOf(given: unknown, name: string): KeyPolicy {
  if (given === undefined) throw new ArgumentError(`${name} must be a plain object`);
  return optionsOf(given as KeyPolicy, POLICY, name);
}

/** @internal */
export async function can(use: UseEngine, operation: KeyOperation, options: CanOptions): Promise<PolicyDecision> {
  const { key, context, reason } = optionsOf(options, CAN);
  const name = nonEmpty(operation, "an operation");
  const { allowed, rule } = await use().peer.call("can", name, keyName(key), contextText(context), reason);
  return Object.freeze({ allowed, rule });
}
