/** A request in plain words. What another vault asks was written by somebody: nothing is taken for granted of it. */

import type { ApprovalRequest } from "strongroom";
import { formatDate, formatPeriod, formatUntil } from "../../ui/format";
import { laterRules, policySentences, type AnyPolicy } from "../policies/words";

/** What is asked, and what belongs to it. */
export interface RequestWords {
  /** What is to be done, as a sentence. */
  sentence: string;
  /** The rules of the policy that is to be set. */
  rules: readonly string[];
  /** Whether the sentences say all that the arguments do. */
  complete: boolean;
  /** The arguments, word for word. */
  exactly: string;
}

const KNOWN: ReadonlySet<string> = new Set(["version", "after", "force", "policy", "removed"]);

/** @param version what a version is called here, by its id */
export function wordsOf({ operation, alias, key, arguments: given }: ApprovalRequest, version = (id: string) => `version ${id}`): RequestWords {
  const named = key === undefined ? "the vault" : alias === undefined ? `the key ${shown(key)}` : `the key “${shown(alias)}”`;
  const { after, force, version: one, policy } = given;
  const target = typeof one === "string" ? `${version(shown(one))} of ${named}` : named;
  const rules = policy === undefined ? [] : rulesOf(policy);
  const although = force === true ? " even if files still need it" : "";
  const said = (sentence: string): RequestWords => ({
    sentence,
    rules: rules ?? [],
    complete: rules !== undefined && isKnown(given),
    exactly: escaped(JSON.stringify(given, null, 2)),
  });
  switch (operation) {
    case "destroy":
      return said(`Destroy ${target} now${although}.`);
    case "scheduleDestroy":
      return said(`Schedule the destruction of ${target} in ${typeof after === "string" ? shown(formatPeriod(after)) : "30 days"}${although}.`);
    case "export":
      return said(`Export ${target}: give out its secret.`);
    case "setPolicy":
    case "setVaultPolicy":
      return said(policy === undefined ? `Take the policy of ${named} away.` : `Give ${named} this policy, in place of the one that applies:`);
    default:
      return operation satisfies never;
  }
}

/** `undefined` for one that this page cannot put into words. */
function rulesOf(policy: unknown): readonly string[] | undefined {
  if (typeof policy !== "object" || policy === null) return undefined;
  try {
    const rules = policySentences(policy as AnyPolicy);
    return laterRules(policy as AnyPolicy).length === 0 && Object.keys(policy).length > 0 ? rules.map(shown) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether each argument is of a kind that the sentences tell. */
function isKnown(given: object): boolean {
  const { version, after, force } = given as Record<string, unknown>;
  const texts = [version, after].every((one) => one === undefined || typeof one === "string");
  return texts && (force === undefined || typeof force === "boolean") && Object.keys(given).every((name) => KNOWN.has(name));
}

/** Until when, and how long that is. */
export const untilOf = ({ expires }: ApprovalRequest): string =>
  expires <= Date.now() ? `${formatDate(expires)}: expired` : `${formatDate(expires)}, ${formatUntil(expires)}`;

/** Characters that hide others, turn them round, or are not seen themselves. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Such characters are told by their numbers. */
export const shown = (text: string): string => text.replace(UNSEEN, (one) => `⟨U+${hex(one.codePointAt(0))}⟩`);

/** The same in JSON, whose lines stay. */
const escaped = (json: string): string =>
  json.replace(UNSEEN, (one) => (one === "\n" ? one : Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at))}`).join("")));

const hex = (code = 0): string => code.toString(16).toUpperCase().padStart(4, "0");
