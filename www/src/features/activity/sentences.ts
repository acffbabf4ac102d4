/** Entries of the audit log as sentences for a person. */

import type { AuditedKey, AuditEntry, PolicyRule } from "strongroom";
import { counted, formatCount } from "../../ui/format";
import type { Outcome } from "./query";
import { operationText } from "./operations";

/** What the ids in an entry are called; `undefined` where that is not known any more. */
export interface Names {
  key: (id: string) => string | undefined;
  /** The number of a version, where its key has more than one. */
  version: (id: string) => number | undefined;
  object: (id: string) => string | undefined;
  /** In quotation marks, or as "the passphrase". */
  factor: (id: string) => string | undefined;
}

/** Keys that a sentence names; it counts the others. */
const NAMED = 3;

/** Why a policy refused it, after "because". */
export const RULE_SENTENCES: Record<PolicyRule, string> = {
  operations: "the key’s policy does not list this operation",
  context: "the key’s policy does not admit this encryption context",
  notBefore: "the key’s policy does not allow it before a later time",
  notAfter: "the time is over in which the key’s policy allows it",
  requireReason: "the key’s policy asks for a reason, and none was given",
  minimumVersion: "the key’s policy does not allow so old a version",
  maximumUses: "the key was used as often as its policy allows",
  freshFactor: "the key’s policy asks for a person to present a factor again",
  secondFactor: "the key’s policy asks for factors of two kinds",
  approval: "the key’s policy asks for the approval of somebody else",
  receivers: "the key’s policy names who may receive it",
  expired: "the organisation’s policy has expired",
  requiredFactors: "the organisation’s policy requires a way in that the vault would not have",
  escrow: "the organisation is to be able to open the vault",
  maximumCryptoperiod: "the organisation’s policy asks for keys that are rotated more often",
  minimumArgon2: "the organisation’s policy asks for passphrases that cost more to try",
  organisation: "it is the policy of another organisation",
  sequence: "the organisation’s policy has the number of another one",
};

/** Why it failed, after "because". */
const ERRORS: Readonly<Record<string, string>> = {
  ERR_WRONG_FACTOR: "what was presented does not open the vault",
  ERR_SECOND_FACTOR: "the vault takes two factors, and one was presented",
  ERR_PERSON_NEEDED: "a device proves no person",
  ERR_PASSKEY: "no passkey was used",
  ERR_RECOVERY_WORDS: "the words are none of a recovery kit",
  ERR_RECOVERY_SHARES: "the recovery shares do not belong together",
  ERR_KIT_REPLACED: "the recovery kit was replaced by a newer one",
  ERR_KMS: "the key management service did not answer, or refused",
  ERR_NO_FACTOR: "the vault has no such factor",
  ERR_LAST_FACTOR: "nothing else would open the vault",
  ERR_NO_KEY: "the vault has no such key",
  ERR_NO_VERSION: "the key has no such version",
  ERR_NO_OBJECT: "the vault does not know the file",
  ERR_STATE: "the version’s state does not allow it",
  ERR_WITNESS: "it does not go together with what a witness has seen",
  ERR_APPROVAL: "the approval does not hold for this",
  ERR_PURPOSE: "the key is for another purpose",
  ERR_IN_USE: "files still need the key",
  ERR_KEY_EXISTS: "a key of that name exists",
  ERR_DECRYPT: "what was given does not open: it was changed, or belongs to another vault",
  ERR_CONTEXT: "what was given was stored under another name",
  ERR_UNSIGNED: "nothing proves who wrote it",
  ERR_MALFORMED: "what was given is damaged, or not of this program",
  ERR_UNSUPPORTED: "it was written by a later release",
  ERR_INTEGRITY: "records of the vault were changed from outside",
  ERR_STORAGE: "the browser’s storage failed",
  ERR_QUOTA: "the browser has no storage left",
  ERR_CONFLICT: "another tab changed the vault at the same time",
  ERR_ABORTED: "it was cancelled",
  ERR_TOO_LARGE: "it was too large",
  ERR_ARGUMENT: "what was asked for is not possible",
  ERR_LOCKED: "the vault was locked meanwhile",
  ERR_CLOSED: "the vault was closed meanwhile",
  ERR_INPUT: "the input could not be read to its end",
};

export const OUTCOME_NAMES: Record<Outcome, string> = {
  done: "done",
  ERR_POLICY: "refused by a policy",
  ERR_WRONG_FACTOR: "wrong factor",
  ERR_DECRYPT: "did not open",
  ERR_INTEGRITY: "changed from outside",
  ERR_STATE: "state of a version",
};

/** A short word for how it ended. */
export function outcomeOf({ error, operation, failed }: AuditEntry): "done" | "refused" | "failed" {
  if (error === "ERR_POLICY") return "refused";
  return error !== undefined || failed !== undefined || operation === "loseEntries" ? "failed" : "done";
}

/** What was done, or why not, in one sentence. */
export function sentenceOf(entry: AuditEntry, names: Names): string {
  const { done, tried } = operationText(entry.operation);
  const { error, rule } = entry;
  if (entry.operation === "askKms" && entry.failed !== undefined) return `Asked a key management service ${counted(entry.failed, "time")} in vain, before the vault was unlocked.`;
  if (error === undefined) return `${filled(done, entry, names)}${times(entry.keys)}.`;
  const why = error === "ERR_POLICY" && rule ? ruleSentence(rule) : Object.hasOwn(ERRORS, error) ? ERRORS[error] : `of ${error}`;
  return `${error === "ERR_POLICY" ? "Refused to" : "Could not"} ${filled(tried, entry, names)}, because ${why}.`;
}

/** A later release may have other rules. */
const ruleSentence = (rule: string): string =>
  Object.hasOwn(RULE_SENTENCES, rule) ? RULE_SENTENCES[rule as PolicyRule] : `of the rule “${rule}” of the key’s policy`;

function filled(text: string, entry: AuditEntry, names: Names): string {
  const { object, factor, failed = 0 } = entry;
  const file = object === undefined ? undefined : names.object(object);
  return text
    .replace("{key}", () => keysOf(entry, names))
    .replace("{object}", () => (file === undefined ? "a file" : quoted(file)))
    .replace("{factor}", () => (factor === undefined ? "a factor" : (names.factor(factor) ?? "a factor that is gone")))
    .replace("{failed}", () => counted(failed, "failed attempt"));
}

/** `“photos” version 2, “letters” and 4 others`. */
function keysOf({ keys, more = 0 }: AuditEntry, names: Names): string {
  const distinct = [...new Map(keys.map((one) => [one.key, one])).values()];
  if (distinct.length === 0) return "a key";
  const others = distinct.length - NAMED + more;
  const named = distinct.slice(0, NAMED).map(({ key, version }) => {
    const alias = names.key(key);
    const number = version === undefined ? undefined : names.version(version);
    return `${alias === undefined ? "a key that is gone" : quoted(alias)}${number === undefined ? "" : ` version ${number}`}`;
  });
  return others > 0 ? `${named.join(", ")} and ${counted(others, "other")}` : named.join(", ").replace(/, (?=[^,]*$)/, " and ");
}

/** Names are people's: one that is written from right to left must not turn the sentence round. */
export const quoted = (name: string): string => `“\u2068${name}\u2069”`;

function times(keys: readonly AuditedKey[]): string {
  const uses = keys.reduce((sum, { uses: one = 0 }) => sum + one, 0);
  return uses > 1 ? `, ${formatCount(uses)} times` : "";
}
