/** What is said to a witness, and of one. */
import type { OfLog } from "../../shared/model/audit-entry.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { check, type Checks } from "../../shared/options.js";

/** Whose log a witness is asked to cosign. */
export interface AuditWitnessOptions {
  /** The public key of the log, its `verifier`, as its owner gave it to you: whoever sends the request must not be the one who says which key to trust. */
  verifier: string;
}

/** From where on a witness is to be told. */
export interface AuditWitnessRequestOptions extends OfLog {
  /** How many entries the witness has cosigned, as its refusal says (`size`); 0 unless given. */
  since?: number | undefined;
}

/** What a witness answered. */
export interface AuditCosignature {
  /** The `note` of the request. */
  note: string;
  /** The witness's answer: one line or more. */
  cosignature: string;
  /** The witness's public key, as it gave it to you. Lines of other keys are passed over. */
  witness: string;
}

/** @internal */
export const WITNESS = { verifier: check.name } satisfies Checks<AuditWitnessOptions>;
/** @internal */
export const WITNESS_REQUEST = { log: check.name, since: check.number } satisfies Checks<AuditWitnessRequestOptions>;
/** @internal */
export const COSIGNATURE = { note: check.name, cosignature: check.name, witness: check.name } satisfies Checks<AuditCosignature>;

/** The most characters of a request and of an answer: the core reads 264 KiB. */
const MOST_WITNESSED = 264 * 1024;

/** The most witnesses that are named at once. */
const MOST_WITNESSES = 32;

/** A text that is not larger than what is read. @internal */
export function boundedMessage(text: string, name: string): string {
  if (text.length > MOST_WITNESSED) throw new ArgumentError(`${name} must have at most 264 KiB`);
  return text;
}

/** A list of keys. @internal */
export function witnessKeys(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || value.length > MOST_WITNESSES) throw new ArgumentError(`${name} must be an array of up to ${MOST_WITNESSES} keys`);
  // An array with holes has nothing there, which is no key.
  return Array.from(value, (one) => check.name(one, name) as string);
}
